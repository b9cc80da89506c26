"""Participants: a random id and, while they are in a group, the short label by which its leader knows them. Nothing else.

A label is sealed; only the leaders of the running groups that somebody is in now read it, and no label is in the journal. When
somebody is in which group: `okbadges.organisations.stays`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, update
from sqlmodel import col, select

from okbadges.errors import Conflict, InvalidInput, NotAllowed, NotFound
from okbadges.organisations.groups import (
    is_led_by,
    require_running,
    running_groups_of,
    unknown_participant,
)
from okbadges.organisations.labels import check_label, folded, free_label
from okbadges.organisations.workshops import chain_of
from okbadges.storage import journal
from okbadges.storage.ids import uuid4
from okbadges.storage.sealing import Sealed
from okbadges.storage.tables import GroupParticipantRow, GroupRow, ParticipantRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.organisations.groups import Group
    from okbadges.organisations.workshops import Organisation
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

_TOUCH: Final = update(ParticipantRow).where(
    col(ParticipantRow.id).in_(bindparam("participants", expanding=True)),
    col(ParticipantRow.stands_for_erased).is_(False),
)
MOST_AT_ONCE = 500
MOST_PRESENT = 1000


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who learns; ``label`` is None for all but their leaders, and for who has none."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    label: str | None


def add_participants(
    writer: Writer, stamp: Stamp, secrets: Secrets, *, group: Group, labels: Sequence[str]
) -> list[Participant]:
    """Add new participants to a group, all or none, each with a label of its own there.

    Raises `InvalidInput` for labels (`okbadges.organisations.labels`; ``field`` is ``labels.3``) and for none or more than 500 of
    them; `Conflict`: ``label-taken`` (with a label that is free), ``group-full``, ``group-ended``, ``group-handed-over``.
    """
    if not 1 <= len(labels) <= MOST_AT_ONCE:
        raise InvalidInput("label-count", f"Give 1 to {MOST_AT_ONCE} labels, one for each newcomer.", field="labels")
    checked = [check_label(label, field=f"labels.{place}") for place, label in enumerate(labels)]
    newcomers = [Participant(uuid4(stamp.random_bytes), group.organisation.id, label) for label in checked]

    def change(connection: Connection) -> None:
        require_running(connection, group)
        there = present_labels(connection, secrets, group.id)
        require_room(there, len(newcomers))
        taken = taken_labels(there)
        for place, newcomer in enumerate(newcomers):
            require_free(checked[place], taken, field=f"labels.{place}")
            taken.add(folded(checked[place]))
            write_new(connection, stamp, secrets, newcomer, group.id)
        event = journal.Event(
            chain=chain_of(connection, group.organisation),
            action="participants.added",
            subject=f"group:{group.id}",
            details={"count": len(newcomers)},
        )
        journal.append(connection, stamp, event)

    writer.write(change)
    return newcomers


def require_own_labels(group: Group, member_id: uuid.UUID | None) -> None:
    """Raise `NotAllowed` (``labels-are-the-leaders``) unless the member leads the group: nobody else reads or writes its labels."""
    if member_id != group.leader_id:
        raise NotAllowed(
            "labels-are-the-leaders", "Labels are for the leader of a group only; let them write these.", field="labels"
        )


def set_label(
    writer: Writer,
    stamp: Stamp,
    secrets: Secrets,
    *,
    organisation: Organisation,
    participant_id: uuid.UUID,
    member_id: uuid.UUID | None,
    label: str,
) -> str:
    """Give a participant another label and return it as it is kept. Only a leader of theirs may, as nobody else reads it.

    Raises `InvalidInput` for the label, `NotFound` (``unknown-participant``), `Conflict` (``label-taken``, in any of their groups).
    """
    checked = check_label(label)

    def change(connection: Connection) -> None:
        if member_id is None or not is_led_by(connection, member_id, participant_id):
            raise unknown_participant()
        for group_id in connection.execute(running_groups_of(participant_id)).scalars().all():
            there = present_labels(connection, secrets, group_id)
            if there[participant_id] == checked:
                return
            require_free(checked, taken_labels(there, but=participant_id), field="label")
        write_label(connection, stamp, secrets, participant_id, checked)
        event = journal.Event(chain_of(connection, organisation), "label.set", f"participant:{participant_id}")
        journal.append(connection, stamp, event)

    writer.write(change)
    return checked


def labels_of(
    session: Session, secrets: Secrets, *, member_id: uuid.UUID | None, participants: Collection[uuid.UUID]
) -> dict[uuid.UUID, str]:
    """Return the labels of these participants that a member may read: of those in a running group that the member leads."""
    if member_id is None or not participants:
        return {}
    rows = session.exec(
        select(ParticipantRow.id, ParticipantRow.sealed_label)
        .join(GroupParticipantRow, col(GroupParticipantRow.participant_id) == ParticipantRow.id)
        .join(GroupRow, col(GroupRow.id) == GroupParticipantRow.group_id)
        .where(
            GroupRow.leader_id == member_id,
            col(GroupRow.ended_at).is_(None),
            col(GroupParticipantRow.left_at).is_(None),
            col(ParticipantRow.id).in_(participants),
        )
    )
    found = {participant_id: open_label(secrets, participant_id, sealed) for participant_id, sealed in rows}
    return {participant_id: label for participant_id, label in found.items() if label is not None}


def read_label(
    session: Session, secrets: Secrets, *, member_id: uuid.UUID | None, participant_id: uuid.UUID
) -> str | None:
    """Return a participant's label if the member leads them now, and if there is one."""
    return labels_of(session, secrets, member_id=member_id, participants=[participant_id]).get(participant_id)


def open_label(secrets: Secrets, participant_id: uuid.UUID, sealed: bytes | None) -> str | None:
    """Return what a participant's row keeps as label; for a leader's eyes only."""
    if sealed is None:
        return None
    return secrets.unseal(sealed, bound_to=_bound_to(participant_id), kind=Sealed.WORDS).decode()


def present_labels(connection: Connection, secrets: Secrets, group_id: uuid.UUID) -> dict[uuid.UUID, str | None]:
    """Return who is in a group now, with their labels."""
    rows = connection.execute(
        select(ParticipantRow.id, ParticipantRow.sealed_label)
        .join(GroupParticipantRow, col(GroupParticipantRow.participant_id) == ParticipantRow.id)
        .where(GroupParticipantRow.group_id == group_id, col(GroupParticipantRow.left_at).is_(None))
    )
    return {row.id: open_label(secrets, row.id, row.sealed_label) for row in rows}


def taken_labels(there: Mapping[uuid.UUID, str | None], *, but: uuid.UUID | None = None) -> set[str]:
    """Return the labels of who is there (but one), folded: as `require_free` compares them."""
    return {folded(label) for participant_id, label in there.items() if label is not None and participant_id != but}


def require_free(label: str, taken: Collection[str], *, field: str) -> None:
    """Raise `Conflict` (``label-taken``) for a label that somebody in the group has; it proposes one that is free."""
    if folded(label) in taken:
        detail = f"Somebody in this group has the label “{label}” already; how about “{free_label(label, taken)}”?"
        raise Conflict("label-taken", detail, field=field)


def require_room(there: Collection[uuid.UUID], newcomers: int) -> None:
    """Raise `Conflict` (``group-full``) where a group would have more than 1000 participants at once."""
    if len(there) + newcomers > MOST_PRESENT:
        raise Conflict(
            "group-full", f"A group has at most {MOST_PRESENT} participants at once; make another one.", field="group"
        )


def write_new(
    connection: Connection, stamp: Stamp, secrets: Secrets, newcomer: Participant, group_id: uuid.UUID
) -> None:
    """Insert a participant and their stay in a group inside a change."""
    sealed = _sealed(stamp, secrets, newcomer.id, newcomer.label) if newcomer.label else None
    row = ParticipantRow(
        id=newcomer.id,
        organisation_id=newcomer.organisation_id,
        sealed_label=sealed,
        last_event_at=stamp.now,
        created_at=stamp.now,
    )
    add(connection, row, stay_row(stamp, group_id, newcomer.id))


def stay_row(stamp: Stamp, group_id: uuid.UUID, participant_id: uuid.UUID) -> GroupParticipantRow:
    """Return the row of a stay that begins now."""
    return GroupParticipantRow(id=stamp.row_id(), group_id=group_id, participant_id=participant_id, joined_at=stamp.now)


def write_label(connection: Connection, stamp: Stamp, secrets: Secrets, participant_id: uuid.UUID, label: str) -> None:
    """Keep another label of a participant inside a change."""
    connection.execute(
        update(ParticipantRow)
        .where(col(ParticipantRow.id) == participant_id)
        .values(sealed_label=_sealed(stamp, secrets, participant_id, label), last_event_at=stamp.now)
    )


def touch(connection: Connection, stamp: Stamp, *participants: uuid.UUID) -> None:
    """Note, inside a change, that something happened to them: their label and notes are kept for some months from now.

    Raises `NotFound` when one of them is not there any more: nothing is added to somebody who was just erased.
    """
    noted = connection.execute(_TOUCH, {"participants": participants, "last_event_at": stamp.now})
    if noted.rowcount != len(set(participants)):
        raise NotFound("unknown-participant", "There is no such participant any more.", field="participant")


def _sealed(stamp: Stamp, secrets: Secrets, participant_id: uuid.UUID, label: str) -> bytes:
    bound_to = _bound_to(participant_id)
    return secrets.seal(label.encode(), bound_to=bound_to, random_bytes=stamp.random_bytes, kind=Sealed.WORDS)


def _bound_to(participant_id: uuid.UUID) -> str:
    return f"label:{participant_id.hex}"
