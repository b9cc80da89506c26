"""A decision that is sent when the sign-in has ended: nothing is kept, and nothing that was written is lost."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from sqlmodel import select

from okbadges.storage.tables import DecisionRow
from pages.recognition.test_areas import plain
from support.groups import Journal
from support.passport import browser
from support.studying import YTTT, decide_about, form_of, sign_in_link
from support.world import BASE_URL

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from pages.recognition.conftest import Talk

SAME_SITE = {"Origin": "http://localhost:8000"}


def sign_out_everywhere(client: TestClient) -> None:
    """End every sign-in of whoever is signed in, as after a lost phone; this browser keeps its cookie."""
    cookies = dict(client.cookies)
    assert client.post("/workshop/me/sign-out-everywhere", headers=SAME_SITE).status_code == 303
    client.cookies.update(cookies)


@pytest.mark.parametrize(
    ("language", "title", "again"),
    [
        ("fi", "Kirjautumisesi on päättynyt", "Kirjaudu uudelleen"),
        ("sv", "Din inloggning har tagit slut", "Logga in igen"),
        ("en", "Your sign-in has ended", "Sign in again"),
    ],
)
def test_it_works(talk: Talk, language: str, title: str, again: str) -> None:
    """The page gives back every text, and one link leads to the sign-in and from there to the form."""
    place = f"{talk.link}/areas/{YTTT}/decide?generation=2022"
    form = form_of(talk.tuula.get(place).text, "/decide")
    sign_out_everywhere(talk.tuula)
    journal = Journal(talk.world)
    own = {"grounds_fi": "Sani näytti <b>kaiken</b>.", "conditions": "Yksi tehtävä on vielä kesken."}
    answer = talk.tuula.post(f"{place}&lang={language}", data={**form, **own, "decided": "full"})
    assert answer.status_code == 401
    assert answer.headers["cache-control"] == "no-store"
    assert title in plain(answer.text)
    assert f">{again}</a>" in answer.text
    for text in (*own.values(), form["grounds_sv"]):
        assert text in unescape(answer.text)
    assert "<b>kaiken" not in answer.text
    assert f'href="/sign-in?next={place.replace("/", "%2F").partition("?")[0]}' in answer.text
    assert (journal.actions(), kept(talk)) == ([], 0)
    link = sign_in_link(talk.world, talk.college.provider.organisation, talk.college.tuula_id).removeprefix(BASE_URL)
    back = talk.tuula.post(link, data={"device": "shared"}).headers["location"]
    assert urlsplit(back).path == urlsplit(place).path
    assert talk.tuula.get(back).status_code == 200


def test_a_correction_comes_back_too(talk: Talk) -> None:
    """With what was to be mended, and the decision stands as it was."""
    made = decide_about(talk.world, talk.college, talk.link, grade="passed")
    form = form_of(talk.tuula.get(f"/decisions/{made}/correct").text, "/correct")
    sign_out_everywhere(talk.tuula)
    answer = talk.tuula.post(f"/decisions/{made}/correct", data={**form, "correction": "Arvosana oli väärin."})
    assert answer.status_code == 401
    assert "Arvosana oli väärin." in plain(answer.text)
    assert kept(talk) == 1


def test_what_holds_no_words_leads_to_the_sign_in(talk: Talk) -> None:
    """A page that is opened, a press without words, and a form of somebody else's site."""
    place, guest = f"{talk.link}/areas/{YTTT}/decide", browser(talk.world)
    for answer in (guest.get(place), guest.post(place, data={"decided": "full"}, headers=SAME_SITE)):
        assert (answer.status_code, urlsplit(answer.headers["location"]).path) == (303, "/sign-in")
    foreign = {"Sec-Fetch-Site": "cross-site"}
    answer = guest.post(place, data={"grounds_fi": "Näytetty."}, headers=foreign)
    assert (answer.status_code, "Näytetty." in answer.text) == (403, False)


def kept(talk: Talk) -> int:
    """Return how many decisions there are."""
    with talk.world.rooms.database.read() as session:
        return len(session.exec(select(DecisionRow)).all())
