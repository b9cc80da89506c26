"""A program asks, in a real browser: what its content policy lets through, and whether one gets back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from support.chromium import PHONE
from support.passport import new_card, two_people
from support.programs import EVERYTHING, OFFLINE, PUT, READ, REGISTRATION, new_program
from support.served import served_world
from support.server import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page
    from starlette.types import ASGIApp, Receive, Scope, Send

    from okbadges.passport.cards import Card
    from support.chromium import Visitor
    from support.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Run the real application behind a port."""
    with served_world(tmp_path_factory.mktemp("programs")) as running:
        yield running


@pytest.fixture(scope="module")
def card(world: World) -> Card:
    """Return Sani's card."""
    return new_card(world, two_people(world)[0])


@pytest.fixture(scope="module")
def backpack_at() -> Iterator[str]:
    """Run another site, a program's, which sends whoever comes back on to its own front, as many do."""

    async def site(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})
            return
        is_back = scope["path"] == "/back"
        query = scope["query_string"]
        headers = [(b"location", b"http://127.0.0.1:%d/front?" % scope["server"][1] + query)] if is_back else []
        await send({"type": "http.response.start", "status": 302 if is_back else 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if is_back else b"<h1>Backpack</h1>"})

    def make(_: str) -> ASGIApp:
        return site

    with running_server(make) as address:
        yield address


@pytest.fixture
def wish(world: World, backpack_at: str) -> str:
    """Return the address to which the program sends somebody."""
    here = {
        name: value.replace("https://backpack.example", backpack_at)
        for name, value in REGISTRATION.items()
        if isinstance(value, str)
    }
    back = f"{backpack_at}/back"
    program = new_program(world, **here, redirect_uris=[back])
    return world.rooms.base_url + program.wish(EVERYTHING, redirect_uri=back)


def answer(page: Page, card: Card, *ticks: str, button: str) -> dict[str, str]:
    """Open the passport with the card's code, tick, press, and return what the program hears."""
    page.fill("#code", card.code)
    page.locator("form:has(#code) [type=submit]").click()
    page.locator(".asking").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    for scope in ticks:
        page.locator(f"[name=scope][value='{scope}']").check()
    page.locator(f"[value={button}]").click()
    page.wait_for_url("**/front?*")
    assert page.locator("h1").inner_text() == "Backpack"
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


@pytest.mark.parametrize("javascript", [True, False])
def test_somebody_lets_a_program_in(visitor: Visitor, wish: str, card: Card, *, javascript: bool) -> None:
    """Asked without an open passport, opened with the card, ticked, and back at the program with a code; without script too."""
    page = visitor.open(wish, size=PHONE, javascript=javascript)
    assert page.locator("#asked").is_visible()
    told = answer(page, card, READ, OFFLINE, button="allow")
    assert told.keys() == {"code", "scope", "state", "iss"}
    assert told["scope"].split() == sorted([READ, OFFLINE])


def test_somebody_refuses(visitor: Visitor, wish: str, card: Card) -> None:
    """The program hears of it, and nothing else."""
    told = answer(visitor.open(wish, size=PHONE), card, PUT, button="refuse")
    assert told["error"] == "access_denied"
    assert "code" not in told


def test_it_is_taken_back_in_the_settings(world: World, visitor: Visitor, wish: str, card: Card) -> None:
    """Two taps in the settings, and the page says that it is over."""
    page = visitor.open(wish, size=PHONE)
    answer(page, card, READ, button="allow")
    page.goto(f"{world.rooms.base_url}/passport/settings")
    before = page.locator("#programs h3").count()
    page.locator("#programs summary").first.click()
    page.locator("#programs details[open] .button").click()
    page.locator("[role=status]").wait_for()
    assert "Lupa on peruttu." in page.locator("[role=status]").inner_text()
    assert page.locator("#programs h3").count() == before - 1
