"""Duties: what has to be done from time to time, by one of all processes, without anybody thinking of it.

A duty is taken by writing its name and an end into the database, so that two processes never do it at once and a process that died
does not keep it. What it said is kept beside it and written to the log. A duty that fails is tried again at its next time; it never
takes the service with it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from okbadges.errors import OkbadgesError
from okbadges.storage.tables import DutyRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.storage.database import Database
    from okbadges.storage.writer import Writer

TAKEN_FOR = timedelta(minutes=30)
"""How long a process keeps a duty before another one may take it from it."""
TRY_AGAIN_AFTER = timedelta(minutes=10)
"""How soon a duty that failed is tried again."""
LOOK_EVERY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Duty:
    """What is done, how often, and the function that does it.

    It is given when it was last done, and says in a sentence what it did; nothing, when that is not worth a line in the log.
    """

    name: str
    every: timedelta
    run: Callable[[datetime | None], str]


class Duties:
    """Does the duties of an installation, on a thread of its own between `start` and `stop`."""

    def __init__(
        self, database: Database, writer: Writer, duties: Sequence[Duty], *, now: Callable[[], datetime]
    ) -> None:
        """Do ``duties``, each when its time has come by the clock ``now``."""
        self._database = database
        self._writer = writer
        self._duties = duties
        self._now = now
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look, if there is anything to do."""
        if not self._duties:
            return
        self._thread = threading.Thread(target=self._look, name="okbadges-duties", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the duty that is under way, then stop."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def do_what_is_due(self) -> None:
        """Do each duty whose time has come and that no other process has taken."""
        for duty in self._duties:
            if self._stopping.is_set():
                return
            try:
                if self._is_due(duty):
                    self._do(duty)
            except OkbadgesError as failed:
                structlog.get_logger().warning("duty-failed", duty=duty.name, code=failed.code, words=failed.detail)
            except Exception as unexpected:  # noqa: BLE001 - a broken duty must not end the others
                structlog.get_logger().error("duty-broken", duty=duty.name, error=type(unexpected).__name__)

    def _look(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_SECONDS):
            self.do_what_is_due()

    def _is_due(self, duty: Duty) -> bool:
        """Look without writing: most of the time there is nothing to do. A last run in the future was a wrong clock."""
        with self._database.read() as session:
            row = session.get(DutyRow, duty.name)
        if row is None:
            return True
        now = self._now()
        is_free = row.taken_until is None or row.taken_until <= now or row.taken_until > now + TAKEN_FOR
        last = row.last_run_at
        return is_free and (last is None or last > now or now - last >= duty.every)

    def _do(self, duty: Duty) -> None:
        now = self._now()
        if not self._take(duty, now):
            return
        with self._database.read() as session:
            last = session.exec(select(DutyRow.last_run_at).where(DutyRow.name == duty.name)).one()
        kept: dict[str, object] = {
            "taken_until": now + min(duty.every, TRY_AGAIN_AFTER),
            "report": "It broke; see the log.",
        }
        try:
            report = duty.run(last)
            kept = {"taken_until": None, "report": report, "last_run_at": now}
        except OkbadgesError as failed:
            kept["report"] = failed.detail
            raise
        finally:
            self._writer.write(partial(_put_down, name=duty.name, values=kept))
        if report:
            structlog.get_logger().info("duty-done", duty=duty.name, report=report)

    def _take(self, duty: Duty, now: datetime) -> bool:
        """Take a duty; False when another process was faster."""

        def change(connection: Connection) -> bool:
            is_free = or_(
                col(DutyRow.taken_until).is_(None),
                col(DutyRow.taken_until) <= now,
                col(DutyRow.taken_until) > now + TAKEN_FOR,
            )
            is_due = or_(
                col(DutyRow.last_run_at).is_(None),
                col(DutyRow.last_run_at) > now,
                col(DutyRow.last_run_at) <= now - duty.every,
            )
            taken = connection.execute(
                update(DutyRow)
                .where(col(DutyRow.name) == duty.name, is_free, is_due)
                .values(taken_until=now + TAKEN_FOR)
            )
            if taken.rowcount:
                return True
            if connection.execute(select(DutyRow.name).where(DutyRow.name == duty.name)).first():
                return False
            add(connection, DutyRow(name=duty.name, taken_until=now + TAKEN_FOR))
            return True

        try:
            return self._writer.write(change)
        except IntegrityError:
            return False


def last_run(session: Session, name: str) -> datetime | None:
    """Return when a duty was last done."""
    row = session.get(DutyRow, name)
    return row.last_run_at if row else None


def _put_down(connection: Connection, *, name: str, values: dict[str, object]) -> None:
    connection.execute(update(DutyRow).where(col(DutyRow.name) == name).values(**values))
