"""Sharing in a real browser: our own forms are taken, and what a script adds: a code as large as the screen, fresh digits, a fitting day."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from okbadges.passport.matching import WINDOW
from okbadges.progress.evidence_content import Content, PieceKind
from support.chromium import PHONE, pages_on_paper
from support.served import served_world
from support.sharing import Sharer, address_of, everything, keep, new_link, sharer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from support.chromium import Visitor
    from support.world import World


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Run the real application on a port of its own, with a clock of the tests."""
    with served_world(tmp_path_factory.mktemp("sharing")) as world:
        yield world


@pytest.fixture(scope="module")
def sani(service: World) -> Sharer:
    """Return Sani, who has three badges in a passport."""
    return sharer(service)


def passport(service: World, sani: Sharer, visitor: Visitor, path: str, *, javascript: bool = True) -> Page:
    """Open the passport with its card, and then a page of it."""
    page = visitor.open(sani.card.address, size=PHONE, javascript=javascript)
    page.goto(f"{service.rooms.base_url}/passport{path}")
    return page


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_a_browser_makes_a_link_and_takes_it_back(
    service: World,
    sani: Sharer,
    visitor: Visitor,
    javascript: bool,  # noqa: FBT001 - a case of the test
) -> None:
    """Two presses make it, two take it back; with and without script, on a phone, with nothing wider than the screen."""
    page = passport(service, sani, visitor, "/share", javascript=javascript)
    page.get_by_role("button", name="Näytä työpaikalle").click()
    page.get_by_role("button", name="Tee linkki").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Linkki työpaikalle"
    box = page.locator("#code").bounding_box()
    assert box
    assert box["width"] >= 300
    link = page.get_by_role("link", name="Avaa linkki").get_attribute("href")
    assert link
    page.locator("details.withdraw summary").click()
    page.get_by_role("button", name="Kyllä").click()
    page.get_by_text("Linkki on otettu pois.").wait_for()
    assert visitor.open(link, size=PHONE).get_by_role("heading", level=1).inner_text().startswith("Tämä linkki ei ole")


def test_the_code_fills_the_screen(service: World, sani: Sharer, visitor: Visitor) -> None:
    """It opens over everything by a button, and closes by another or by Escape."""
    page = passport(service, sani, visitor, f"/share/links/{new_link(service, sani)}")
    large = page.locator("dialog")
    assert not large.is_visible()
    for button in (None, large.get_by_role("button")):
        page.get_by_role("button", name="Koodi isoksi").click()
        box = large.bounding_box()
        assert box
        assert box["width"] == PHONE[0]
        assert box["height"] == PHONE[1]
        if button:
            button.click()
        else:
            page.keyboard.press("Escape")
        assert not large.is_visible()


def test_the_last_day_follows_the_purpose_until_somebody_chooses_one(
    service: World, sani: Sharer, visitor: Visitor
) -> None:
    """Ninety days for a teacher, thirty for others; a day that was chosen stays."""
    page = passport(service, sani, visitor, "/share")
    page.locator("#choices").click()
    day = page.locator("#expires_on")
    assert day.input_value() == "2027-02-19"
    page.get_by_label("Linkki työpaikalle").check()
    assert day.input_value() == "2026-12-21"
    day.fill("2026-12-01")
    page.get_by_label("Linkki opettajalle").check()
    assert day.input_value() == "2026-12-01"


def test_digits_are_replaced_when_their_time_is_over(service: World, sani: Sharer, visitor: Visitor) -> None:
    """An open page shows the digits that hold, without being touched."""
    page = visitor.open(sani.card.address, size=PHONE)
    page.clock.install()
    page.goto(f"{service.rooms.base_url}/passport/match")
    old = page.locator(".digits").inner_text()
    service.clock.move(seconds=WINDOW.total_seconds())
    page.clock.run_for(int(WINDOW.total_seconds() * 1000) + 2000)
    page.wait_for_function("(old) => document.querySelector('.digits').textContent !== old", arg=old)
    assert len(page.locator(".digits").inner_text()) == len(old)


def test_a_link_is_printed_on_one_page(service: World, sani: Sharer, visitor: Visitor) -> None:
    """Code, address, last day and badges; nothing that is for the holder alone."""
    link = new_link(service, sani, shows=everything(), name="Sani")
    page = passport(service, sani, visitor, f"/share/links/{link}")
    assert pages_on_paper(page) == 1
    page.emulate_media(media="print")
    assert page.get_by_text("Osaamismerkit", exact=True).is_visible()
    assert not page.get_by_text("Ota linkki pois").first.is_visible()
    assert not page.get_by_text("Nimi, jonka kirjoitit.").is_visible()


def test_a_share_page_stays_light(service: World, sani: Sharer, visitor: Visitor) -> None:
    """It asks for its own files alone, no photo before somebody opens it, and sets no cookie."""
    written = io.BytesIO()
    Image.new("RGB", (640, 480), "brown").save(written, "JPEG")
    keep(service, sani, Content(PieceKind.PHOTO, "image/jpeg", written.getvalue()))
    page = visitor.open("about:blank", size=PHONE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(service.rooms.base_url + address_of(service, new_link(service, sani, shows=everything())))
    assert all(one.startswith(service.rooms.base_url) for one in asked)
    assert not any("/evidence/" in one for one in asked)
    page.get_by_text("Katso kuva 1").click()
    page.wait_for_function("() => document.querySelector('.pieces img').naturalWidth === 640")
    assert page.context.cookies() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
