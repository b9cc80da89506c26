"""What schools decided, for the person whom it is about: told to nobody else, in the words of the decision, without the names of those who decided.

What was superseded disappears from the pages; in everything that is held about a person it is there, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from okbadges.errors import ConfigurationError
from okbadges.recognition.decisions import open_record
from okbadges.recognition.record import Decided
from okbadges.recognition.standing import one_matter
from okbadges.storage.tables import DecisionBadgeRow, DecisionRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

    from sqlmodel import Session

    from okbadges.catalogue.units import Generations
    from okbadges.recognition.record import DecisionRecord
    from okbadges.storage.sealing import Secrets


@dataclass(frozen=True, slots=True)
class Recognised:
    """A decision of a school (by its key). ``considered`` are the badges that were looked at, as rows' keys; ``counted`` those that counted."""

    record: DecisionRecord
    school: uuid.UUID
    considered: frozenset[uuid.UUID]
    counted: frozenset[uuid.UUID]
    is_superseded: bool


def recognised(
    session: Session, secrets: Secrets, participants: Collection[uuid.UUID], units: Generations
) -> list[Recognised]:
    """Return what schools decided about these participants (one person's) and stands, the newest first: of a school one for each matter.

    What was withdrawn was never decided, as far as the person is concerned.
    """
    standing: dict[tuple[uuid.UUID, frozenset[str]], Recognised] = {}
    for one in ever_decided(session, secrets, participants):
        if not one.is_superseded and one.record.decided is not Decided.WITHDRAWN:
            standing.setdefault((one.school, one_matter(units, one.record.target.uri)), one)
    return list(standing.values())


def ever_decided(session: Session, secrets: Secrets, participants: Collection[uuid.UUID]) -> list[Recognised]:
    """Return all that schools decided about these participants, the newest first."""
    rows = session.exec(
        select(DecisionRow)
        .where(col(DecisionRow.participant_id).in_(participants))
        .order_by(col(DecisionRow.decided_at).desc(), col(DecisionRow.id).desc())
    ).all()
    ids = [row.id for row in rows]
    superseded = set(session.exec(select(DecisionRow.supersedes_id).where(col(DecisionRow.supersedes_id).in_(ids))))
    badges = session.exec(select(DecisionBadgeRow).where(col(DecisionBadgeRow.decision_id).in_(ids))).all()
    counted = [one for one in badges if one.counted]
    return [
        Recognised(
            record,
            row.organisation_id,
            _rows_of(row.id, badges),
            _rows_of(row.id, counted),
            row.id in superseded,
        )
        for row in rows
        if (record := _opened(secrets, row)) is not None
    ]


def decided_in_data(session: Session, secrets: Secrets, participants: Collection[uuid.UUID]) -> list[dict[str, Any]]:
    """Return all that schools decided as values that JSON knows, for everything that is held about a person."""
    return [_told(one) for one in ever_decided(session, secrets, participants)]


def _opened(secrets: Secrets, row: DecisionRow) -> DecisionRecord | None:
    """Open a record; one that somebody altered says nothing to anybody, and the doctor finds it."""
    try:
        return open_record(secrets, row)
    except ConfigurationError as refused:
        if refused.code != "decision-altered":
            raise
        return None


def _rows_of(decision_id: uuid.UUID, badges: Collection[DecisionBadgeRow]) -> frozenset[uuid.UUID]:
    its = (one.credential_row_id for one in badges if one.decision_id == decision_id)
    return frozenset(row_id for row_id in its if row_id is not None)


def _told(one: Recognised) -> dict[str, Any]:
    """Return a record without who decided and who assessed: that is the school's to tell."""
    told: dict[str, Any] = one.record.model_dump(
        mode="json", exclude={"decider", "assessors", "record_version"}, exclude_none=True
    )
    return {**told, "school": one.record.school.name, "superseded": one.is_superseded}
