"""Access keys of people and programs: 256 random bits, shown once, kept as an HMAC, scoped to organisations, and they expire.

A key looks like ``okb_<prefix>_<secret><check>``: the prefix names it in listings, and the check digits let a typing error be
told apart from a wrong key without asking the database.
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from okbadges.errors import InvalidInput, NotAuthenticated, NotFound
from okbadges.organisations.callers import Caller
from okbadges.organisations.roles import Role, Scope, scopes_for
from okbadges.organisations.workshops import organisation_of
from okbadges.storage import journal
from okbadges.storage.tables import AccessKeyOrganisationRow, AccessKeyRow, IssuerRow, MemberRow, OrganisationRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection
    from sqlmodel import Session

    from okbadges.organisations.workshops import Organisation
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

_MARK = "okb"
_CHECK_LENGTH = 6
_LONGEST = 100
LONGEST_LABEL = 80
LONGEST_LIFE = timedelta(days=1100)


@dataclass(frozen=True, slots=True)
class KeyCaller(Caller):
    """Who showed a key that holds. ``last_used_at`` is as `okbadges.organisations.known_keys.LastUse` noted it."""

    access_key_id: uuid.UUID
    prefix: str
    last_used_at: datetime | None
    expires_at: datetime

    def is_running(self, now: datetime) -> bool:
        """Say whether the key has not ended."""
        return now < self.expires_at

    def require_running(self, now: datetime) -> None:
        """Raise `NotAuthenticated` (``access-key-expired``) when the key has ended."""
        if not self.is_running(now):
            raise NotAuthenticated(
                "access-key-expired",
                f"This access key ended on {self.expires_at.date()}; ask for a new one.",
                field="Authorization",
            )


@dataclass(frozen=True, slots=True)
class WantedKey:
    """An access key to be made. ``label`` says what it is for, never whose it is: a person's key has a ``member_id``."""

    label: str
    organisations: Sequence[Organisation]
    scopes: Sequence[Scope]
    expires_at: datetime
    role: Role = Role.PARTNER
    member_id: uuid.UUID | None = None


def create_access_key(writer: Writer, stamp: Stamp, secrets: Secrets, wanted: WantedKey) -> str:
    """Make an access key and return it: the only time that it is seen.

    Raises `InvalidInput` for scopes that its role does not allow (`okbadges.organisations.roles`), a label that is none, an end that
    is past or too far away, or a member whom such a key does not fit, and `NotFound` for an unknown member.
    """
    _check(wanted, now=stamp.now)
    prefix, key = _new_key(stamp)
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
    owners = [organisation.id for organisation in wanted.organisations]

    def change(connection: Connection) -> None:
        if wanted.member_id is not None:
            _check_member(connection, wanted, wanted.member_id)
        add(connection, row)
        for owner in owners:
            add(connection, AccessKeyOrganisationRow(access_key_id=row.id, organisation_id=owner))
        member = str(wanted.member_id) if wanted.member_id else None
        event = journal.Event(
            chain=chain_of_key(connection, row.id),
            action="access-key.created",
            subject=f"access-key:{prefix}",
            details={"member": member, "role": row.role, "scopes": row.scopes},
        )
        journal.append(connection, stamp, event)

    writer.write(change)
    return key


def _new_key(stamp: Stamp) -> tuple[str, str]:
    """Return a new prefix and the whole key."""
    prefix = base64.b32encode(stamp.random_bytes(5)).decode().lower()
    secret = base64.b32encode(stamp.random_bytes(32)).decode().rstrip("=").lower()
    key = f"{_MARK}_{prefix}_{secret}"
    return prefix, key + _check_digits(key)


def _check(wanted: WantedKey, *, now: datetime) -> None:
    if not 1 <= len(wanted.label) <= LONGEST_LABEL or not wanted.label.isprintable():
        raise InvalidInput("label", f"A label has 1 to {LONGEST_LABEL} printable characters.", field="label")
    if not wanted.organisations:
        raise InvalidInput(
            "organisation-missing", "Say for which organisations the key is: at least one.", field="organisations"
        )
    if not now < wanted.expires_at <= now + LONGEST_LIFE:
        raise InvalidInput("key-life", f"An access key lasts from 1 to {LONGEST_LIFE.days} days.", field="days")


def _check_member(connection: Connection, wanted: WantedKey, member_id: uuid.UUID) -> None:
    """Raise unless the member is there, in this role, at the one organisation that the key is for."""
    found = select(MemberRow.organisation_id, MemberRow.role, MemberRow.left_at).where(MemberRow.id == member_id)
    member = connection.execute(found).one_or_none()
    if member is None or member.organisation_id not in {one.id for one in wanted.organisations}:
        raise NotFound("unknown-member", "None of these organisations has such a member.", field="member")
    if len(wanted.organisations) > 1:
        raise InvalidInput(
            "member-organisation", "A member's key is for their own organisation.", field="organisations"
        )
    if member.left_at is not None:
        raise InvalidInput("member-left", "This member has left; who comes back is added again.", field="member")
    if member.role != wanted.role:
        raise InvalidInput("member-role", f"A key of this member has their role: {member.role}.", field="role")


def chain_of_key(connection: Connection, key_id: uuid.UUID) -> str:
    """Return the journal chain of a key: that of its organisations' issuer, or the installation's for several issuers."""
    its = (
        select(IssuerRow.slug)
        .join(OrganisationRow, col(OrganisationRow.issuer_id) == IssuerRow.id)
        .join(AccessKeyOrganisationRow, col(AccessKeyOrganisationRow.organisation_id) == OrganisationRow.id)
        .where(AccessKeyOrganisationRow.access_key_id == key_id)
    )
    chains = set(connection.execute(its).scalars())
    return chains.pop() if len(chains) == 1 else journal.INSTALLATION_CHAIN


def check_whole(access_key: str) -> None:
    """Raise `NotAuthenticated` (``access-key-malformed``) for a key with a typing error; its check digits tell."""
    body, check = access_key[:-_CHECK_LENGTH], access_key[-_CHECK_LENGTH:]
    if len(access_key) > _LONGEST or not access_key.startswith(f"{_MARK}_") or check != _check_digits(body):
        raise NotAuthenticated(
            "access-key-malformed",
            "This is not a whole access key; copy it again, from okb_ to its last character.",
            field="Authorization",
        )


def caller_of(session: Session, secrets: Secrets, access_key: str, *, now: datetime) -> KeyCaller:
    """Return who shows this access key.

    Raises `NotAuthenticated`: ``access-key-malformed`` (a typing error), ``access-key-unknown`` (also revoked ones, and those of
    members who left) and ``access-key-expired``.
    """
    check_whole(access_key)
    found = holder_of(session, secrets.access_key_hash(access_key))
    found.require_running(now)
    return found


def holder_of(session: Session, key_hash: bytes) -> KeyCaller:
    """Return who holds the key with this hash, whether it has ended or not. Raises `NotAuthenticated` (``access-key-unknown``)."""
    return _holder(session, col(AccessKeyRow.key_hash) == key_hash)


def caller_of_key(session: Session, access_key_id: uuid.UUID, *, now: datetime) -> KeyCaller:
    """Return who holds the access key of this row, for what rests on it. Raises `NotAuthenticated` as `caller_of` does."""
    found = _holder(session, col(AccessKeyRow.id) == access_key_id)
    found.require_running(now)
    return found


def _holder(session: Session, which: ColumnElement[bool]) -> KeyCaller:
    found = session.exec(
        select(AccessKeyRow, MemberRow.left_at)
        .outerjoin(MemberRow, col(MemberRow.id) == AccessKeyRow.member_id)
        .where(which)
    ).one_or_none()
    if found is None or found[0].revoked_at is not None or found[1] is not None:
        raise NotAuthenticated(
            "access-key-unknown",
            "This access key is not known or was revoked; ask for a new one.",
            field="Authorization",
        )
    row = found[0]
    return KeyCaller(
        actor=f"access-key:{row.prefix}",
        organisations=_organisations(session, row.id),
        scopes=frozenset(row.scopes.split()),
        role=Role(row.role),
        member_id=row.member_id,
        access_key_id=row.id,
        prefix=row.prefix,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
    )


def _organisations(session: Session, key_id: uuid.UUID) -> dict[str, Organisation]:
    rows = session.exec(
        select(OrganisationRow)
        .join(AccessKeyOrganisationRow, col(AccessKeyOrganisationRow.organisation_id) == OrganisationRow.id)
        .where(AccessKeyOrganisationRow.access_key_id == key_id)
    )
    return {row.slug: organisation_of(row) for row in rows}


def _check_digits(text: str) -> str:
    crc = zlib.crc32(text.encode(errors="replace"))
    return base64.b32encode(crc.to_bytes(4, "big")).decode().rstrip("=").lower()[:_CHECK_LENGTH]
