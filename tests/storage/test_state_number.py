"""One reading of the number for all who wait, and never one from before somebody asked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import pytest
from sqlalchemy import event, text

from okbadges.errors import Unavailable
from okbadges.storage.state_number import SharedReading
from support.world import order

if TYPE_CHECKING:
    import sqlite3

    from sqlalchemy import Connection
    from sqlalchemy.engine.interfaces import DBAPIConnection

    from support.world import World


@pytest.fixture
def readings(world: World) -> list[object]:
    """Return what grows by one with each reading: each statement to a file, each connection to a server."""
    database, taken = world.rooms.database, list[object]()

    def taken_out(connection: DBAPIConnection, *about: object) -> None:
        if database.is_sqlite:
            cast("sqlite3.Connection", connection).set_trace_callback(taken.append)
        else:
            taken.append(about)

    event.listen(database.engine, "checkout", taken_out)
    return taken


async def together(reading: SharedReading, times: int) -> list[int]:
    """Ask so many times at one moment."""
    return await asyncio.gather(*(reading.number() for _ in range(times)))


def test_who_waits_together_shares_one_reading(world: World, readings: list[object]) -> None:
    """Ten that stand in line at one moment cost one reading."""
    found = asyncio.run(together(SharedReading(world.rooms.database), 10))
    assert len(set(found)) == len(readings) == 1


def test_who_comes_after_a_change_sees_it(world: World) -> None:
    """The number rises with what was issued since, in the same event loop and in a new one."""
    reading = SharedReading(world.rooms.database)

    async def around_a_change() -> list[int]:
        before = await reading.number()
        await asyncio.to_thread(issue, world)
        return [before, await reading.number()]

    first, second = asyncio.run(around_a_change()), asyncio.run(around_a_change())
    numbers = [*first, *second]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == 3, "the second run begins where the first ended"


def test_a_reading_leaves_no_transaction_open(world: World) -> None:
    """What is held between two readings holds no snapshot: everything in the log of changes can be carried into the file."""
    reading = SharedReading(world.rooms.database)
    asyncio.run(reading.number())
    issue(world)
    if not world.rooms.database.is_sqlite:
        return  # a server is asked through the pool
    connection = world.rooms.database.engine.raw_connection()
    busy, pages, carried = connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    connection.close()
    assert (busy, carried) == (0, pages)
    assert pages > 0
    reading.close()


def test_a_file_that_cannot_be_read_is_told_and_looked_at_anew(world: World) -> None:
    """A glance that fails is `Unavailable`, and the next one opens the file again, as it does after closing."""
    database = world.rooms.database
    if not database.is_sqlite:
        return  # a server is asked through the pool
    opened: list[DBAPIConnection] = []
    event.listen(database.engine, "checkout", lambda connection, *_: opened.append(connection))

    async def around_a_failure() -> tuple[int, int]:
        reading = SharedReading(database)
        before = await reading.number()
        await asyncio.sleep(0)  # the line of those who share the first reading ends
        opened.pop().close()
        with pytest.raises(Unavailable):
            await reading.number()
        after = await reading.number()
        reading.close()
        return before, after

    before, after = asyncio.run(around_a_failure())
    assert before == after


def test_who_comes_while_the_server_is_asked_waits_for_the_next_reading(world: World, readings: list[object]) -> None:
    """What was sent before somebody came does not answer them; all who came meanwhile share the next question."""
    database = world.rooms.database
    if database.is_sqlite:
        return  # a file is read at once: nobody can come meanwhile

    async def meanwhile(holder: Connection) -> list[int]:
        reading = SharedReading(database)
        first = asyncio.create_task(reading.number())
        await until_asked(holder)
        others = asyncio.create_task(together(reading, 5))
        await asyncio.sleep(0)
        holder.rollback()
        return [await first, *await others]

    with database.engine.connect() as holder:
        holder.execute(text("LOCK TABLE event_heads IN ACCESS EXCLUSIVE MODE"))
        readings.clear()
        found = asyncio.run(meanwhile(holder))
    assert len(set(found)) == 1
    assert len(readings) == 2


async def until_asked(holder: Connection) -> None:
    """Wait until a question stands before the lock."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'event_heads'::regclass")
    for _ in range(1_000):
        if holder.execute(waiting).scalar_one():
            return
        await asyncio.sleep(0.01)
    pytest.fail("nobody asked the server within ten seconds")


def issue(world: World) -> None:
    """Issue one badge as Iida."""
    assert world.client.post("/v1/credentials", headers=world.as_iida(), json=order()).status_code == 201
