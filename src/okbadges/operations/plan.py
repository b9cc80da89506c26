"""Which duties an installation has: the one list of what is done without anybody asking."""

from __future__ import annotations

from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING

from okbadges.operations import retention
from okbadges.operations.duties import Duty
from okbadges.operations.second_place import copy_new
from okbadges.passport.outbox import Outbox

if TYPE_CHECKING:
    from datetime import datetime

    from okbadges.edge.rooms import Rooms
    from okbadges.passport.letters import Wording

RETENTION = "retention"
ACTOR = "duty"
"""How a duty is named in the journal."""


SECOND_PLACE = "second-place"
MAIL = "mail"


def duties_of(rooms: Rooms, wording: Wording = attrgetter("says")) -> tuple[Duty, ...]:
    """Return the duties of this installation: retention daily and, where they are set up, letters and a second place for the journal.

    ``wording`` puts letters into words; without it they say the bare code or link.
    """
    folder = rooms.second_place

    def delete_what_is_old(last_run_at: datetime | None) -> str:
        deleted = retention.run(rooms.writer, rooms.stamp(ACTOR), rooms.periods, last_run_at=last_run_at)
        return deleted.in_words()

    daily = Duty(RETENTION, timedelta(days=1), delete_what_is_old)
    duties = (daily, *_mail(rooms, wording))
    if folder is None:
        return duties

    def copy_the_journal(_: datetime | None) -> str:
        copied = copy_new(rooms.database, rooms.secrets, folder, now=rooms.now(), random_bytes=rooms.random_bytes)
        return copied.in_words() if copied.events else ""

    return (*duties, Duty(SECOND_PLACE, timedelta(seconds=10), copy_the_journal))


def _mail(rooms: Rooms, wording: Wording) -> tuple[Duty, ...]:
    """Return the duty to send letters, where there is a way out for them."""
    if rooms.post is None:
        return ()
    outbox = Outbox(rooms.writer, rooms.secrets, rooms.post, wording, rooms.base_url, lambda: rooms.stamp(ACTOR))
    return (Duty(MAIL, timedelta(seconds=10), lambda _: outbox.send_what_waits().in_words()),)
