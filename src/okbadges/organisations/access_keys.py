"""Access keys of programs: 256 random bits, shown once, kept as an HMAC, scoped to organisations, and they expire.

A key looks like ``okb_<prefix>_<secret><check>``: the prefix names it in listings, and the check digits let a typing error be
told apart from a wrong key without asking the database.
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlmodel import col, select

from okbadges.errors import NotAllowed, NotAuthenticated, NotFound
from okbadges.organisations.roles import Role, Scope, scopes_for
from okbadges.organisations.workshops import Organisation
from okbadges.storage import journal
from okbadges.storage.tables import AccessKeyOrganisationRow, AccessKeyRow, OrganisationRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

_MARK = "okb"
_CHECK_LENGTH = 6
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Caller:
    """Who showed a key that holds: which key, in which role, for which organisations (by slug), with which scopes.

    ``member_id`` is the person whose key it is; None for a program's key.
    """

    access_key_id: uuid.UUID
    prefix: str
    organisations: dict[str, Organisation]
    scopes: frozenset[str]
    role: Role = Role.PARTNER
    member_id: uuid.UUID | None = None

    @property
    def actor(self) -> str:
        """Return how the caller is named in the journal."""
        return f"access-key:{self.prefix}"

    def require(self, scope: Scope) -> None:
        """Raise `NotAllowed` unless the key has the scope."""
        if scope not in self.scopes:
            raise NotAllowed(
                "scope-missing",
                f"This access key does not have the scope {scope}. Ask the administrator for a key that has it.",
                field="Authorization",
            )

    def organisation(self, slug: str) -> Organisation:
        """Return the organisation the key may act for, or raise `NotAllowed` (also when there is no such organisation)."""
        found = self.organisations.get(slug)
        if found is None:
            raise NotAllowed(
                "organisation-not-allowed",
                f"This access key may not act for the organisation {slug!r}; it is for: {', '.join(sorted(self.organisations))}.",
                field="organisation",
            )
        return found


@dataclass(frozen=True, slots=True)
class WantedKey:
    """An access key to be made. ``label`` says what it is for, never whose it is: a person's key has a ``member_id``."""

    label: str
    organisations: Sequence[Organisation]
    scopes: Sequence[Scope]
    expires_at: datetime
    role: Role = Role.PARTNER
    member_id: uuid.UUID | None = None


def create_access_key(
    writer: Writer,
    stamp: Stamp,
    secrets: Secrets,
    wanted: WantedKey,
) -> str:
    """Make an access key and return it: the only time that it is seen.

    Raises `InvalidInput` for scopes that its role does not allow (`okbadges.organisations.roles`).
    """
    prefix = base64.b32encode(stamp.random_bytes(5)).decode().lower()
    secret = base64.b32encode(stamp.random_bytes(32)).decode().rstrip("=").lower()
    key = f"{_MARK}_{prefix}_{secret}"
    key += _check_digits(key)
    row = AccessKeyRow(
        id=stamp.row_id(),
        label=wanted.label,
        prefix=prefix,
        key_hash=secrets.access_key_hash(key),
        scopes=" ".join(sorted(scopes_for(wanted.role, wanted.scopes))),
        role=wanted.role,
        member_id=wanted.member_id,
        created_at=stamp.now,
        expires_at=wanted.expires_at,
    )

    def change(connection: Connection) -> None:
        add(connection, row)
        for organisation in wanted.organisations:
            add(connection, AccessKeyOrganisationRow(access_key_id=row.id, organisation_id=organisation.id))
        event = journal.Event(
            chain=journal.INSTALLATION_CHAIN,
            action="access-key.created",
            subject=f"access-key:{prefix}",
            details={"scopes": row.scopes},
        )
        journal.append(connection, stamp, event)

    writer.write(change)
    return key


def caller_of(session: Session, secrets: Secrets, access_key: str, *, now: datetime) -> Caller:
    """Return who shows this access key.

    Raises `NotAuthenticated`: ``access-key-malformed`` (a typing error), ``access-key-unknown`` (also revoked ones) and
    ``access-key-expired``.
    """
    body, check = access_key[:-_CHECK_LENGTH], access_key[-_CHECK_LENGTH:]
    if len(access_key) > _LONGEST or not access_key.startswith(f"{_MARK}_") or check != _check_digits(body):
        raise NotAuthenticated(
            "access-key-malformed",
            "This is not a whole access key; copy it again, from okb_ to its last character.",
            field="Authorization",
        )
    hashed = secrets.access_key_hash(access_key)
    row = session.exec(select(AccessKeyRow).where(AccessKeyRow.key_hash == hashed)).one_or_none()
    if row is None or row.revoked_at is not None:
        raise NotAuthenticated(
            "access-key-unknown",
            "This access key is not known or was revoked; ask for a new one.",
            field="Authorization",
        )
    if row.expires_at <= now:
        raise NotAuthenticated(
            "access-key-expired",
            f"This access key ended on {row.expires_at.date()}; ask for a new one.",
            field="Authorization",
        )
    return Caller(
        access_key_id=row.id,
        prefix=row.prefix,
        organisations=_organisations(session, row.id),
        scopes=frozenset(row.scopes.split()),
        role=Role(row.role),
        member_id=row.member_id,
    )


def _organisations(session: Session, key_id: uuid.UUID) -> dict[str, Organisation]:
    rows = session.exec(
        select(OrganisationRow)
        .join(AccessKeyOrganisationRow, col(AccessKeyOrganisationRow.organisation_id) == OrganisationRow.id)
        .where(AccessKeyOrganisationRow.access_key_id == key_id)
    )
    return {row.slug: Organisation(id=row.id, issuer_id=row.issuer_id, slug=row.slug, name=row.name) for row in rows}


def _check_digits(text: str) -> str:
    crc = zlib.crc32(text.encode(errors="replace"))
    return base64.b32encode(crc.to_bytes(4, "big")).decode().rstrip("=").lower()[:_CHECK_LENGTH]


def list_access_keys(session: Session, *, now: datetime) -> list[str]:
    """Return one line for each access key: prefix, state, end, scopes, label."""
    lines = []
    for row in session.exec(select(AccessKeyRow).order_by(col(AccessKeyRow.created_at))):
        state = "revoked" if row.revoked_at else "ended" if row.expires_at <= now else "valid"
        lines.append(f"{row.prefix}  {state:<7}  until {row.expires_at.date()}  {row.scopes}  {row.label}")
    return lines


def revoke_access_key(writer: Writer, stamp: Stamp, prefix: str) -> None:
    """Revoke the access key with this prefix. Raises `NotFound`; revoking it again changes nothing."""

    def change(connection: Connection) -> None:
        row = connection.execute(select(AccessKeyRow.id, AccessKeyRow.revoked_at).where(AccessKeyRow.prefix == prefix))
        found = row.one_or_none()
        if found is None:
            raise NotFound(
                "unknown-access-key", f"There is no access key {prefix}; okbadges access-key list shows them."
            )
        if found.revoked_at is not None:
            return
        connection.execute(update(AccessKeyRow).where(col(AccessKeyRow.id) == found.id).values(revoked_at=stamp.now))
        event = journal.Event(
            chain=journal.INSTALLATION_CHAIN,
            action="access-key.revoked",
            subject=f"access-key:{prefix}",
        )
        journal.append(connection, stamp, event)

    writer.write(change)
