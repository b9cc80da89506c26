"""The one writer of a process: what has arrived goes into one transaction, and each caller is answered after the commit.

A change is a small function over a connection. The writers of all processes take turns, so what a change has looked at stays true
until its commit, on both databases. Each of several changes has a savepoint of its own, so that one that fails takes nothing else with it; nothing is answered before the commit, and when the commit fails nobody is told that it worked.
"""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from okbadges.errors import OkbadgesError
from okbadges.storage.database import storage_unavailable
from okbadges.storage.gathering import Gathering

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection, Insert, Table
    from sqlmodel import SQLModel

    from okbadges.storage.database import Database

T = TypeVar("T")
MOST_IN_ONE_COMMIT = 256


@dataclass(slots=True)
class _Waiting:
    change: Callable[[Connection], Any]
    answer: Future[Any]
    result: Any = None
    failure: BaseException | None = None


class Writer:
    """Runs changes in arrival order on a thread of its own, many in one commit."""

    def __init__(self, database: Database) -> None:
        """Write to ``database``; the thread starts with the first change."""
        self.database = database
        self._gathering = Gathering(self._commit, name="okbadges-writer", most=MOST_IN_ONE_COMMIT)

    def submit(self, change: Callable[[Connection], T]) -> Future[T]:
        """Queue a change; its future is done after the commit (or fails with `OkbadgesError` or `IntegrityError`)."""
        answer: Future[T] = Future()
        self._gathering.put(_Waiting(change, answer))
        return answer

    def write(self, change: Callable[[Connection], T]) -> T:
        """Queue a change and wait for its commit."""
        return self.submit(change).result()

    def close(self) -> None:
        """Finish what was queued, then stop."""
        self._gathering.close()

    def _commit(self, batch: list[_Waiting]) -> None:
        """Run a batch in one transaction, then answer everyone."""
        try:
            engine = self.database.engine.execution_options(okbadges_writes=True)
            with engine.connect() as connection, connection.begin() as transaction:
                self.database.wait_for_turn(connection)
                alone = len(batch) == 1
                for waiting in batch:
                    _apply(waiting, connection, within=nullcontext() if alone else connection.begin_nested())
                if alone and batch[0].failure is not None:
                    transaction.rollback()
        except (DBAPIError, PoolTimeoutError) as broken:
            for waiting in batch:
                waiting.failure = storage_unavailable(broken)
                waiting.failure.__cause__ = broken
        except Exception as unexpected:  # noqa: BLE001 - whatever it is, every caller must get an answer
            for waiting in batch:
                waiting.failure = unexpected
        for waiting in batch:
            if waiting.failure is not None:
                waiting.answer.set_exception(waiting.failure)
            else:
                waiting.answer.set_result(waiting.result)


def _apply(waiting: _Waiting, connection: Connection, *, within: AbstractContextManager[object]) -> None:
    """Run one change ``within`` what is undone when it fails; its own failure stays its own, a broken connection is everybody's."""
    try:
        with within:
            waiting.result = waiting.change(connection)
    except (OkbadgesError, IntegrityError) as refused:
        waiting.failure = refused
    except DBAPIError:
        raise
    except Exception as unexpected:  # noqa: BLE001 - a bug in one change must not fail the others
        waiting.failure = unexpected


def add(connection: Connection, *rows: SQLModel) -> None:
    """Insert rows inside a change."""
    for row in rows:
        add_all(connection, type(row), [row.model_dump()])


def add_all(connection: Connection, table: type[SQLModel] | Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of one table inside a change, as values by column; all of them name the same columns."""
    if rows:
        connection.execute(_insert(table), rows)


@cache
def _insert(table: type[SQLModel] | Table) -> Insert:
    """Return the statement for a table, one object each: SQLAlchemy finds what it compiled of the same object without looking it through."""
    return insert(table).execution_options(okbadges_only_rows=True)
