"""Retention: what is old goes by itself, is counted in the journal, and nothing else goes with it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, update
from sqlmodel import select

from okbadges.errors import Unavailable
from okbadges.operations import retention
from okbadges.organisations.periods import Periods
from okbadges.organisations.roles import Scope
from okbadges.storage.sealing import Sealed
from okbadges.storage.tables import CredentialRow, EventRow, EvidenceRow, MemberRow, ParticipantRow, ShareLinkRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from support.world import World

YEAR_AND_A_BIT = timedelta(days=372)


def sealed(world: World, words: str) -> bytes:
    """Seal words as labels and notes are."""
    return world.rooms.secrets.seal(
        words.encode(), bound_to="test", random_bytes=world.rooms.random_bytes, kind=Sealed.WORDS
    )


def fill(world: World) -> uuid.UUID:
    """Give one participant a badge, a label, a piece of evidence and a revoked badge with a note; return their id."""
    issued = world.issue()
    participant = uuid.UUID(issued["participant"])
    evidence = EvidenceRow(
        id=uuid.uuid4(),
        participant_id=participant,
        badge="digi-turva",
        kind="text",
        media_type="text/plain",
        size=4,
        sealed_content=b"....",
        created_at=world.clock(),
        created_by="test",
        delete_on=(world.clock() + timedelta(days=730)).date(),
    )

    def change(connection: object) -> None:
        add(connection, evidence)  # type: ignore[arg-type]
        connection.execute(  # type: ignore[attr-defined]
            ParticipantRow.__table__.update().values(sealed_label=sealed(world, "Sani"))  # type: ignore[attr-defined]
        )
        connection.execute(  # type: ignore[attr-defined]
            CredentialRow.__table__.update().values(sealed_revocation_note=sealed(world, "mixed up"))  # type: ignore[attr-defined]
        )

    world.rooms.writer.write(change)
    return participant


def due(world: World) -> retention.Deleted:
    """Return what would be deleted now."""
    with world.rooms.database.read() as session:
        return retention.due(session, Periods(), now=world.clock())


def run(world: World) -> retention.Deleted:
    """Delete what is old enough now."""
    return retention.run(world.rooms.writer, world.rooms.stamp("duty"), Periods(), last_run_at=None)


def events(world: World) -> int:
    """Count the events of retention."""
    with world.rooms.database.read() as session:
        counted = select(func.count()).select_from(EventRow).where(EventRow.action == "retention.deleted")
        return session.scalar(counted) or 0


def test_what_is_new_stays(world: World) -> None:
    """Within its time nothing goes, and a run that deletes nothing leaves no event."""
    fill(world)
    world.clock.move(days=300)
    assert not run(world)
    assert events(world) == 0


def test_labels_and_notes_go_after_a_quiet_year(world: World) -> None:
    """Twelve months after the last event the label and the note go; the badge and the evidence stay."""
    participant = fill(world)
    world.clock.move(days=YEAR_AND_A_BIT.days)
    assert due(world) == retention.Deleted(evidence=0, labels=1, notes=1, names=0)
    assert run(world) == retention.Deleted(evidence=0, labels=1, notes=1, names=0)
    with world.rooms.database.read() as session:
        assert session.get_one(ParticipantRow, participant).sealed_label is None
        credential = session.scalars(select(CredentialRow)).one()
        assert credential.sealed_revocation_note is None
        assert credential.document
    assert events(world) == 1
    assert not run(world)


def test_a_new_badge_begins_the_year_again(world: World) -> None:
    """Somebody to whom something happened lately keeps their label."""
    participant = fill(world)
    world.clock.move(days=300)
    headers = world.key([Scope.ISSUE])
    from support.world import order  # noqa: PLC0415 - used here only

    world.client.post("/v1/credentials", json=order(participant=str(participant)), headers=headers)
    world.clock.move(days=100)
    assert due(world).labels == 0


def test_evidence_goes_on_its_day(world: World) -> None:
    """Evidence is deleted on the day that was set when it was made."""
    fill(world)
    world.clock.move(days=729)
    assert due(world).evidence == 0
    world.clock.move(days=1)
    assert run(world).evidence == 1
    with world.rooms.database.read() as session:
        assert session.scalars(select(EvidenceRow)).all() == []


def test_names_of_who_left_go(world: World) -> None:
    """A year after a member left, the name goes."""
    world.rooms.writer.write(
        lambda connection: (
            connection.execute(
                MemberRow.__table__.update().where(MemberRow.id == world.keys.iida_id).values(left_at=world.clock())  # type: ignore[attr-defined]
            )
            and None
        )
    )
    world.clock.move(days=YEAR_AND_A_BIT.days)
    assert run(world).names == 1
    assert due(world).names == 0


def test_a_clock_that_leapt_deletes_nothing(world: World) -> None:
    """Three months since the last run is a long pause or a wrong clock: somebody has to say which."""
    fill(world)
    last = world.clock()
    world.clock.move(days=800)
    with pytest.raises(Unavailable, match="clock-is-right"):
        retention.run(world.rooms.writer, world.rooms.stamp("duty"), Periods(), last_run_at=last)
    assert due(world).evidence == 1


def test_what_was_deleted_is_said(world: World) -> None:
    """The words name the kinds and their numbers."""
    fill(world)
    world.clock.move(days=731)
    assert run(world).in_words() == "Deleted: 1 evidence, 1 labels, 1 notes."
    assert run(world).in_words() == "Nothing is old enough to be deleted."


def test_a_name_goes_with_its_link(world: World) -> None:
    """What was typed for one link is of no use the day after it ended; on its last day it is still there."""
    world.issue(share={"purpose": "other", "expires_on": "2026-12-20"})

    def give_name(connection: Connection) -> None:
        connection.execute(update(ShareLinkRow).values(sealed_name=sealed(world, "Otto")))

    world.rooms.writer.write(give_name)
    world.clock.move(days=29)
    assert not run(world)
    world.clock.move(days=1)
    assert (due(world).names, run(world).names) == (1, 1)
    assert not due(world)
