"""Stays: who is in which group, from when to when. People come, go and come back whenever they like, and are handed over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlmodel import col, select

from okbadges.errors import Conflict, NotFound
from okbadges.organisations.groups import (
    group_row,
    is_led_by,
    require_not_ended,
    require_running,
    running_groups_of,
    unknown_participant,
)
from okbadges.organisations.labels import folded
from okbadges.organisations.participants import (
    open_label,
    present_labels,
    require_room,
    stay_row,
    taken_labels,
    touch,
)
from okbadges.organisations.workshops import chain_of
from okbadges.storage import journal
from okbadges.storage.since import at_or_after
from okbadges.storage.tables import GroupParticipantRow, GroupRow, ParticipantRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.organisations.groups import Group
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay of a participant in a group: from when to when."""

    participant_id: uuid.UUID
    group_id: uuid.UUID
    joined_at: datetime
    left_at: datetime | None


def take_in(
    writer: Writer,
    stamp: Stamp,
    secrets: Secrets,
    *,
    group: Group,
    participant_id: uuid.UUID,
    member_id: uuid.UUID | None,
) -> None:
    """Let somebody whom the organisation knows join a group; who is in it already stays as they are.

    A member may take in whom they lead now, and who is in no group, unless only others led them before (`may_take_in`). Without a
    member it is an administrator or the operator who says so. Raises `NotFound` (``unknown-participant``), `Conflict`:
    ``label-taken``, ``group-full``, ``group-ended``, ``group-handed-over``.
    """

    def change(connection: Connection) -> None:
        require_running(connection, group)
        if is_present(connection, group.id, participant_id):
            return
        if not known_to(connection, group, participant_id):
            raise unknown_participant()
        if member_id is not None and not may_take_in(connection, member_id, participant_id):
            raise unknown_participant()
        _join(connection, stamp, secrets, group.id, participant_id)
        _append(connection, stamp, group, "participant.joined", participant_id, {"group": str(group.id)})

    writer.write(change)


def leave(writer: Writer, stamp: Stamp, *, group: Group, participant_id: uuid.UUID) -> None:
    """Let somebody leave a group; a second time changes nothing. Raises `NotFound` for who never was in it."""

    def change(connection: Connection) -> None:
        _require_stayed(connection, group.id, participant_id)
        if not is_present(connection, group.id, participant_id):
            return
        require_running(connection, group)
        _end_stay(connection, stamp, group.id, participant_id)
        _append(connection, stamp, group, "participant.left", participant_id, {"group": str(group.id)})

    writer.write(change)


def move(
    writer: Writer, stamp: Stamp, secrets: Secrets, *, group: Group, participant_id: uuid.UUID, to: uuid.UUID
) -> None:
    """Hand somebody over from a group to another one of the organisation; a second time changes nothing.

    Raises `NotFound` (``unknown-participant``, ``unknown-group``), `Conflict`: ``label-taken``, ``group-full``, ``group-ended``,
    ``group-handed-over``.
    """

    def change(connection: Connection) -> None:
        _require_stayed(connection, group.id, participant_id)
        _require_other_group(connection, group, to)
        is_there = is_present(connection, to, participant_id)
        if not is_present(connection, group.id, participant_id):
            if is_there:
                return
            raise unknown_participant()
        require_running(connection, group)
        _end_stay(connection, stamp, group.id, participant_id)
        if not is_there:
            _join(connection, stamp, secrets, to, participant_id)
        details = {"from": str(group.id), "to": str(to)}
        _append(connection, stamp, group, "participant.moved", participant_id, details)

    writer.write(change)


def present_in(
    session: Session,
    group: Group,
    *,
    since: datetime | None = None,
    after: uuid.UUID | None = None,
    limit: int | None = 50,
) -> list[Stay]:
    """Return the stays of who is in a group now, in order of the participants' ids, after that id; ``since``: who joined then."""
    here = (
        select(GroupParticipantRow)
        .where(
            GroupParticipantRow.group_id == group.id,
            col(GroupParticipantRow.left_at).is_(None),
            at_or_after(since, GroupParticipantRow.joined_at),
        )
        .order_by(col(GroupParticipantRow.participant_id))
        .limit(limit)
    )
    if after is not None:
        here = here.where(GroupParticipantRow.participant_id > after)
    return [_stay(row) for row in session.exec(here)]


def stays_of(session: Session, participant_id: uuid.UUID, *, leader_id: uuid.UUID | None) -> list[Stay]:
    """Return a participant's stays, the first one first; with a leader only those in the groups that they lead."""
    theirs = (
        select(GroupParticipantRow)
        .join(GroupRow, col(GroupRow.id) == GroupParticipantRow.group_id)
        .where(GroupParticipantRow.participant_id == participant_id)
        .order_by(col(GroupParticipantRow.id))
    )
    if leader_id is not None:
        theirs = theirs.where(GroupRow.leader_id == leader_id)
    return [_stay(row) for row in session.exec(theirs)]


def is_present(connection: Connection, group_id: uuid.UUID, participant_id: uuid.UUID) -> bool:
    """Tell whether the participant is in the group now."""
    here = select(GroupParticipantRow.id).where(
        GroupParticipantRow.group_id == group_id,
        GroupParticipantRow.participant_id == participant_id,
        col(GroupParticipantRow.left_at).is_(None),
    )
    return connection.execute(here.limit(1)).first() is not None


def known_to(connection: Connection, group: Group, participant_id: uuid.UUID) -> bool:
    """Tell whether this is a participant of the group's organisation who can join a group."""
    known = select(ParticipantRow.id).where(
        ParticipantRow.id == participant_id,
        ParticipantRow.organisation_id == group.organisation.id,
        col(ParticipantRow.stands_for_erased).is_(False),
    )
    return connection.execute(known).first() is not None


def may_take_in(connection: Connection, member_id: uuid.UUID, participant_id: uuid.UUID) -> bool:
    """Tell whether a member may take somebody into a group of theirs without an administrator.

    They may while they lead them. Who is in no group now may be taken in by who led them before, and by anybody if nobody did: a label
    and notes of another leader's time stay between those two.
    """
    if is_led_by(connection, member_id, participant_id):
        return True
    if connection.execute(running_groups_of(participant_id).limit(1)).first() is not None:
        return False
    led = connection.execute(
        select(GroupRow.leader_id)
        .join(GroupParticipantRow, col(GroupParticipantRow.group_id) == GroupRow.id)
        .where(GroupParticipantRow.participant_id == participant_id)
    )
    leaders = set(led.scalars())
    return not leaders or member_id in leaders


def _join(
    connection: Connection, stamp: Stamp, secrets: Secrets, group_id: uuid.UUID, participant_id: uuid.UUID
) -> None:
    there = present_labels(connection, secrets, group_id)
    require_room(there, 1)
    sealed = select(ParticipantRow.sealed_label).where(ParticipantRow.id == participant_id)
    label = open_label(secrets, participant_id, connection.execute(sealed).scalar_one())
    if label is not None and folded(label) in taken_labels(there):
        # without the label: an administrator, who may say this too, does not read it
        words = "Somebody in that group has the same label; let the leader of one of the two change it first."
        raise Conflict("label-taken", words, field="participant")
    add(connection, stay_row(stamp, group_id, participant_id))
    touch(connection, stamp, participant_id)


def _end_stay(connection: Connection, stamp: Stamp, group_id: uuid.UUID, participant_id: uuid.UUID) -> None:
    connection.execute(
        update(GroupParticipantRow)
        .where(
            col(GroupParticipantRow.group_id) == group_id,
            col(GroupParticipantRow.participant_id) == participant_id,
            col(GroupParticipantRow.left_at).is_(None),
        )
        .values(left_at=stamp.now)
    )
    touch(connection, stamp, participant_id)


def _require_stayed(connection: Connection, group_id: uuid.UUID, participant_id: uuid.UUID) -> None:
    stayed = select(GroupParticipantRow.id).where(
        GroupParticipantRow.group_id == group_id, GroupParticipantRow.participant_id == participant_id
    )
    if connection.execute(stayed.limit(1)).first() is None:
        raise unknown_participant()


def _require_other_group(connection: Connection, group: Group, other_id: uuid.UUID) -> None:
    """Raise `NotFound` unless this is another group of the organisation, `Conflict` when it has ended."""
    same = select(GroupRow.id).where(GroupRow.id == other_id, GroupRow.organisation_id == group.organisation.id)
    if other_id == group.id or connection.execute(same).first() is None:
        raise NotFound("unknown-group", f"{group.organisation.slug} has no such other group.", field="to")
    require_not_ended(group_row(connection, other_id), field="to")


def _stay(row: GroupParticipantRow) -> Stay:
    return Stay(row.participant_id, row.group_id, row.joined_at, row.left_at)


def _append(
    connection: Connection,
    stamp: Stamp,
    group: Group,
    action: str,
    participant_id: uuid.UUID,
    details: Mapping[str, str],
) -> None:
    chain = chain_of(connection, group.organisation)
    journal.append(connection, stamp, journal.Event(chain, action, f"participant:{participant_id}", details))
