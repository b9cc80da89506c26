"""Members: people who work for an organisation, each in a role. Their names are sealed and shown to its administrators only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlmodel import col, select

from okbadges.errors import Conflict, InvalidInput, NotFound
from okbadges.organisations.roles import MEMBER_ROLES, Role
from okbadges.organisations.wording import one_line
from okbadges.organisations.workshops import chain_of
from okbadges.storage import journal
from okbadges.storage.sealing import Sealed
from okbadges.storage.since import at_or_after
from okbadges.storage.tables import AccessKeyRow, GroupRow, MemberRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.organisations.callers import Caller
    from okbadges.organisations.workshops import Organisation
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

LONGEST_NAME = 80
MOST_NAMED = 10
LEADER_ROLES = (Role.INSTRUCTOR, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works for an organisation."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    role: Role
    name: str
    created_at: datetime
    left_at: datetime | None


def create_member(
    writer: Writer, stamp: Stamp, secrets: Secrets, *, organisation: Organisation, role: Role, name: str
) -> Member:
    """Add a member to an organisation. Raises `InvalidInput` for a role that only programs have, and for a name that is no name."""
    if role not in MEMBER_ROLES:
        raise InvalidInput(
            "role",
            f"A member is one of: {', '.join(MEMBER_ROLES)}; a partner is a program with an access key.",
            field="role",
        )
    name = one_line(name, longest=LONGEST_NAME, field="name", code="name")
    row_id = stamp.row_id()
    row = MemberRow(
        id=row_id,
        organisation_id=organisation.id,
        role=role,
        sealed_name=secrets.seal(
            name.encode(), bound_to=_bound_to(row_id), random_bytes=stamp.random_bytes, kind=Sealed.WORDS
        ),
        created_at=stamp.now,
    )

    def change(connection: Connection) -> None:
        add(connection, row)
        event = journal.Event(
            chain=chain_of(connection, organisation),
            action="member.added",
            subject=f"member:{row_id}",
            details={"role": role},
        )
        journal.append(connection, stamp, event)

    writer.write(change)
    return Member(row_id, organisation.id, role, name, stamp.now, None)


def leave(writer: Writer, stamp: Stamp, *, organisation: Organisation, member_id: uuid.UUID) -> None:
    """Let a member leave: their access keys open nothing from now on. A second time changes nothing.

    Raises `NotFound` (``unknown-member``), `Conflict`: ``leads-groups`` (naming those that run and have to be handed over first),
    ``last-administrator`` (nobody would be left who can add anybody).
    """

    def change(connection: Connection) -> None:
        its = select(MemberRow.left_at, MemberRow.role).where(
            MemberRow.id == member_id, MemberRow.organisation_id == organisation.id
        )
        found = connection.execute(its).one_or_none()
        if found is None:
            raise _unknown(organisation)
        if found.left_at is not None:
            return
        _require_no_groups(connection, member_id)
        if found.role == Role.ADMINISTRATOR:
            _require_another_administrator(connection, organisation, member_id)
        connection.execute(update(MemberRow).where(col(MemberRow.id) == member_id).values(left_at=stamp.now))
        theirs = update(AccessKeyRow).where(
            col(AccessKeyRow.member_id) == member_id, col(AccessKeyRow.revoked_at).is_(None)
        )
        keys = connection.execute(theirs.values(revoked_at=stamp.now))
        event = journal.Event(
            chain=chain_of(connection, organisation),
            action="member.left",
            subject=f"member:{member_id}",
            details={"access_keys_revoked": keys.rowcount},
        )
        journal.append(connection, stamp, event)

    writer.write(change)


def find_member(session: Session, secrets: Secrets, organisation: Organisation, member_id: uuid.UUID) -> Member:
    """Return a member of an organisation, also one who has left. Raises `NotFound` for any other."""
    found = select(MemberRow).where(MemberRow.id == member_id, MemberRow.organisation_id == organisation.id)
    row = session.exec(found).one_or_none()
    if row is None:
        raise _unknown(organisation)
    return _member(row, secrets)


def find_colleague(
    session: Session, secrets: Secrets, caller: Caller, member_id: uuid.UUID
) -> tuple[Organisation, Member]:
    """Return a member of one of the caller's organisations, and which one it is. Raises `NotFound` for any other."""
    row = session.get(MemberRow, member_id)
    theirs = [one for one in caller.organisations.values() if row is not None and one.id == row.organisation_id]
    if row is None or not theirs:
        raise NotFound("unknown-member", "None of your organisations has such a member.", field="member")
    return theirs[0], _member(row, secrets)


def members_of(
    session: Session,
    secrets: Secrets,
    organisation: Organisation,
    *,
    since: datetime | None = None,
    after: uuid.UUID | None = None,
    limit: int | None = None,
) -> list[Member]:
    """Return the members of an organisation, also those who left, in order of id, after that id. For its administrators only.

    ``since``: who began or left at or after that time.
    """
    changed = at_or_after(since, MemberRow.created_at, MemberRow.left_at)
    its = select(MemberRow).where(MemberRow.organisation_id == organisation.id, changed)
    if after is not None:
        its = its.where(MemberRow.id > after)
    return [_member(row, secrets) for row in session.exec(its.order_by(col(MemberRow.id)).limit(limit))]


def require_able_leader(
    connection: Connection, organisation: Organisation, member_id: uuid.UUID, *, field: str
) -> None:
    """Raise `InvalidInput` inside a change unless this is a member of the organisation, still there, who may lead a group.

    Codes: ``unknown-member``, ``member-left``, ``role-leads-no-groups``.
    """
    found = connection.execute(
        select(MemberRow.role, MemberRow.left_at).where(
            MemberRow.id == member_id, MemberRow.organisation_id == organisation.id
        )
    ).one_or_none()
    if found is None:
        raise InvalidInput("unknown-member", f"{organisation.slug} has no such member.", field=field)
    if found.left_at is not None:
        raise InvalidInput("member-left", f"This member has left {organisation.slug}; choose another.", field=field)
    if found.role not in LEADER_ROLES:
        raise InvalidInput(
            "role-leads-no-groups",
            f"A group is led by one of: {', '.join(LEADER_ROLES)}; not by: {found.role}.",
            field=field,
        )


def _require_no_groups(connection: Connection, member_id: uuid.UUID) -> None:
    led = select(GroupRow.slug).where(GroupRow.leader_id == member_id, col(GroupRow.ended_at).is_(None))
    slugs = connection.execute(led.order_by(GroupRow.slug)).scalars().all()
    if slugs:
        named = ", ".join(slugs[:MOST_NAMED]) + (
            f" and {len(slugs) - MOST_NAMED} more" if len(slugs) > MOST_NAMED else ""
        )
        raise Conflict(
            "leads-groups",
            f"This member leads running groups: {named}. Hand them over or end them first.",
            field="member",
        )


def _require_another_administrator(connection: Connection, organisation: Organisation, member_id: uuid.UUID) -> None:
    others = select(MemberRow.id).where(
        MemberRow.organisation_id == organisation.id,
        MemberRow.role == Role.ADMINISTRATOR,
        MemberRow.id != member_id,
        col(MemberRow.left_at).is_(None),
    )
    if connection.execute(others.limit(1)).first() is None:
        raise Conflict(
            "last-administrator",
            f"{organisation.slug} would have no administrator. Add another one first; then this one can leave.",
            field="member",
        )


def _unknown(organisation: Organisation) -> NotFound:
    return NotFound("unknown-member", f"{organisation.slug} has no such member.", field="member")


def _member(row: MemberRow, secrets: Secrets) -> Member:
    # a name that retention has deleted, or that a restore could not bring back, is empty
    name = row.sealed_name and secrets.unseal(row.sealed_name, bound_to=_bound_to(row.id), kind=Sealed.WORDS)
    return Member(row.id, row.organisation_id, Role(row.role), name.decode(), row.created_at, row.left_at)


def _bound_to(member_id: uuid.UUID) -> str:
    return f"member:{member_id.hex}"
