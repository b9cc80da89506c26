"""``/decisions/{id}/endorsement``: a teacher's one button, and what it says where there is nothing to sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from okbadges.recognition.record import Decided
from support.college import new_college
from support.decided import decide
from support.passport import browser
from support.sharing import sharer
from support.studying import revoke, signed_in
from support.world import on_both_databases

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


def section(page: str) -> str:
    """Return what a decision's page says of its endorsement, or nothing."""
    return page.partition('aria-labelledby="endorsement"')[2].partition("</section>")[0]


@on_both_databases
@pytest.mark.parametrize(
    ("language", "do", "made", "badge"),
    [
        ("fi", "Vahvista", "Oppilaitos on vahvistanut:", "Turvallisesti verkossa"),
        ("sv", "Bekräfta", "Läroanstalten har bekräftat:", "Tryggt på nätet"),
        ("en", "Confirm", "The school has confirmed:", "Safe online"),
    ],
)
def test_it_works(world: World, college: College, language: str, do: str, made: str, badge: str) -> None:
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
    assert badge in page.text
    assert f">{do}</button>" not in page.text
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("language", "title", "way", "badge"),
    [
        ("fi", "Oppilaitoksen vahvistus", "Vahvista merkki", "Turvallisesti verkossa"),
        ("sv", "Läroanstaltens bekräftelse", "Bekräfta märket", "Tryggt på nätet"),
        ("en", "confirmation", "Confirm the badge", "Safe online"),
    ],
)
def test_the_decision_leads_there(
    world: World, college: College, language: str, title: str, way: str, badge: str
) -> None:
    """Its page says what an endorsement is and has one link to it; once it is made, it says of which badge."""
    decision = decide(world, college, sharer(world, "digi-turva")).id
    tuula = as_teacher(world, college)
    before = section(tuula.get(f"/decisions/{decision}", params={"lang": language}).text)
    assert f"{title}</h2>" in before
    assert f'href="{page_of(decision)}?lang={language}">{way}</a>' in before
    assert badge not in before
    assert tuula.post(page_of(decision), headers=SAME_SITE).status_code == 303
    after = section(tuula.get(f"/decisions/{decision}", params={"lang": language}).text)
    assert badge in after
    assert way not in after


def test_the_decision_leads_nowhere_where_nothing_is_signed(world: World, college: College) -> None:
    """Nothing was recognised, another decision took its place, the badge is gone, or the school would endorse itself."""
    sani, tuula = sharer(world, "digi-turva"), as_teacher(world, college)
    nothing = decide(world, college, sharer(world, "arki-ruoka"), decided=Decided.NOT_NOW).id
    first = decide(world, college, sani).id
    second = decide(world, college, sani, supersedes=first, correction="Arvosana oli väärä.").id
    for decision in (nothing, first):
        assert not section(tuula.get(f"/decisions/{decision}").text)
    assert section(tuula.get(f"/decisions/{second}").text)
    revoke(world, sani.issued["digi-turva"]["id"])
    assert not section(tuula.get(f"/decisions/{second}").text)
    under_kemi = new_college(world, "saku")
    own = decide(world, under_kemi, sharer(world, "digi-turva")).id
    assert not section(as_teacher(world, under_kemi).get(f"/decisions/{own}").text)


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
