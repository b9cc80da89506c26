#!/usr/bin/env bash
# Installs the independent verifiers of ../shared/interop into a copy, .cache/interop/interop; ../shared itself stays as it is.
# They read contexts and schemas from ../standards, so a link to those lies beside the copy.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

from=../shared
copy=.cache/interop/interop

if [[ ! -f $from/interop/verify.mjs ]]; then
    echo "The interop tests are skipped: $from/interop is not beside the checkout" >&2
    exit 0
fi
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "The interop tests are skipped until node and npm are installed: apt-get install nodejs npm" >&2
    exit 0
fi

mkdir -p "$copy"
ln -sfn "$(cd "$from/standards" && pwd)" .cache/interop/standards
find "$from/interop" -mindepth 1 -maxdepth 1 ! -name node_modules -exec cp -Rf {} "$copy/" \;
find "$copy" -name node_modules -prune -o -exec chmod u+w {} +

# npm takes ten seconds, so it runs only when the lock file is another one than what was installed.
if ! cmp -s "$copy/package-lock.json" "$copy/node_modules/.installed-from"; then
    echo "Installing the independent verifiers into $copy"
    (cd "$copy" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error)
    cp "$copy/package-lock.json" "$copy/node_modules/.installed-from"
fi
