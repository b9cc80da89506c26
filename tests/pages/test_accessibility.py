"""Every page for everybody: axe finds no barrier, nothing is scrolled sideways at 320 px, everything is large enough, a keyboard is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.axe import Axe
from support.chromium import Visitor
from support.every_page import PLACES, Ground, lay_ground
from support.served import served_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    Go = Callable[[str, str], Page]

LOCALES = {"fi": "fi-FI", "sv": "sv-FI", "en": "en-GB"}
SMALLEST = (320, 640)
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")].filter((one) => {
  const boxes = [one, ...(one.labels || [])].map((part) => part.getBoundingClientRect());
  const covers = getComputedStyle(one, "::after").position === "absolute";
  return boxes[0].height > 1 && !covers && !boxes.some((box) => box.height >= 24 && box.width >= 24);
}).map((one) => one.outerHTML)"""
# what a keyboard must reach: of a group of radio buttons one is enough, the arrows reach the others
STOPS = """() => {
  const seen = (one) => one.checkVisibility({ visibilityProperty: true });
  const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
  const around = (one) => (one.parentElement && one.parentElement !== document.body ? [one.parentElement, ...around(one.parentElement)] : []);
  window.stops = stops.filter((one) => seen(one) && !one.disabled);
  window.reached = new Map();
  // the ring may be drawn around what holds the stop, a card or a label
  const rings = (one) => [one, ...around(one)].some((each) => [null, "::after"].some((part) => getComputedStyle(each, part).outlineStyle !== "none"));
  document.addEventListener("focusin", ({ target }) => window.reached.set(target, rings(target)));
  return window.stops.length;
}"""
MISSED = """() => {
  const same = (one, other) => one === other || (one.type === "radio" && one.name === other.name && one.form === other.form);
  const missed = window.stops.filter((one) => ![...window.reached.keys()].some((other) => same(one, other)));
  return missed.map((one) => one.outerHTML.slice(0, 300));
}"""


@pytest.fixture(scope="module")
def axe(checkout: Path) -> Axe:
    """Return axe-core."""
    found = Axe.installed_in(checkout)
    if found is None:
        pytest.skip("needs axe-core, by npm: make interop")
    return found


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Run one installation in which every page is there."""
    with served_world(tmp_path_factory.mktemp("every-page")) as world:
        yield lay_ground(world, world.rooms.base_url)


@pytest.fixture(scope="module")
def go(browser: Browser, ground: Ground) -> Iterator[Go]:
    """Return a function that goes to a place in a language on the smallest phone; each reader keeps one window."""
    visitor, windows = Visitor(browser), dict[tuple[str, str], "Page"]()

    def find(name: str, language: str) -> Page:
        place = PLACES[name]
        if (place.who, language) not in windows:
            card = ground.cards.get(place.who)
            start = card.address if card else "about:blank"
            windows[place.who, language] = visitor.open(start, size=SMALLEST, language=LOCALES[language])
        page = windows[place.who, language]
        page.emulate_media(color_scheme="light")
        place.visit(page, ground)
        return page

    yield find
    visitor.close()
    assert visitor.mistakes == []


@pytest.mark.parametrize(
    ("place", "language"),
    [(name, language) for name, place in PLACES.items() for language in LOCALES if place.speaks in (None, language)],
)
def test_axe_finds_nothing(go: Go, axe: Axe, place: str, language: str) -> None:
    """WCAG 2.2 A and AA as far as a machine sees it, in light and dark, with everything open; and nothing is wider than 320 px."""
    page = go(place, language)
    assert page.locator("html").get_attribute("lang") == language
    assert axe.look(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALLEST[0]


@pytest.mark.parametrize("place", PLACES)
def test_a_keyboard_is_enough(go: Go, place: str) -> None:
    """The tabulator reaches everything that can be pressed or filled in, each stop shows where it is, and all are large enough."""
    page = go(place, "fi")
    assert page.evaluate(SMALL_TARGETS) == []
    # a date field has a stop for each of its parts
    parts = 3 * page.locator("input[type=date]:visible").count()
    for _ in range(page.evaluate(STOPS) + parts + 2):
        page.keyboard.press("Tab")
    assert page.evaluate(MISSED) == []
    unseen = "[...window.reached].filter(([, rings]) => !rings).map(([one]) => one.outerHTML.slice(0, 300))"
    assert page.evaluate(unseen) == []


def test_axe_sees_what_is_wrong(browser: Browser, axe: Axe) -> None:
    """A page with a barrier of each kind that these tests rely on: a missing name, faint text, faint in dark only, small targets."""
    page = browser.new_page(color_scheme="light")
    page.set_content(
        """<!doctype html><html><title>x</title><style>
        .faint { color: #999; background: #fff } .night { color: #fff; background: #000 }
        @media (prefers-color-scheme: dark) { .night { color: #333 } }
        .small { display: inline-block; width: 9px; height: 9px; overflow: hidden }
        </style><main><h1>x</h1><img src="data:,"><p class="faint">faint</p><p class="night">night</p>
        <a class="small" href="/a">a</a><a class="small" href="/b">b</a></main></html>"""
    )
    found = {tuple(line.split(": ")[:2]) for line in axe.look(page)}
    page.close()
    assert found == {
        ("light", "html-has-lang"),
        ("light", "image-alt"),
        ("light", "color-contrast"),
        ("light", "target-size"),
        ("dark", "color-contrast"),
    }
