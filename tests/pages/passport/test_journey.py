"""The whole way in a real browser: steps are ticked, a badge awarded, a card opens the passport, a teacher checks, the link is taken back."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PIL import Image

from okbadges.building import utc_now
from support.chromium import PHONE, pages_on_paper
from support.learners import new_group, new_participant
from support.served import served_world
from support.world import World, order

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from support.chromium import Visitor


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Run the real application on a port of its own, with the real clock."""
    with served_world(tmp_path_factory.mktemp("passport"), now=utc_now) as world:
        yield world


@pytest.fixture(scope="module")
def otto(workshop: World) -> uuid.UUID:
    """Return Otto, whom Iida has seen do everything that one badge asks for, and to whom she awarded it."""
    participant, today = new_participant(workshop, new_group(workshop)), utc_now().date().isoformat()
    tick = {"observed_by": "instructor", "method": "observation", "observed_on": today}
    for step in (1, 2, 3):
        path = f"/v1/participants/{participant}/progress/digi-turva/{step}"
        ticked = workshop.client.post(path, json=tick, headers=workshop.as_iida())
        assert ticked.status_code == 201, ticked.text
    wanted = order(participant=str(participant), awarded_on=today, criteria_met=None, observation=None)
    awarded = workshop.client.post("/v1/credentials", json=wanted, headers=workshop.as_iida())
    assert awarded.status_code == 201, awarded.text
    return participant


def a_card(workshop: World, participant: uuid.UUID) -> dict[str, str]:
    """Let Iida make a card."""
    answer = workshop.client.post(f"/v1/participants/{participant}/card", json={}, headers=workshop.as_iida())
    assert answer.status_code == 201, answer.text
    card: dict[str, str] = answer.json()["cards"][0]
    return card


def heading(page: Page) -> str:
    """Return the main heading."""
    return page.get_by_role("heading", level=1).inner_text().replace("\n", " ").replace("\u00ad", "")


def base_of(workshop: World) -> str:
    """Return where the service is."""
    return str(workshop.client.base_url)


def test_from_the_card_to_the_teacher_and_back(workshop: World, otto: uuid.UUID, visitor: Visitor) -> None:
    """Otto types the code of his card, takes the badge, shows it; Tuula reads his QR code, checks, matches; he takes it back."""
    card = a_card(workshop, otto)
    page = visitor.open(f"{base_of(workshop)}/p", size=PHONE)
    page.get_by_label("Kortin koodi").fill(card["code"].lower())
    page.get_by_role("button", name="Avaa passi").click()
    assert heading(page) == "Sinulla on uusi merkki"
    assert "/p/" not in page.url
    page.get_by_role("button", name="Ota vastaan").click()
    page.get_by_role("link", name="Näytä", exact=True).click()
    page.get_by_role("button", name="Näytä opettajalle").click()
    assert heading(page) == "Näin muut näkevät merkkisi"
    page.get_by_role("button", name="Tee linkki").click()
    picture = Image.open(io.BytesIO(page.locator("#code").screenshot(scale="device")))
    [code] = zxingcpp.read_barcodes(picture)

    teacher = visitor.open(code.text, size=PHONE)
    assert heading(teacher) == "Aito ja voimassa"
    page.get_by_role("link", name="Näytä kuusi numeroa").click()
    digits = page.locator(".digits-now span[aria-hidden]").inner_text()
    teacher.get_by_label("Onko tämä hänen merkkinsä?").fill(digits)
    teacher.get_by_role("button", name="Tarkista", exact=True).click()
    assert "Kyllä." in teacher.locator(".answer.yes").inner_text()

    page.goto(f"{base_of(workshop)}/passport/share/links")
    page.locator("summary").first.click()
    page.get_by_role("button", name="Kyllä").first.click()
    teacher.goto(code.text)
    assert "Aito ja voimassa" not in teacher.inner_text("body")
    assert visitor.mistakes == []


def test_no_page_of_the_passport_is_wider_than_a_phone(workshop: World, otto: uuid.UUID, visitor: Visitor) -> None:
    """At 320 px, in each language, with a badge in it: nothing has to be pushed aside to be read."""
    page = visitor.open(a_card(workshop, otto)["address"], size=(320, 640))
    paths = ("", "?at=shelf", "/share", "/share/links", "/match", "/settings", "/settings/erase", "/steps/digi-turva")
    for language in ("fi", "sv", "en"):
        for path in paths:
            page.goto(f"{base_of(workshop)}/passport{path}{'&' if '?' in path else '?'}lang={language}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, (path, language)


def test_a_badge_of_the_passport_is_one_sheet(workshop: World, otto: uuid.UUID, visitor: Visitor) -> None:
    """Printed from the passport, a badge takes one A4."""
    page = visitor.open(a_card(workshop, otto)["address"])
    page.goto(f"{base_of(workshop)}/passport?at=shelf")
    page.locator('a[href*="/passport/badges/"]').first.click()
    page.wait_for_url("**/passport/badges/*")
    assert pages_on_paper(page) == 1
