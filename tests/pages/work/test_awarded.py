"""``/workshop/people/{participant}/badges/{badge}/awarded``: that it is done, and how the badge comes to the person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from okbadges.issuing.links import Links
from okbadges.organisations.roles import Role
from support.groups import Journal
from support.learners import new_group, new_participant
from support.passport import browser, give_badge, new_card, open_with
from support.work import send, show_steps, values_of, working, working_as
from support.world import on_both_databases

if TYPE_CHECKING:
    import uuid

    from fastapi.testclient import TestClient

    from support.world import World

BADGE = "digi-turva"


def address(participant: uuid.UUID) -> str:
    """Return where somebody's badge is."""
    return f"/workshop/people/{participant}/badges/{BADGE}"


def award(world: World, client: TestClient, participant: uuid.UUID) -> None:
    """Award the badge on the page."""
    show_steps(world, participant, BADGE)
    page = client.get(f"{address(participant)}/award").text
    form = {name: values_of(page, name)[0] for name in ("version", "repeat", "workshop", "awarded_on")}
    assert send(client, f"{address(participant)}/award", {**form, "language": "fi"}).status_code == 303


def code_of(page: str) -> str:
    """Return the claim link that a page writes beside its QR code."""
    written = re.search(r'<p class="address">(.*?)</p>', page)
    return written[1].replace("<wbr>", "") if written else ""


@on_both_databases
@pytest.mark.parametrize(
    ("language", "title", "card", "show"),
    [
        ("fi", "Merkki on annettu", "Tee kortti", "Näytä koodi hänelle"),
        ("sv", "Märket har getts", "Gör ett kort", "Visa koden"),
        ("en", "The badge was awarded", "Make a card", "Show them the code"),
    ],
)
def test_it_works(world: World, language: str, title: str, card: str, show: str) -> None:
    """Whoever has no card gets one, or reads a code with their own phone; the way back leads to the group."""
    group = new_group(world)
    sani, client = new_participant(world, group), working(world)
    award(world, client, sani)
    answer = client.get(f"{address(sani)}/awarded?lang={language}")
    page = answer.text
    assert answer.status_code == 200
    assert f"<h1>{title}</h1>" in page
    assert card in page
    assert show in page
    assert "Turvallisesti verkossa" in page
    assert f'href="/workshop/groups/{group.id}?lang={language}"' in page
    assert "/c/" not in page
    assert answer.headers["cache-control"] == "no-store"


def test_the_code_is_the_persons_way_to_their_badge(world: World) -> None:
    """It opens the page on which they take the badge or not; nothing is journalled for showing it, and it is in no address."""
    sani, client = new_participant(world), working(world)
    award(world, client, sani)
    journal = Journal(world)
    shown = client.post(f"{address(sani)}/code")
    assert shown.status_code == 200
    assert 'id="code"' in shown.text
    link = code_of(shown.text)
    assert link.startswith(f"{world.rooms.base_url}/c/")
    assert "Turvallisesti verkossa" in browser(world).get(link).text
    assert "Sani" not in shown.text
    assert client.get(f"{address(sani)}/code").headers["location"] == f"{address(sani)}/awarded"
    assert journal.news() == []


def test_the_code_is_not_shown_once_they_have_answered(world: World) -> None:
    """When the person took the badge the link is theirs alone."""
    sani, client = new_participant(world), working(world)
    award(world, client, sani)
    link = code_of(client.post(f"{address(sani)}/code").text)
    assert browser(world).post(f"{link}/decision", data={"decision": "accept"}).status_code == 303
    assert client.post(f"{address(sani)}/code").headers["location"] == f"{address(sani)}/awarded"
    assert "Näytä koodi hänelle" not in client.get(f"{address(sani)}/awarded").text


def test_the_code_is_for_whoever_awarded_the_badge(world: World) -> None:
    """An administrator sees that it was awarded, and no code; somebody of another organisation sees nothing."""
    sani, iida, aino = new_participant(world), working(world), working(world, world.keys.aino_id)
    award(world, iida, sani)
    assert "Näytä koodi hänelle" not in aino.get(f"{address(sani)}/awarded").text
    assert aino.post(f"{address(sani)}/code").status_code == 303
    stranger = working_as(world, Role.ADMINISTRATOR, organisation="ranua")
    assert stranger.post(f"{address(sani)}/code").status_code == 404
    assert browser(world).post(f"{address(sani)}/code").headers["location"].startswith("/sign-in")
    cross = iida.post(f"{address(sani)}/code", headers={"Sec-Fetch-Site": "cross-site"})
    assert cross.status_code == 403


def test_who_has_a_card_finds_it_in_the_passport(world: World) -> None:
    """With a card, opened or not, there is a sentence and no code."""
    sani, client = new_participant(world), working(world)
    card = new_card(world, sani)
    award(world, client, sani)
    page = client.get(f"{address(sani)}/awarded").text
    assert "Passi avautuu kortilla, jonka hän on saanut." in page
    assert "Näytä koodi hänelle" not in page
    assert client.post(f"{address(sani)}/code").status_code == 303
    open_with(world, card)
    assert "Pyydä häntä avaamaan passi." in client.get(f"{address(sani)}/awarded").text


def test_whether_they_took_it_is_theirs(world: World) -> None:
    """The page is the same whether the badge was accepted or declined."""
    sani, client = new_participant(world), working(world)
    card = new_card(world, sani)
    open_with(world, card)
    row = give_badge(world, sani, BADGE, accepted=False)
    before = client.get(f"{address(sani)}/awarded").text
    holder = open_with(world, card)
    assert holder.post(f"/passport/badges/{row}/decision", data={"decision": "decline"}).status_code == 303
    assert client.get(f"{address(sani)}/awarded").text == before
    links = Links(world.rooms.secrets, world.rooms.base_url)
    assert links.claim_token(row) not in before


def test_what_was_not_awarded_leads_to_its_steps(world: World) -> None:
    """There is nothing to show yet."""
    sani, client = new_participant(world), working(world)
    assert client.get(f"{address(sani)}/awarded").headers["location"] == address(sani)
    assert client.post(f"{address(sani)}/code").headers["location"] == f"{address(sani)}/awarded"
