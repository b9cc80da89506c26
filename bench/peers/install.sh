#!/usr/bin/env bash
# Installs what okbadges is measured against: JavaScript libraries at the versions of the lock file into .cache/bench-node, and
# openbadgeslib into an environment of its own, .cache/bench-openbadgeslib. What cannot be had is left out, and its rows say so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

node=.cache/bench-node
venv=.cache/bench-openbadgeslib
python=${PYTHON:-.venv/bin/python}

if command -v node >/dev/null && command -v npm >/dev/null; then
    mkdir -p "$node"
    cp -f bench/peers/node/package.json bench/peers/node/package-lock.json "$node/"
    if ! cmp -s "$node/package-lock.json" "$node/node_modules/.installed-from"; then
        echo "Installing the JavaScript peers into $node"
        (cd "$node" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error)
        cp "$node/package-lock.json" "$node/node_modules/.installed-from"
    fi
else
    echo "Not measured against Node until node and npm are installed: apt-get install nodejs npm" >&2
fi

if ! cmp -s bench/peers/openbadgeslib.txt "$venv/installed-from"; then
    echo "Installing openbadgeslib into $venv"
    if "$python" -m venv --clear "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement bench/peers/openbadgeslib.txt; then
        cp bench/peers/openbadgeslib.txt "$venv/installed-from"
    else
        echo "Not measured against openbadgeslib: it does not install here" >&2
    fi
fi
