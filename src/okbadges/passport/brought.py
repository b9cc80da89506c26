"""Badges of other issuers that a program of the holder put into their passport: sealed, byte for byte as they came.

They are the holder's to look at, to carry away and to remove. Nothing here says what they are worth: whoever shows one verifies it.
They count towards nothing of ours and stand on no share link. They belong to the passport, and go with its last participant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update
from sqlmodel import col
from sqlmodel import select as select_rows

from okbadges.credentials.strict_json import loads
from okbadges.errors import CredentialError, NotFound
from okbadges.storage import journal
from okbadges.storage.sealing import Sealed
from okbadges.storage.tables import BroughtCredentialRow, OAuthClientRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection
    from sqlmodel import Session
    from sqlmodel.sql.expression import Select

    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

JWT = "application/jwt"
"""The media type under which every JWT is kept; everything else is JSON."""


@dataclass(frozen=True, slots=True)
class Brought:
    """One credential that was brought: its exact bytes, when it came first and when it was replaced last, and by whose registration."""

    row_id: uuid.UUID
    document: bytes
    media_type: str
    brought_at: datetime
    changed_at: datetime
    registration: str | None
    """What the program that brought it said of itself when it registered, as JSON; None when it is not known any more."""

    @property
    def is_jwt(self) -> bool:
        """Tell whether it is a JWT; otherwise it is JSON."""
        return self.media_type == JWT


@dataclass(frozen=True, slots=True)
class Bringing:
    """What a program brings: into which passport, which program, and the bytes with their media type (JSON's, or `JWT`)."""

    passport_id: uuid.UUID
    client_row_id: uuid.UUID
    document: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Room:
    """How much is in a passport already."""

    credentials: int
    bytes: int


def brought_of(session: Session, secrets: Secrets, passport_id: uuid.UUID, *, most: int | None = None) -> list[Brought]:
    """Return what was brought into a passport, the newest first; no more than ``most``."""
    found = _of(col(BroughtCredentialRow.passport_id) == passport_id).order_by(
        col(BroughtCredentialRow.brought_at).desc(), col(BroughtCredentialRow.id).desc()
    )
    return [_opened(secrets, row, by) for row, by in session.exec(found.limit(most)).all()]


def brought_by_ids(session: Session, secrets: Secrets, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Brought]:
    """Return some of what was brought, by the key of its row."""
    found = session.exec(_of(col(BroughtCredentialRow.id).in_(ids))).all()
    return {row.id: _opened(secrets, row, by) for row, by in found}


def brought_by_id(session: Session, secrets: Secrets, passport_id: uuid.UUID, row_id: uuid.UUID) -> Brought:
    """Return one thing that was brought into this passport. Raises `NotFound` (``unknown-credential``)."""
    its = (col(BroughtCredentialRow.id) == row_id) & (col(BroughtCredentialRow.passport_id) == passport_id)
    for row, by in session.exec(_of(its)).all():
        return _opened(secrets, row, by)
    raise _unknown()


def room_in(connection: Connection, passport_id: uuid.UUID) -> Room:
    """Return how much was brought into a passport already, in bytes as they are kept."""
    kept = func.coalesce(func.sum(func.length(col(BroughtCredentialRow.sealed_document))), 0)
    theirs = col(BroughtCredentialRow.passport_id) == passport_id
    count, size = connection.execute(select(func.count(), kept).where(theirs)).one()
    return Room(count, int(size))


def kept_document(
    connection: Connection, secrets: Secrets, passport_id: uuid.UUID, known_as: bytes
) -> tuple[uuid.UUID, bytes] | None:
    """Return the key and the bytes of what is kept under ``known_as``; None when nothing is."""
    found = connection.execute(
        select(col(BroughtCredentialRow.id), col(BroughtCredentialRow.sealed_document)).where(
            col(BroughtCredentialRow.passport_id) == passport_id, col(BroughtCredentialRow.known_as) == known_as
        )
    ).one_or_none()
    return (found.id, _unsealed(secrets, found.id, found.sealed_document)) if found else None


def add_brought(connection: Connection, stamp: Stamp, secrets: Secrets, bringing: Bringing, *, known_as: bytes) -> None:
    """Keep a credential inside a change, in the place of nothing."""
    row_id = stamp.row_id()
    row = BroughtCredentialRow(
        id=row_id,
        passport_id=bringing.passport_id,
        known_as=known_as,
        sealed_document=_sealed(secrets, stamp, row_id, bringing.document),
        media_type=bringing.media_type,
        brought_by_id=bringing.client_row_id,
        brought_at=stamp.now,
        changed_at=stamp.now,
    )
    add(connection, row)
    _tell(connection, stamp, "brought-credential.added", bringing.passport_id, row_id)


def replace_brought(
    connection: Connection, stamp: Stamp, secrets: Secrets, bringing: Bringing, *, row_id: uuid.UUID
) -> None:
    """Keep another form, or a newer one, of a credential inside a change, in the place of what was kept."""
    connection.execute(
        update(BroughtCredentialRow)
        .where(col(BroughtCredentialRow.id) == row_id)
        .values(
            sealed_document=_sealed(secrets, stamp, row_id, bringing.document),
            media_type=bringing.media_type,
            brought_by_id=bringing.client_row_id,
            changed_at=stamp.now,
        )
    )
    _tell(connection, stamp, "brought-credential.replaced", bringing.passport_id, row_id)


def remove_brought(writer: Writer, stamp: Stamp, passport_id: uuid.UUID, row_id: uuid.UUID) -> None:
    """Remove something that was brought, for good. Raises `NotFound` (``unknown-credential``), also afterwards."""

    def change(connection: Connection) -> None:
        if not forget_brought(connection, passport_id, row_id=row_id):
            raise _unknown()
        _tell(connection, stamp, "brought-credential.removed", passport_id, row_id)

    writer.write(change)


def program_name(registration: str | None) -> str | None:
    """Return what a program called itself when it registered; None when that is not known (any more)."""
    try:
        said = loads(registration.encode()) if registration else None
    except CredentialError:
        return None
    name = said.get("client_name") if isinstance(said, dict) else None
    return name if isinstance(name, str) and name.strip() else None


def move_brought(connection: Connection, *, out_of: uuid.UUID, into: uuid.UUID) -> None:
    """Bring along inside a change what was brought into another passport; of what is in both, what was put last stays."""
    columns = col(BroughtCredentialRow.known_as), col(BroughtCredentialRow.id), col(BroughtCredentialRow.changed_at)
    here, there = (
        {one.known_as: one for one in connection.execute(select(*columns).where(_in(passport)))}
        for passport in (into, out_of)
    )
    older = [min((here[same], there[same]), key=lambda one: one.changed_at).id for same in here.keys() & there.keys()]
    connection.execute(delete(BroughtCredentialRow).where(col(BroughtCredentialRow.id).in_(older)))
    connection.execute(update(BroughtCredentialRow).where(_in(out_of)).values(passport_id=into))


def forget_brought(connection: Connection, passport_id: uuid.UUID, *, row_id: uuid.UUID | None = None) -> int:
    """Delete inside a change what was brought into a passport, or one of it; return how many there were."""
    which = _in(passport_id) if row_id is None else _in(passport_id) & (col(BroughtCredentialRow.id) == row_id)
    return connection.execute(delete(BroughtCredentialRow).where(which)).rowcount


def _in(passport_id: uuid.UUID) -> ColumnElement[bool]:
    return col(BroughtCredentialRow.passport_id) == passport_id


def _of(which: ColumnElement[bool]) -> Select[BroughtCredentialRow, str]:
    return (
        select_rows(BroughtCredentialRow, OAuthClientRow.registration)
        .outerjoin(OAuthClientRow, col(OAuthClientRow.id) == col(BroughtCredentialRow.brought_by_id))
        .where(which)
    )


def _opened(secrets: Secrets, row: BroughtCredentialRow, registration: str | None) -> Brought:
    document = _unsealed(secrets, row.id, row.sealed_document)
    return Brought(row.id, document, row.media_type, row.brought_at, row.changed_at, registration)


def _sealed(secrets: Secrets, stamp: Stamp, row_id: uuid.UUID, document: bytes) -> bytes:
    return secrets.seal(document, bound_to=_bound_to(row_id), random_bytes=stamp.random_bytes, kind=Sealed.BROUGHT)


def _unsealed(secrets: Secrets, row_id: uuid.UUID, sealed: bytes) -> bytes:
    return secrets.unseal(sealed, bound_to=_bound_to(row_id), kind=Sealed.BROUGHT)


def _bound_to(row_id: uuid.UUID) -> str:
    # the row's own key: what is joined into another passport still opens
    return f"brought:{row_id.hex}"


def _tell(connection: Connection, stamp: Stamp, action: str, passport_id: uuid.UUID, row_id: uuid.UUID) -> None:
    # the operator's chain: what a holder brings along is nothing to the auditors of an issuer
    event = journal.Event(journal.INSTALLATION_CHAIN, action, f"passport:{passport_id}", {"brought": str(row_id)})
    journal.append(connection, stamp, event)


def _unknown() -> NotFound:
    return NotFound("unknown-credential", "There is no such badge in this passport.")
