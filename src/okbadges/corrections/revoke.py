"""Revoking: once, for good, with a reason code; the status list shows it within seconds.

What is revoked is a credential with every copy of it in a wallet, in one change; each of them is an event of its own. A second
revocation changes nothing, and the first reason stays. Summary credentials that rest on it are not touched: somebody decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import or_, select, update
from sqlmodel import col

from okbadges.corrections.records import seal_note
from okbadges.errors import NotFound, OkbadgesError
from okbadges.storage import journal
from okbadges.storage.tables import CredentialRow, IssuerRow, StatusListRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from okbadges.corrections.records import Record
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer


class Reason(StrEnum):
    """Why a credential was revoked; only its issuer sees the reason."""

    ISSUED_IN_ERROR = "issued-in-error"
    WRONG_PARTICIPANT = "wrong-participant"
    REPLACED = "replaced"
    HOLDER_REQUEST = "holder-request"
    KEY_COMPROMISED = "key-compromised"


@dataclass(frozen=True, slots=True)
class Revocation:
    """Why something is revoked: the code, and a note for colleagues (`okbadges.progress.notes.checked_note`)."""

    reason: Reason
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of many: ``revoked`` (``credential_ids`` says which, copies too), or ``refused`` says why not.

    With neither it was revoked before.
    """

    credential_ids: tuple[str, ...] = ()
    refused: OkbadgesError | None = None


class _Issued(NamedTuple):
    """What revoking has to know of a credential."""

    id: uuid.UUID
    credential_id: str
    status_list_id: uuid.UUID
    erased_at: datetime | None
    chain: str


def revoke(writer: Writer, stamp: Stamp, credential_id: str, reason: Reason) -> None:
    """Revoke a credential that was found before; a second revocation changes nothing and keeps the first reason."""
    writer.write(partial(_revoke, stamp=stamp, credential_id=credential_id, reason=reason, sealed_note=None))


def revoke_several(
    writer: Writer, stamp: Stamp, secrets: Secrets, records: Sequence[Record], revocation: Revocation
) -> list[Outcome]:
    """Revoke credentials, each in a change of its own, and say what became of each; one that fails does not stop the others."""
    begun = [
        writer.submit(
            partial(
                _revoke,
                stamp=stamp,
                credential_id=record.credential_id,
                reason=revocation.reason,
                sealed_note=seal_note(revocation.note, of=record.credential_id, secrets=secrets, stamp=stamp),
            )
        )
        for record in records
    ]
    outcomes = []
    for change in begun:
        try:
            outcomes.append(Outcome(change.result()))
        except OkbadgesError as refused:
            outcomes.append(Outcome(refused=refused))
    return outcomes


def revoke_row(
    connection: Connection,
    stamp: Stamp,
    row_id: uuid.UUID,
    reason: Reason,
    *,
    sealed_note: bytes | None = None,
    corrects: Reason | None = None,
) -> tuple[str, ...]:
    """Revoke a credential and every copy of it inside a change, and return the ids of those that were not revoked before.

    The note is kept with the credential that was named, not with its copies, and not after erasure. ``corrects`` is what was wrong
    with one that is replaced; the journal keeps it.
    """
    own_id, copy_of = connection.execute(
        select(col(CredentialRow.credential_id), col(CredentialRow.copy_of_id)).where(col(CredentialRow.id) == row_id)
    ).one()
    family = _not_revoked(connection, copy_of or row_id)
    for row in family:
        is_named = row.credential_id == own_id
        connection.execute(
            update(CredentialRow)
            .where(col(CredentialRow.id) == row.id)
            .values(
                revoked_at=stamp.now,
                revocation_reason=reason.value,
                sealed_revocation_note=sealed_note if is_named and row.erased_at is None else None,
            )
        )
        _show_in_list(connection, row.status_list_id)
        details = {
            "reason": reason.value,
            **({"corrects": corrects.value} if corrects else {}),
            **({} if is_named else {"because_of": own_id}),
        }
        journal.append(connection, stamp, journal.Event(row.chain, "credential.revoked", row.credential_id, details))
    return tuple(row.credential_id for row in family)


def _revoke(
    connection: Connection, *, stamp: Stamp, credential_id: str, reason: Reason, sealed_note: bytes | None
) -> tuple[str, ...]:
    named = select(col(CredentialRow.id)).where(col(CredentialRow.credential_id) == credential_id)
    row_id = connection.execute(named).scalar_one_or_none()
    if row_id is None:
        raise NotFound("unknown-credential", "There is no such credential any more.")
    return revoke_row(connection, stamp, row_id, reason, sealed_note=sealed_note)


def _not_revoked(connection: Connection, original: uuid.UUID) -> list[_Issued]:
    """Return what is not revoked yet of a credential and its copies, with its issuer's slug; the original first."""
    rows = connection.execute(
        select(
            col(CredentialRow.id),
            col(CredentialRow.credential_id),
            col(CredentialRow.status_list_id),
            col(CredentialRow.erased_at),
            col(IssuerRow.slug),
        )
        .join(IssuerRow, col(IssuerRow.id) == col(CredentialRow.issuer_id))
        .where(or_(col(CredentialRow.id) == original, col(CredentialRow.copy_of_id) == original))
        .where(col(CredentialRow.revoked_at).is_(None))
        .order_by(col(CredentialRow.id))
    )
    return [_Issued(*row) for row in rows]


def _show_in_list(connection: Connection, status_list_id: uuid.UUID) -> None:
    """Let a status list be signed again."""
    connection.execute(
        update(StatusListRow).where(col(StatusListRow.id) == status_list_id).values(revision=StatusListRow.revision + 1)
    )
