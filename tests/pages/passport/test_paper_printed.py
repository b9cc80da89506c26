"""The passport as a printer gets it: as many sheets as were composed, a code on each that reads as the link, nothing cut."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PIL import Image

from okbadges.catalogue.shelf import latest_badges
from okbadges.issuing.links import Links
from okbadges.passport.cards import written
from okbadges.passport.sharing import Purpose
from support.chromium import PHONE, pages_on_paper, sheets_on_paper
from support.served import served_world
from support.sharing import Sharer, address_of, everything, new_link, sharer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from support.chromium import Visitor
    from support.world import World

LANGUAGES = {"fi": "fi-FI", "sv": "sv-FI", "en": "en-GB"}
MILLIMETRE = 96 / 25.4
SHEET = (round(180 * MILLIMETRE), round(277 * MILLIMETRE))
TALLEST = """[...document.querySelectorAll(".sheet")].reduce((most, one) => Math.max(most, one.offsetHeight), 0)"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Run the real application on a port of its own, with a clock of the tests."""
    with served_world(tmp_path_factory.mktemp("paper")) as world:
        yield world


@pytest.fixture(scope="module")
def sani(service: World) -> Sharer:
    """Return Sani, who has every small badge but one that asks for a language."""
    with service.rooms.database.read() as session:
        badges = [one.slug for one in latest_badges(session) if one.kind == "skill" and one.slug != "vuoro-kielet"]
    return sharer(service, *badges)


def paper(service: World, sani: Sharer, visitor: Visitor, number: int | None, language: str) -> tuple[Page, str]:
    """Open the paper of some of their badges in a window of a sheet's size; return it and the address of its link."""
    some = tuple(sani.rows.values())[:number]
    link = new_link(service, sani, purpose=Purpose.OTHER, credentials=some)
    page = visitor.open(sani.card.address, size=SHEET, language=LANGUAGES[language])
    page.goto(f"{service.rooms.base_url}/passport/paper/{link}")
    return page, service.rooms.base_url + address_of(service, link)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("number", "most"), [(1, 1), (3, 2), (8, 3), (30, 11)])
def test_badges_stand_on_whole_sheets(
    service: World, sani: Sharer, visitor: Visitor, language: str, number: int, most: int
) -> None:
    """One badge is one A4; more are as many sheets as were composed, each with a code that reads as the link."""
    page, link = paper(service, sani, visitor, number, language)
    sheets = page.locator(".sheet").count()
    assert sheets <= most
    assert pages_on_paper(page) == sheets
    assert page.locator(".sheet-badge").count() == number
    page.emulate_media(media="print")
    for foot in page.locator(".sheet-foot").all():
        (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(foot.screenshot(scale="device"))))
        assert found.text == link


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_badge_of_the_catalogue_fits(service: World, sani: Sharer, visitor: Visitor, language: str) -> None:
    """However its words are in each language, no sheet of a whole catalogue is higher than an A4 has room."""
    page, _ = paper(service, sani, visitor, None, language)
    page.emulate_media(media="print")
    assert page.evaluate(TALLEST) <= SHEET[1]
    assert pages_on_paper(page) == page.locator(".sheet").count()


@pytest.mark.parametrize(
    ("number", "purpose", "language", "genuine"),
    [
        (2, Purpose.WORKPLACE, "fi", "Aito ja voimassa"),
        (6, Purpose.STUDY_PLAN, "sv", "Äkta och giltigt"),
        (None, Purpose.OTHER, "en", "Genuine and valid"),
    ],
)
def test_no_sheet_shows_a_verdict_alone(
    service: World, sani: Sharer, visitor: Visitor, number: int | None, purpose: Purpose, language: str, genuine: str
) -> None:
    """Whoever holds one sheet of a link to several badges can look at what is true now, with a camera or by typing."""
    some = tuple(sani.rows.values())[:number]
    link = new_link(service, sani, purpose=purpose, credentials=some, shows=everything())
    address = service.rooms.base_url + address_of(service, link)
    printed = sheets_on_paper(visitor.open(address, language=LANGUAGES[language]))
    code = written(Links(service.rooms.secrets, service.rooms.base_url).share_code(link))
    with_verdict = [sheet for sheet in printed if genuine in sheet.words]
    assert sum(sheet.words.count(genuine) for sheet in printed) == 2 * len(some)  # in the overview, and with each badge
    for sheet in with_verdict:
        assert set(sheet.codes) == {address}
        assert code in sheet.words


def test_the_code_is_large_enough(service: World, sani: Sharer, visitor: Visitor) -> None:
    """It is 3 cm wide without its quiet zone."""
    page, _ = paper(service, sani, visitor, 1, "fi")
    page.emulate_media(media="print")
    code = page.locator("#code")
    modules = int((code.get_attribute("viewBox") or "").split()[2])
    box = code.bounding_box()
    assert box is not None
    assert box["width"] * (modules - 8) / modules >= 30 * MILLIMETRE


def test_only_the_paper_is_printed(service: World, sani: Sharer, visitor: Visitor) -> None:
    """Neither the ways through the passport, nor what to do with the paper, nor how to close the passport."""
    page, _ = paper(service, sani, visitor, 2, "fi")
    page.emulate_media(media="print")
    for words in ("Asetukset", "Tallenna", "Sulje passi", "Saavutettavuus"):
        assert not page.get_by_text(words).first.is_visible()
    assert page.get_by_text("Nimi", exact=True).is_visible()


def test_from_the_passport_to_the_printer_on_a_phone(service: World, sani: Sharer, visitor: Visitor) -> None:
    """Three presses: the door, the paper, the printer; and whoever reads its code after it was taken back hears that it ended."""
    page = visitor.open(sani.card.address, size=PHONE)
    page.goto(f"{service.rooms.base_url}/passport?at=shelf")
    page.get_by_role("link", name="Tulosta osaamispassi").click()
    page.get_by_role("button", name="Tee paperi").click()
    # the next page may have begun without having anything in it yet
    page.locator("#code").wait_for()
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    page.evaluate("window.print = () => { document.title = 'printed'; }")
    page.get_by_role("button", name="Tulosta", exact=True).click()
    assert page.title() == "printed"
    picture = Image.open(io.BytesIO(page.locator("#code").screenshot(scale="css")))
    (code,) = zxingcpp.read_barcodes(picture)
    reader = visitor.open(code.text, size=PHONE)
    assert reader.locator(".overview li").count() == len(sani.rows)
    page.get_by_role("link", name="Katso koodia tai ota se pois").click()
    page.locator("summary", has_text="Ota linkki pois").click()
    page.get_by_role("button", name="Kyllä, ota linkki pois").click()
    answer = reader.goto(code.text)
    assert answer is not None
    assert answer.status == 410
