"""``/v1/confirmations``: the second person's word for a summary badge."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from okbadges.organisations.roles import Role, Scope
from okbadges.organisations.workshops import find_organisation
from okbadges.storage.tables import (
    AccessKeyOrganisationRow,
    AccessKeyRow,
    ConfirmationRow,
    CredentialRow,
    EventRow,
    MemberRow,
    ParticipantRow,
)
from okbadges.storage.writer import add
from support.learners import as_somebody_else, new_member, new_participant

if TYPE_CHECKING:
    from httpx2 import Response

    from support.world import World

PATH = "/v1/confirmations"
SUMMARY = "kooste-digitaalinen-ymparisto"


def give(world: World, participant: uuid.UUID, headers: dict[str, str] | None = None, **changes: Any) -> Response:
    """Give a word as the teacher Tuula, or as somebody else."""
    body = {"participant": str(participant), "badge": SUMMARY, **changes}
    return world.client.post(PATH, json=body, headers=headers or world.as_tuula())


def words_about(world: World, participant: uuid.UUID, headers: dict[str, str] | None = None, **more: Any) -> Response:
    """List the words about a participant."""
    params = {"participant": str(participant), **more}
    return world.client.get(PATH, params=params, headers=headers or world.as_tuula())


def events(world: World) -> list[EventRow]:
    """Return the events about words."""
    with world.rooms.database.read() as session:
        rows = session.exec(select(EventRow).order_by(col(EventRow.number))).all()
    return [row for row in rows if row.action.startswith("confirmation.")]


def mark_used(world: World, participant: uuid.UUID) -> None:
    """Let a credential rest on every word about a participant, as an award does in its own change."""
    world.issue(participant=str(participant))
    with world.rooms.database.read() as session:
        credential = session.exec(select(CredentialRow.id)).one()
    table = ConfirmationRow
    world.rooms.writer.write(lambda connection: connection.execute(update(table).values(credential_row_id=credential)))


def test_it_works(world: World) -> None:
    """A teacher who leads no group gives their word; it shows their role and never a name, and they can take it back."""
    participant = new_participant(world)
    given = give(world, participant)
    assert given.status_code == 201, given.text
    word = given.json()
    assert word == {
        "id": word["id"],
        "participant": str(participant),
        "badge": SUMMARY,
        "role": "teacher",
        "confirmed_at": "2026-11-21T12:00:00Z",
        "last_day": "2027-02-19",
        "used": False,
        "own": True,
    }
    listed = words_about(world, participant, world.as_iida())
    assert listed.json() == {"confirmations": [{**word, "own": False}], "next": None}
    assert listed.headers["cache-control"] == "no-store"
    taken_back = world.client.delete(f"{PATH}/{word['id']}", headers=world.as_tuula())
    assert (taken_back.status_code, taken_back.content) == (204, b"")
    assert words_about(world, participant).json()["confirmations"] == []


def test_each_change_is_one_event_without_words(world: World) -> None:
    """Giving and taking back are one event each, with the badge and no more."""
    word = give(world, new_participant(world)).json()
    for status in (204, 404):
        assert world.client.delete(f"{PATH}/{word['id']}", headers=world.as_tuula()).status_code == status
    given, withdrawn = events(world)
    assert (given.action, withdrawn.action) == ("confirmation.given", "confirmation.withdrawn")
    for event in (given, withdrawn):
        assert event.subject == f"confirmation:{word['id']}"
        assert json.loads(event.details) == {"badge": SUMMARY}
        assert event.chain == "ok"


def test_giving_it_again_changes_nothing(world: World) -> None:
    """A word that still counts stays as it is, also when it is given twenty times at once."""
    participant = new_participant(world)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: give(world, participant), range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(events(world)) == 1


def test_two_people_give_two_words(world: World) -> None:
    """Each person has a word of their own."""
    participant = new_participant(world)
    for headers in (world.as_tuula(), world.as_aino(), world.as_iida()):
        assert give(world, participant, headers).status_code == 201
    roles = {one["role"] for one in words_about(world, participant).json()["confirmations"]}
    assert roles == {"teacher", "administrator", "instructor"}


def test_a_word_that_is_too_old_or_used_can_be_given_anew(world: World) -> None:
    """After 90 days, or once a credential rests on it, a new word is another one."""
    participant = new_participant(world)
    first = give(world, participant).json()["id"]
    world.clock.move(days=90)
    assert give(world, participant).json()["id"] == first
    world.clock.move(days=1)
    second = give(world, participant)
    assert second.status_code == 201
    mark_used(world, participant)
    assert give(world, participant).status_code == 201
    assert len(words_about(world, participant).json()["confirmations"]) == 3


def test_a_used_word_stays(world: World) -> None:
    """What a credential rests on is not taken back."""
    participant = new_participant(world)
    word = give(world, participant).json()
    mark_used(world, participant)
    [shown] = words_about(world, participant).json()["confirmations"]
    assert shown["used"] is True
    answer = world.client.delete(f"{PATH}/{word['id']}", headers=world.as_tuula())
    assert (answer.status_code, answer.json()["code"]) == (409, "confirmation-used")


def test_a_word_is_its_givers(world: World) -> None:
    """Nobody else of the organisation takes it back, not even its administrator."""
    word = give(world, new_participant(world)).json()
    for headers in (world.as_aino(), world.as_iida()):
        answer = world.client.delete(f"{PATH}/{word['id']}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "confirmation-of-another")
    second_key = world.key((), role=Role.TEACHER, member_id=world.keys.tuula_id)
    assert world.client.delete(f"{PATH}/{word['id']}", headers=second_key).status_code == 204


def test_something_happened_with_the_participant(world: World) -> None:
    """Their last event is kept current."""
    participant = new_participant(world)
    world.clock.move(hours=3)
    give(world, participant)
    with world.rooms.database.read() as session:
        assert session.get_one(ParticipantRow, participant).last_event_at == world.clock()


def test_a_program_has_no_word_to_give(world: World) -> None:
    """A key without a person behind it is refused, also with the scope, and so is a member who has left."""
    participant = new_participant(world)
    program = world.key([Scope.CONFIRM], role=Role.ADMINISTRATOR)
    answer = give(world, participant, program)
    assert (answer.status_code, answer.json()["code"]) == (403, "member-needed")
    oiva = new_member(world, Role.TEACHER)
    as_oiva = world.key((), role=Role.TEACHER, member_id=oiva)

    def leave(connection: Any) -> None:
        connection.execute(update(MemberRow).where(MemberRow.id == oiva).values(left_at=world.clock()))  # type: ignore[arg-type]

    world.rooms.writer.write(leave)
    assert give(world, participant, as_oiva).status_code in (401, 403)
    assert events(world) == []


def test_only_summary_badges_are_confirmed(world: World) -> None:
    """A skill badge needs no second person, and an unknown badge is named."""
    participant = new_participant(world)
    for badge, code in (("digi-turva", "not-a-summary"), ("no-such-badge", "unknown-badge"), ("", "unknown-badge")):
        answer = give(world, participant, badge=badge)
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, "badge")
    assert events(world) == []


def test_others_do_not_even_see_the_participant(world: World) -> None:
    """A teacher of another organisation gets the same 404 as for nobody, and does not see the words."""
    participant = new_participant(world)
    word = give(world, participant).json()
    ranua = world.key(
        (), organisation="ranua", role=Role.TEACHER, member_id=new_member(world, Role.TEACHER, organisation="ranua")
    )
    for stranger in (ranua, as_somebody_else(world, organisation="ranua")):
        assert give(world, participant, stranger).json()["code"] == "unknown-participant"
        assert words_about(world, participant, stranger).status_code == 404
        answer = world.client.delete(f"{PATH}/{word['id']}", headers=stranger)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown-confirmation")
    assert give(world, uuid.uuid4()).status_code == 404
    assert words_about(world, uuid.uuid4()).status_code == 404
    assert world.client.delete(f"{PATH}/{uuid.uuid4()}", headers=world.as_tuula()).status_code == 404


def test_a_member_speaks_for_their_own_organisation(world: World) -> None:
    """A key for two organisations gives a word only where its person works."""
    participant = new_participant(world)
    rooms = world.rooms
    member = new_member(world, Role.TEACHER, organisation="ranua")
    headers = world.key((), organisation="ranua", role=Role.TEACHER, member_id=member)
    with rooms.database.read() as session:
        key = session.exec(select(AccessKeyRow.id).where(AccessKeyRow.member_id == member)).one()
        kemi = find_organisation(session, "kemi")
    rooms.writer.write(
        lambda connection: add(connection, AccessKeyOrganisationRow(access_key_id=key, organisation_id=kemi.id))
    )
    answer = give(world, participant, headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-participant")


def test_each_role_without_the_scope_is_refused(world: World) -> None:
    """Auditors, programs of partners and narrower keys have no business here; without a key neither."""
    participant = new_participant(world)
    narrow = world.key([Scope.PROGRESS], role=Role.INSTRUCTOR, member_id=world.keys.iida_id)
    for caller in (world.as_audrey(), world.as_partner(), narrow):
        for answer in (
            give(world, participant, caller),
            words_about(world, participant, caller),
            world.client.delete(f"{PATH}/{uuid.uuid4()}", headers=caller),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
    assert world.client.get(PATH, params={"participant": str(participant)}).status_code == 401


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"participant": "x"}, "participant"),
        ({"participant": 1}, "participant"),
        ({"participant": None}, "participant"),
        ({"badge": 1}, "badge"),
        ({"badge": "x" * 65}, "badge"),
        ({"role": "teacher"}, "role"),
    ],
)
def test_what_is_wrong_is_named(world: World, changes: dict[str, Any], field: str) -> None:
    """A request that makes no sense is refused with the field at fault."""
    body = {"participant": str(new_participant(world)), "badge": SUMMARY, **changes}
    answer = world.client.post(PATH, json=body, headers=world.as_tuula())
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_no_strange_text_breaks_it(world: World) -> None:
    """NUL, half a surrogate and bytes that are no text are the sender's mistake, in the body and in the address."""
    participant = new_participant(world)
    headers = {**world.as_tuula(), "Content-Type": "application/json"}
    for badge in (rb"\u0000", rb"\ud800", b"\xff"):
        body = b'{"participant":"' + str(participant).encode() + b'","badge":"' + badge + b'"}'
        assert world.client.post(PATH, content=body, headers=headers).status_code in (400, 422)
    for query in (
        "",
        "?participant=",
        "?participant=x",
        "?participant=%ED%A0%80",
        f"?participant={participant}&limit=0",
    ):
        answer = world.client.get(PATH + query, headers=world.as_tuula())
        assert answer.status_code == 422, (query, answer.text)
    assert world.client.delete(f"{PATH}/%00", headers=world.as_tuula()).status_code == 404
    assert world.client.delete(f"{PATH}/x", headers=world.as_tuula()).status_code == 422


def test_the_list_comes_in_pages(world: World) -> None:
    """Page by page, each word once."""
    participant = new_participant(world)
    ids = set()
    for _ in range(3):
        member = new_member(world, Role.TEACHER)
        ids.add(give(world, participant, world.key((), role=Role.TEACHER, member_id=member)).json()["id"])
    first = words_about(world, participant, limit=2).json()
    second = words_about(world, participant, limit=2, after=first["next"]).json()
    assert [len(page["confirmations"]) for page in (first, second)] == [2, 1]
    assert {one["id"] for page in (first, second) for one in page["confirmations"]} == ids
    assert second["next"] is None
