#!/usr/bin/env bash
# Makes sure that SoftHSM is there for the tests of keys in a token; where it may not be installed, says what is missing.
set -euo pipefail

if command -v softhsm2-util >/dev/null; then
    exit 0
fi
if [[ $EUID -eq 0 ]] && command -v apt-get >/dev/null; then
    echo "Installing softhsm2 for the tests"
    if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends softhsm2 >/dev/null; then
        exit 0
    fi
fi
echo "Some tests are skipped until this is installed: apt-get install softhsm2" >&2
