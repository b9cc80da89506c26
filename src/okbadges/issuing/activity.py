"""When something last happened with a participant: what is kept of them in words is deleted so long after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlmodel import col

from okbadges.errors import NotFound
from okbadges.storage.tables import ParticipantRow

if TYPE_CHECKING:
    import uuid

    from sqlalchemy import Connection

    from okbadges.storage.journal import Stamp


def note_activity(connection: Connection, stamp: Stamp, participant_id: uuid.UUID) -> None:
    """Remember, inside a change, that something happened with a participant now.

    Raises `NotFound` when they are not there any more: nothing is added to somebody who was just erased.
    """
    noted = connection.execute(
        update(ParticipantRow)
        .where(col(ParticipantRow.id) == participant_id, col(ParticipantRow.stands_for_erased).is_(False))
        .values(last_event_at=stamp.now)
    )
    if noted.rowcount == 0:
        raise NotFound("unknown-participant", "There is no such participant any more.", field="participant")
