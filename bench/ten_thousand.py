"""Ten thousand badges by the batch path of the product, all of it and durably: on SQLite (synchronous=FULL) and PostgreSQL (fsync).

Every credential has its idempotency key, status index, participant, audit event and rows in the indexes, and is counted afterwards.
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from sqlalchemy import func
from sqlmodel import select

from material import ORDER, installation
from measures import LIMIT, Measure, Row, Spent, limit
from okbadges.cli.operator import operator_of
from okbadges.issuing.lines import Line, Result
from okbadges.storage.tables import CredentialRow, EventRow
from support.postgres import DURABLE, installed_postgres, running_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from measures import Effort
    from okbadges.edge.rooms import Rooms

_ALL: Final = 10_000
_SECONDS: Final = {"SQLite": 3.0, "PostgreSQL": 4.0}
_FULL: Final = 2
_SHOWN_EVERY: Final = 5.0


def ten_thousand(effort: Effort) -> Iterator[Row]:
    """Issue a batch on each database; with less effort a smaller one, whose time is multiplied."""
    count = effort.count(_ALL)
    times = max(1, effort.rounds // 2)
    for kind, most in _SECONDS.items():
        with _database(kind) as url:
            if url is None:
                yield limit(f"10 000 badges, {kind}", None, most, unit="s", note="not measured: no PostgreSQL from pip")
                continue
            with installation(url) as rooms:
                _require_durable(rooms)
                took = [_issued(rooms, count, f"batch {turn}") for turn in range(times)]
        wall, cpu = (median(getattr(one, name) for one in took) * _ALL / count for name in ("wall", "cpu"))
        told = f"{cpu:.1f} s CPU of the issuing process, {wall * 1e6 / _ALL:.0f} µs each"
        told += "" if count == _ALL else f"; from a batch of {count}"
        yield Row(f"10 000 badges, {kind}", LIMIT, wall, None, "s", most, note=told)


def _issued(rooms: Rooms, count: int, name: str) -> Spent:
    """Issue so many in one batch, each for somebody new, and return the seconds of all of them."""
    before = _stored(rooms)
    wall, cpu = time.perf_counter(), time.process_time()
    lines = [Line(number, ORDER) for number in range(1, count + 1)]
    plan = rooms.batches.plan(lines, caller=operator_of(rooms), organisation=ORDER.organisation, name=name)
    shown = time.monotonic()
    for issued, outcome in enumerate(rooms.batches.issue(plan), 1):
        assert outcome.result is Result.ISSUED, outcome
        if time.monotonic() - shown > _SHOWN_EVERY:
            shown = time.monotonic()
            print(f"  {issued} of {count}", file=sys.stderr, flush=True)
    spent = Spent(time.process_time() - cpu, time.perf_counter() - wall)
    assert _stored(rooms) == tuple(stored + count for stored in before), "not everything is stored"
    return spent


def _stored(rooms: Rooms) -> tuple[int, int]:
    """Return how many credentials and how many events of their issuing are stored."""
    with rooms.database.read() as session:
        credentials = session.exec(select(func.count()).select_from(CredentialRow)).one()
        issued = select(func.count()).select_from(EventRow).where(EventRow.action == "credential.issued")
        return credentials, session.exec(issued).one()


def _require_durable(rooms: Rooms) -> None:
    """Make sure that a commit reaches the disk, before anything is timed."""
    with rooms.database.engine.connect() as connection:
        if rooms.database.is_sqlite:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == _FULL
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
            return
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.exec_driver_sql(f"SHOW {name}").scalar_one() == "on", name


@contextmanager
def _database(kind: str) -> Iterator[str | None]:
    """Give the address of an empty database on a disk, None where there is none of that kind."""
    with tempfile.TemporaryDirectory() as folder:
        if kind == "SQLite":
            yield f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
            return
    programs = installed_postgres()
    if programs is None:
        yield None
        return
    with running_postgres(programs, DURABLE) as server, server.database() as name:
        yield server.url(name)


MEASURES = (Measure("ten-thousand", ten_thousand),)
