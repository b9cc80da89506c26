#!/usr/bin/env bash
# Makes sure that Debian's chromium is there for the browser tests, the font that the artwork is drawn with, and what reads a printed
# PDF; where they may not be installed, says what is missing. Of chromium the shell without windows is installed, which takes a third of
# the processor's time; the whole chromium, where somebody has it, shows the same.
set -euo pipefail

packages=()
[[ -x /usr/bin/chromium-headless-shell ]] || packages+=(chromium-headless-shell)
[[ -f /usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf ]] || packages+=(fonts-dejavu-core)
[[ -x /usr/bin/pdftoppm ]] || packages+=(poppler-utils)
if [[ ${#packages[@]} -eq 0 ]]; then
    exit 0
fi
if [[ $EUID -eq 0 ]] && command -v apt-get >/dev/null; then
    echo "Installing ${packages[*]} for the tests"
    apt-get update -qq || true
    # an older Debian has no shell without windows
    apt-cache show chromium-headless-shell >/dev/null 2>&1 || packages=("${packages[@]/chromium-headless-shell/chromium}")
    if DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null; then
        exit 0
    fi
fi
echo "Some tests are skipped, or take longer, until these are installed: apt-get install ${packages[*]}" >&2
