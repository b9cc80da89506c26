#!/usr/bin/env bash
# Makes sure that Debian's nginx is there for `make bench-scaling` and a test of its configuration; where it may not be installed, says so.
# It is not started as a service.
set -euo pipefail

if [[ -x /usr/sbin/nginx ]]; then
    exit 0
fi
if [[ $EUID -eq 0 ]] && command -v apt-get >/dev/null; then
    echo "Installing nginx-light"
    apt-get update -qq || true
    # a service that begins at once would take port 80
    export RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive
    if apt-get install -y -qq --no-install-recommends nginx-light >/dev/null; then
        exit 0
    fi
fi
echo "A test is skipped, and make bench-scaling does not run, until this is installed: apt-get install nginx-light" >&2
