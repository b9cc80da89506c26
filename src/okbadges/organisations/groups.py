"""Groups: a few participants and the member who leads them, at a workshop.

A leader sees the groups that they lead, an administrator all of the organisation; nobody else sees any. A group that has ended stays
as it was: nobody joins it, and who was in it has left it on that day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import func, update
from sqlmodel import col, select

from okbadges.errors import Conflict, NotFound
from okbadges.organisations.issuers import check_slug
from okbadges.organisations.labels import refuse_identifiers
from okbadges.organisations.members import require_able_leader
from okbadges.organisations.roles import Role
from okbadges.organisations.wording import one_line
from okbadges.organisations.workshops import chain_of
from okbadges.storage import journal
from okbadges.storage.since import ALL, at_or_after
from okbadges.storage.tables import (
    GroupParticipantRow,
    GroupRow,
    ParticipantRow,
    WorkshopRow,
)
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection
    from sqlmodel import Session
    from sqlmodel.sql.expression import SelectOfScalar

    from okbadges.organisations.callers import Caller
    from okbadges.organisations.workshops import Organisation, Workshop
    from okbadges.storage.journal import Stamp
    from okbadges.storage.since import Part
    from okbadges.storage.writer import Writer

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Group:
    """A group as the other rooms see it; ``workshop`` is the slug, ``present`` how many are in it now."""

    id: uuid.UUID
    organisation: Organisation
    workshop: str
    leader_id: uuid.UUID
    slug: str
    name: str
    created_at: datetime
    ended_at: datetime | None
    present: int = 0


@dataclass(frozen=True, slots=True)
class WantedGroup:
    """A group to be made, at a workshop, with the member who leads it."""

    workshop: Workshop
    leader_id: uuid.UUID
    slug: str
    name: str


def led_by(session: Session, member_id: uuid.UUID, participant_id: uuid.UUID) -> bool:
    """Tell whether the member leads a running group that the participant is in now."""
    return is_led_by(session.connection(), member_id, participant_id)


def is_led_by(connection: Connection, member_id: uuid.UUID, participant_id: uuid.UUID) -> bool:
    """Tell the same as `led_by` inside a change."""
    led = running_groups_of(participant_id).where(GroupRow.leader_id == member_id)
    return connection.execute(led.limit(1)).first() is not None


def running_groups_of(participant_id: uuid.UUID) -> SelectOfScalar[uuid.UUID]:
    """Return the query for the ids of the running groups that a participant is in now."""
    return (
        select(GroupRow.id)
        .join(GroupParticipantRow, col(GroupParticipantRow.group_id) == GroupRow.id)
        .where(
            GroupParticipantRow.participant_id == participant_id,
            col(GroupParticipantRow.left_at).is_(None),
            col(GroupRow.ended_at).is_(None),
        )
    )


def require_leader(session: Session, caller: Caller, participant_id: uuid.UUID) -> Organisation:
    """Return the participant's organisation if the caller may work with them: their leader now, or an administrator.

    Raises `NotFound` (``unknown-participant``) for everybody else, whether there is such a participant or not.
    """
    row = session.get(ParticipantRow, participant_id)
    if row is not None and not row.stands_for_erased:
        theirs = next((one for one in caller.organisations.values() if one.id == row.organisation_id), None)
        if theirs is not None and (caller.role is Role.ADMINISTRATOR or _leads(session, caller, participant_id)):
            return theirs
    raise unknown_participant()


def unknown_participant() -> NotFound:
    """Return the answer to somebody who asks for a participant of others, or for none."""
    return NotFound("unknown-participant", "None of your groups has such a participant now.", field="participant")


def create_group(writer: Writer, stamp: Stamp, *, organisation: Organisation, wanted: WantedGroup) -> Group:
    """Create a group. Raises `Conflict` (``group-exists``), `InvalidInput` for its words and for who cannot lead it."""
    check_slug(wanted.slug, field="slug")
    name = one_line(wanted.name, longest=LONGEST_NAME, field="name", code="name")
    refuse_identifiers(name, field="name")
    row = GroupRow(
        id=stamp.row_id(),
        organisation_id=organisation.id,
        workshop_id=wanted.workshop.id,
        leader_id=wanted.leader_id,
        slug=wanted.slug,
        name=name,
        created_at=stamp.now,
    )

    def change(connection: Connection) -> None:
        same = select(GroupRow.id).where(GroupRow.organisation_id == organisation.id, GroupRow.slug == wanted.slug)
        if connection.execute(same).first():
            raise Conflict(
                "group-exists", f"{organisation.slug} already has or had a group {wanted.slug}.", field="slug"
            )
        require_able_leader(connection, organisation, wanted.leader_id, field="leader")
        add(connection, row)
        details = {"workshop": str(wanted.workshop.id), "leader": str(wanted.leader_id)}
        _append(connection, stamp, organisation, "group.created", row.id, details)

    writer.write(change)
    return _group(row, organisation, wanted.workshop.slug, 0)


def hand_over(writer: Writer, stamp: Stamp, group: Group, *, to: uuid.UUID) -> Group:
    """Make another member the leader and return the group; handing it to its leader changes nothing.

    Raises `Conflict`: ``group-ended``, ``group-handed-over`` (somebody else was quicker); `InvalidInput` for who cannot lead it.
    """

    def change(connection: Connection) -> None:
        row = require_running(connection, group, also_led_by=to)
        if row.leader_id == to:
            return
        require_able_leader(connection, group.organisation, to, field="to")
        connection.execute(update(GroupRow).where(col(GroupRow.id) == group.id).values(leader_id=to))
        details = {"from": str(row.leader_id), "to": str(to)}
        _append(connection, stamp, group.organisation, "group.handed-over", group.id, details)

    writer.write(change)
    return replace(group, leader_id=to)


def end_group(writer: Writer, stamp: Stamp, group: Group) -> None:
    """End a group: everybody in it leaves it now. Ending it again changes nothing. Raises `Conflict` (``group-handed-over``)."""

    def change(connection: Connection) -> None:
        if group_row(connection, group.id).ended_at is not None:
            return
        require_running(connection, group)
        here = select(GroupParticipantRow.participant_id).where(
            GroupParticipantRow.group_id == group.id, col(GroupParticipantRow.left_at).is_(None)
        )
        touched = update(ParticipantRow).where(col(ParticipantRow.id).in_(here)).values(last_event_at=stamp.now)
        connection.execute(touched)
        left = connection.execute(
            update(GroupParticipantRow)
            .where(col(GroupParticipantRow.group_id) == group.id, col(GroupParticipantRow.left_at).is_(None))
            .values(left_at=stamp.now)
        )
        connection.execute(update(GroupRow).where(col(GroupRow.id) == group.id).values(ended_at=stamp.now))
        _append(connection, stamp, group.organisation, "group.ended", group.id, {"count": left.rowcount})

    writer.write(change)


def find_group(session: Session, caller: Caller, group_id: uuid.UUID) -> Group:
    """Return a group that the caller leads, or any of the organisation for an administrator. Raises `NotFound`."""
    found = _select(session, caller.organisations.values(), GroupRow.id == group_id, *_visible(caller), limit=1)
    if not found:
        raise NotFound("unknown-group", "There is no such group among yours.", field="group")
    return found[0]


def find_group_by_slug(session: Session, organisation: Organisation, slug: str) -> Group:
    """Return the organisation's group with this slug, whoever leads it. Raises `NotFound`."""
    found = _select(session, [organisation], GroupRow.slug == slug, limit=1)
    if not found:
        raise NotFound("unknown-group", f"{organisation.slug} has no group {slug}.", field="group")
    return found[0]


def groups_for(session: Session, caller: Caller, part: Part = ALL, *, running: bool = False) -> list[Group]:
    """Return the groups that a caller sees in order of id; with ``running`` none that has ended. Ending one changes it."""
    which = [
        *_visible(caller),
        at_or_after(part.since, GroupRow.created_at, GroupRow.ended_at),
        *((col(GroupRow.ended_at).is_(None),) if running else ()),
        *((col(GroupRow.id) > part.after,) if part.after else ()),
    ]
    return _select(session, caller.organisations.values(), *which, limit=part.limit)


def groups_of(session: Session, organisation: Organisation) -> list[Group]:
    """Return every group of an organisation in order of id, for the operator."""
    return _select(session, [organisation], limit=None)


def _visible(caller: Caller) -> tuple[ColumnElement[bool] | bool, ...]:
    """Return what narrows groups to those that a caller sees; a program that is nobody's leads none."""
    return () if caller.role is Role.ADMINISTRATOR else (GroupRow.leader_id == caller.member_id,)


def group_row(connection: Connection, group_id: uuid.UUID) -> GroupRow:
    """Return the row of a group as it is now, inside a change."""
    return GroupRow(**connection.execute(select(GroupRow).where(GroupRow.id == group_id)).one()._asdict())


def require_running(connection: Connection, group: Group, *, also_led_by: uuid.UUID | None = None) -> GroupRow:
    """Return the group's row inside a change, if it still runs and is still led by whom the caller saw (or by another one).

    Raises `Conflict`: ``group-ended``, ``group-handed-over``.
    """
    row = group_row(connection, group.id)
    require_not_ended(row)
    if row.leader_id not in (group.leader_id, also_led_by):
        raise Conflict(
            "group-handed-over",
            f"The group {group.slug} has just been handed over to somebody else; read it again.",
            field="group",
        )
    return row


def require_not_ended(row: GroupRow, *, field: str = "group") -> None:
    """Raise `Conflict` (``group-ended``) for a group that has ended."""
    if row.ended_at is not None:
        words = f"The group {row.slug} ended on {row.ended_at.date()}; nothing changes in it any more. Make a new one."
        raise Conflict("group-ended", words, field=field)


def _leads(session: Session, caller: Caller, participant_id: uuid.UUID) -> bool:
    return caller.member_id is not None and led_by(session, caller.member_id, participant_id)


def _select(
    session: Session, organisations: Iterable[Organisation], *which: ColumnElement[bool] | bool, limit: int | None
) -> list[Group]:
    by_id = {organisation.id: organisation for organisation in organisations}
    present = (
        select(func.count())
        .where(GroupParticipantRow.group_id == GroupRow.id, col(GroupParticipantRow.left_at).is_(None))
        .scalar_subquery()
    )
    rows = session.exec(
        select(GroupRow, WorkshopRow.slug, present)
        .join(WorkshopRow, col(WorkshopRow.id) == GroupRow.workshop_id)
        .where(col(GroupRow.organisation_id).in_(by_id), *which)
        .order_by(col(GroupRow.id))
        .limit(limit)
    )
    return [_group(row, by_id[row.organisation_id], workshop, count) for row, workshop, count in rows]


def _group(row: GroupRow, organisation: Organisation, workshop: str, present: int) -> Group:
    return Group(
        id=row.id,
        organisation=organisation,
        workshop=workshop,
        leader_id=row.leader_id,
        slug=row.slug,
        name=row.name,
        created_at=row.created_at,
        ended_at=row.ended_at,
        present=present,
    )


def _append(
    connection: Connection,
    stamp: Stamp,
    organisation: Organisation,
    action: str,
    group_id: uuid.UUID,
    details: Mapping[str, str | int],
) -> None:
    chain = chain_of(connection, organisation)
    journal.append(connection, stamp, journal.Event(chain, action, f"group:{group_id}", details))
