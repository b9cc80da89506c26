"""``/v1/groups/…/participants`` and ``/v1/participants``."""

from __future__ import annotations

import uuid
from functools import partial
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import pytest
from sqlalchemy import text
from sqlmodel import select

from okbadges.organisations.roles import Role
from okbadges.storage.tables import GroupParticipantRow, ParticipantRow
from support.corrections import side_by_side
from support.groups import STRANGE_LABELS, Journal, colleague, get, labels_in, post, refusal
from support.learners import new_group, new_participant, pass_on

if TYPE_CHECKING:
    from datetime import datetime

    from httpx2 import Response

    from okbadges.organisations.groups import Group
    from support.world import World


def add(world: World, group: Group, *labels: Any, headers: dict[str, str] | None = None) -> Response:
    """Add participants with these labels."""
    return post(world, f"/groups/{group.id}/participants", headers, labels=list(labels))


def step(
    world: World, group: Group, participant: uuid.UUID, what: str, headers: dict[str, str] | None = None, **body: Any
) -> Response:
    """Let a participant ``join``, ``leave`` or ``move``."""
    return post(world, f"/groups/{group.id}/participants/{participant}/{what}", headers, **body)


def stays(world: World, participant: uuid.UUID) -> list[tuple[datetime, datetime | None]]:
    """Return when somebody was in groups."""
    theirs = select(GroupParticipantRow).where(GroupParticipantRow.participant_id == participant)
    with world.rooms.database.read() as session:
        found = [(row.joined_at, row.left_at) for row in session.exec(theirs)]
    return sorted(found, key=lambda stay: stay[0])


def last_event(world: World, participant: uuid.UUID) -> datetime:
    """Return when something last happened to a participant."""
    with world.rooms.database.read() as session:
        return session.get_one(ParticipantRow, participant).last_event_at


def test_it_works(world: World) -> None:
    """Iida adds two newcomers: random ids and their labels; the journal has one event with their number."""
    group = new_group(world)
    journal = Journal(world)
    answer = add(world, group, "Sani", " Pipo ")
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert [one["label"] for one in made["participants"]] == ["Sani", "Pipo"]
    assert {uuid.UUID(one["id"]).version for one in made["participants"]} == {4}
    assert made["warnings"] == []
    assert answer.headers["cache-control"] == "no-store"
    assert journal.news() == [("participants.added", f"group:{group.id}", {"count": 2})]
    found = get(world, f"/groups/{group.id}/participants")
    assert found.headers["cache-control"] == "no-store"
    assert {(one["id"], one["label"]) for one in found.json()["participants"]} == {
        (one["id"], one["label"]) for one in made["participants"]
    }
    assert get(world, f"/groups/{group.id}").json()["present"] == 2


def test_no_label_is_readable_in_the_database(world: World) -> None:
    """No table shows a label, neither as text nor in a journal's details."""
    add(world, new_group(world), "Ainutlaatuinen")
    with world.rooms.database.read() as session:
        for table in ("participants", "events", "learning_groups", "group_participants"):
            rows = session.execute(text(f"SELECT * FROM {table}")).all()  # noqa: S608 - names of our own tables
            assert rows
            assert "Ainutlaatuinen" not in str(rows)
            assert b"Ainutlaatuinen".hex() not in str(rows)


@pytest.mark.parametrize("label", [*STRANGE_LABELS.values(), "sani@koti.fi", "010190A123A", "040 123 4567", "www.x.fi"])
def test_strange_labels_are_refused(world: World, label: str) -> None:
    """What is no label is refused with its place in the list, and nobody is added."""
    group = new_group(world)
    journal = Journal(world)
    body = f'{{"labels": ["Sani", {_json(label)}]}}'
    headers = {**world.as_iida(), "Content-Type": "application/json"}
    answer = world.client.post(f"/v1/groups/{group.id}/participants", content=body, headers=headers)
    assert answer.status_code in (400, 422)
    assert labels_in(world, group.id) == {}
    assert journal.actions() == []


def _json(label: str) -> str:
    return '"' + "".join(sign if " " <= sign <= "~" else f"\\u{ord(sign):04x}" for sign in label) + '"'


@pytest.mark.parametrize("labels", [[], ["Sani"] * 501, "Sani", [5], [None], None])
def test_what_is_no_list_of_labels_is_refused(world: World, labels: object) -> None:
    """None at all, more than five hundred, and other types."""
    answer = post(world, f"/groups/{new_group(world).id}/participants", labels=labels)
    assert answer.status_code == 422


def test_a_label_is_once_in_a_group(world: World) -> None:
    """A second Sani is refused with a label that is free, also within one list and in other spellings; another group may have one."""
    group = new_group(world)
    add(world, group, "Sani")
    journal = Journal(world)
    for labels in (["Pipo", "Sani"], ["sani"], ["SANI"], ["\uff33ani"]):
        answer = add(world, group, *labels)
        assert refusal(answer) == (409, "label-taken")
        assert "sani 2" in normalize("NFKC", answer.json()["detail"]).casefold()
        assert answer.json()["field"] == f"labels.{len(labels) - 1}"
    assert refusal(add(world, group, "Pipo", "Pipo")) == (409, "label-taken")
    assert journal.actions() == []
    assert add(world, new_group(world, slug="ilta"), "Sani").status_code == 201


def test_warnings_beside_labels(world: World) -> None:
    """Full names and disclosing words are kept, and the answer says at which place."""
    warnings = add(world, new_group(world), "Sani", "Sani Virtanen", "kuntoutuja").json()["warnings"]
    assert [(one["code"], one["field"]) for one in warnings] == [
        ("label-full-name", "labels.1"),
        ("disclosing-word", "labels.2"),
    ]


def test_labels_are_for_leaders_only(world: World) -> None:
    """An administrator sees ids, and writes no labels; other roles and organisations get nothing at all."""
    group = new_group(world)
    participant = new_participant(world, group)
    assert labels_in(world, group.id) == {participant: "Sani"}
    assert labels_in(world, group.id, world.as_aino()) == {participant: None}
    assert get(world, f"/participants/{participant}").json()["label"] == "Sani"
    assert get(world, f"/participants/{participant}", world.as_aino()).json()["label"] is None
    assert refusal(add(world, group, "Pipo", headers=world.as_aino())) == (403, "labels-are-the-leaders")
    relabel = f"/participants/{participant}/label"
    assert refusal(post(world, relabel, world.as_aino(), label="Pipo")) == (404, "unknown-participant")
    for headers in (colleague(world)[1], colleague(world, Role.ADMINISTRATOR, "ranua")[1]):
        assert refusal(get(world, f"/groups/{group.id}/participants", headers)) == (404, "unknown-group")
        assert refusal(add(world, group, "Pipo", headers=headers)) == (404, "unknown-group")
        assert refusal(get(world, f"/participants/{participant}", headers)) == (404, "unknown-participant")
        assert refusal(post(world, relabel, headers, label="Pipo")) == (404, "unknown-participant")
        for what in ("join", "leave"):
            assert refusal(step(world, group, participant, what, headers)) == (404, "unknown-group")
        moved = step(world, group, participant, "move", headers, to=str(group.id))
        assert refusal(moved) == (404, "unknown-group")
    for headers in (world.as_tuula(), world.as_audrey(), world.as_partner()):
        assert refusal(get(world, f"/groups/{group.id}/participants", headers)) == (403, "scope-missing")
        assert refusal(get(world, f"/participants/{participant}", headers)) == (403, "scope-missing")
        assert refusal(post(world, relabel, headers, label="Pipo")) == (403, "scope-missing")
        assert refusal(step(world, group, participant, "leave", headers)) == (403, "scope-missing")


def test_an_administrator_who_leads_sees_those_labels(world: World) -> None:
    """Leading decides, not the role: an administrator sees the labels of the group that they lead, and no other's."""
    group = new_group(world)
    participant = new_participant(world, group)
    mine = new_group(world, slug="ilta", leader=world.keys.aino_id)
    own = new_participant(world, mine, "Pipo")
    assert labels_in(world, mine.id, world.as_aino()) == {own: "Pipo"}
    assert labels_in(world, group.id, world.as_aino()) == {participant: None}


def test_people_come_and_go(world: World) -> None:
    """Every stay is a row of its own; joining or leaving twice changes nothing; the journal has one event for each change."""
    group = new_group(world)
    participant = new_participant(world, group)
    journal = Journal(world)
    begun = world.clock()
    for _ in range(2):
        world.clock.move(days=1)
        assert step(world, group, participant, "leave").status_code == 204
    left = last_event(world, participant)
    assert (left - begun).days == 1
    assert labels_in(world, group.id) == {}
    for _ in range(2):
        world.clock.move(days=1)
        assert step(world, group, participant, "join").status_code == 204
    assert labels_in(world, group.id) == {participant: "Sani"}
    assert [(days(begun, one), days(begun, other)) for one, other in stays(world, participant)] == [(0, 1), (3, None)]
    assert (last_event(world, participant) - begun).days == 3
    details = {"group": str(group.id)}
    subject = f"participant:{participant}"
    assert journal.news() == [("participant.left", subject, details), ("participant.joined", subject, details)]
    shown = get(world, f"/participants/{participant}").json()["stays"]
    assert [stay["left_at"] for stay in shown] == ["2026-11-22T12:00:00Z", None]


def days(begun: datetime, moment: datetime | None) -> int | None:
    """Return how many days later it was."""
    return None if moment is None else (moment - begun).days


def test_who_never_was_there_cannot_leave(world: World) -> None:
    """Leaving and moving are refused for strangers and for what is no id."""
    group, other = new_group(world), new_group(world, slug="ilta")
    elsewhere = new_participant(world, other)
    for stranger in (elsewhere, uuid.uuid4(), "x", "%F0%9F%90%9F"):
        path = f"/groups/{group.id}/participants/{stranger}"
        assert refusal(post(world, f"{path}/leave")) == (404, "unknown-participant")
        assert refusal(post(world, f"{path}/move", to=str(other.id))) == (404, "unknown-participant")


def test_whom_a_leader_may_take_in(world: World) -> None:
    """Whom they lead now; who is in no group, if nobody led them or they did; nobody of another leader or organisation."""
    mine, second = new_group(world), new_group(world, slug="ilta")
    other, other_key = colleague(world)
    theirs = new_group(world, slug="yo", leader=other)
    led, free = new_participant(world, mine), uuid.UUID(world.issue()["participant"])
    lost, former = new_participant(world, theirs, "Toinen"), new_participant(world, mine, "Pipo")
    stranger = uuid.uuid4()
    assert step(world, second, led, "join").status_code == 204
    assert step(world, second, free, "join").status_code == 204
    assert refusal(step(world, second, lost, "join")) == (404, "unknown-participant")
    assert refusal(step(world, second, stranger, "join")) == (404, "unknown-participant")
    step(world, theirs, lost, "leave", other_key)
    assert refusal(step(world, second, lost, "join")) == (404, "unknown-participant")
    step(world, mine, former, "leave")
    assert refusal(step(world, theirs, former, "join", other_key)) == (404, "unknown-participant")
    assert step(world, second, former, "join").status_code == 204
    assert step(world, theirs, former, "join", world.as_aino()).status_code == 204
    assert step(world, second, lost, "join", world.as_aino()).status_code == 204
    ranua_leader, ranua_key = colleague(world, Role.INSTRUCTOR, "ranua")
    made = post(world, "/groups", ranua_key, organisation="ranua", workshop="puu", slug="puu", name="Puu")
    path = f"/groups/{made.json()['id']}/participants/{led}/join"
    assert refusal(post(world, path, ranua_key)) == (404, "unknown-participant")
    assert made.json()["leader"] == str(ranua_leader)


def test_a_label_that_is_taken_there_stops_a_join(world: World) -> None:
    """Who joins keeps their label, so it must be free there; an administrator is not told which it is."""
    mine, second = new_group(world), new_group(world, slug="ilta")
    participant = new_participant(world, mine)
    new_participant(world, second, "sani")
    journal = Journal(world)
    for headers in (world.as_iida(), world.as_aino()):
        for answer in (
            step(world, second, participant, "join", headers),
            step(world, mine, participant, "move", headers, to=str(second.id)),
        ):
            assert refusal(answer) == (409, "label-taken")
            assert "ani" not in answer.json()["detail"]
    assert journal.actions() == []
    post(world, f"/participants/{participant}/label", label="Sani 2")
    assert step(world, second, participant, "join").status_code == 204


def test_somebody_is_handed_over(world: World) -> None:
    """They leave one group and join another leader's in one change; that leader reads the label; a repeat changes nothing."""
    mine = new_group(world)
    other, other_key = colleague(world)
    theirs = new_group(world, slug="ilta", leader=other)
    participant = new_participant(world, mine)
    journal = Journal(world)
    for _ in range(2):
        assert step(world, mine, participant, "move", to=str(theirs.id)).status_code == 204
    details = {"from": str(mine.id), "to": str(theirs.id)}
    assert journal.news() == [("participant.moved", f"participant:{participant}", details)]
    assert labels_in(world, mine.id) == {}
    assert labels_in(world, theirs.id, other_key) == {participant: "Sani"}
    assert refusal(get(world, f"/participants/{participant}")) == (404, "unknown-participant")
    assert len(stays(world, participant)) == 2


def test_nobody_is_handed_over_to_nowhere(world: World) -> None:
    """Not to the same group, an ended one, one of another organisation, or none."""
    group, ended = new_group(world), new_group(world, slug="ilta")
    participant = new_participant(world, group)
    post(world, f"/groups/{ended.id}/end")
    _, ranua_key = colleague(world, Role.INSTRUCTOR, "ranua")
    made = post(world, "/groups", ranua_key, organisation="ranua", workshop="puu", slug="puu", name="Puu")
    journal = Journal(world)
    for to in (group.id, uuid.uuid4(), made.json()["id"]):
        assert refusal(step(world, group, participant, "move", to=str(to))) == (404, "unknown-group")
    assert refusal(step(world, group, participant, "move", to=str(ended.id))) == (409, "group-ended")
    assert refusal(step(world, group, participant, "move", to="x")) == (422, "invalid-field")
    assert journal.actions() == []
    assert labels_in(world, group.id) == {participant: "Sani"}


def test_changing_a_label(world: World) -> None:
    """A new label is kept and read; the same again changes nothing; the journal knows that it changed, not to what."""
    participant = new_participant(world)
    journal = Journal(world)
    world.clock.move(days=1)
    for _ in range(2):
        answer = post(world, f"/participants/{participant}/label", label=" Sani Virtanen ")
        assert answer.status_code == 200
        assert answer.json()["label"] == "Sani Virtanen"
        assert [one["code"] for one in answer.json()["warnings"]] == ["label-full-name"]
    assert journal.news() == [("label.set", f"participant:{participant}", {})]
    assert last_event(world, participant) == world.clock()
    assert get(world, f"/participants/{participant}").json()["label"] == "Sani Virtanen"
    for label, code in {"x@y.fi": "label-email", "": "label-form", "x" * 25: "label-form"}.items():
        assert refusal(post(world, f"/participants/{participant}/label", label=label)) == (422, code)
    assert journal.actions() == []


def test_a_label_is_free_in_all_their_groups(world: World) -> None:
    """Somebody in two groups gets no label that is taken in either of them, whoever leads it."""
    mine = new_group(world)
    participant = new_participant(world, mine)
    other, _ = colleague(world)
    theirs = new_group(world, slug="ilta", leader=other)
    new_participant(world, theirs, "Pipo")
    assert step(world, theirs, participant, "join", world.as_aino()).status_code == 204
    assert refusal(post(world, f"/participants/{participant}/label", label="pipo")) == (409, "label-taken")
    pass_on(world, mine, other)
    assert refusal(post(world, f"/participants/{participant}/label", label="Uusi")) == (404, "unknown-participant")


def test_three_hundred_in_one_group(world: World) -> None:
    """Hundreds are added in one call, listed in pages that leave nobody out, exported, and the group has an end of its own."""
    group = new_group(world)
    labels = [f"nimi {number}" for number in range(300)]
    assert add(world, group, *labels).status_code == 201
    found: dict[str, str] = {}
    page: dict[str, Any] = {"next": "00000000-0000-0000-0000-000000000000"}
    while page["next"]:
        page = get(world, f"/groups/{group.id}/participants?limit=130&after={page['next']}").json()
        found |= {one["id"]: one["label"] for one in page["participants"]}
    assert sorted(found.values()) == sorted(labels)
    exported = get(world, f"/groups/{group.id}/participants.csv").content.decode("utf-8-sig").splitlines()
    assert len(exported) == 301
    for begin in (300, 600):
        assert add(world, group, *(f"nimi {number}" for number in range(begin, begin + 300))).status_code == 201
    assert refusal(add(world, group, *(f"uusi {number}" for number in range(101)))) == (409, "group-full")
    assert add(world, group, *(f"uusi {number}" for number in range(100))).status_code == 201
    assert refusal(add(world, group, "viimeinen")) == (409, "group-full")
    assert get(world, f"/groups/{group.id}").json()["present"] == 1000


def test_joining_many_times_at_once_is_one_stay(world: World) -> None:
    """Eight requests at the same moment make one stay and one event; so do eight that leave, and eight newcomers with one label."""
    group = new_group(world)
    participant = uuid.UUID(world.issue()["participant"])
    journal = Journal(world)
    for what, event in (("join", "participant.joined"), ("leave", "participant.left")):
        answers = side_by_side([partial(step, world, group, participant, what)] * 8)
        assert {answer.status_code for answer in answers} == {204}
        assert journal.actions() == [event]
    assert len(stays(world, participant)) == 1
    answers = side_by_side([lambda: add(world, group, "Sani")] * 8)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert list(labels_in(world, group.id).values()) == ["Sani"]
    assert journal.actions() == ["participants.added"]
