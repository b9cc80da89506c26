"""One reading of the number for all who wait, and never one from before somebody asked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, text

from okbadges.storage.state_number import SharedReading
from support.world import order

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from support.world import World


@pytest.fixture
def readings(world: World) -> list[object]:
    """Return what grows by one with each connection that is taken from the pool."""
    taken: list[object] = []
    event.listen(world.rooms.database.engine, "checkout", lambda *about: taken.append(about))
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
