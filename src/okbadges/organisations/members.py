"""Members: people who work for an organisation, each in a role. Their names are sealed and shown to colleagues only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import select

from okbadges.errors import InvalidInput, NotFound
from okbadges.organisations.roles import MEMBER_ROLES, Role
from okbadges.organisations.workshops import chain_of
from okbadges.storage import journal
from okbadges.storage.sealing import Sealed
from okbadges.storage.tables import MemberRow
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

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works for an organisation."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    role: Role
    name: str
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
    name = name.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise InvalidInput("name", f"A name has 1 to {LONGEST_NAME} printable characters.", field="name")
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
    return Member(row_id, organisation.id, role, name, None)


def find_member(session: Session, secrets: Secrets, organisation: Organisation, member_id: uuid.UUID) -> Member:
    """Return a member of an organisation, also one who has left. Raises `NotFound` for any other."""
    found = select(MemberRow).where(MemberRow.id == member_id, MemberRow.organisation_id == organisation.id)
    row = session.exec(found).one_or_none()
    if row is None:
        raise NotFound("unknown-member", f"{organisation.slug} has no such member.", field="member")
    return _member(row, secrets)


def _member(row: MemberRow, secrets: Secrets) -> Member:
    name = secrets.unseal(row.sealed_name, bound_to=_bound_to(row.id), kind=Sealed.WORDS).decode()
    return Member(row.id, row.organisation_id, Role(row.role), name, row.left_at)


def _bound_to(member_id: uuid.UUID) -> str:
    return f"member:{member_id.hex}"
