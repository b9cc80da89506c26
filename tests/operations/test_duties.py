"""Duties: each at its time, by one process only, and a broken one takes nothing with it."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from okbadges.errors import Unavailable
from okbadges.operations.duties import TAKEN_FOR, Duties, Duty
from okbadges.storage.database import Database
from okbadges.storage.tables import DutyRow
from okbadges.storage.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.world import World

DAILY = timedelta(days=1)


def duties(world: World, *each: Duty) -> Duties:
    """Return these duties, on the world's clock."""
    return Duties(world.rooms.database, world.rooms.writer, each, now=world.clock)


def noting(done: list[datetime | None]) -> Duty:
    """Return a daily duty that notes when it was last done."""

    def run(last_run_at: datetime | None) -> str:
        done.append(last_run_at)
        return "Noted."

    return Duty("noting", DAILY, run)


def row(world: World, name: str = "noting") -> DutyRow:
    """Return what is kept of a duty."""
    with world.rooms.database.read() as session:
        return session.get_one(DutyRow, name)


def test_each_at_its_time(world: World) -> None:
    """A duty is done at once, and then once in its time; what it said is kept."""
    done: list[datetime | None] = []
    work = duties(world, noting(done))
    first = world.clock()
    for hours in (0, 1, 22, 2):
        world.clock.move(hours=hours)
        work.do_what_is_due()
    assert done == [None, first]
    assert row(world).report == "Noted."


def test_one_of_all_processes_does_it(world: World) -> None:
    """Eight processes that look at the same moment do it once."""
    done: list[datetime | None] = []
    url = world.rooms.database.engine.url.render_as_string(hide_password=False)
    ready = threading.Barrier(8)

    def look() -> None:
        database = Database(url)
        writer = Writer(database)
        work = Duties(database, writer, [noting(done)], now=world.clock)
        ready.wait()
        work.do_what_is_due()
        writer.close()
        database.close()

    processes = [threading.Thread(target=look) for _ in range(8)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert done == [None]


def test_a_process_that_died_does_not_keep_it(world: World) -> None:
    """A duty that somebody took and never put down is free again after half an hour."""
    done: list[datetime | None] = []

    def die(_: datetime | None) -> str:
        raise SystemExit

    taken = Duty("noting", DAILY, die)
    try:
        duties(world, taken).do_what_is_due()
    except SystemExit:
        world.rooms.writer.write(
            lambda connection: connection.exec_driver_sql("UPDATE duties SET last_run_at = NULL") and None
        )
    duties(world, noting(done)).do_what_is_due()
    assert done == []
    world.clock.move(seconds=TAKEN_FOR.total_seconds() + 1)
    duties(world, noting(done)).do_what_is_due()
    assert len(done) == 1


def _failing(failure: Exception) -> Callable[[datetime | None], str]:
    def run(_: datetime | None) -> str:
        raise failure

    return run


def test_a_broken_duty_is_alone(world: World) -> None:
    """One that fails, however, keeps its words, is tried again a while later, and the others are done."""
    done: list[datetime | None] = []
    failing = Duty("failing", DAILY, _failing(Unavailable("not-now", "Not now.")))
    broken = Duty("broken", DAILY, _failing(ZeroDivisionError()))
    duties(world, failing, broken, noting(done)).do_what_is_due()
    assert len(done) == 1
    assert row(world, "failing").report == "Not now."
    assert row(world, "broken").report == "It broke; see the log."
    later: list[datetime | None] = []
    again = duties(world, Duty("failing", DAILY, noting(later).run))
    again.do_what_is_due()
    assert later == []
    world.clock.move(minutes=11)
    again.do_what_is_due()
    assert later == [None]


def test_a_run_in_the_future_was_a_wrong_clock(world: World) -> None:
    """When the clock was ahead and is right again, nothing has to be mended by hand."""
    done: list[datetime | None] = []
    work = duties(world, noting(done))
    world.clock.move(days=3000)
    work.do_what_is_due()
    world.clock.move(days=-3000)
    work.do_what_is_due()
    assert len(done) == 2
