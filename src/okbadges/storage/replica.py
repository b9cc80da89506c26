"""Reading from a read replica of PostgreSQL: how far it is behind is looked at all the time, so that no answer has to ask.

A replica that is too far behind would say that a revoked badge is valid, for as long as it likes. Whoever serves from it refuses then,
and the proxy in front asks a process on the primary (decision 0033).
"""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from okbadges.errors import OkbadgesError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from okbadges.storage.database import Database

_LOOK_EVERY_SECONDS: Final = 0.25
# What has arrived may be caught up with while nothing arrives any more: only a replica that is being told everything can be up to date. Who
# may not see the state of the receiver (no pg_monitor) gets the time since the last change instead, which is never too small.
_BEHIND: Final = text("""
    SELECT CASE
        WHEN NOT pg_is_in_recovery() THEN 0
        WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
            AND EXISTS (SELECT 1 FROM pg_stat_wal_receiver WHERE status = 'streaming') THEN 0
        ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())
    END
""")


class Replica:
    """Knows how far the database of a process is behind its primary; looks on a thread of its own between `start` and `stop`."""

    def __init__(
        self, database: Database, *, at_most_seconds: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Look at ``database``, which may be ``at_most_seconds`` behind."""
        self._database = database
        self._at_most = at_most_seconds
        self._monotonic = monotonic
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="okbadges-replica", daemon=True)
        self._seen = (-math.inf, math.inf)

    def start(self) -> None:
        """Look once, then go on looking."""
        self.look()
        self._thread.start()

    def stop(self) -> None:
        """End the thread, if it runs."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> None:
        """Ask the replica now; one that does not answer, or never replayed anything, is as far behind as can be."""
        at = self._monotonic()
        try:
            with self._database.read() as session:
                found = session.connection().execute(_BEHIND).scalar_one()
        except OkbadgesError:
            return
        self._seen = (at, math.inf if found is None else float(found))

    def behind_seconds(self) -> float:
        """Return by how many seconds the replica may be behind: what it last said, and the time since."""
        at, behind = self._seen
        return behind + (self._monotonic() - at)

    def require_fresh(self) -> None:
        """Raise `Unavailable` (``replica-behind``) when the replica is, or may be, too far behind."""
        if self.behind_seconds() > self._at_most:
            raise Unavailable("replica-behind", "This copy of the data is behind; ask again in a moment.")

    def _run(self) -> None:
        while not self._ending.wait(_LOOK_EVERY_SECONDS):
            self.look()
