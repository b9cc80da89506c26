#!/usr/bin/env bash
# Makes sure that Debian's chromium is there for the browser tests; where it may not install it, says what is missing.
set -euo pipefail

if [[ -x /usr/bin/chromium ]]; then
    exit 0
fi
if [[ $EUID -eq 0 ]] && command -v apt-get >/dev/null; then
    echo "Installing chromium for the browser tests"
    if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; then
        exit 0
    fi
fi
echo "The browser tests are skipped until Debian's chromium is installed: apt-get install chromium" >&2
