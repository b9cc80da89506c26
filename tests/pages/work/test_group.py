"""``/workshop/groups/{group}``: who is in a group and what is on its way for each; somebody comes, somebody goes, the group ends."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

import pytest

from okbadges.organisations.groups import end_group
from okbadges.organisations.roles import Role
from support.groups import STRANGE_LABELS, Journal, labels_in
from support.learners import new_group, new_member, new_participant, pass_on
from support.passport import new_card
from support.work import send, show_steps, told, values_of, working, working_as
from support.world import on_both_databases

if TYPE_CHECKING:
    from okbadges.organisations.groups import Group
    from support.world import World


def address(group: Group) -> str:
    """Return where a group's page is."""
    return f"/workshop/groups/{group.id}"


def rows_of(page: str) -> list[tuple[str, str]]:
    """Return who is on the page, each with the line about them."""
    found = re.findall(r"<li><a href=\"/workshop/people/[^\"]+\"><bdi>([^<]*)</bdi></a><p[^>]*>(.*?)</p></li>", page)
    return [(name, " | ".join(re.findall(r">([^<]+)<", about))) for name, about in found]


@on_both_databases
@pytest.mark.parametrize(
    ("language", "ready", "begun", "none", "no_card"),
    [
        ("fi", "1 merkki valmis annettavaksi", "2 merkkiä kesken", "Ei merkkejä kesken", "ei korttia"),
        ("sv", "1 märke kan ges", "2 märken på gång", "Inga märken på gång", "inget kort"),
        ("en", "1 badge ready to award", "2 badges on the way", "No badge on the way", "no card"),
    ],
)
def test_it_works(world: World, language: str, ready: str, begun: str, none: str, no_card: str) -> None:
    """Everybody by their short name, with few words on what is on the way; no name is in the title or in an address."""
    group = new_group(world)
    sani, eino, otto = (new_participant(world, group, label) for label in ("sani", "Eino", "Otto"))
    show_steps(world, sani, "digi-turva", 1)
    show_steps(world, sani, "kasi-puu", 1)
    show_steps(world, eino, "digi-turva")
    new_card(world, eino)
    answer = working(world).get(f"{address(group)}?lang={language}")
    assert answer.status_code == 200
    assert rows_of(answer.text.replace(f"?lang={language}", "")) == [
        ("Eino", ready),
        ("Otto", f"{none} | {no_card}"),
        ("sani", f"{begun} | {no_card}"),
    ]
    assert str(otto) in answer.text
    assert "Eino" not in answer.text.partition("</head>")[0]
    assert answer.headers["cache-control"] == "no-store"


def test_somebody_is_added(world: World) -> None:
    """One field, one button; the newcomer is in the list, and one event tells how many came, not who."""
    group, client, journal = new_group(world), working(world), Journal(world)
    answer = send(client, address(group), {"do": "add", "label": " Sani "})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{address(group)}?said=added")
    [(action, _, details)] = journal.news()
    assert (action, details) == ("participants.added", {"count": 1})
    page = client.get(answer.headers["location"]).text
    assert told(page) == ["Osallistuja on lisätty."]
    assert [name for name, _ in rows_of(page)] == ["Sani"]


@pytest.mark.parametrize(
    ("label", "says"), [("Sani Saari", "näyttää koko nimeltä"), ("Sairas", "voi kertoa, miksi hän on pajalla")]
)
def test_a_label_that_says_too_much_is_told_of(world: World, label: str, says: str) -> None:
    """It is kept, as the leader decides; the page says what speaks against it, and the address does not repeat it."""
    group, client = new_group(world), working(world)
    answer = send(client, address(group), {"do": "add", "label": label})
    assert label.split(maxsplit=1)[0] not in answer.headers["location"]
    assert says in told(client.get(answer.headers["location"]).text)[0]


@pytest.mark.parametrize("strange", [label for name, label in STRANGE_LABELS.items() if name != "surrogate"])
def test_a_label_that_is_none_is_refused(world: World, strange: str) -> None:
    """What cannot be read, nothing at all and too much are refused beside the field."""
    group, client = new_group(world), working(world)
    journal = Journal(world)
    answer = send(client, address(group), {"do": "add", "label": strange})
    assert answer.status_code == 422
    assert told(answer.text) == ["Kirjoita nimi, jonka voi lukea: enintään 24 kirjainta."]
    assert 'id="label-mistake"' in answer.text
    assert journal.news() == []


@pytest.mark.parametrize(
    ("language", "label", "says"),
    [
        ("fi", "010190-123A", "Tämä näyttää henkilötunnukselta."),
        ("sv", "otto@example.org", "Det här ser ut som en e-postadress."),
        ("en", "040 123 4567", "This looks like a telephone number"),
        ("fi", "www.otto.fi", "Tämä näyttää nettiosoitteelta."),
    ],
)
def test_what_tells_who_somebody_is_is_refused(world: World, language: str, label: str, says: str) -> None:
    """An identity code, an address, a number: the sentence stands beside the field, what was typed stays in it."""
    group, client = new_group(world), working(world)
    journal = Journal(world)
    answer = send(client, f"{address(group)}?lang={language}", {"do": "add", "label": label})
    assert answer.status_code == 422
    assert told(answer.text)[0].startswith(says)
    assert values_of(answer.text, "label") == [label]
    assert journal.news() == []


def test_a_label_that_somebody_has_is_refused_with_one_that_is_free(world: World) -> None:
    """Two people who would be mixed up get different names; the page proposes one."""
    group = new_group(world)
    new_participant(world, group)
    answer = send(working(world), address(group), {"do": "add", "label": "SANI"})
    assert answer.status_code == 409
    assert told(answer.text) == ["Ryhmässä on jo SANI. Kävisikö SANI 2?"]
    assert values_of(answer.text, "label") == ["SANI"]


def test_somebody_leaves_and_is_taken_back(world: World) -> None:
    """After a slip of the thumb one press brings them back; two events in all, and no label on the way."""
    group = new_group(world)
    sani, client, journal = new_participant(world, group), working(world), Journal(world)
    answer = send(client, address(group), {"do": "leave", "participant": str(sani)})
    assert answer.headers["location"] == f"{address(group)}?said=left&who_left={sani}"
    page = client.get(answer.headers["location"]).text
    assert rows_of(page) == []
    assert values_of(page, "participant") == [str(sani)]
    back = send(client, address(group), {"do": "join", "participant": str(sani)})
    assert [name for name, _ in rows_of(client.get(back.headers["location"]).text)] == ["Sani"]
    assert journal.actions() == ["participant.left", "participant.joined"]


@on_both_databases
def test_the_group_ends(world: World) -> None:
    """Everybody leaves; the page stays and says so, takes nothing in any more, and the people are not there for Iida."""
    group = new_group(world)
    sani, client, journal = new_participant(world, group), working(world), Journal(world)
    answer = send(client, address(group), {"do": "end"})
    assert answer.headers["location"] == f"{address(group)}?said=ended"
    page = client.get(answer.headers["location"]).text
    assert told(page) == ["Ryhmä on päättynyt.", "Tämä ryhmä on päättynyt. Tarvittaessa voit tehdä uuden ryhmän."]
    assert values_of(page, "label") == []
    refused = send(client, address(group), {"do": "add", "label": "Eino"})
    assert refused.status_code == 409
    assert told(refused.text)[0] == "Ryhmä on päättynyt. Mitään ei muutettu."
    assert client.get(f"/workshop/people/{sani}").status_code == 404
    for place in ("/cards", "/badges/digi-turva"):
        assert client.post(f"{address(group)}{place}", data={"person": str(sani)}).status_code == 409
        assert "Tämä ryhmä on päättynyt." in client.get(f"{address(group)}{place}").text
    assert journal.actions() == ["group.ended"]


def test_a_group_of_others_is_not_there(world: World) -> None:
    """Of another leader, of another organisation, handed over, unknown, or no id at all: the same page, which says how to go on."""
    theirs = new_group(world, slug="muiden", leader=new_member(world))
    handed_over = new_group(world, slug="siirto")
    pass_on(world, handed_over, world.keys.aino_id)
    mine = new_group(world)
    iida, stranger = working(world), working_as(world, Role.ADMINISTRATOR, organisation="ranua")
    journal = Journal(world)
    answers = [
        *(iida.get(f"/workshop/groups/{one}") for one in (theirs.id, handed_over.id, uuid.uuid4(), "x")),
        *(iida.post(f"/workshop/groups/{one.id}", data={"do": "end"}) for one in (theirs, handed_over)),
        stranger.get(address(mine)),
        stranger.post(address(mine), data={"do": "end"}),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert all("<h1>Tätä ei löydy ryhmistäsi</h1>" in answer.text for answer in answers)
    assert not any(re.search("Muiden|Siirto|Aamu", answer.text) for answer in answers)
    assert journal.news() == []


def test_an_administrator_reads_and_writes_no_labels(world: World) -> None:
    """Aino sees that somebody is there, by the end of their id; adding is for the leader."""
    group = new_group(world)
    sani, aino, journal = new_participant(world, group), working(world, world.keys.aino_id), Journal(world)
    page = aino.get(address(group)).text
    assert "Sani" not in page
    assert [name for name, _ in rows_of(page)] == [f"…{sani.hex[-4:]}"]
    assert values_of(page, "label") == []
    refused = send(aino, address(group), {"do": "add", "label": "Eino"})
    assert refused.status_code == 403
    assert told(refused.text)[0] == "Lyhyitä nimiä kirjoittaa vain ryhmän ohjaaja."
    assert journal.news() == []


@pytest.mark.parametrize("do", ["leave", "join"])
@pytest.mark.parametrize("participant", ["", "x", str(uuid.UUID(int=1))])
def test_nobody_who_is_not_there_comes_or_goes(world: World, do: str, participant: str) -> None:
    """An id that nobody has, and none at all, are answered alike."""
    answer = send(working(world), address(new_group(world)), {"do": do, "participant": participant})
    assert answer.status_code == 404


def test_a_participant_of_others_is_not_taken_in(world: World) -> None:
    """Whoever is in somebody else's group stays there."""
    theirs = new_participant(world, new_group(world, slug="muiden", leader=new_member(world)), "Eino")
    mine, client = new_group(world), working(world)
    journal = Journal(world)
    assert send(client, address(mine), {"do": "join", "participant": str(theirs)}).status_code == 404
    assert labels_in(world, mine.id) == {}
    assert journal.news() == []


def test_a_form_that_says_nothing_changes_nothing(world: World) -> None:
    """What the page does not offer is refused, with a page."""
    group, client = new_group(world), working(world)
    journal = Journal(world)
    for fields in ({}, {"do": "erase"}):
        assert send(client, address(group), fields).status_code == 422
    assert journal.news() == []


def test_a_group_that_ended_meanwhile_is_told(world: World) -> None:
    """Between the page and the press the group ended: nothing is lost, and the page says why."""
    group, client = new_group(world), working(world)
    client.get(address(group))
    end_group(world.rooms.writer, world.rooms.stamp("test"), group)
    answer = send(client, address(group), {"do": "add", "label": "Sani"})
    assert answer.status_code == 409
    assert "Ryhmä on päättynyt. Mitään ei muutettu." in told(answer.text)
