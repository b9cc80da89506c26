"""Take pictures of okbadges, to look at: every kind of page on a phone and a desktop, in light and dark, and on paper.

    python tests/tools/screenshots.py                        the pages of a demo that it starts for itself
    python tests/tools/screenshots.py --base http://localhost:8000 /badges /verify      pages of a server that runs

The pictures go to screenshots/, each named for its page and its view; nothing is compared. Paper is an A4 PDF as it would be printed.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

CHECKOUT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(CHECKOUT / "tests"))

from support.chromium import CHROMIUM, DESKTOP, PHONE, Scheme, Visitor, running_browser  # noqa: E402 - found by the line above
from support.demo import running_demo  # noqa: E402 - the same

if TYPE_CHECKING:
    from collections.abc import Mapping

DEMO_PAGES = {"badges": "/badges", "badge": "/badges/digi-turva", "check": "/verify"}
VIEWS: tuple[tuple[str, tuple[int, int], Scheme], ...] = (
    ("phone", PHONE, "light"),
    ("phone-dark", PHONE, "dark"),
    ("desktop", DESKTOP, "light"),
    ("desktop-dark", DESKTOP, "dark"),
)


def take(urls: Mapping[str, str], folder: Path) -> list[str]:
    """Take every view of the named URLs and return what went wrong in the pages: requests to elsewhere, errors of scripts."""
    folder.mkdir(parents=True, exist_ok=True)
    with running_browser() as browser:
        visitor = Visitor(browser)
        for name, url in urls.items():
            for view, size, scheme in VIEWS:
                page = visitor.open(url, size=size, scheme=scheme)
                page.screenshot(path=folder / f"{name}-{view}.png", full_page=True)
            visitor.open(url).pdf(path=folder / f"{name}-paper.pdf", format="A4", prefer_css_page_size=True)
            visitor.close()
            print(f"{name:<12} {url}")  # noqa: T201 - a command line prints
    return visitor.mistakes


def take_demo(folder: Path) -> list[str]:
    """Start a demo in a folder of its own, take its pages and the three share links, and return what went wrong."""
    with tempfile.TemporaryDirectory() as kept, running_demo(Path(kept)) as demo:
        shares = {"valid": demo.valid, "revoked": demo.revoked, "expired": demo.expired}
        return take(shares | {name: demo.base_url + path for name, path in DEMO_PAGES.items()}, folder)


def main() -> int:
    """Take the pictures; the exit status is 1 when something went wrong in a page, 2 when there is no browser."""
    parser = argparse.ArgumentParser(description="Take pictures of okbadges.")
    parser.add_argument("pages", nargs="*", help="paths on the server, such as /badges")
    parser.add_argument("--base", help="a server that runs; without it a demo is started")
    parser.add_argument("--into", type=Path, default=CHECKOUT / "screenshots", help="the folder for the pictures")
    asked = parser.parse_args()
    if bool(asked.pages) != bool(asked.base):
        parser.error("pages and --base go together")
    if not CHROMIUM.exists():
        print("Debian's chromium is needed: apt-get install chromium", file=sys.stderr)  # noqa: T201 - a command line prints
        return 2
    names = {path: re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "front" for path in asked.pages}
    urls = {name: asked.base.rstrip("/") + path for path, name in names.items()}
    mistakes = take(urls, asked.into) if urls else take_demo(asked.into)
    for mistake in mistakes:
        print(mistake, file=sys.stderr)  # noqa: T201 - the same
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
