"""The sheet of cards on paper: how many sheets, what the codes say, that everything stands inside its card."""

from __future__ import annotations

import io
import uuid
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PIL import Image

from okbadges.pages import qr
from okbadges.pages.card_sheet import card_file
from okbadges.passport.cards import Card, written
from okbadges.storage.sealing import SPOKEN
from support.chromium import pages_on_paper
from support.world import NOW

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from playwright.sync_api import Page

    from okbadges.pages.site import Site
    from support.chromium import Visitor

SHORT, LONG = "https://ok.example", "https://osaamismerkit.pohjoisen-taitopajat.example.fi"
MILLIMETRE = 96 / 25.4
OVERFLOWING = """[...document.querySelectorAll(".card, .about, .about p, .strip, .address, .code")]
    .filter((one) => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.className)"""


def cards(number: int, base_url: str = SHORT) -> list[Card]:
    """Return made-up cards, the widest letters among their codes."""
    return [
        Card(
            id=uuid.UUID(int=place),
            participant_id=uuid.UUID(int=place),
            address=f"{base_url}/p/{place:027d}",
            code=written("".join(SPOKEN[(place + 7 * letter) % 32] for letter in range(11)) + "W"),
            issued_at=NOW,
            replaces=False,
        )
        for place in range(number)
    ]


def printed(
    visitor: Visitor, site: Site, folder: Path, made: Sequence[Card], *, language: str = "fi", base_url: str = SHORT
) -> Page:
    """Open the file of a sheet as paper sees it."""
    page = visitor.open("about:blank")
    content = card_file(site, made, language=language, base_url=base_url, demo=False)
    (folder / "cards.html").write_bytes(content)
    page.set_content(content.decode())
    page.emulate_media(media="print")
    return page


@pytest.mark.parametrize(("number", "sheets"), [(1, 1), (8, 1), (11, 2)])
def test_eight_cards_are_on_a_sheet(visitor: Visitor, site: Site, tmp_path: Path, number: int, sheets: int) -> None:
    """One card is one sheet, eleven are two: no empty sheet at the end."""
    page = printed(visitor, site, tmp_path, cards(number))
    assert pages_on_paper(page) == sheets
    assert page.locator(".card").count() == number


@pytest.mark.parametrize("base_url", [SHORT, LONG])
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_everything_stands_inside_its_card(
    visitor: Visitor, site: Site, tmp_path: Path, language: str, base_url: str
) -> None:
    """In each language, and with a long address too; a card fits into a wallet, and its code is 3 cm wide without its quiet zone."""
    made = cards(2, base_url)
    page = printed(visitor, site, tmp_path, made, language=language, base_url=base_url)
    assert page.evaluate(OVERFLOWING) == []
    size = page.locator(".card").first.bounding_box()
    assert size is not None
    assert size["width"] <= 86 * MILLIMETRE + 1
    assert size["height"] <= 54 * MILLIMETRE + 1
    code = page.locator("svg[role=img]").first
    modules = int((code.get_attribute("viewBox") or "").split()[2])
    box = code.bounding_box()
    assert box is not None
    assert box["width"] * (modules - 8) / modules >= 30 * MILLIMETRE


def test_the_code_says_the_address(visitor: Visitor, site: Site, tmp_path: Path) -> None:
    """Every QR code of a sheet reads as the address of its own card, beside the code and the short address in words."""
    made = cards(3)
    page = printed(visitor, site, tmp_path, made)
    found = {}
    for card in page.locator(".card").all():
        (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(card.screenshot())))
        found[read.text] = card.inner_text()
    assert found.keys() == {one.address for one in made}
    for one in made:
        assert one.code in found[one.address]
        assert "ok.example/p" in found[one.address].replace("\u200b", "")


@pytest.mark.parametrize(("language", "end"), [("fi", ""), ("sv", "?lang=sv"), ("en", "?lang=en")])
def test_a_card_opens_in_its_language(site: Site, language: str, end: str) -> None:
    """Whoever is handed a Swedish card reads Swedish, whatever the phone is set to; Finnish needs no word of it."""
    [card] = cards(1)
    sheet = card_file(site, [card], language=language, base_url=SHORT, demo=False).decode()
    assert qr.path(qr.matrix(card.address + end)) in sheet


def test_a_phone_shows_it_too(visitor: Visitor, site: Site, tmp_path: Path) -> None:
    """On a screen of 360 px the cards stand below each other, with what to do first, and nothing is scrolled sideways."""
    page = printed(visitor, site, tmp_path, cards(2))
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.get_by_role("heading", level=1).is_visible()


def test_nothing_on_it_says_why(site: Site) -> None:
    """No word of the file tells why somebody has a card; a demo says that it is one."""
    from okbadges.catalogue.neutrality import find_disclosing_words  # noqa: PLC0415 - used here only

    for language in ("fi", "sv", "en"):
        text = card_file(site, cards(1), language=language, base_url=SHORT, demo=False).decode()
        assert find_disclosing_words(text) == []
        assert "DEMO" not in text
        assert "DEMO" in card_file(site, cards(1), language=language, base_url=SHORT, demo=True).decode()
