"""Endorsements of a decision: found by it, and revoked with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlmodel import col

from okbadges.passport.shown_endorsements import standing_endorsements
from okbadges.storage.tables import EndorsementRow, StatusListRow

if TYPE_CHECKING:
    import uuid

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.passport.shown_endorsements import Endorsement
    from okbadges.storage.journal import Stamp


def endorsements_of_decision(session: Session, decision_id: uuid.UUID) -> list[Endorsement]:
    """Return what a school made of one decision and stands, the oldest first."""
    return standing_endorsements(session, col(EndorsementRow.decision_id) == decision_id)


def revoke_those_of(connection: Connection, stamp: Stamp, decision_id: uuid.UUID) -> None:
    """Revoke, inside the change that supersedes a decision, what was signed about it."""
    standing = (col(EndorsementRow.decision_id) == decision_id) & col(EndorsementRow.revoked_at).is_(None)
    lists = set(connection.scalars(select(col(EndorsementRow.status_list_id)).where(standing)))
    connection.execute(update(EndorsementRow).where(standing).values(revoked_at=stamp.now))
    anew = update(StatusListRow).where(col(StatusListRow.id).in_(lists))
    connection.execute(anew.values(revision=StatusListRow.revision + 1))
