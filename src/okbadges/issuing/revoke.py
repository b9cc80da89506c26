"""Revoking: once, for good, with a reason code; the status list shows it within seconds. And looking a credential up."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlmodel import col, select

from okbadges.errors import NotFound
from okbadges.storage import journal
from okbadges.storage.tables import BadgeVersionRow, CredentialRow, IssuerRow, StatusListRow

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.organisations.access_keys import Caller
    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer


class Reason(StrEnum):
    """Why a credential was revoked; only its issuer sees the reason."""

    ISSUED_IN_ERROR = "issued-in-error"
    WRONG_PARTICIPANT = "wrong-participant"
    REPLACED = "replaced"
    HOLDER_REQUEST = "holder-request"
    KEY_COMPROMISED = "key-compromised"


@dataclass(frozen=True, slots=True)
class Record:
    """What the organisation that awarded a credential may know of it."""

    credential_id: str
    participant: uuid.UUID
    badge: str
    badge_version: int
    language: str
    awarded_on: date
    valid_until: date | None
    issued_at: datetime
    revoked_at: datetime | None
    revocation_reason: str | None
    document: bytes


def find_record(session: Session, credential_id: str, *, caller: Caller) -> Record:
    """Return a credential of one of the caller's organisations. Raises `NotFound` for any other, known or not."""
    found = session.exec(
        select(CredentialRow, BadgeVersionRow)
        .join(BadgeVersionRow, col(BadgeVersionRow.id) == CredentialRow.badge_version_id)
        .where(CredentialRow.credential_id == _normal_id(credential_id))
    ).one_or_none()
    own = {organisation.id for organisation in caller.organisations.values()}
    if found is None or found[0].organisation_id not in own:
        raise NotFound("unknown-credential", "None of this key's organisations has issued such a credential.")
    row, badge = found
    return Record(
        credential_id=row.credential_id,
        participant=row.participant_id,
        badge=badge.slug,
        badge_version=badge.version,
        language=row.language,
        awarded_on=row.awarded_on,
        valid_until=row.valid_until_on,
        issued_at=row.issued_at,
        revoked_at=row.revoked_at,
        revocation_reason=row.revocation_reason,
        document=row.document,
    )


def revoke(writer: Writer, stamp: Stamp, credential_id: str, reason: Reason) -> None:
    """Revoke a credential that `find_record` found; a second revocation changes nothing and keeps the first reason."""

    def change(connection: Connection) -> None:
        revoked = connection.execute(
            update(CredentialRow)
            .where(col(CredentialRow.credential_id) == credential_id, col(CredentialRow.revoked_at).is_(None))
            .values(revoked_at=stamp.now, revocation_reason=reason.value)
        )
        if revoked.rowcount == 0:
            return
        issuer, status_list = connection.execute(
            select(IssuerRow.slug, CredentialRow.status_list_id)
            .join(CredentialRow, col(CredentialRow.issuer_id) == IssuerRow.id)
            .where(CredentialRow.credential_id == credential_id)
        ).one()
        connection.execute(
            update(StatusListRow)
            .where(col(StatusListRow.id) == status_list)
            .values(revision=StatusListRow.revision + 1)
        )
        event = journal.Event(
            chain=issuer,
            action="credential.revoked",
            subject=credential_id,
            details={"reason": reason.value},
        )
        journal.append(connection, stamp, event)

    writer.write(change)


def _normal_id(credential_id: str) -> str:
    """Accept the bare UUID of a credential as well as its ``urn:uuid:`` id."""
    try:
        return f"urn:uuid:{uuid.UUID(credential_id.removeprefix('urn:uuid:'))}"
    except ValueError:
        raise NotFound("unknown-credential", "A credential's id looks like urn:uuid:… .") from None
