"""``/workshop/groups/{group}/badges``: what several people did on the same day is ticked for all of them at once."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.organisations.stays import leave
from support.groups import Journal
from support.learners import new_group, new_member, new_participant
from support.passport import give_badge
from support.work import SEEN, retire, send, show_steps, told, values_of, working
from support.world import on_both_databases

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from okbadges.organisations.groups import Group
    from support.world import World

BADGE = "kasi-keittio"


def address(group: Group, badge: str = BADGE) -> str:
    """Return where a badge is ticked for several."""
    return f"/workshop/groups/{group.id}/badges/{badge}"


def filled(client: TestClient, path: str, *people: uuid.UUID, steps: int = 1, **changes: Any) -> dict[str, Any]:
    """Return the form with these people and the first steps chosen."""
    page = client.get(path).text
    version, keys = values_of(page, "version"), values_of(page, "step")
    return {**SEEN, "version": version[0], "step": keys[:steps], "person": [str(one) for one in people], **changes}


@on_both_databases
def test_it_works(world: World) -> None:
    """Two steps of two people: four events, the page says of how many, and the third person has none."""
    group = new_group(world)
    sani, eino, otto = (new_participant(world, group, label) for label in ("Sani", "Eino", "Otto"))
    show_steps(world, sani, BADGE, 1)
    client = working(world)
    journal = Journal(world)
    answer = send(client, address(group), filled(client, address(group), sani, eino, steps=2))
    assert (answer.status_code, answer.headers["location"]) == (303, f"{address(group)}?people=2")
    assert journal.actions() == ["step.ticked"] * 3
    page = client.get(answer.headers["location"]).text
    assert told(page) == ["Merkitty 2 osallistujalle."]
    assert [page.count(f'value="{one}"') for one in (sani, eino, otto)] == [1, 1, 1]
    send(client, address(group), filled(client, address(group), otto))
    assert journal.actions() == ["step.ticked"]


@pytest.mark.parametrize(
    ("language", "title", "first"),
    [
        ("fi", "Merkitse monelle", "Ryhmässä kesken"),
        ("sv", "Anteckna för flera", "På gång i gruppen"),
        ("en", "Tick for several", "On the way in the group"),
    ],
)
def test_the_badge_is_chosen_first(world: World, language: str, title: str, first: str) -> None:
    """What somebody of the group is on the way to comes first, all others are in the catalogue."""
    group = new_group(world)
    show_steps(world, new_participant(world, group), BADGE, 1)
    page = working(world).get(f"/workshop/groups/{group.id}/badges?lang={language}").text
    assert f"<h1>{title}</h1>" in page
    assert first in page
    leads_to = re.findall(rf'href="/workshop/groups/{group.id}/badges/([^"?]+)', page)
    assert leads_to[0] == BADGE
    assert len(leads_to) == len(set(leads_to)) == 40


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"person": []}, 422, "person"),
        ({"person": ["x", str(uuid.uuid4())]}, 422, "person"),
        ({"step": []}, 422, "step"),
        ({"observed_on": "2026-11-22"}, 422, "observed_on"),
        ({"note": "040 1234567"}, 422, "note"),
        ({"method": "x"}, 422, "method"),
        ({"version": "9"}, 409, ""),
    ],
)
def test_what_is_refused_stays_in_the_form(world: World, changes: dict[str, Any], status: int, field: str) -> None:
    """The sentence beside its field, everybody and everything that was chosen still chosen, and nothing ticked for anybody."""
    group = new_group(world)
    sani, client = new_participant(world, group), working(world)
    form = {**filled(client, address(group), sani, note="Siisti työ."), **changes}
    journal = Journal(world)
    answer = send(client, address(group), form)
    assert answer.status_code == status
    assert len(told(answer.text)) == 1
    assert field == "" or f'id="{field}-mistake"' in answer.text
    assert re.findall(r'name="step" value="([^"]+)" checked', answer.text) == form["step"]
    assert re.findall(r'name="person" value="([^"]+)" checked', answer.text) == (
        [] if field == "person" else form["person"]
    )
    assert field == "note" or "Siisti työ.</textarea>" in answer.text
    assert journal.news() == []


def test_who_is_not_in_the_group_is_not_ticked(world: World) -> None:
    """Somebody of another group, and somebody who left, are left out even where their id is sent."""
    group, theirs = new_group(world), new_group(world, slug="muiden", leader=new_member(world))
    sani, other = new_participant(world, group), new_participant(world, theirs, "Eino")
    gone = new_participant(world, group, "Otto")
    leave(world.rooms.writer, world.rooms.stamp("test"), group=group, participant_id=gone)
    client = working(world)
    form, journal = filled(client, address(group), sani, other, gone), Journal(world)
    assert send(client, address(group), form).headers["location"].endswith("?people=1")
    [(action, subject, _)] = journal.news()
    assert (action, subject) == ("step.ticked", f"participant:{sani}")


def test_who_holds_the_badge_is_not_offered(world: World) -> None:
    """Only who has not got it yet can be chosen; when nobody is left the page says so."""
    group = new_group(world)
    sani, eino, client = new_participant(world, group), new_participant(world, group, "Eino"), working(world)
    give_badge(world, sani, BADGE)
    assert values_of(client.get(address(group)).text, "person") == [str(eino)]
    give_badge(world, eino, BADGE)
    assert told(client.get(address(group)).text) == ["Kaikilla ryhmässä on jo tämä merkki."]


def test_a_retired_badge_is_ticked_for_nobody(world: World) -> None:
    """The page says so, also to whoever opened it before."""
    group = new_group(world)
    sani, client = new_participant(world, group), working(world)
    form = filled(client, address(group), sani)
    retire(world, BADGE)
    assert "Tätä merkkiä ei enää anneta." in told(client.get(address(group)).text)[0]
    journal = Journal(world)
    assert send(client, address(group), form).status_code == 422
    assert journal.news() == []


@pytest.mark.parametrize("people", ["x", "-1", "0", "99999999", "1e3"])
def test_an_address_with_something_else_in_it_says_nothing(world: World, people: str) -> None:
    """What nobody ticked is not told."""
    group = new_group(world)
    new_participant(world, group)
    answer = working(world).get(f"{address(group)}?people={people}")
    assert (answer.status_code, told(answer.text)) == (200, [])


def test_what_there_is_not_is_not_there(world: World) -> None:
    """Another badge, another leader's group."""
    group, theirs = new_group(world), new_group(world, slug="muiden", leader=new_member(world))
    client = working(world)
    for path in (address(group, "digi-xyz"), address(theirs), f"/workshop/groups/{theirs.id}/badges"):
        assert client.get(path).status_code == 404
    assert send(client, address(theirs), SEEN).status_code == 404
