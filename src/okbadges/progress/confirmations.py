"""The second person's word that a participant may have a summary badge.

One word is for one credential: the award that rests on it marks it used in its own transaction. A word that nobody used counts for
`LASTS_DAYS`, and whoever gave it can take it back until it is used. Who gives it is a member, by role; a program has no word to give.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlmodel import col, select

from okbadges.catalogue.published import PublishedBadge
from okbadges.catalogue.shelf import latest_row
from okbadges.errors import Conflict, InvalidInput, NotAllowed, NotFound
from okbadges.organisations.groups import unknown_participant
from okbadges.organisations.participants import touch
from okbadges.organisations.workshops import chain_of
from okbadges.storage import journal
from okbadges.storage.since import at_or_after
from okbadges.storage.tables import ConfirmationRow, MemberRow, ParticipantRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid

    from sqlalchemy import ColumnElement, Connection
    from sqlmodel import Session

    from okbadges.organisations.callers import Caller
    from okbadges.organisations.workshops import Organisation
    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer

LASTS_DAYS = 90


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One word; ``last_day`` is the last one (UTC) on which an award may rest on it, ``is_used`` tells whether one does."""

    id: uuid.UUID
    participant_id: uuid.UUID
    badge: str
    role: str
    member_id: uuid.UUID
    confirmed_at: datetime
    last_day: date
    is_used: bool


@dataclass(frozen=True, slots=True)
class Witness:
    """A member who may give their word about a participant of their own organisation."""

    member_id: uuid.UUID
    role: str
    organisation: Organisation
    participant_id: uuid.UUID


def usable_confirmation(
    session: Session, participant_id: uuid.UUID, badge_slug: str, *, not_by: uuid.UUID | None, today: date
) -> uuid.UUID | None:
    """Return the row of the oldest word that an award may rest on, or None.

    A word of the member ``not_by`` (who issues) does not count, nor one that was used, nor one that is too old ``today``. Marking
    it used is the award's part: it sets ``credential_row_id`` where that is still null.
    """
    unused = _unused(participant_id, badge_slug, today=today)
    found = select(ConfirmationRow.id).where(*unused).order_by(col(ConfirmationRow.id)).limit(1)
    if not_by is not None:
        found = found.where(ConfirmationRow.member_id != not_by)
    return session.exec(found).one_or_none()


def witness(session: Session, caller: Caller, participant_id: uuid.UUID) -> Witness:
    """Return the caller as a witness for a participant of their organisation, whether or not they lead a group.

    Raises `NotAllowed` (``member-needed``) for a program and for whoever has left, `NotFound` for a participant of others.
    """
    member = session.get(MemberRow, caller.member_id) if caller.member_id else None
    if member is None or member.left_at is not None:
        raise NotAllowed(
            "member-needed",
            "A word is given by a person of the organisation: use the access key of a member.",
            field="Authorization",
        )
    organisation = organisation_of(session, caller, participant_id)
    if member.organisation_id != organisation.id:
        raise unknown_participant()
    return Witness(member.id, caller.role, organisation, participant_id)


def organisation_of(session: Session, caller: Caller, participant_id: uuid.UUID) -> Organisation:
    """Return the one of the caller's organisations that a participant belongs to. Raises `NotFound` for a participant of others."""
    row = session.get(ParticipantRow, participant_id)
    if row is not None and not row.stands_for_erased:
        for organisation in caller.organisations.values():
            if organisation.id == row.organisation_id:
                return organisation
    raise unknown_participant()


def require_summary(session: Session, badge: str) -> None:
    """Raise `InvalidInput` unless it is a summary badge that is issued: ``unknown-badge``, ``not-a-summary``, ``badge-retired``."""
    try:
        row = latest_row(session, badge)
    except NotFound as unknown:
        raise InvalidInput(unknown.code, unknown.detail, field="badge") from None
    if PublishedBadge.model_validate_json(row.definition).kind != "summary":
        raise InvalidInput(
            "not-a-summary", f"{badge} is no summary badge; no second person is asked about it.", field="badge"
        )
    if row.retired_at is not None:
        raise InvalidInput("badge-retired", f"The badge {badge} is retired: it is not issued any more.", field="badge")


def confirm(writer: Writer, stamp: Stamp, who: Witness, badge: str) -> tuple[uuid.UUID, bool]:
    """Give a word for a summary badge; return its row and whether it is new: a word that still counts stays as it is."""
    row = ConfirmationRow(
        id=stamp.row_id(),
        participant_id=who.participant_id,
        badge=badge,
        role=who.role,
        member_id=who.member_id,
        confirmed_at=stamp.now,
        confirmed_by=stamp.actor,
    )
    unused = (
        *_unused(who.participant_id, badge, today=stamp.now.date()),
        col(ConfirmationRow.member_id) == who.member_id,
    )

    def change(connection: Connection) -> tuple[uuid.UUID, bool]:
        there = connection.execute(select(ConfirmationRow.id).where(*unused)).first()
        if there is not None:
            return there.id, False
        touch(connection, stamp, who.participant_id)
        add(connection, row)
        _tell(connection, stamp, who.organisation, "confirmation.given", row.id, badge)
        return row.id, True

    return writer.write(change)


def confirmations_of(
    session: Session,
    participant_id: uuid.UUID,
    *,
    since: datetime | None = None,
    after: uuid.UUID | None = None,
    limit: int = 50,
) -> list[Confirmation]:
    """Return the words that were given about a participant, in order of id, after that id; ``since``: given then."""
    given = at_or_after(since, ConfirmationRow.confirmed_at)
    rows = select(ConfirmationRow).where(ConfirmationRow.participant_id == participant_id, given)
    if after is not None:
        rows = rows.where(col(ConfirmationRow.id) > after)
    return [_confirmation(row) for row in session.exec(rows.order_by(col(ConfirmationRow.id)).limit(limit))]


def find_confirmation(session: Session, caller: Caller, row_id: uuid.UUID) -> tuple[Confirmation, Organisation]:
    """Return a word about a participant of the caller's organisation, and that organisation. Raises `NotFound`."""
    row = session.get(ConfirmationRow, row_id)
    try:
        if row is not None:
            return _confirmation(row), organisation_of(session, caller, row.participant_id)
    except NotFound:
        pass
    raise NotFound("unknown-confirmation", "Nobody of your organisation has given such a word.", field="confirmation")


def withdraw(writer: Writer, stamp: Stamp, caller: Caller, found: Confirmation, organisation: Organisation) -> None:
    """Take back a word of one's own. Raises `NotAllowed` (``confirmation-of-another``), `Conflict` (``confirmation-used``)."""
    if caller.member_id != found.member_id:
        raise NotAllowed(
            "confirmation-of-another", "Only whoever gave this word can take it back.", field="Authorization"
        )

    def change(connection: Connection) -> None:
        table = ConfirmationRow
        unused = (col(table.id) == found.id, col(table.credential_row_id).is_(None))
        if connection.execute(delete(table).where(*unused)).rowcount:
            _tell(connection, stamp, organisation, "confirmation.withdrawn", found.id, found.badge)
        elif connection.execute(select(table.id).where(table.id == found.id)).first():
            raise Conflict(
                "confirmation-used",
                "A credential rests on this word already; if it should not have been issued, revoke it.",
                field="confirmation",
            )

    writer.write(change)


def _unused(participant_id: uuid.UUID, badge: str, *, today: date) -> tuple[ColumnElement[bool], ...]:
    """Return what is true of the words that still count."""
    first_day = datetime.combine(today - timedelta(days=LASTS_DAYS), time(), UTC)
    return (
        col(ConfirmationRow.participant_id) == participant_id,
        col(ConfirmationRow.badge) == badge,
        col(ConfirmationRow.credential_row_id).is_(None),
        col(ConfirmationRow.confirmed_at) >= first_day,
    )


def _confirmation(row: ConfirmationRow) -> Confirmation:
    return Confirmation(
        id=row.id,
        participant_id=row.participant_id,
        badge=row.badge,
        role=row.role,
        member_id=row.member_id,
        confirmed_at=row.confirmed_at,
        last_day=row.confirmed_at.date() + timedelta(days=LASTS_DAYS),
        is_used=row.credential_row_id is not None,
    )


def _tell(
    connection: Connection, stamp: Stamp, organisation: Organisation, action: str, row_id: uuid.UUID, badge: str
) -> None:
    event = journal.Event(
        chain=chain_of(connection, organisation),
        action=action,
        subject=f"confirmation:{row_id}",
        details={"badge": badge},
    )
    journal.append(connection, stamp, event)
