"""Looking credentials up: what the organisation that awarded one may know of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_
from sqlmodel import col, select

from okbadges.errors import Conflict, InvalidInput, NotFound
from okbadges.storage.sealing import Sealed
from okbadges.storage.tables import BadgeVersionRow, CollectedCredentialRow, CredentialRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

    from okbadges.organisations.callers import Caller
    from okbadges.organisations.workshops import Organisation
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets

MOST_AT_ONCE = 1000
"""How many credentials can be corrected by one request."""


@dataclass(frozen=True, slots=True)
class Awarded:
    """Which credentials: of one badge, awarded between two days, at one workshop if it is named; ``expected`` is how many."""

    badge: str
    first_day: date
    last_day: date
    workshop_id: uuid.UUID | None
    expected: int


@dataclass(frozen=True, slots=True)
class Record:
    """One credential as its organisation sees it. After erasure whose it was, when it was awarded and the document are gone."""

    row_id: uuid.UUID
    credential_id: str
    organisation_id: uuid.UUID
    participant: uuid.UUID | None
    badge: str
    badge_version: int
    language: str
    awarded_on: date | None
    valid_until: date | None
    issued_at: datetime
    revoked_at: datetime | None
    revocation_reason: str | None
    sealed_note: bytes | None
    supersedes: str | None
    superseded_by: str | None
    copy_of: str | None
    erased_at: datetime | None
    document: bytes | None

    def note(self, secrets: Secrets) -> str | None:
        """Return the note that was written when it was revoked."""
        return open_revocation_note(secrets, self.credential_id, self.sealed_note)


def open_revocation_note(secrets: Secrets, credential_id: str, sealed: bytes | None) -> str | None:
    """Return what is kept as note of a revocation: for the organisation, and for the person whom it is about."""
    if sealed is None:
        return None
    return secrets.unseal(sealed, bound_to=_note_bound_to(credential_id), kind=Sealed.WORDS).decode()


def seal_note(note: str | None, *, of: str, secrets: Secrets, stamp: Stamp) -> bytes | None:
    """Return a checked note (`okbadges.progress.notes`) as it is stored with the credential ``of`` this id."""
    if note is None:
        return None
    return secrets.seal(note.encode(), bound_to=_note_bound_to(of), random_bytes=stamp.random_bytes, kind=Sealed.WORDS)


def find_record(session: Session, credential_id: str, *, caller: Caller) -> Record:
    """Return a credential of one of the caller's organisations. Raises `NotFound` for any other, known or not."""
    return find_one(session, credential_id, caller.organisations.values())


def find_one(session: Session, credential_id: str, organisations: Iterable[Organisation]) -> Record:
    """Return a credential that one of these organisations awarded. Raises `NotFound` (``unknown-credential``)."""
    wanted = normal_id(credential_id)
    found = find_several(session, [wanted], organisations).get(wanted)
    if found is None:
        raise NotFound("unknown-credential", "None of this key's organisations has issued such a credential.")
    return found


def find_several(
    session: Session, credential_ids: Sequence[str], organisations: Iterable[Organisation]
) -> dict[str, Record]:
    """Return the credentials of these organisations among the ids (`normal_id`), by id."""
    ours = [organisation.id for organisation in organisations]
    return {
        record.credential_id: record
        for record in _records(
            session,
            col(CredentialRow.credential_id).in_(credential_ids),
            col(CredentialRow.organisation_id).in_(ours),
        )
    }


def find_awarded(session: Session, organisation: Organisation, awarded: Awarded) -> list[Record]:
    """Return what an organisation awarded of one badge between two days, revoked or not; no copies, nothing erased.

    Raises `InvalidInput` (``awarded-days``, ``too-many``), and `Conflict` (``count-differs``) when it is not as many as expected.
    """
    if awarded.last_day < awarded.first_day:
        raise InvalidInput(
            "awarded-days", "awarded_until must not be before awarded_from.", field="awarded.awarded_until"
        )
    found = _records(
        session,
        col(CredentialRow.organisation_id) == organisation.id,
        col(CredentialRow.awarded_on).between(awarded.first_day, awarded.last_day),
        col(BadgeVersionRow.slug) == awarded.badge,
        col(CredentialRow.copy_of_id).is_(None),
        col(CredentialRow.erased_at).is_(None),
        *([col(CredentialRow.workshop_id) == awarded.workshop_id] if awarded.workshop_id else []),
        limit=MOST_AT_ONCE + 1,
    )
    if len(found) > MOST_AT_ONCE:
        raise InvalidInput("too-many", f"These are more than {MOST_AT_ONCE}; ask for fewer days.", field="awarded")
    if len(found) != awarded.expected:
        raise Conflict(
            "count-differs",
            f"{len(found)} credentials were awarded so, not {awarded.expected}; nothing was changed. Look at them, and give "
            "their number in expected.",
            field="awarded.expected",
        )
    return found


def list_records(
    session: Session, organisation: Organisation, *, participant: uuid.UUID | None, after: uuid.UUID | None, limit: int
) -> list[Record]:
    """Return credentials of an organisation in the order in which they were issued; ``after`` is the row of the last one seen."""
    return _records(
        session,
        col(CredentialRow.organisation_id) == organisation.id,
        *([col(CredentialRow.participant_id) == participant] if participant else []),
        *([col(CredentialRow.id) > after] if after else []),
        limit=limit,
    )


def _records(session: Session, *conditions: ColumnElement[bool], limit: int | None = None) -> list[Record]:
    rows = session.exec(
        select(CredentialRow, BadgeVersionRow)
        .join(BadgeVersionRow, col(BadgeVersionRow.id) == CredentialRow.badge_version_id)
        .where(*conditions)
        .order_by(col(CredentialRow.id))
        .limit(limit)
    ).all()
    before = [one for row, _ in rows for one in (row.supersedes_id, row.copy_of_id) if one]
    related = session.exec(
        select(CredentialRow.id, CredentialRow.credential_id, CredentialRow.supersedes_id).where(
            or_(col(CredentialRow.id).in_(before), col(CredentialRow.supersedes_id).in_([row.id for row, _ in rows]))
        )
    ).all()
    names = {row_id: credential_id for row_id, credential_id, _ in related}
    successors = {supersedes: credential_id for _, credential_id, supersedes in related if supersedes}
    return [_record(row, badge, names, successors) for row, badge in rows]


def resting_on(session: Session, row_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """Return the ids of the summary credentials, not revoked, that rest on each of these credentials: somebody has to decide."""
    rows = session.exec(
        select(CollectedCredentialRow.credential_row_id, CredentialRow.credential_id)
        .join(CredentialRow, col(CredentialRow.id) == CollectedCredentialRow.summary_id)
        .where(col(CollectedCredentialRow.credential_row_id).in_(row_ids), col(CredentialRow.revoked_at).is_(None))
        .order_by(col(CredentialRow.id))
    )
    found: dict[uuid.UUID, list[str]] = {}
    for row_id, summary in rows:
        found.setdefault(row_id, []).append(summary)
    return found


def normal_id(credential_id: str) -> str:
    """Accept the bare UUID of a credential as well as its ``urn:uuid:`` id. Raises `NotFound` for what is neither."""
    try:
        return f"urn:uuid:{uuid.UUID(credential_id.removeprefix('urn:uuid:'))}"
    except ValueError:
        raise NotFound("unknown-credential", "A credential's id looks like urn:uuid:… .") from None


def _note_bound_to(credential_id: str) -> str:
    return f"revocation-note:{credential_id}"


def _record(
    row: CredentialRow, badge: BadgeVersionRow, names: dict[uuid.UUID, str], successors: dict[uuid.UUID, str]
) -> Record:
    erased = row.erased_at is not None
    return Record(
        row_id=row.id,
        credential_id=row.credential_id,
        organisation_id=row.organisation_id,
        participant=None if erased else row.participant_id,
        badge=badge.slug,
        badge_version=badge.version,
        language=row.language,
        awarded_on=None if erased else row.awarded_on,
        valid_until=row.valid_until_on,
        issued_at=row.issued_at,
        revoked_at=row.revoked_at,
        revocation_reason=row.revocation_reason,
        sealed_note=row.sealed_revocation_note,
        supersedes=names.get(row.supersedes_id) if row.supersedes_id else None,
        superseded_by=successors.get(row.id),
        copy_of=names.get(row.copy_of_id) if row.copy_of_id else None,
        erased_at=row.erased_at,
        document=row.document,
    )
