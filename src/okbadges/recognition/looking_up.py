"""Looking a decision up: what came in its place, why badges of it did not count, and to whom it belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from okbadges.errors import NotFound
from okbadges.recognition.decisions import Kept
from okbadges.storage.tables import DecisionBadgeRow, DecisionRow

if TYPE_CHECKING:
    import uuid

    from sqlmodel import Session

    from okbadges.organisations.workshops import Organisation
    from okbadges.recognition.record import DecisionRecord


def successor_of(session: Session, organisation: Organisation, decision_id: uuid.UUID) -> uuid.UUID | None:
    """Return the decision of the school that took the place of this one; None while it stands."""
    its = select(DecisionRow.id).where(
        DecisionRow.supersedes_id == decision_id, DecisionRow.organisation_id == organisation.id
    )
    return session.exec(its).one_or_none()


def bars_of(session: Session, record: DecisionRecord) -> dict[str, str]:
    """Return why badges of a decision did not count, by credential id: the record says only that."""
    rows = session.exec(select(DecisionBadgeRow).where(DecisionBadgeRow.decision_id == record.id)).all()
    return {record.badges[row.position].credential_id: row.bar for row in rows if row.bar is not None}


def belongs(session: Session, organisation: Organisation, decision_id: uuid.UUID, *, member_id: uuid.UUID) -> Kept:
    """Return where a decision in the place of this one belongs: to the same badges, by the member who corrects it.

    Raises `NotFound` (``unknown-decision``).
    """
    row = session.get(DecisionRow, decision_id)
    if row is None or row.organisation_id != organisation.id:
        raise NotFound("unknown-decision", "Your school has no such decision.", field="decision")
    return Kept(organisation, member_id, row.participant_id, row.share_link_id)
