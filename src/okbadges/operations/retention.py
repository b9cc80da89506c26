"""Retention: what is deleted by itself, after how long, and said when it was.

Evidence goes on its day (24 months after it was made). Labels and notes go 12 months after the last thing that happened to the
participant, names of members 12 months after they left, a name typed for a link when the link ended. Badges stay: they are the
participant's, and `okbadges.passport.erasure` takes them away on their wish. Nothing is deleted when the clock made a leap that no
quiet summer explains.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import CursorResult, delete, func, or_, select, update
from sqlmodel import col

from okbadges.errors import Unavailable
from okbadges.organisations.failures import forget_old_failures
from okbadges.storage import journal
from okbadges.storage.tables import (
    CredentialRow,
    EvidenceRow,
    MemberRow,
    ParticipantRow,
    ShareLinkRow,
    TickedStepRow,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    from sqlalchemy import ColumnElement, Connection
    from sqlmodel import Session, SQLModel

    from okbadges.organisations.periods import Periods
    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer

LONGEST_PAUSE = timedelta(days=62)
"""Longer than this without a run is either a long pause or a wrong clock: somebody has to say which."""
_DAYS_OF_A_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Deleted:
    """How many of each were deleted, or would be."""

    evidence: int
    labels: int
    notes: int
    names: int

    def __bool__(self) -> bool:
        """Tell whether anything was deleted."""
        return any(asdict(self).values())

    def in_words(self) -> str:
        """Return what was deleted in one sentence."""
        if not self:
            return "Nothing is old enough to be deleted."
        parts = [f"{count} {name}" for name, count in asdict(self).items() if count]
        return f"Deleted: {', '.join(parts)}."


def due(session: Session, periods: Periods, *, now: datetime) -> Deleted:
    """Return what a run would delete now."""
    counts = {
        name: sum(session.scalar(select(func.count()).select_from(table).where(old)) or 0 for table, old, _ in rules)
        for name, rules in _rules(periods, now).items()
    }
    return Deleted(**counts)


def run(writer: Writer, stamp: Stamp, periods: Periods, *, last_run_at: datetime | None) -> Deleted:
    """Delete what is old enough, in one change with one event; without anything to delete there is no event.

    Raises `Unavailable` (``clock-leapt``) when the last run is longer ago than `LONGEST_PAUSE` by the clock.
    """
    if last_run_at is not None and stamp.now - last_run_at > LONGEST_PAUSE:
        raise Unavailable(
            "clock-leapt",
            f"Nothing was deleted: by the clock the last run was on {last_run_at:%Y-%m-%d}, {(stamp.now - last_run_at).days} days ago. "
            "If the clock is right, run: okbadges retention run --clock-is-right",
        )
    return writer.write(partial(_delete, stamp=stamp, periods=periods))


def _delete(connection: Connection, stamp: Stamp, periods: Periods) -> Deleted:
    forget_old_failures(connection, stamp.now)
    deleted = Deleted(
        **{
            name: sum(_apply(connection, table, old, values) for table, old, values in rules)
            for name, rules in _rules(periods, stamp.now).items()
        }
    )
    if deleted:
        event = journal.Event(
            chain=journal.INSTALLATION_CHAIN,
            action="retention.deleted",
            subject=journal.INSTALLATION_CHAIN,
            details=asdict(deleted),
        )
        journal.append(connection, stamp, event)
    return deleted


def _apply(
    connection: Connection, table: type[SQLModel], old: ColumnElement[bool], values: Mapping[str, Any] | None
) -> int:
    statement = delete(table).where(old) if values is None else update(table).where(old).values(values)
    result = connection.execute(statement)
    return result.rowcount if isinstance(result, CursorResult) else 0


def _rules(
    periods: Periods, now: datetime
) -> dict[str, list[tuple[type[SQLModel], ColumnElement[bool], dict[str, Any] | None]]]:
    """Return for each kind the tables it is in, which rows are old, and what is set in them (None: the row goes)."""
    quiet_since = now - timedelta(days=periods.labels_and_notes * _DAYS_OF_A_MONTH)
    quiet = select(col(ParticipantRow.id)).where(col(ParticipantRow.last_event_at) < quiet_since)
    note_old = or_(col(CredentialRow.participant_id).in_(quiet), col(CredentialRow.erased_at).is_not(None)) & col(
        CredentialRow.sealed_revocation_note
    ).is_not(None)
    return {
        "evidence": [(EvidenceRow, col(EvidenceRow.delete_on) <= now.date(), None)],
        "labels": [
            (
                ParticipantRow,
                (col(ParticipantRow.last_event_at) < quiet_since) & col(ParticipantRow.sealed_label).is_not(None),
                {"sealed_label": None},
            )
        ],
        "notes": [
            (
                TickedStepRow,
                col(TickedStepRow.participant_id).in_(quiet) & col(TickedStepRow.sealed_note).is_not(None),
                {"sealed_note": None},
            ),
            (CredentialRow, note_old, {"sealed_revocation_note": None}),
        ],
        "names": [
            (
                MemberRow,
                (col(MemberRow.left_at) < quiet_since) & (func.length(col(MemberRow.sealed_name)) > 0),
                {"sealed_name": b""},
            ),
            (
                ShareLinkRow,
                or_(col(ShareLinkRow.expires_on) < now.date(), col(ShareLinkRow.withdrawn_at).is_not(None))
                & col(ShareLinkRow.sealed_name).is_not(None),
                {"sealed_name": None},
            ),
        ],
    }
