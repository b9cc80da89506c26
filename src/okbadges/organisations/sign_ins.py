"""Sign-ins: a member in one browser, for a while. They begin with a one-time link or with an account (`okbadges.organisations.accounts`).

A link is made by an administrator or the operator and handed to the member; it works once, within a day. A sign-in ends when its time
is over, when the member ends it, when somebody ends all of theirs, and when they leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlmodel import col, select

from okbadges.errors import Conflict, Gone, NotFound
from okbadges.organisations.callers import Caller
from okbadges.organisations.roles import ALLOWED, Role
from okbadges.organisations.workshops import chain_of, organisation_of
from okbadges.storage import journal
from okbadges.storage.sealing import token_hash
from okbadges.storage.tables import MemberRow, OrganisationRow, SignInLinkRow, SignInRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.organisations.workshops import Organisation
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

LINK_LASTS = timedelta(hours=24)
LASTS = timedelta(hours=20)
"""WCAG 2.2.1: a limit of 20 hours or more takes nobody by surprise."""
LASTS_ON_OWN_DEVICE = timedelta(days=14)
WITH_LINK = "link"


@dataclass(frozen=True, slots=True)
class SignInLink:
    """A link with which a member signs in once; shown to whoever makes it, this once."""

    address: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignIn:
    """That a member is signed in in one browser."""

    id: uuid.UUID
    member_id: uuid.UUID
    signed_in_with: str
    began_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, what they may do, and the sign-in that says so."""

    caller: Caller
    member_id: uuid.UUID
    organisation: Organisation
    sign_in: SignIn


def make_sign_in_link(
    writer: Writer, stamp: Stamp, secrets: Secrets, *, base_url: str, organisation: Organisation, member_id: uuid.UUID
) -> SignInLink:
    """Make a one-time link for a member of an organisation, ending the one before.

    Raises `NotFound` (``unknown-member``), `Conflict` (``member-left``).
    """
    row_id = stamp.row_id()
    token = secrets.link_token("sign-in-link", row_id.hex)
    row = SignInLinkRow(
        id=row_id,
        member_id=member_id,
        token_hash=token_hash(token),
        made_at=stamp.now,
        expires_at=stamp.now + LINK_LASTS,
    )

    def change(connection: Connection) -> None:
        _require_there(connection, organisation, member_id)
        _end_links(connection, stamp, member_id)
        add(connection, row)
        _tell(connection, stamp, organisation, "sign-in-link.made", member_id)

    writer.write(change)
    return SignInLink(f"{base_url}/sign-in/{token}", row.expires_at)


def member_of_link(session: Session, token: str, *, now: datetime) -> uuid.UUID:
    """Return whom a one-time link signs in; looking at it does not use it up.

    Raises `NotFound` (``unknown-sign-in-link``), `Gone` (``sign-in-link-ended``: used, replaced, too old, or the member left).
    """
    return _usable_link(session.connection(), token, now)[1]


def use_sign_in_link(writer: Writer, stamp: Stamp, token: str, *, own_device: bool) -> SignIn:
    """Sign the member of a one-time link in, and use the link up. Raises as `member_of_link`."""

    def change(connection: Connection) -> SignIn:
        member_id = take_link(connection, stamp, token)
        return begin_sign_in(connection, stamp, member_id, signed_in_with=WITH_LINK, own_device=own_device)

    return writer.write(change)


def take_link(connection: Connection, stamp: Stamp, token: str) -> uuid.UUID:
    """Use a one-time link up inside a change and return whose it was. Raises as `member_of_link`."""
    link_id, member_id = _usable_link(connection, token, stamp.now)
    its = update(SignInLinkRow).where(col(SignInLinkRow.id) == link_id, col(SignInLinkRow.used_at).is_(None))
    # two browsers at the same moment: one of them finds it used
    if connection.execute(its.values(used_at=stamp.now)).rowcount == 0:
        raise _ended()
    return member_id


def begin_sign_in(
    connection: Connection, stamp: Stamp, member_id: uuid.UUID, *, signed_in_with: str, own_device: bool
) -> SignIn:
    """Let a member be signed in from now on, inside a change: for two weeks on a device of their own, else for `LASTS`.

    Raises `Conflict` (``member-left``).
    """
    organisation = organisation_of_member(connection, member_id)
    _require_there(connection, organisation, member_id)
    row = SignInRow(
        id=stamp.row_id(),
        member_id=member_id,
        signed_in_with=signed_in_with,
        began_at=stamp.now,
        expires_at=stamp.now + (LASTS_ON_OWN_DEVICE if own_device else LASTS),
    )
    add(connection, row)
    _tell(connection, stamp, organisation, "sign-in.began", member_id, signed_in_with=signed_in_with)
    return _sign_in(row)


def signed_in(session: Session, sign_in_id: uuid.UUID, *, now: datetime) -> SignedIn | None:
    """Return who is signed in with this sign-in; None when it has ended, or the member left."""
    found = session.exec(
        select(SignInRow, MemberRow, OrganisationRow)
        .join(MemberRow, col(MemberRow.id) == SignInRow.member_id)
        .join(OrganisationRow, col(OrganisationRow.id) == MemberRow.organisation_id)
        .where(
            SignInRow.id == sign_in_id,
            col(SignInRow.ended_at).is_(None),
            SignInRow.expires_at > now,
            SignInRow.began_at <= now,
            col(MemberRow.left_at).is_(None),
        )
    ).one_or_none()
    if found is None:
        return None
    row, member, owner = found
    role, organisation = Role(member.role), organisation_of(owner)
    caller = Caller(f"member:{member.id}", {organisation.slug: organisation}, ALLOWED[role], role, member.id)
    return SignedIn(caller, member.id, organisation, _sign_in(row))


def sign_ins_of(session: Session, member_id: uuid.UUID, *, now: datetime) -> list[SignIn]:
    """Return where a member is signed in now, the newest first."""
    its = select(SignInRow).where(
        SignInRow.member_id == member_id, col(SignInRow.ended_at).is_(None), SignInRow.expires_at > now
    )
    return [_sign_in(row) for row in session.exec(its.order_by(col(SignInRow.id).desc()))]


def end_sign_in(writer: Writer, stamp: Stamp, member_id: uuid.UUID, sign_in_id: uuid.UUID) -> None:
    """End one sign-in of a member; one that has ended, or that is not theirs, changes nothing."""

    def change(connection: Connection) -> None:
        if _end(connection, stamp, member_id, sign_in_id):
            _tell(
                connection, stamp, organisation_of_member(connection, member_id), "sign-in.ended", member_id, sign_ins=1
            )

    writer.write(change)


def sign_out_everywhere(writer: Writer, stamp: Stamp, *, organisation: Organisation, member_id: uuid.UUID) -> int:
    """End every sign-in of a member, and a link that is on its way, as after a lost phone. Return how many sign-ins that were.

    Raises `NotFound` (``unknown-member``).
    """

    def change(connection: Connection) -> int:
        _member(connection, organisation, member_id)
        links = _end_links(connection, stamp, member_id)
        count = _end(connection, stamp, member_id)
        if count or links:
            _tell(connection, stamp, organisation, "sign-in.ended", member_id, sign_ins=count)
        return count

    return writer.write(change)


def _end(connection: Connection, stamp: Stamp, member_id: uuid.UUID, sign_in_id: uuid.UUID | None = None) -> int:
    its = update(SignInRow).where(
        col(SignInRow.member_id) == member_id,
        col(SignInRow.ended_at).is_(None),
        col(SignInRow.expires_at) > stamp.now,
        *(() if sign_in_id is None else (col(SignInRow.id) == sign_in_id,)),
    )
    return connection.execute(its.values(ended_at=stamp.now)).rowcount


def _end_links(connection: Connection, stamp: Stamp, member_id: uuid.UUID) -> int:
    open_ones = update(SignInLinkRow).where(
        col(SignInLinkRow.member_id) == member_id,
        col(SignInLinkRow.used_at).is_(None),
        col(SignInLinkRow.ended_at).is_(None),
    )
    return connection.execute(open_ones.values(ended_at=stamp.now)).rowcount


def _usable_link(connection: Connection, token: str, now: datetime) -> tuple[uuid.UUID, uuid.UUID]:
    """Return the ids of a link that still opens and of its member."""
    its = (
        select(SignInLinkRow, MemberRow.left_at)
        .join(MemberRow, col(MemberRow.id) == SignInLinkRow.member_id)
        .where(SignInLinkRow.token_hash == token_hash(token))
    )
    found = connection.execute(its).one_or_none()
    if found is None:
        raise NotFound(
            "unknown-sign-in-link", "This link is not known. Copy it whole, or ask your administrator for a new one."
        )
    if found.used_at or found.ended_at or found.expires_at <= now or found.left_at:
        raise _ended()
    return found.id, found.member_id


def _ended() -> Gone:
    return Gone(
        "sign-in-link-ended",
        "This link was used already, or it is older than a day. Ask your administrator for a new one.",
    )


def organisation_of_member(connection: Connection, member_id: uuid.UUID) -> Organisation:
    """Return the organisation of a member who is known to be there, inside a change."""
    its = select(OrganisationRow).join(MemberRow, col(MemberRow.organisation_id) == OrganisationRow.id)
    row = connection.execute(its.where(MemberRow.id == member_id)).one()
    return organisation_of(OrganisationRow(**row._asdict()))


def _member(connection: Connection, organisation: Organisation, member_id: uuid.UUID) -> datetime | None:
    """Return when a member of the organisation left. Raises `NotFound` (``unknown-member``)."""
    its = select(MemberRow.left_at).where(MemberRow.id == member_id, MemberRow.organisation_id == organisation.id)
    found = connection.execute(its).one_or_none()
    if found is None:
        raise NotFound("unknown-member", f"{organisation.slug} has no such member.", field="member")
    left_at: datetime | None = found.left_at
    return left_at


def _require_there(connection: Connection, organisation: Organisation, member_id: uuid.UUID) -> None:
    if _member(connection, organisation, member_id) is not None:
        raise Conflict("member-left", "This member has left; who comes back is added again.", field="member")


def _tell(
    connection: Connection,
    stamp: Stamp,
    organisation: Organisation,
    action: str,
    member_id: uuid.UUID,
    **details: str | int,
) -> None:
    event = journal.Event(chain_of(connection, organisation), action, f"member:{member_id}", details)
    journal.append(connection, stamp, event)


def _sign_in(row: SignInRow) -> SignIn:
    return SignIn(row.id, row.member_id, row.signed_in_with, row.began_at, row.expires_at)
