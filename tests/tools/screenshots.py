"""Take pictures of okbadges, to look at: its main pages on a phone and a desktop, in light and dark, and on paper.

    python tests/tools/screenshots.py                              the main pages, in an installation made for it
    python tests/tools/screenshots.py --language sv passport       some pages, in Swedish
    python tests/tools/screenshots.py --all                        every page of tests/support/every_page.py
    python tests/tools/screenshots.py --base http://localhost:8000 /badges /verify      pages of a server that runs

The pictures go to screenshots/, each named for its page and its view; nothing is compared. ``index.html`` there shows all of them
beside each other, ``contact.png`` is a picture of that, and each PDF is the page as it would be printed.
"""

from __future__ import annotations

import argparse
import logging
import re
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

CHECKOUT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(CHECKOUT / "tests"))

import structlog  # noqa: E402 - found by the line above, like all below

from support.chromium import CHROMIUM, DESKTOP, PHONE, Scheme, Visitor, running_browser  # noqa: E402
from support.every_page import PLACES, Ground, Place, lay_ground  # noqa: E402
from support.served import served_world  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from playwright.sync_api import Browser, Page

MAIN = (
    "front",
    "badges",
    "badge",
    "share-study-plan",
    "share-workplace",
    "share-revoked",
    "share-several",
    "share-digits-answered",
    "share-withdrawn",
    "check",
    "check-valid",
    "check-unknown-issuer",
    "open",
    "passport-new-badge",
    "passport",
    "passport-badge",
    "passport-steps",
    "passport-share",
    "passport-preview",
    "passport-link",
    "passport-paper",
    "passport-match",
    "passport-settings",
    "program-asks",
    "card-sheet",
    "work-groups",
    "work-group",
    "work-person",
    "work-steps",
    "work-award",
    "work-awarded",
    "work-cards",
    "work-learned",
    "areas",
    "areas-lone",
    "decide",
    "decisions",
    "decision",
    "decision-not-yet",
    "decision-paper",
    "passport-recognised",
)
"""The pages by which okbadges is known; a new one is one line here."""
VIEWS: tuple[tuple[str, tuple[int, int], Scheme], ...] = (
    ("phone", PHONE, "light"),
    ("phone-dark", PHONE, "dark"),
    ("desktop", DESKTOP, "light"),
    ("desktop-dark", DESKTOP, "dark"),
)
PAPER = (794, 1123)  # A4 in CSS pixels
TIMEOUT = 90_000  # milliseconds: a picture of a long page takes a while on a busy machine
LOCALES = {"fi": "fi-FI", "sv": "sv-FI", "en": "en-GB"}
STYLE = """body { margin: 1rem; background: #777; font: 14px sans-serif; color: #fff }
div { display: grid; grid-template-columns: repeat(5, 1fr); gap: 0.6rem; align-items: start; margin-bottom: 1rem }
img { display: block; width: 100%; height: 460px; object-fit: cover; object-position: top; background: #fff }
h2 { margin: 0.5rem 0; font-size: 1rem } a { color: inherit }"""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to take: which places, in which language, into which folder."""

    places: Mapping[str, Place]
    language: str
    folder: Path


@contextmanager
def running_ground() -> Iterator[Ground]:
    """Make an installation in which every page is there, and serve it until the end of the block."""
    with tempfile.TemporaryDirectory() as kept, served_world(Path(kept)) as world:
        yield lay_ground(world, world.rooms.base_url)


def take(browser: Browser, ground: Ground, wish: Wish) -> list[str]:
    """Take every view of the places and return what went wrong in the pages: requests to elsewhere, errors of scripts."""
    visitor = Visitor(browser)
    pages: dict[str, Page] = {}
    for name, place in wish.places.items():
        if place.who not in pages:
            card = ground.cards.get(place.who)
            pages[place.who] = visitor.open(card.address if card else "about:blank", language=LOCALES[wish.language])
            if place.who in ground.cookies:
                cookie, value = ground.cookies[place.who]
                pages[place.who].context.add_cookies([{"name": cookie, "value": value, "url": ground.base_url}])
        page = pages[place.who]
        page.set_default_timeout(TIMEOUT)
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        place.visit(page, ground, unfold=False)
        take_views(page, wish.folder / name)
        print(f"{name:<24} {page.url}")  # noqa: T201 - a command line prints
    visitor.close()
    return visitor.mistakes


def take_views(page: Page, stem: Path) -> None:
    """Take an open page in every view and on paper; afterwards it is on a screen again."""
    page.evaluate("document.querySelectorAll('img[loading]').forEach((one) => { one.loading = 'eager'; })")
    page.wait_for_load_state("networkidle")
    for view, (width, height), scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=f"{stem}-{view}.png", full_page=True)
    page.emulate_media(color_scheme="light", media="print")
    page.set_viewport_size({"width": PAPER[0], "height": PAPER[1]})
    page.screenshot(path=f"{stem}-paper.png", full_page=True)
    page.pdf(path=f"{stem}.pdf", format="A4", prefer_css_page_size=True)
    page.emulate_media(media="screen")


def show_together(browser: Browser, names: Iterable[str], folder: Path) -> None:
    """Write the contact sheet, and take a picture of it."""
    views = [*(view for view, _, _ in VIEWS), "paper"]
    rows = "".join(
        f'<h2><a href="{escape(name)}.pdf">{escape(name)}</a></h2><div>'
        + "".join(f'<a href="{name}-{view}.png"><img src="{name}-{view}.png" alt="{view}"></a>' for view in views)
        + "</div>"
        for name in map(escape, names)
    )
    index = folder / "index.html"
    index.write_text(f"<!doctype html><meta charset=utf-8><title>okbadges</title><style>{STYLE}</style>{rows}", "utf-8")
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(index.as_uri())
    page.screenshot(path=folder / "contact.png", full_page=True)
    page.close()


def wished(asked: argparse.Namespace) -> Wish:
    """Return what the command line asks for. Exits like argparse for a page that nobody knows."""
    if asked.base:
        names = {path: re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "front" for path in asked.pages}
        places = {name: Place(asked.base.rstrip("/") + path, "main") for path, name in names.items()}
        return Wish(places, asked.language, asked.into)
    names_asked = asked.pages or (PLACES if asked.all else MAIN)
    if unknown := [name for name in names_asked if name not in PLACES]:
        raise SystemExit(f"there is no page {', '.join(unknown)} in tests/support/every_page.py")
    spoken = {name: PLACES[name] for name in names_asked if PLACES[name].speaks in (None, asked.language)}
    return Wish(spoken, asked.language, asked.into)


def main() -> int:
    """Take the pictures; the exit status is 1 when something went wrong in a page, 2 when there is no browser."""
    parser = argparse.ArgumentParser(description="Take pictures of okbadges.")
    parser.add_argument("pages", nargs="*", help="names of pages in tests/support/every_page.py; with --base, paths")
    parser.add_argument("--all", action="store_true", help="every page, not only the main ones")
    parser.add_argument("--language", choices=LOCALES, default="fi")
    parser.add_argument("--base", help="a server that runs; without it an installation is made")
    parser.add_argument("--into", type=Path, default=CHECKOUT / "screenshots", help="the folder for the pictures")
    asked = parser.parse_args()
    if asked.base and not asked.pages:
        parser.error("--base needs paths, such as /badges")
    if not CHROMIUM.exists():
        print("Debian's chromium is needed: apt-get install chromium", file=sys.stderr)  # noqa: T201 - a command line prints
        return 2
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    wish = wished(asked)
    wish.folder.mkdir(parents=True, exist_ok=True)
    with running_browser() as browser:
        if asked.base:
            mistakes = take(browser, Ground(asked.base, {}, {}, {}, {}, {}), wish)
        else:
            with running_ground() as ground:
                mistakes = take(browser, ground, wish)
        show_together(browser, wish.places, wish.folder)
    for mistake in mistakes:
        print(mistake, file=sys.stderr)  # noqa: T201 - the same
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
