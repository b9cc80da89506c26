"""Accounts: with what a member signs in at a provider, instead of with a link.

They are connected by whoever holds a one-time link or is signed in, and never matched by a name or an e-mail address: the provider
says who somebody is there, and only a link of ours says who they are here. An account is one member's at a time. Kept is an HMAC of what the provider calls them, so that nobody is found at a provider from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlmodel import col, select

from okbadges.errors import Conflict, NotFound
from okbadges.organisations.sign_ins import begin_sign_in, organisation_of_member, take_link
from okbadges.organisations.workshops import chain_of
from okbadges.storage import journal
from okbadges.storage.tables import MemberAccountRow, MemberRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.organisations.sign_ins import SignIn
    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer


@dataclass(frozen=True, slots=True)
class Account:
    """An account that somebody has just shown to be theirs: at which provider, and the hash under which it is found."""

    provider: str
    subject_hash: bytes


@dataclass(frozen=True, slots=True)
class ConnectedAccount:
    """An account that a member can sign in with."""

    id: uuid.UUID
    provider: str
    connected_at: datetime


def member_of_account(session: Session, account: Account) -> uuid.UUID:
    """Return who signs in with an account. Raises `NotFound` (``unknown-account``: nobody, or somebody who left)."""
    found = _owner(session.connection(), account)
    if found is None:
        raise _unknown()
    return found


def accounts_of(session: Session, member_id: uuid.UUID) -> list[ConnectedAccount]:
    """Return the accounts of a member, in the order in which they were connected."""
    theirs = select(MemberAccountRow).where(
        MemberAccountRow.member_id == member_id, col(MemberAccountRow.removed_at).is_(None)
    )
    rows = session.exec(theirs.order_by(col(MemberAccountRow.id)))
    return [ConnectedAccount(row.id, row.provider, row.connected_at) for row in rows]


def sign_in_with_account(writer: Writer, stamp: Stamp, account: Account, *, own_device: bool) -> SignIn:
    """Sign the member of an account in. Raises as `member_of_account`, and as `begin_sign_in`."""

    def change(connection: Connection) -> SignIn:
        member_id = _owner(connection, account)
        if member_id is None:
            raise _unknown()
        return begin_sign_in(connection, stamp, member_id, signed_in_with=account.provider, own_device=own_device)

    return writer.write(change)


def connect_with_link(writer: Writer, stamp: Stamp, token: str, account: Account, *, own_device: bool) -> SignIn:
    """Use a one-time link up to connect an account to its member and sign them in: all of it, or nothing.

    Two things happen, so there are two events; one where the account was theirs already. Raises as `connect_account` and
    `okbadges.organisations.sign_ins.take_link`.
    """

    def change(connection: Connection) -> SignIn:
        member_id = take_link(connection, stamp, token)
        _connect(connection, stamp, member_id, account)
        return begin_sign_in(connection, stamp, member_id, signed_in_with=account.provider, own_device=own_device)

    return writer.write(change)


def connect_account(writer: Writer, stamp: Stamp, member_id: uuid.UUID, account: Account) -> None:
    """Connect an account to a member who is signed in; one that is theirs already changes nothing.

    Raises `Conflict` (``account-taken``: somebody else signs in with it; who, is not said).
    """
    writer.write(lambda connection: _connect(connection, stamp, member_id, account))


def remove_account(writer: Writer, stamp: Stamp, member_id: uuid.UUID, account_id: uuid.UUID) -> None:
    """Let an account open nothing any more; one that was removed before, or is not theirs, changes nothing."""

    def change(connection: Connection) -> None:
        its = (
            col(MemberAccountRow.id) == account_id,
            col(MemberAccountRow.member_id) == member_id,
            col(MemberAccountRow.removed_at).is_(None),
        )
        provider = connection.execute(select(MemberAccountRow.provider).where(*its)).scalar()
        if provider is not None:
            connection.execute(update(MemberAccountRow).where(*its).values(removed_at=stamp.now))
            _tell(connection, stamp, "member.account-removed", member_id, provider)

    writer.write(change)


def _connect(connection: Connection, stamp: Stamp, member_id: uuid.UUID, account: Account) -> None:
    owner = _owner(connection, account)
    if owner == member_id:
        return
    if owner is not None:
        raise Conflict(
            "account-taken", "This account is connected already. Whoever connected it can remove it on their page."
        )
    row = MemberAccountRow(
        id=stamp.row_id(),
        member_id=member_id,
        provider=account.provider,
        subject_hash=account.subject_hash,
        connected_at=stamp.now,
    )
    add(connection, row)
    _tell(connection, stamp, "member.account-connected", member_id, account.provider)


def _owner(connection: Connection, account: Account) -> uuid.UUID | None:
    """Return whose an account is; nobody's when they left, so that who comes back as a new member can connect it again."""
    its = (
        select(MemberAccountRow.member_id)
        .join(MemberRow, col(MemberRow.id) == MemberAccountRow.member_id)
        .where(
            MemberAccountRow.subject_hash == account.subject_hash,
            col(MemberAccountRow.removed_at).is_(None),
            col(MemberRow.left_at).is_(None),
        )
    )
    found: uuid.UUID | None = connection.execute(its).scalar()
    return found


def _unknown() -> NotFound:
    return NotFound(
        "unknown-account",
        "This account is not connected to anybody here. Ask your administrator for a one-time link, open it and connect the account.",
    )


def _tell(connection: Connection, stamp: Stamp, action: str, member_id: uuid.UUID, provider: str) -> None:
    chain = chain_of(connection, organisation_of_member(connection, member_id))
    journal.append(connection, stamp, journal.Event(chain, action, f"member:{member_id}", {"provider": provider}))
