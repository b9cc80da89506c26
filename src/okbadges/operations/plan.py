"""Which duties an installation has: the one list of what is done without anybody asking."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from okbadges.operations import retention
from okbadges.operations.duties import Duty
from okbadges.operations.second_place import copy_new

if TYPE_CHECKING:
    from datetime import datetime

    from okbadges.edge.rooms import Rooms

RETENTION = "retention"
ACTOR = "duty"
"""How a duty is named in the journal."""


SECOND_PLACE = "second-place"


def duties_of(rooms: Rooms) -> tuple[Duty, ...]:
    """Return the duties of this installation: retention daily and, where there is a second place, copying the journal there."""
    folder = rooms.second_place

    def delete_what_is_old(last_run_at: datetime | None) -> str:
        deleted = retention.run(rooms.writer, rooms.stamp(ACTOR), rooms.periods, last_run_at=last_run_at)
        return deleted.in_words()

    daily = Duty(RETENTION, timedelta(days=1), delete_what_is_old)
    if folder is None:
        return (daily,)

    def copy_the_journal(_: datetime | None) -> str:
        copied = copy_new(rooms.database, rooms.secrets, folder, now=rooms.now(), random_bytes=rooms.random_bytes)
        return copied.in_words() if copied.events else ""

    return (daily, Duty(SECOND_PLACE, timedelta(seconds=10), copy_the_journal))
