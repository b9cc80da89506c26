"""Organisations, their workshops, and the environment recognition records that make a mapping creditable (product.md, rule 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import select

from okbadges.errors import Conflict, InvalidInput, NotFound
from okbadges.organisations.issuers import check_slug
from okbadges.storage import journal
from okbadges.storage.tables import IssuerRow, OrganisationRow, RecognitionRecordRow, WorkshopRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from datetime import date

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation that awards badges; its name is for teachers only."""

    id: uuid.UUID
    issuer_id: uuid.UUID
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Workshop:
    """A workshop of an organisation."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class RecognitionRecord:
    """An environment recognition of a workshop for one area or unit (its code URI), valid between two days."""

    report_id: str
    report_url: str | None
    target_uri: str
    recognised_by: str
    valid_from: date
    valid_until: date | None

    def covers(self, target_uri: str, on: date) -> bool:
        """Tell whether it was valid for this area or unit on that day."""
        ended = self.valid_until is not None and on > self.valid_until
        return self.target_uri == target_uri and on >= self.valid_from and not ended


def create_organisation(
    writer: Writer,
    stamp: Stamp,
    *,
    issuer_id: uuid.UUID,
    slug: str,
    name: str,
) -> Organisation:
    """Create an organisation under an issuer. Raises `Conflict` for a used slug."""
    check_slug(slug, field="slug")
    row = OrganisationRow(id=stamp.row_id(), issuer_id=issuer_id, slug=slug, name=name, created_at=stamp.now)

    def change(connection: Connection) -> None:
        if connection.execute(select(OrganisationRow.id).where(OrganisationRow.slug == slug)).first():
            raise Conflict("organisation-exists", f"There is already an organisation {slug}.", field="slug")
        add(connection, row)
        chain = connection.execute(select(IssuerRow.slug).where(IssuerRow.id == issuer_id)).scalar_one()
        event = journal.Event(chain=chain, action="organisation.created", subject=f"organisation:{slug}")
        journal.append(connection, stamp, event)

    writer.write(change)
    return _organisation(row)


def create_workshop(
    writer: Writer,
    stamp: Stamp,
    *,
    organisation: Organisation,
    slug: str,
    name: str,
) -> Workshop:
    """Create a workshop of an organisation. Raises `Conflict` for a slug used there."""
    check_slug(slug, field="slug")
    row = WorkshopRow(id=stamp.row_id(), organisation_id=organisation.id, slug=slug, name=name, created_at=stamp.now)

    def change(connection: Connection) -> None:
        same = select(WorkshopRow.id).where(WorkshopRow.organisation_id == organisation.id, WorkshopRow.slug == slug)
        if connection.execute(same).first():
            raise Conflict("workshop-exists", f"{organisation.slug} already has a workshop {slug}.", field="slug")
        add(connection, row)
        chain = chain_of(connection, organisation)
        event = journal.Event(chain=chain, action="workshop.created", subject=f"workshop:{row.id}")
        journal.append(connection, stamp, event)

    writer.write(change)
    return _workshop(row)


def record_recognition(
    writer: Writer,
    stamp: Stamp,
    *,
    organisation: Organisation,
    workshop: Workshop,
    record: RecognitionRecord,
) -> None:
    """Keep an environment recognition record. Raises `InvalidInput` when it ends before it begins."""
    if record.valid_until is not None and record.valid_until < record.valid_from:
        raise InvalidInput("dates", "A recognition record cannot end before it begins.", field="valid_until")
    row = RecognitionRecordRow(
        id=stamp.row_id(),
        workshop_id=workshop.id,
        report_id=record.report_id,
        report_url=record.report_url,
        target_uri=record.target_uri,
        recognised_by=record.recognised_by,
        valid_from=record.valid_from,
        valid_until=record.valid_until,
        created_at=stamp.now,
    )

    def change(connection: Connection) -> None:
        add(connection, row)
        event = journal.Event(
            chain=chain_of(connection, organisation),
            action="recognition-record.added",
            subject=f"workshop:{workshop.id}",
            details={"target": record.target_uri},
        )
        journal.append(connection, stamp, event)

    writer.write(change)


def find_organisation(session: Session, slug: str) -> Organisation:
    """Return the organisation with this slug, or raise `NotFound`."""
    row = session.exec(select(OrganisationRow).where(OrganisationRow.slug == slug)).one_or_none()
    if row is None:
        raise NotFound("unknown-organisation", f"There is no organisation {slug}.", field="organisation")
    return _organisation(row)


def all_organisations(session: Session) -> list[Organisation]:
    """Return every organisation, in order of slug."""
    return [_organisation(row) for row in session.exec(select(OrganisationRow).order_by(OrganisationRow.slug))]


def workshops_of(session: Session, organisation: Organisation) -> list[Workshop]:
    """Return the workshops of an organisation, in order of slug."""
    its = select(WorkshopRow).where(WorkshopRow.organisation_id == organisation.id).order_by(WorkshopRow.slug)
    return [_workshop(row) for row in session.exec(its)]


def find_workshop(session: Session, organisation: Organisation, slug: str) -> Workshop:
    """Return the organisation's workshop with this slug, or raise `NotFound`."""
    same = select(WorkshopRow).where(WorkshopRow.organisation_id == organisation.id, WorkshopRow.slug == slug)
    row = session.exec(same).one_or_none()
    if row is None:
        raise NotFound("unknown-workshop", f"{organisation.slug} has no workshop {slug}.", field="workshop")
    return _workshop(row)


def recognition_records(session: Session, workshop_id: uuid.UUID) -> tuple[RecognitionRecord, ...]:
    """Return the environment recognition records of a workshop."""
    rows = session.exec(select(RecognitionRecordRow).where(RecognitionRecordRow.workshop_id == workshop_id))
    return tuple(
        RecognitionRecord(
            report_id=row.report_id,
            report_url=row.report_url,
            target_uri=row.target_uri,
            recognised_by=row.recognised_by,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
        )
        for row in rows
    )


def chain_of(connection: Connection, organisation: Organisation) -> str:
    """Return the journal chain of an organisation: that of its issuer."""
    return connection.execute(select(IssuerRow.slug).where(IssuerRow.id == organisation.issuer_id)).scalar_one()


def _organisation(row: OrganisationRow) -> Organisation:
    return Organisation(id=row.id, issuer_id=row.issuer_id, slug=row.slug, name=row.name)


def _workshop(row: WorkshopRow) -> Workshop:
    return Workshop(id=row.id, organisation_id=row.organisation_id, slug=row.slug, name=row.name)
