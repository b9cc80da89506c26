#!/usr/bin/env bash
# Installs what the tests take from npm, each at the version that its lock file pins: axe-core into .cache/axe, an OpenID Connect
# provider into .cache/provider, the libraries of wallets into .cache/wallet, and the independent verifiers of ../shared/interop into
# a copy, .cache/interop/interop; ../shared itself stays as it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

from=../shared
copy=.cache/interop/interop

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "The interop, accessibility, provider and wallet tests are skipped until node and npm are installed: apt-get install nodejs npm" >&2
    exit 0
fi

# npm takes ten seconds, so it runs only when the lock file is another one than what was installed.
install_into() {
    if ! cmp -s "$1/package-lock.json" "$1/node_modules/.installed-from"; then
        echo "Installing $2 into $1"
        (cd "$1" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error)
        cp "$1/package-lock.json" "$1/node_modules/.installed-from"
    fi
}

mkdir -p .cache/axe .cache/provider .cache/wallet
cp -f tests/tools/axe/package.json tests/tools/axe/package-lock.json .cache/axe/
install_into .cache/axe axe-core
cp -f tests/tools/provider/package.json tests/tools/provider/package-lock.json .cache/provider/
install_into .cache/provider oidc-provider
cp -f tests/tools/wallet/package.json tests/tools/wallet/package-lock.json .cache/wallet/
install_into .cache/wallet "the libraries of wallets"

if [[ ! -f $from/interop/verify.mjs ]]; then
    echo "The interop tests are skipped: $from/interop is not beside the checkout" >&2
    exit 0
fi

# The verifiers read contexts and schemas from ../standards, so a link to those lies beside the copy.
mkdir -p "$copy"
ln -sfn "$(cd "$from/standards" && pwd)" .cache/interop/standards
find "$from/interop" -mindepth 1 -maxdepth 1 ! -name node_modules -exec cp -Rf {} "$copy/" \;
find "$copy" -name node_modules -prune -o -exec chmod u+w {} +
install_into "$copy" "the independent verifiers"
