"""The one writer: many changes in one commit, each answered after it, none taking another with it."""

from __future__ import annotations

import threading
import uuid
from datetime import timedelta
from itertools import cycle
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import bindparam, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from okbadges.errors import Conflict, Unavailable
from okbadges.storage.tables import EvidenceRow, ParticipantRow
from okbadges.storage.writer import Writer, add, add_all

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from support.world import World


def organisation_id(world: World) -> uuid.UUID:
    """Return some organisation, for rows that need one."""
    with world.rooms.database.read() as session:
        found: uuid.UUID = session.scalar(text("SELECT id FROM organisations LIMIT 1"))
    return uuid.UUID(str(found))


def participant(world: World, owner: uuid.UUID) -> ParticipantRow:
    """Return a row that is easy to write."""
    return ParticipantRow(id=uuid.uuid4(), organisation_id=owner, last_event_at=world.clock(), created_at=world.clock())


def test_what_arrives_together_is_committed_together(world: World) -> None:
    """Fifty changes that wait behind a slow one are all answered, and all there."""
    writer, owner, gate = world.rooms.writer, organisation_id(world), threading.Event()

    def slow(_: Connection) -> None:
        gate.wait(5)

    rows = [participant(world, owner) for _ in range(50)]
    futures = [writer.submit(slow), *(writer.submit(lambda c, row=row: add(c, row)) for row in rows)]  # type: ignore[misc]
    gate.set()
    for future in futures:
        future.result(timeout=10)
    with world.rooms.database.read() as session:
        assert len(session.exec(select(ParticipantRow)).all()) == 50


def test_a_change_that_is_refused_takes_nothing_with_it(world: World) -> None:
    """In one batch a refused change and one that breaks a rule of the database leave the others stored."""
    writer, owner, gate = world.rooms.writer, organisation_id(world), threading.Event()
    good, half, twice = (participant(world, owner) for _ in range(3))

    def refused(connection: Connection) -> None:
        add(connection, half)
        raise Conflict("test", "no")

    def doubled(connection: Connection) -> None:
        add(connection, twice, twice)

    first = writer.submit(lambda _: gate.wait(5))
    results = [writer.submit(refused), writer.submit(doubled), writer.submit(lambda c: add(c, good))]
    gate.set()
    first.result(timeout=10)
    with pytest.raises(Conflict):
        results[0].result(timeout=10)
    with pytest.raises(IntegrityError):
        results[1].result(timeout=10)
    results[2].result(timeout=10)
    with world.rooms.database.read() as session:
        assert [row.id for row in session.exec(select(ParticipantRow))] == [good.id]


STRANGE = ("", "\\N", "\\.", "tab\tnew line\nreturn\rbackslash\\", "'quotes\"", "Ä\u2028\U0001f9f6", "{}", "%s %(id)s")


@pytest.mark.parametrize("count", [1, 2, 3, 300])
def test_many_rows_are_stored_as_they_are(world: World, count: int) -> None:
    """Few or many at once, every value comes back: each kind of column, texts that mean something to a database, all bytes, and nothing at all."""
    owner, texts = organisation_id(world), cycle(STRANGE)
    people = [participant(world, owner) for _ in range(count)]
    people[0].sealed_label = bytes(range(256))
    pieces = [
        EvidenceRow(
            id=uuid.uuid4(),
            participant_id=one.id,
            badge=next(texts),
            kind="text",
            media_type="text/plain",
            size=number - 1,
            sealed_content=bytes(range(number % 256)),
            created_at=world.clock() + timedelta(microseconds=number),
            created_by=next(texts),
            delete_on=world.clock().date(),
        )
        for number, one in enumerate(people)
    ]
    written = [[row.model_dump() for row in rows] for rows in (people, pieces)]

    def store(connection: Connection) -> None:
        add_all(connection, ParticipantRow, written[0])
        add_all(connection, EvidenceRow, written[1])

    world.rooms.writer.write(store)
    with world.rooms.database.read() as session:
        stored = [*session.exec(select(ParticipantRow)), *session.exec(select(EvidenceRow))]
        assert {row.id: row.model_dump() for row in stored} == {row["id"]: row for rows in written for row in rows}


def test_a_statement_for_many_is_done_for_each(world: World) -> None:
    """What is no new row, too, can be said once with a value for each."""
    owner = organisation_id(world)
    people = [participant(world, owner) for _ in range(3)]
    label = (
        update(ParticipantRow).where(col(ParticipantRow.id) == bindparam("of")).values(sealed_label=bindparam("said"))
    )
    said = {one.id: bytes([number]) for number, one in enumerate(people)}
    world.rooms.writer.write(lambda connection: add(connection, *people))
    world.rooms.writer.write(
        lambda connection: connection.execute(label, [{"of": one, "said": text} for one, text in said.items()])
    )
    with world.rooms.database.read() as session:
        assert {row.id: row.sealed_label for row in session.exec(select(ParticipantRow))} == said


def test_many_rows_are_refused_together(world: World) -> None:
    """One of them that is there already takes all of its own change with it, and nothing of another's."""
    writer, owner, gate = world.rooms.writer, organisation_id(world), threading.Event()
    people = [participant(world, owner).model_dump() for _ in range(10)]
    first = writer.submit(lambda _: gate.wait(5))
    doubled = writer.submit(lambda connection: add_all(connection, ParticipantRow, [*people, people[3]]))
    good = writer.submit(lambda connection: add_all(connection, ParticipantRow, people[:5]))
    gate.set()
    first.result(timeout=10)
    with pytest.raises(IntegrityError):
        doubled.result(timeout=10)
    good.result(timeout=10)
    with world.rooms.database.read() as session:
        assert {row.id for row in session.exec(select(ParticipantRow))} == {row["id"] for row in people[:5]}


def test_what_was_refused_is_not_thought_to_be_known(world: World) -> None:
    """A statement that a refused change never brought as far as the database is not called by name later, whatever came before it.

    A driver that sends many rows ahead remembers as prepared what was skipped after the first one failed.
    """
    writer, owner = world.rooms.writer, organisation_id(world)
    there = participant(world, owner)

    def labelled(connection: Connection) -> None:
        add(connection, participant(world, owner).model_copy(update={"sealed_label": b"label"}))

    def doubled(connection: Connection) -> None:
        add(connection, there)

    def doubled_and_labelled(connection: Connection) -> None:
        rows = [there.model_dump(), participant(world, owner).model_dump() | {"sealed_label": b"label"}]
        add_all(connection, ParticipantRow, rows)

    writer.write(doubled)
    with pytest.raises(IntegrityError):
        writer.write(doubled)
    for refused in (doubled, doubled_and_labelled):
        gate = threading.Event()
        writer.submit(lambda _, gate=gate: gate.wait(5))  # type: ignore[misc]
        good, bad = writer.submit(labelled), writer.submit(refused)
        gate.set()
        good.result(timeout=10)
        with pytest.raises(IntegrityError):
            bad.result(timeout=10)
    writer.write(labelled)


def test_a_bug_in_one_change_does_not_stop_the_writer(world: World) -> None:
    """An unexpected error reaches its caller, and the next change works."""
    owner = organisation_id(world)

    def broken(_: Connection) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        world.rooms.writer.write(broken)
    world.rooms.writer.write(lambda connection: add(connection, participant(world, owner)))


def test_a_broken_database_is_told_to_everyone(world: World) -> None:
    """A statement that the database refuses fails the whole batch in words, and nothing of it is stored."""
    owner, gate = organisation_id(world), threading.Event()
    writer = world.rooms.writer
    first = writer.submit(lambda _: gate.wait(5))
    good = writer.submit(lambda connection: add(connection, participant(world, owner)))
    bad = writer.submit(lambda connection: connection.execute(text("SELECT * FROM no_such_table")))
    gate.set()
    for future in (first, good, bad):
        with pytest.raises(Unavailable):
            future.result(timeout=10)
    with world.rooms.database.read() as session:
        assert session.exec(select(ParticipantRow)).all() == []


def test_closing_finishes_what_was_queued(world: World) -> None:
    """A writer that closes commits what it has and takes nothing more."""
    owner = organisation_id(world)
    writer = Writer(world.rooms.database)
    futures = [writer.submit(lambda c: add(c, participant(world, owner))) for _ in range(10)]
    writer.close()
    assert all(future.done() for future in futures)
    with pytest.raises(Unavailable):
        writer.submit(lambda _: None)
