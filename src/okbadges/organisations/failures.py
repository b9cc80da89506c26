"""Failures (a wrong access key, later a wrong code), counted in the database, so that all processes know the same number.

Who failed is kept as an HMAC, in windows of a quarter of an hour: from the limit on in this window and the one before, further tries
are refused, and no longer counted, so that nobody can fill the database. Counting is no change of state and leaves no event.
"""

from __future__ import annotations

from concurrent.futures import TimeoutError as NotInTime
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NoReturn

from sqlalchemy import delete, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select

from okbadges.errors import OkbadgesError, TooManyRequests, Unavailable
from okbadges.storage.tables import FailureRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.storage.database import Database
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

WINDOW = timedelta(minutes=15)
_PATIENCE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Tries:
    """What can be failed at, and how often in this window and the one before it until further tries are refused."""

    kind: str
    most: int


WRONG_KEYS = Tries("access-key", 30)
"""Access keys that do not hold, by the address they came from. They cannot be guessed; this keeps the trying short."""


class Failures:
    """Counts who failed at what; one of it serves a whole process."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        secrets: Secrets,
        *,
        now: Callable[[], datetime],
        observe: Callable[[str], None],
    ) -> None:
        """Count in ``database`` through ``writer``; ``observe`` hears the kind of each failure."""
        self._database = database
        self._writer = writer
        self._secrets = secrets
        self._now = now
        self._observe = observe

    def refuse_when_too_many(self, tries: Tries, subject: str) -> None:
        """Raise `TooManyRequests` (``too-many-failures``) when ``subject`` (an address, a link) failed too often lately."""
        window = _window(self._now())
        with self._database.read() as session:
            earlier, current = self._counted(session, tries, subject, window)
        if earlier + current >= tries.most:
            self._refuse(tries, window, current)

    def count_try(self, tries: Tries, subject: str) -> None:
        """Count a try of something that can be guessed, before it is looked at, so that many at once are no more than `Tries.most`.

        Raises `TooManyRequests` (``too-many-failures``), and `Unavailable` (``not-counted``) where it could not be counted in time.
        """
        self.refuse_when_too_many(tries, subject)
        counted = self.count_failure(tries, subject)
        if counted is None:
            raise Unavailable("not-counted", "This cannot be checked right now. Try again in a moment.")
        if counted > tries.most:
            self._refuse(tries, _window(self._now()), counted)

    def _refuse(self, tries: Tries, window: int, current: int) -> NoReturn:
        free_again = window + (2 if current >= tries.most else 1)
        seconds = free_again * WINDOW.total_seconds() - self._now().timestamp()
        raise TooManyRequests(
            "too-many-failures",
            f"Too many tries failed from where you are; check what you send, and try again in {max(1, round(seconds / 60))} minutes.",
            retry_after_seconds=max(1, round(seconds)),
        )

    def count_failure(self, tries: Tries, subject: str) -> int | None:
        """Count one failure of ``subject`` and return how many there are now in this window and the one before.

        None when the database is too busy to say so within a second: then it is counted later, or not at all when it fails. For what
        can be guessed count before looking, and refuse what could not be counted.
        """
        self._observe(tries.kind)
        window, subject_hash = _window(self._now()), self._secrets.failure_hash(tries.kind, subject)

        def change(connection: Connection) -> int:
            _add_one(connection, tries.kind, subject_hash, window)
            return sum(_read(connection, tries.kind, subject_hash, window))

        with suppress(OkbadgesError, NotInTime):
            return self._writer.submit(change).result(_PATIENCE_SECONDS)
        return None

    def _counted(self, session: Session, tries: Tries, subject: str, window: int) -> tuple[int, int]:
        subject_hash = self._secrets.failure_hash(tries.kind, subject)
        return _read(session.connection(), tries.kind, subject_hash, window)


def forget_old_failures(connection: Connection, now: datetime) -> int:
    """Delete what no longer counts, inside a change of retention, and return how many rows that were."""
    return connection.execute(delete(FailureRow).where(col(FailureRow.window) < _window(now) - 1)).rowcount


def _window(now: datetime) -> int:
    return int(now.timestamp() // WINDOW.total_seconds())


def _add_one(connection: Connection, kind: str, subject_hash: bytes, window: int) -> None:
    """Count inside the database, so that nothing is lost where several processes count at once."""
    first: sqlite.Insert | postgresql.Insert
    first = sqlite.insert(FailureRow) if connection.dialect.name == "sqlite" else postgresql.insert(FailureRow)
    first = first.values(kind=kind, subject_hash=subject_hash, window=window, failed=1)
    connection.execute(
        first.on_conflict_do_update(
            index_elements=["kind", "subject_hash", "window"], set_={"failed": FailureRow.failed + 1}
        )
    )


def _read(connection: Connection, kind: str, subject_hash: bytes, window: int) -> tuple[int, int]:
    """Return how many failures there were in the window before, and in this one."""
    its = (FailureRow.kind == kind, FailureRow.subject_hash == subject_hash)
    rows = connection.execute(
        select(FailureRow.window, func.sum(FailureRow.failed))
        .where(*its, col(FailureRow.window).in_((window - 1, window)))
        .group_by(col(FailureRow.window))
    )
    found = {row[0]: int(row[1]) for row in rows}
    return found.get(window - 1, 0), found.get(window, 0)
