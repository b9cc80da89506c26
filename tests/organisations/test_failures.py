"""Failures: counted in the database, exactly, by all processes together; refused from the limit on; forgotten after two windows."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from okbadges.errors import TooManyRequests
from okbadges.organisations.failures import WINDOW, Failures, Tries, forget_old_failures
from okbadges.storage.database import Database
from okbadges.storage.writer import Writer

if TYPE_CHECKING:
    from support.world import World

TRIES = Tries("code", 5)
HERE = "192.0.2.1"


def test_it_works(world: World) -> None:
    """Five failures are let pass; from then on it is refused, with the seconds to wait, for this subject alone."""
    failures = world.rooms.failures
    for expected in (1, 2, 3, 4, 5):
        failures.refuse_when_too_many(TRIES, HERE)
        assert failures.count_failure(TRIES, HERE) == expected
    with pytest.raises(TooManyRequests) as refused:
        failures.refuse_when_too_many(TRIES, HERE)
    # noon is the beginning of a window: five in this one count until the end of the next
    assert (refused.value.code, refused.value.retry_after_seconds) == ("too-many-failures", 1800)
    failures.refuse_when_too_many(TRIES, "192.0.2.2")
    failures.refuse_when_too_many(Tries("other", 5), HERE)


def test_it_is_forgotten_in_time(world: World) -> None:
    """What the refusal said is true: a second before it is over it still refuses, and then no longer."""
    failures = world.rooms.failures
    for _ in range(3):
        failures.count_failure(TRIES, HERE)
    world.clock.move(minutes=20)
    for _ in range(2):
        failures.count_failure(TRIES, HERE)
    with pytest.raises(TooManyRequests) as refused:
        failures.refuse_when_too_many(TRIES, HERE)
    wait = refused.value.retry_after_seconds
    assert wait == 600
    world.clock.move(seconds=wait - 1)
    with pytest.raises(TooManyRequests):
        failures.refuse_when_too_many(TRIES, HERE)
    world.clock.move(seconds=1)
    failures.refuse_when_too_many(TRIES, HERE)


def test_nothing_is_lost_where_many_count_at_once(world: World) -> None:
    """Two processes (as far as the database knows) with twenty threads each count to exactly two hundred."""
    url = world.rooms.database.engine.url.render_as_string(hide_password=False)
    other = Database(url)
    writer = Writer(other)
    heard: list[str] = []
    second = Failures(other, writer, world.rooms.secrets, now=world.clock, observe=heard.append)
    with ThreadPoolExecutor(40) as pool:
        for turn in range(200):
            counting = (world.rooms.failures, second)[turn % 2]
            pool.submit(counting.count_failure, TRIES, HERE)
    writer.close()
    other.close()
    world.rooms.writer.write(lambda _: None)
    with world.rooms.database.read() as session:
        assert session.scalar(text("SELECT sum(failed) FROM failures")) == 200
    assert heard == ["code"] * 100


def test_who_failed_is_not_in_the_database(world: World) -> None:
    """Neither the address nor a plain hash of it is stored, and counting writes no event."""
    with world.rooms.database.read() as session:
        before = session.scalar(text("SELECT count(*) FROM events"))
    world.rooms.failures.count_failure(TRIES, HERE)
    with world.rooms.database.read() as session:
        row = session.execute(text("SELECT subject_hash FROM failures")).one()
        assert session.scalar(text("SELECT count(*) FROM events")) == before
    assert HERE.encode() not in bytes(row[0])
    assert len(row[0]) == 32


def test_old_windows_are_deleted(world: World) -> None:
    """Retention deletes what no longer counts, and nothing that does."""
    for _ in range(3):
        world.rooms.failures.count_failure(TRIES, HERE)
        world.clock.move(seconds=WINDOW.total_seconds())
    world.clock.move(seconds=-WINDOW.total_seconds())
    assert world.rooms.writer.write(lambda connection: forget_old_failures(connection, world.clock())) == 1
    with world.rooms.database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM failures")) == 2


def test_a_busy_database_delays_for_a_second_at_most(world: World) -> None:
    """While another program holds the database, counting gives up after a second and counts later."""
    hold = "SELECT 1" if world.rooms.database.is_sqlite else "LOCK TABLE failures IN EXCLUSIVE MODE"
    with world.rooms.database.engine.execution_options(okbadges_writes=True).begin() as other:
        other.execute(text(hold))
        began = time.monotonic()
        assert world.rooms.failures.count_failure(TRIES, HERE) is None
        assert time.monotonic() - began < 8
    world.rooms.writer.write(lambda _: None)
    with world.rooms.database.read() as session:
        assert session.scalar(text("SELECT sum(failed) FROM failures")) == 1
