"""Reading the journal: what was done to it is named by its first place, also where the heads were set back, or all was forged anew."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, text
from sqlmodel import col, select

from okbadges.errors import InvalidInput
from okbadges.storage.journal import Event, append, event_hash
from okbadges.storage.journal_reading import (
    Head,
    broken_places,
    event_line,
    every_event,
    head_line,
    heads,
    read_event,
    read_head,
)
from okbadges.storage.tables import EventHeadRow, EventRow

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from support.world import World


def found(world: World, noted: list[Head] | None = None) -> list[str]:
    """Return what is said of the whole journal."""
    with world.rooms.database.read() as session:
        shown = {head.chain: head for head in heads(session, now=world.clock())}
        return list(broken_places(every_event(session), shown, noted or []))


def note(world: World) -> list[Head]:
    """Return the heads, as they come back from the second place."""
    with world.rooms.database.read() as session:
        return [read_head(head_line(head), 1) for head in heads(session, now=world.clock())]


def fill(world: World, events: int = 20) -> None:
    """Append events to the chain of the issuer."""

    def change(connection: Connection) -> None:
        for number in range(events):
            append(connection, world.rooms.stamp("test"), Event("ok", "test", f"thing:{number}", {"n": number}))

    world.rooms.writer.write(change)


def newest(world: World) -> int:
    """Return the number of the newest event of the chain."""
    with world.rooms.database.read() as session:
        return session.exec(select(EventHeadRow.number).where(EventHeadRow.chain == "ok")).one()


def tamper(world: World, *statements: str) -> None:
    """Change the database behind the service's back."""
    with world.rooms.database.engine.begin() as connection:
        for statement in statements:
            assert connection.execute(text(statement)).rowcount >= 1, statement


TAMPERINGS = (
    ("UPDATE events SET actor = 'nobody' WHERE number = 5 AND chain = 'ok'", "event 5 is not what it was"),
    ("UPDATE events SET at = '2020-01-01 00:00:00' WHERE number = 5 AND chain = 'ok'", "event 5 is not what it was"),
    ("UPDATE events SET details = '{ }' WHERE number = 5 AND chain = 'ok'", "event 5 is not what it was"),
    ("UPDATE events SET event_hash = 'x' WHERE number = 5 AND chain = 'ok'", "event 5 is not what it was"),
    ("DELETE FROM events WHERE number = 5 AND chain = 'ok'", "before event 6 there are 1 missing, from 5 on"),
    ("DELETE FROM events WHERE number < 5 AND chain = 'ok'", "before event 5 there are 4 missing, from 1 on"),
    ("UPDATE event_heads SET event_hash = 'x' WHERE chain = 'ok'", "its head does not show event"),
    ("UPDATE event_heads SET number = 9 WHERE chain = 'ok'", "and its head shows event 9"),
    ("DELETE FROM event_heads WHERE chain = 'ok'", "and its head shows event 0"),
    ("DELETE FROM events WHERE chain = 'ok'", "the newest events, from 1 to"),
    ("UPDATE events SET chain = 'new' WHERE number = 3 AND chain = 'ok'", "before event 4 there are 1 missing"),
)


def test_the_first_bad_row_is_named(world: World) -> None:
    """Whatever was altered, taken out or put elsewhere is named by its place, and what stands behind it is not blamed."""
    fill(world)
    assert found(world) == []
    for statement, said in TAMPERINGS:
        with world.rooms.database.read() as session:
            assert session.execute(text(statement)).rowcount >= 1, statement  # type: ignore[attr-defined]  # of a change it has one
            shown = {head.chain: head for head in heads(session, now=world.clock())}
            places = list(broken_places(every_event(session), shown))
            session.rollback()
        assert any(said in place for place in places), places
        assert len(places) <= 4, places
    assert found(world) == []


def test_a_row_that_was_put_in_is_named(world: World) -> None:
    """An event after the newest is no event: the head does not know it."""
    number = newest(world)
    with world.rooms.database.read() as session:
        last = session.exec(select(EventRow).where(EventRow.chain == "ok", EventRow.number == number)).one()
    forged = last.model_dump() | {
        "id": world.rooms.stamp("x").row_id(),
        "number": number + 1,
        "previous_hash": last.event_hash,
    }
    forged["event_hash"] = event_hash(EventRow(**forged))
    with world.rooms.database.engine.begin() as connection:
        connection.execute(insert(EventRow).values(**forged))
    assert found(world) == [f"chain ok: it goes on to event {number + 1}, and its head shows event {number}"]


def test_taking_away_the_newest_is_seen_from_a_second_place(world: World) -> None:
    """Ten newest events deleted and the head set back: the database alone looks whole, the noted head shows it."""
    fill(world)
    noted, number = note(world), newest(world)
    assert found(world, noted) == []
    with world.rooms.database.read() as session:
        left = session.exec(select(EventRow).where(EventRow.chain == "ok", EventRow.number == number - 10)).one()
    tamper(
        world,
        f"DELETE FROM events WHERE chain = 'ok' AND number > {number - 10}",  # noqa: S608 - a number of ours
        f"UPDATE event_heads SET number = {left.number}, event_hash = '{left.event_hash}' WHERE chain = 'ok'",  # noqa: S608 - the same
    )
    assert found(world) == []
    assert found(world, noted) == [
        f"chain ok: event {number}, which was noted on 2026-11-21 12:00 UTC, is missing; the newest that is there is event {number - 10}"
    ]


def test_a_chain_that_was_forged_anew_is_seen_from_a_second_place(world: World) -> None:
    """An event altered and every hash after it made again: the noted heads say between which of them that was."""
    noted = note(world)
    before = newest(world)
    fill(world)
    noted += note(world)
    fill(world, 3)
    with world.rooms.database.read() as session:
        rows = session.exec(select(EventRow).where(EventRow.chain == "ok").order_by(col(EventRow.number))).all()
    with world.rooms.database.engine.begin() as connection:
        previous = rows[before].previous_hash
        for row in rows[before:]:
            row.actor, row.previous_hash = "nobody", previous
            row.event_hash = previous = event_hash(row)
            values = {"a": row.actor, "p": row.previous_hash, "h": row.event_hash, "n": row.number}
            connection.execute(
                text(
                    "UPDATE events SET actor = :a, previous_hash = :p, event_hash = :h WHERE chain = 'ok' AND number = :n"
                ),
                values,
            )
        connection.execute(text("UPDATE event_heads SET event_hash = :h WHERE chain = 'ok'"), {"h": previous})
    assert found(world) == []
    (place,) = found(world, noted)
    assert place.startswith(f"chain ok: event {before + 20} is not the one that was noted on 2026-11-21 12:00 UTC; ")
    assert place.endswith(f"up to event {before} it is as it was noted")


def test_a_chain_that_is_gone_is_missed(world: World) -> None:
    """A chain deleted with its head is not there for the database, and is for the second place."""
    noted = note(world)
    tamper(world, "DELETE FROM events WHERE chain = 'ok'", "DELETE FROM event_heads WHERE chain = 'ok'")
    assert found(world) == []
    (place,) = found(world, noted)
    assert "chain ok" in place
    assert "the newest that is there is event 0" in place


def test_an_export_tells_by_itself_that_it_is_whole(world: World) -> None:
    """Lines are read back as the same events; a line altered, doubled, taken out or from another place is found."""
    fill(world)
    with world.rooms.database.read() as session:
        lines = [event_line(row) for row in every_event(session)]
        part = [event_line(row) for row in every_event(session, chain="ok", since=world.clock())]
    assert 0 < len(part) < len(lines)

    def said(of: list[bytes], noted: list[Head] | None = None) -> list[str]:
        return list(broken_places((read_event(line, 1) for line in of), None, noted or []))

    assert said(lines) == said(part) == said([]) == []
    assert said(lines, note(world)) == said(part, note(world)) == []
    assert said(part[:-1], note(world)) != []
    assert said([*lines[:-3], *lines[-2:]]) != []
    assert said([*lines, lines[-1]]) != []
    assert said([*part[:4], *lines[:4], *part[5:]]) != []
    assert said([*lines[:-1], lines[-1].replace(b'"test"', b'"nobody"')]) != []


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"chain":"ok"}',
        b"\xff",
        b'{"chain":"ok","number":true,"event_hash":"x","at":"2026-11-21T12:00:00Z","noted_at":"2026-11-21T12:00:00Z"}',
        b'{"chain":"ok","number":1,"event_hash":"x","at":"2026-11-21T12:00:00","noted_at":"2026-11-21T12:00:00Z"}',
        b'{"chain":"ok","number":1,"event_hash":"x","at":"yesterday","noted_at":"2026-11-21T12:00:00Z"}',
        b'{"chain":"ok","number":1,"event_hash":1,"at":"2026-11-21T12:00:00Z","noted_at":"2026-11-21T12:00:00Z"}',
    ],
)
def test_a_line_that_is_none_is_named(line: bytes) -> None:
    """Whatever is no event and no head is refused with the number of its line."""
    for read in (read_event, read_head):
        with pytest.raises(InvalidInput, match="Line 7"):
            read(line, 7)


def test_a_long_journal_is_walked_in_little_memory(world: World) -> None:
    """Four thousand events are walked while a thousand of them are in memory at most."""
    fill(world, 4000)
    tracemalloc.start()
    assert found(world) == []
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # all of them at once would be more than 9 MB
    assert most < 7_000_000
