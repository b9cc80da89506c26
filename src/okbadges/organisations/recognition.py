"""The environment recognition records that are kept: listed with their ids, and ended before their time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlmodel import col, select

from okbadges.errors import InvalidInput, NotFound
from okbadges.organisations.workshops import chain_of, record_of
from okbadges.storage import journal
from okbadges.storage.since import at_or_after
from okbadges.storage.tables import RecognitionRecordRow, WorkshopRow

if TYPE_CHECKING:
    import uuid
    from datetime import date, datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.organisations.workshops import Organisation, RecognitionRecord, Workshop
    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """A record as it is kept."""

    id: uuid.UUID
    record: RecognitionRecord


def kept_records(
    session: Session,
    workshop: Workshop,
    *,
    since: datetime | None = None,
    after: uuid.UUID | None = None,
    limit: int | None = None,
) -> list[KeptRecord]:
    """Return the records of a workshop in order of id, after that id; ``since``: noted then."""
    noted = at_or_after(since, RecognitionRecordRow.created_at)
    its = select(RecognitionRecordRow).where(RecognitionRecordRow.workshop_id == workshop.id, noted)
    if after is not None:
        its = its.where(RecognitionRecordRow.id > after)
    rows = session.exec(its.order_by(col(RecognitionRecordRow.id)).limit(limit))
    return [KeptRecord(row.id, record_of(row)) for row in rows]


def end_recognition(
    writer: Writer, stamp: Stamp, *, organisation: Organisation, record_id: uuid.UUID, last_day: date
) -> KeptRecord:
    """Let a record end early: ``last_day`` is the last one on which an award is creditable by it. The same again changes nothing.

    Raises `NotFound` (``unknown-recognition``), `InvalidInput` (``dates``) for a day before it began or after its own end.
    """

    def change(connection: Connection) -> KeptRecord:
        found = connection.execute(
            select(RecognitionRecordRow)
            .join(WorkshopRow, col(WorkshopRow.id) == RecognitionRecordRow.workshop_id)
            .where(RecognitionRecordRow.id == record_id, WorkshopRow.organisation_id == organisation.id)
        ).one_or_none()
        if found is None:
            raise NotFound("unknown-recognition", f"{organisation.slug} has no such record.", field="record")
        row = RecognitionRecordRow(**found._asdict())
        _check_last_day(row, last_day)
        if row.valid_until == last_day:
            return KeptRecord(row.id, record_of(row))
        row.valid_until = last_day
        its = update(RecognitionRecordRow).where(col(RecognitionRecordRow.id) == record_id)
        connection.execute(its.values(valid_until=last_day))
        event = journal.Event(
            chain=chain_of(connection, organisation),
            action="recognition-record.ended",
            subject=f"recognition-record:{record_id}",
            details={"last_day": last_day.isoformat()},
        )
        journal.append(connection, stamp, event)
        return KeptRecord(row.id, record_of(row))

    return writer.write(change)


def _check_last_day(row: RecognitionRecordRow, last_day: date) -> None:
    if last_day < row.valid_from:
        raise InvalidInput("dates", "A recognition record cannot end before it begins.", field="last_day")
    if row.valid_until is not None and last_day > row.valid_until:
        raise InvalidInput(
            "dates",
            f"It ends on {row.valid_until} already, and is only ended earlier; keep a new record for later days.",
            field="last_day",
        )
