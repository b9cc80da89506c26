"""Organisations, their workshops, and the environment recognition records that make a mapping creditable (product.md, rule 5)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlmodel import col, select

from okbadges.errors import Conflict, NotFound
from okbadges.organisations.issuers import check_slug
from okbadges.organisations.recognition_checks import checked_records, require_no_overlap
from okbadges.organisations.wording import one_line
from okbadges.storage import journal
from okbadges.storage.since import at_or_after
from okbadges.storage.tables import IssuerRow, OrganisationRow, RecognitionRecordRow, WorkshopRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation that awards badges; its name is for teachers only."""

    id: uuid.UUID
    issuer_id: uuid.UUID
    slug: str
    name: str
    second_person_for_summary: bool
    """Whether it asks for a second person's word before a summary badge is awarded."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """A workshop of an organisation."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class RecognitionRecord:
    """An environment recognition of a workshop for one area or unit (its code URI), valid between two days.

    ``recognised_by`` is who from outside found it fit (a school's teacher), ``recognised_inside`` who of the organisation took part:
    by role, never by name. ``diaari`` is the number under which an office keeps the report.
    """

    report_id: str
    report_url: str | None
    target_uri: str
    recognised_by: str
    valid_from: date
    valid_until: date | None
    diaari: str | None = None
    recognised_inside: str | None = None

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
    """Create an organisation under an issuer. Raises `Conflict` for a used slug, `InvalidInput` for its words."""
    check_slug(slug, field="slug")
    name = one_line(name, longest=LONGEST_NAME, field="name", code="name")
    row = OrganisationRow(id=stamp.row_id(), issuer_id=issuer_id, slug=slug, name=name, created_at=stamp.now)

    def change(connection: Connection) -> None:
        if connection.execute(select(OrganisationRow.id).where(OrganisationRow.slug == slug)).first():
            raise Conflict("organisation-exists", f"There is already an organisation {slug}.", field="slug")
        add(connection, row)
        chain = connection.execute(select(IssuerRow.slug).where(IssuerRow.id == issuer_id)).scalar_one()
        event = journal.Event(chain=chain, action="organisation.created", subject=f"organisation:{slug}")
        journal.append(connection, stamp, event)

    writer.write(change)
    return organisation_of(row)


def ask_second_person(writer: Writer, stamp: Stamp, organisation: Organisation, *, asks: bool) -> None:
    """Switch whether an organisation asks for a second person's word before a summary badge; the same again changes nothing."""

    def change(connection: Connection) -> None:
        now = select(OrganisationRow.second_person_for_summary).where(OrganisationRow.id == organisation.id)
        if connection.execute(now).scalar_one() is asks:
            return
        its = update(OrganisationRow).where(col(OrganisationRow.id) == organisation.id)
        connection.execute(its.values(second_person_for_summary=asks))
        event = journal.Event(
            chain=chain_of(connection, organisation),
            action="organisation.changed",
            subject=f"organisation:{organisation.slug}",
            details={"second_person_for_summary": int(asks)},
        )
        journal.append(connection, stamp, event)

    writer.write(change)


def create_workshop(
    writer: Writer,
    stamp: Stamp,
    *,
    organisation: Organisation,
    slug: str,
    name: str,
) -> Workshop:
    """Create a workshop of an organisation. Raises `Conflict` for a slug used there, `InvalidInput` for its words."""
    check_slug(slug, field="slug")
    name = one_line(name, longest=LONGEST_NAME, field="name", code="name")
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
    also: Sequence[str] = (),
) -> None:
    """Keep an environment recognition record; ``also`` are further areas and units (code URIs) that the same report covers.

    What is kept already is not kept twice. Raises `InvalidInput` for what cannot be right (`okbadges.organisations.recognition_checks`),
    `Conflict` (``recognition-exists``) where the report is kept for the target with other dates that overlap.
    """
    wanted = checked_records(record, also)

    def change(connection: Connection) -> None:
        rows = connection.execute(select(RecognitionRecordRow).where(RecognitionRecordRow.workshop_id == workshop.id))
        there = [record_of(RecognitionRecordRow(**row._asdict())) for row in rows]
        new = [one for one in wanted if one not in there]
        for one in new:
            require_no_overlap(one, there)
            row_id = stamp.row_id()
            kept = RecognitionRecordRow(id=row_id, workshop_id=workshop.id, created_at=stamp.now, **asdict(one))
            add(connection, kept)
        if not new:
            return
        event = journal.Event(
            chain=chain_of(connection, organisation),
            action="recognition-record.added",
            subject=f"workshop:{workshop.id}",
            details={"targets": " ".join(one.target_uri for one in new)},
        )
        journal.append(connection, stamp, event)

    writer.write(change)


def find_organisation(session: Session, slug: str) -> Organisation:
    """Return the organisation with this slug, or raise `NotFound`."""
    row = session.exec(select(OrganisationRow).where(OrganisationRow.slug == slug)).one_or_none()
    if row is None:
        raise NotFound("unknown-organisation", f"There is no organisation {slug}.", field="organisation")
    return organisation_of(row)


def organisations_among(
    session: Session, own: Collection[Organisation], *, since: datetime | None, after: str | None, limit: int
) -> list[Organisation]:
    """Return those of some organisations that were made ``since``, in order of slug, after that slug."""
    its = select(OrganisationRow).where(
        col(OrganisationRow.id).in_([one.id for one in own]), at_or_after(since, OrganisationRow.created_at)
    )
    if after is not None:
        its = its.where(OrganisationRow.slug > after)
    return [organisation_of(row) for row in session.exec(its.order_by(OrganisationRow.slug).limit(limit))]


def all_organisations(session: Session) -> list[Organisation]:
    """Return every organisation, in order of slug."""
    return [organisation_of(row) for row in session.exec(select(OrganisationRow).order_by(OrganisationRow.slug))]


def workshops_of(
    session: Session,
    organisation: Organisation,
    *,
    since: datetime | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> list[Workshop]:
    """Return the workshops of an organisation in order of slug, after that slug; ``since``: made then."""
    made = at_or_after(since, WorkshopRow.created_at)
    its = select(WorkshopRow).where(WorkshopRow.organisation_id == organisation.id, made)
    if after is not None:
        its = its.where(WorkshopRow.slug > after)
    return [_workshop(row) for row in session.exec(its.order_by(WorkshopRow.slug).limit(limit))]


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
    return tuple(record_of(row) for row in rows)


def record_of(row: RecognitionRecordRow) -> RecognitionRecord:
    """Return the record that a row keeps."""
    return RecognitionRecord(**{one.name: getattr(row, one.name) for one in fields(RecognitionRecord)})


def chain_of(connection: Connection, organisation: Organisation) -> str:
    """Return the journal chain of an organisation: that of its issuer."""
    return connection.execute(select(IssuerRow.slug).where(IssuerRow.id == organisation.issuer_id)).scalar_one()


def organisation_of(row: OrganisationRow) -> Organisation:
    """Return the organisation that a row keeps."""
    return Organisation(row.id, row.issuer_id, row.slug, row.name, row.second_person_for_summary)


def _workshop(row: WorkshopRow) -> Workshop:
    return Workshop(id=row.id, organisation_id=row.organisation_id, slug=row.slug, name=row.name)
