"""``/decisions/{id}/endorsement``: a teacher's one button, and what it says where there is nothing to sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from okbadges.recognition.record import Decided
from support.college import new_college
from support.decided import decide
from support.passport import browser
from support.sharing import sharer
from support.studying import signed_in

if TYPE_CHECKING:
    import uuid

    from fastapi.testclient import TestClient

    from support.college import College
    from support.world import World

SAME_SITE = {"Origin": "http://localhost:8000"}


@pytest.fixture
def college(world: World) -> College:
    """Return a college with an issuer of its own."""
    return new_college(world, own_issuer=True)


def as_teacher(world: World, college: College) -> TestClient:
    """Return a browser in which Tuula is signed in."""
    return signed_in(world, college.tuula_id)


def page_of(decision: uuid.UUID) -> str:
    """Return the page of a decision's endorsement."""
    return f"/decisions/{decision}/endorsement"


@pytest.mark.parametrize(
    ("language", "do", "made"),
    [
        ("fi", "Vahvista", "Oppilaitos on vahvistanut:"),
        ("sv", "Bekräfta", "Läroanstalten har bekräftat:"),
        ("en", "Confirm", "The school has confirmed:"),
    ],
)
def test_it_works(world: World, college: College, language: str, do: str, made: str) -> None:
    """One press signs; the page then says which badge, and has no button any more; a second press changes nothing."""
    decision = decide(world, college, sharer(world, "digi-turva")).id
    tuula = as_teacher(world, college)
    page = tuula.get(page_of(decision), params={"lang": language})
    assert page.status_code == 200
    assert f">{do}</button>" in page.text
    for _ in range(2):
        answer = tuula.post(page_of(decision), params={"lang": language}, headers=SAME_SITE)
        assert answer.status_code == 303
    page = tuula.get(answer.headers["location"])
    assert made in page.text
    assert "Turvallisesti verkossa" in page.text
    assert f">{do}</button>" not in page.text
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("decided", [Decided.NOT_NOW, Decided.REFER])
def test_what_recognises_nothing_has_no_button(world: World, college: College, decided: Decided) -> None:
    """The page says why, and so does a press that comes all the same."""
    decision = decide(world, college, sharer(world, "digi-turva"), decided=decided).id
    tuula = as_teacher(world, college)
    shown, pressed = tuula.get(page_of(decision)), tuula.post(page_of(decision), headers=SAME_SITE)
    assert (shown.status_code, pressed.status_code) == (200, 409)
    for page in (shown, pressed):
        assert "Tässä ei ole vahvistettavaa" in page.text
        assert "</form>" not in page.text.partition("<main")[2].partition("</main>")[0]


def test_a_school_under_the_badges_issuer_is_told_what_it_needs(world: World) -> None:
    """Nobody endorses themselves."""
    college = new_college(world)
    decision = decide(world, college, sharer(world, "digi-turva")).id
    answer = as_teacher(world, college).post(page_of(decision), headers=SAME_SITE)
    assert answer.status_code == 409
    assert "Oppilaitos tarvitsee oman myöntäjän" in answer.text


def test_who_may_not(world: World, college: College) -> None:
    """Nobody who is not signed in, no other school, and no page of somebody else's site."""
    decision = decide(world, college, sharer(world, "digi-turva")).id
    stranger = browser(world).get(page_of(decision))
    assert (stranger.status_code, stranger.headers["location"].partition("?")[0]) == (303, "/sign-in")
    other = new_college(world, "saku")
    assert as_teacher(world, other).get(page_of(decision)).status_code == 404
    assert as_teacher(world, other).post(page_of(decision), headers=SAME_SITE).status_code == 404
    assert (
        as_teacher(world, college).post(page_of(decision), headers={"Origin": "https://x.example"}).status_code == 403
    )
