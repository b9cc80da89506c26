"""The whole way of a teacher in a real browser, on a phone: from the student's QR code to the file for the student register."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import pytest
import zxingcpp
from PIL import Image

from okbadges.building import utc_now
from support.chromium import DESKTOP, PHONE, pages_on_paper
from support.college import new_college
from support.passport import new_card
from support.served import served_world
from support.sharing import sharer
from support.studying import SKILLS, YTTT, cookie_of, decide_about, find_fit, sign_in_link, study_link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from playwright.sync_api import Page

    from support.chromium import Visitor
    from support.college import College
    from support.sharing import Sharer
    from support.world import World

MOST_INTERACTIONS = 10


@dataclass(frozen=True, slots=True)
class School:
    """A running service with a college, and Sani who has all badges of YTTT."""

    world: World
    college: College
    sani: Sharer

    @property
    def base_url(self) -> str:
        """Return where the service is."""
        return self.world.rooms.base_url

    def link(self) -> str:
        """Let Sani make a link for a teacher."""
        return study_link(self.world, self.sani, expires_on=_in_a_month())


@dataclass(slots=True)
class Counted:
    """A page on which every interaction of a person is counted: what they open, press, choose or type."""

    page: Page
    done: list[str] = field(default_factory=list)

    def do(self, what: str, act: Callable[[], object]) -> None:
        """Do one thing."""
        act()
        self.done.append(what)

    def open(self, address: str) -> None:
        """Open an address: a code that the camera read, a link in a message."""
        self.do(f"open {address}", lambda: self.page.goto(address))

    def press(self, name: str, role: Literal["button", "link"] = "button") -> None:
        """Press what has this name."""
        found = self.page.get_by_role(role, name=name, exact=True)
        self.do(f"press {name}", found.first.click)

    def choose(self, name: str) -> None:
        """Choose one of several."""
        self.do(f"choose {name}", self.page.get_by_label(name).check)


def _in_a_month() -> date:
    from datetime import timedelta  # noqa: PLC0415 - one place

    return utc_now().date() + timedelta(days=30)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, College]]:
    """Run the real application on a port of its own, with the real clock."""
    with served_world(tmp_path_factory.mktemp("recognition"), now=utc_now) as world:
        world.clock.time = utc_now()
        find_fit(world, YTTT)
        yield world, new_college(world)


@pytest.fixture
def school(served: tuple[World, College]) -> School:
    """Return the service with a Sani about whom nobody has decided yet."""
    world, college = served
    return School(world, college, sharer(world, *SKILLS))


def sanis_phone(school: School, visitor: Visitor) -> tuple[Page, str]:
    """Let Sani show a link on their phone, and return the phone and what a camera reads there."""
    page = visitor.open(new_card(school.world, school.sani.participant).address, size=PHONE)
    page.get_by_role("link", name="Näytä", exact=True).click()
    page.get_by_role("button", name="Näytä opettajalle").click()
    page.get_by_role("button", name="Tee linkki").click()
    picture = Image.open(io.BytesIO(page.locator("#code").screenshot(scale="device")))
    [code] = zxingcpp.read_barcodes(picture)
    return page, str(code.text)


@pytest.mark.parametrize("javascript", [True, False])
def test_from_the_code_to_the_passport(school: School, visitor: Visitor, *, javascript: bool) -> None:
    """QR code, check, areas, one-time link, decision, file, and the student's passport: under ten, with and without scripts."""
    phone, code = sanis_phone(school, visitor)
    invitation = sign_in_link(school.world, school.college.provider.organisation, school.college.tuula_id)
    tuula = Counted(visitor.open("about:blank", size=PHONE, javascript=javascript))
    page = tuula.page
    tuula.open(code)
    assert page.get_by_text("Aito ja voimassa").first.is_visible()
    tuula.press("1.8.2022\N{EN DASH}31.7.2026", "link")
    assert page.get_by_role("heading", name="Työelämässä toimiminen").is_visible()
    tuula.press("Tunnusta kokonaan", "link")
    assert "Kirjaudu sisään" in page.get_by_role("heading", level=1).inner_text()
    tuula.open(invitation)
    tuula.press("Kirjaudu sisään")
    assert page.get_by_label("Tunnusta kokonaan").is_checked()
    tuula.choose("Kasvotusten")
    tuula.press("Tallenna päätös")
    assert "Päätös on tallennettu." in page.inner_text("main")
    with page.expect_download() as downloading:
        tuula.press("eHOKS (JSON)", "link")
    (unit,) = json.loads(_text(downloading.value.path()))["aiemmin-hankitut-yhteiset-tutkinnon-osat"]
    assert unit["osa-alueet"][0]["osa-alue-koodi-uri"] == YTTT
    sani = Counted(phone)
    sani.press("Merkit", "link")
    told = phone.locator("section:has(#recognised)").inner_text()
    assert "Ammattiopisto Lappia tunnusti: Työelämässä toimiminen, 2\N{NO-BREAK SPACE}osp" in told
    done = [*tuula.done, *sani.done]
    assert len(done) < MOST_INTERACTIONS, done


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def signed_in_page(
    school: School, visitor: Visitor, path: str, *, size: tuple[int, int] = DESKTOP, javascript: bool = True
) -> Page:
    """Return a page at which Tuula is signed in."""
    page = visitor.open("about:blank", size=size, javascript=javascript)
    name, value = cookie_of(school.world, school.college.tuula_id)
    page.context.add_cookies([{"name": name, "value": value, "url": school.base_url}])
    page.goto(f"{school.base_url}{path}")
    return page


def test_only_what_belongs_to_the_decision_is_asked(school: School, visitor: Visitor) -> None:
    """A grade for the whole, points for a part, what comes next for "not yet": the rest is put away, by the style alone."""
    at = f"{school.link()}/areas/{YTTT}/decide?generation=2022&decided=full"
    page = signed_in_page(school, visitor, at, size=PHONE, javascript=False)
    seen = {
        "Tunnusta kokonaan": {"grade"},
        "Tunnusta osittain": {"osp", "next_step_fi"},
        "Ei vielä": {"next_step_fi"},
        "Ei minun alaani": {"next_step_fi"},
    }
    for choice, fields in seen.items():
        page.get_by_label(choice).check()
        for name in ("grade", "osp", "next_step_fi"):
            assert page.locator(f"[name={name}]").first.is_visible() == (name in fields), (choice, name)


def test_no_page_of_a_teacher_is_wider_than_a_phone(school: School, visitor: Visitor) -> None:
    """At 320 px, in each language, with everything open: nothing has to be pushed aside to be read."""
    link = school.link()
    made = decide_about(school.world, school.college, link)
    page = signed_in_page(school, visitor, "/decisions", size=(320, 640))
    paths = (
        f"{link}/areas",
        f"{link}/areas/{YTTT}/decide",
        "/decisions",
        f"/decisions/{made}",
        f"/decisions/{made}/print",
    )
    for language in ("fi", "sv", "en"):
        for path in paths:
            page.goto(f"{school.base_url}{path}?generation=2022&lang={language}")
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, (path, language)


@pytest.mark.parametrize("decided", ["full", "not-now"])
def test_a_printed_decision_is_one_sheet(school: School, visitor: Visitor, decided: str) -> None:
    """For the archive and for the student: one A4."""
    made = decide_about(school.world, school.college, school.link(), decided=decided)
    page = signed_in_page(school, visitor, f"/decisions/{made}/print")
    assert pages_on_paper(page) == 1


def test_the_picture_fits_on_two_sheets(school: School, visitor: Visitor) -> None:
    """Printed for a meeting: the areas of five badges."""
    page = visitor.open(f"{school.base_url}{school.link()}/areas?generation=2022")
    assert pages_on_paper(page) <= 2
