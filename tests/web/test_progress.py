"""``/v1/participants/{id}/progress``: small steps, ticked one at a time."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import col, select

from okbadges.organisations.roles import Role, Scope
from okbadges.storage.tables import EventRow, ParticipantRow, TickedStepRow
from support.learners import as_somebody_else, new_group, new_member, new_participant, pass_on
from support.world import order

if TYPE_CHECKING:
    from httpx2 import Response

    from support.world import World

SEEN = {"observed_by": "instructor", "method": "observation", "observed_on": "2026-11-20"}
NOTE = "Vaihtoi salasanan pitkäksi 20.11.2026 klo 9.00-15.00"
BADGE = "digi-turva"


def address(participant: uuid.UUID, *parts: Any) -> str:
    """Return the address of a participant's progress, or of a step in it."""
    return "/".join(["/v1/participants", str(participant), "progress", *map(str, parts)])


def tick(world: World, participant: uuid.UUID, step: int = 1, *, badge: str = BADGE, **changes: Any) -> Response:
    """Tick a step as Iida."""
    return world.client.post(address(participant, badge, step), json={**SEEN, **changes}, headers=world.as_iida())


def events(world: World, *actions: str) -> list[EventRow]:
    """Return the events of these actions, or of all steps."""
    with world.rooms.database.read() as session:
        rows = session.exec(select(EventRow).order_by(col(EventRow.number))).all()
    return [row for row in rows if row.action in (actions or ("step.ticked", "step.unticked"))]


def test_it_works(world: World) -> None:
    """A ticked step shows who saw it (by role), how and when; the others say nothing."""
    participant = new_participant(world)
    ticked = tick(world, participant, 2, note=NOTE)
    assert ticked.status_code == 201, ticked.text
    assert ticked.json()["ticked"] == {
        "observed_by": "instructor",
        "method": "observation",
        "observed_on": "2026-11-20",
        "ticked_at": "2026-11-21T12:00:00Z",
        "note": NOTE,
    }
    assert ticked.json()["warnings"] == []
    shown = world.client.get(address(participant), headers=world.as_iida())
    assert shown.headers["cache-control"] == "no-store"
    [badge] = shown.json()["badges"]
    assert (badge["badge"], badge["badge_version"]) == (BADGE, 1)
    assert 2 not in badge["missing"]
    assert [step["step"] for step in badge["steps"] if step["ticked"]] == [2]
    assert all(badge["steps"][0]["criterion"][language] for language in ("fi", "sv", "en"))


def test_nothing_is_ticked_at_first(world: World) -> None:
    """Somebody new has no badges under way; asked for one badge, all of its steps are to come."""
    participant = new_participant(world)
    assert world.client.get(address(participant), headers=world.as_iida()).json()["badges"] == []
    asked = world.client.get(address(participant), params={"badge": BADGE}, headers=world.as_iida()).json()
    [badge] = asked["badges"]
    assert badge["missing"] == [step["step"] for step in badge["steps"]]


def test_each_change_is_one_event_without_words(world: World) -> None:
    """Ticking and taking back are one event each: badge, version and step, and never the note."""
    participant = new_participant(world)
    tick(world, participant, 3, note=NOTE)
    world.client.delete(address(participant, BADGE, 3), headers=world.as_iida())
    ticked, unticked = events(world)
    assert (ticked.action, unticked.action) == ("step.ticked", "step.unticked")
    for event in (ticked, unticked):
        assert event.subject == f"participant:{participant}"
        assert json.loads(event.details) == {"badge": BADGE, "step": 3, "version": 1}
        assert event.chain == "ok"


def test_ticking_again_changes_nothing(world: World) -> None:
    """The first tick stays, with its note and its day, and there is no second event."""
    participant = new_participant(world)
    first = tick(world, participant, note="Teki itse").json()
    world.clock.move(hours=1)
    again = tick(world, participant, observed_by="teacher", observed_on="2026-11-21", note="Toinen")
    assert again.status_code == 200
    assert again.json()["ticked"] == first["ticked"]
    assert len(events(world)) == 1


def test_twenty_ticks_at_once_are_one(world: World) -> None:
    """Side by side, one tick is new and the others find it there."""
    participant = new_participant(world)
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda _: tick(world, participant).status_code, range(20)))
    assert sorted(statuses) == [200] * 19 + [201]
    assert len(events(world)) == 1


def test_a_tick_taken_back_leaves_nothing(world: World) -> None:
    """There is no row that could be read as a failure; taking back what is not there changes nothing."""
    participant = new_participant(world)
    tick(world, participant)
    for _ in range(2):
        answer = world.client.delete(address(participant, BADGE, 1), headers=world.as_iida())
        assert (answer.status_code, answer.content) == (204, b"")
    with world.rooms.database.read() as session:
        assert session.exec(select(TickedStepRow)).all() == []
    assert len(events(world)) == 2


def test_a_badge_with_every_step_ticked_needs_no_further_word(world: World) -> None:
    """The steps say that the criteria are met, and who observed it on how many occasions."""
    participant = new_participant(world)
    steps = world.client.get(address(participant), params={"badge": BADGE}, headers=world.as_iida()).json()
    numbers = steps["badges"][0]["missing"]
    for number in numbers[:-1]:
        tick(world, participant, number)
    wanted = order(participant=str(participant), criteria_met=None, observation=None)
    refused = world.client.post("/v1/credentials", json=wanted, headers=world.as_iida())
    assert refused.json()["code"] == "steps-not-ticked"
    assert str(numbers[-1]) in refused.json()["detail"]
    tick(world, participant, numbers[-1], method="work-sample", observed_on="2026-11-18")
    issued = world.client.post("/v1/credentials", json=wanted, headers=world.as_iida())
    assert issued.status_code == 201, issued.text


def test_something_happened_with_the_participant(world: World) -> None:
    """Their last event is kept current, which is what retention counts from; a repeat is no event."""
    participant = new_participant(world)

    def last_event() -> str:
        with world.rooms.database.read() as session:
            return session.get_one(ParticipantRow, participant).last_event_at.isoformat()

    for _ in range(2):
        world.clock.move(hours=1)
        tick(world, participant)
        assert last_event() == "2026-11-21T13:00:00+00:00"
    world.clock.move(hours=1)
    world.client.delete(address(participant, BADGE, 1), headers=world.as_iida())
    assert last_event() == "2026-11-21T15:00:00+00:00"


def test_notes_are_for_those_who_lead(world: World) -> None:
    """An administrator ticks and reads, without the notes; whoever takes the group over reads them, and its old leader nothing."""
    group = new_group(world)
    participant = new_participant(world, group)
    tick(world, participant, note=NOTE)
    by_aino = world.client.post(address(participant, BADGE, 2), json={**SEEN, "note": "x"}, headers=world.as_aino())
    assert by_aino.status_code == 201
    assert by_aino.json()["ticked"]["note"] is None
    assert NOTE not in world.client.get(address(participant), headers=world.as_aino()).text
    oiva = new_member(world)
    as_oiva = world.key((), role=Role.INSTRUCTOR, member_id=oiva)
    assert world.client.get(address(participant), headers=as_oiva).status_code == 404
    pass_on(world, group, oiva)
    assert NOTE in world.client.get(address(participant), headers=as_oiva).text
    assert world.client.get(address(participant), headers=world.as_iida()).status_code == 404


def test_notes_are_sealed(world: World) -> None:
    """The database has no readable note, and one does not open as the note of another tick."""
    participant = new_participant(world)
    tick(world, participant, note=NOTE)
    tick(world, participant, 2)
    with world.rooms.database.read() as session:
        first, second = session.exec(select(TickedStepRow).order_by(col(TickedStepRow.step))).all()
    assert first.sealed_note is not None
    assert b"salasanan" not in first.sealed_note
    assert second.sealed_note is None


def test_words_that_disclose_only_warn(world: World) -> None:
    """A note that could tell why somebody was there is kept, and the answer says which word to think about."""
    answer = tick(world, new_participant(world), note="Kuntoutuksen jälkeen onnistui")
    assert answer.status_code == 201
    [warning] = answer.json()["warnings"]
    assert "Kuntoutuksen" in warning


@pytest.mark.parametrize(
    "note",
    [
        "soita 040 123 4567",
        "tel. +358-40-1234567",
        "040.123.4567",
        "liisa.meikalainen@example.org",
        "liisa\uff20example.org",
        "010190-123A",
        "131052A308T",
    ],
)
def test_who_it_is_stays_out_of_notes(world: World, note: str) -> None:
    """An e-mail address, a phone number or an identity code is refused, and not repeated."""
    answer = tick(world, new_participant(world), note=f"Teki hyvin, {note}")
    assert (answer.status_code, answer.json()["code"]) == (422, "note-personal-details")
    assert answer.json()["field"] == "note"
    assert note not in answer.text
    assert events(world) == []


@pytest.mark.parametrize(
    "note",
    [
        "20.-22.11.2026 klo 9.00-15.00",
        "2026-11-20 ja 2026-11-21",
        "05.11.\u201307.11. kolme kertaa",
        "Kaksi riviä:\nensin näin,\nsitten noin",
        "3 x 250 g jauhoja, 12 annosta",
    ],
)
def test_days_and_amounts_may_stand_in_notes(world: World, note: str) -> None:
    """When and how much is no personal detail."""
    answer = tick(world, new_participant(world), note=note)
    assert answer.status_code == 201, answer.text
    assert answer.json()["ticked"]["note"] == note


def test_an_empty_note_is_no_note(world: World) -> None:
    """Space is not kept."""
    assert tick(world, new_participant(world), note=" \n ").json()["ticked"]["note"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"observed_on": "2026-11-22"},
        {"observed_on": "1999-12-31"},
        {"observed_on": "20.11.2026"},
        {"observed_on": 1},
        {"observed_on": None},
        {"observed_by": "friend"},
        {"observed_by": "Iida Instructor"},
        {"method": "exam"},
        {"method": ["observation"]},
        {"note": "x" * 501},
        {"note": "bell \u0007"},
        {"note": "\u202etxet"},
        {"note": 7},
        {"badge_version": "1"},
        {"badge_version": 0},
        {"failed": True},
    ],
)
def test_what_is_wrong_is_named(world: World, changes: dict[str, Any]) -> None:
    """A tick that makes no sense is refused with the field at fault, and nothing is stored."""
    answer = tick(world, new_participant(world), **changes)
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == next(iter(changes))
    assert events(world) == []


@pytest.mark.parametrize("note", [rb"\u0000", rb"\ud800", b"\x00", b"\xff"])
def test_no_strange_text_breaks_it(world: World, note: bytes) -> None:
    """NUL, half a surrogate and bytes that are no text are the sender's mistake."""
    body = json.dumps({**SEEN, "note": "NOTE"}).encode().replace(b"NOTE", note)
    headers = {**world.as_iida(), "Content-Type": "application/json"}
    answer = world.client.post(address(new_participant(world), BADGE, 1), content=body, headers=headers)
    assert answer.status_code in (400, 422), answer.text


def test_what_is_not_there_is_not_found(world: World) -> None:
    """A badge, a step and a participant that there are not are 404, with what there is."""
    participant = new_participant(world)
    for path, code in (
        (address(participant, "no-such-badge", 1), "unknown-badge"),
        (address(participant, BADGE, 0), "unknown-step"),
        (address(participant, BADGE, -1), "unknown-step"),
        (address(participant, BADGE, 7), "unknown-step"),
        (address(participant, BADGE, 10**40), "unknown-step"),
        (address(uuid.uuid4(), BADGE, 1), "unknown-participant"),
        ("/v1/participants/nobody/progress/digi-turva/1", "unknown-participant"),
    ):
        for method in ("POST", "DELETE"):
            body = SEEN if method == "POST" else None
            answer = world.client.request(method, path, json=body, headers=world.as_iida())
            assert (answer.status_code, answer.json()["code"]) == (404, code), path
    assert tick(world, participant, "one").status_code == 422  # type: ignore[arg-type]
    unknown = world.client.get(address(participant), params={"badge": "no-such-badge"}, headers=world.as_iida())
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown-badge")


def test_others_do_not_even_see_the_participant(world: World) -> None:
    """Somebody who leads another group, and another organisation, get the same 404 as for nobody."""
    participant = new_participant(world)
    strangers = [as_somebody_else(world), as_somebody_else(world, organisation="ranua")]
    strangers.append(world.key((), organisation="ranua", role=Role.ADMINISTRATOR))
    for stranger in strangers:
        for method, path in (
            ("GET", address(participant)),
            ("POST", address(participant, BADGE, 1)),
            ("DELETE", address(participant, BADGE, 1)),
        ):
            body = SEEN if method == "POST" else None
            answer = world.client.request(method, path, json=body, headers=stranger)
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown-participant"), method
    assert events(world) == []


def test_each_role_without_the_scope_is_refused(world: World) -> None:
    """Teachers, auditors, programs of partners and narrower keys have no business here; without a key neither."""
    participant = new_participant(world)
    narrow = world.key([Scope.READ], role=Role.INSTRUCTOR, member_id=world.keys.iida_id)
    for caller in (world.as_tuula(), world.as_audrey(), world.as_partner(), narrow):
        assert world.client.get(address(participant), headers=caller).status_code == 403
        assert world.client.delete(address(participant, BADGE, 1), headers=caller).status_code == 403
        answer = world.client.post(address(participant, BADGE, 1), json=SEEN, headers=caller)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
    assert world.client.get(address(participant)).status_code == 401


def test_an_instructor_who_read_an_older_version_is_told(world: World) -> None:
    """With the version that was read, a tick cannot land on other words than those."""
    participant = new_participant(world)
    assert tick(world, participant, badge_version=1).status_code == 201
    answer = tick(world, participant, 2, badge_version=2)
    assert (answer.status_code, answer.json()["code"]) == (409, "badge-changed")
