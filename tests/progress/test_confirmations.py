"""Which word an award may rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlmodel import select

from okbadges.organisations.workshops import find_organisation
from okbadges.progress.confirmations import Witness, confirm, usable_confirmation
from okbadges.storage.tables import ConfirmationRow, CredentialRow
from support.learners import new_participant

if TYPE_CHECKING:
    import uuid

    from support.world import World

SUMMARY = "kooste-digitaalinen-ymparisto"


def word(world: World, participant: uuid.UUID, member: uuid.UUID, badge: str = SUMMARY) -> uuid.UUID:
    """Let a member give their word."""
    rooms = world.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    row_id, _ = confirm(rooms.writer, rooms.stamp("test"), Witness(member, "teacher", kemi, participant), badge)
    return row_id


def usable(world: World, participant: uuid.UUID, not_by: uuid.UUID | None, badge: str = SUMMARY) -> uuid.UUID | None:
    """Return the word that an award may rest on today."""
    with world.rooms.database.read() as session:
        return usable_confirmation(session, participant, badge, not_by=not_by, today=world.clock().date())


def test_whoever_issues_needs_somebody_elses_word(world: World) -> None:
    """One's own word does not count; that of another member does, and any word does where a program issues."""
    participant = new_participant(world)
    own = word(world, participant, world.keys.iida_id)
    assert usable(world, participant, world.keys.iida_id) is None
    assert usable(world, participant, None) == own
    assert usable(world, participant, world.keys.tuula_id) == own
    world.clock.move(seconds=1)
    other = word(world, participant, world.keys.tuula_id)
    assert usable(world, participant, world.keys.iida_id) == other
    assert usable(world, participant, None) == own


def test_a_word_is_about_one_participant_and_one_badge(world: World) -> None:
    """It says nothing of anybody or anything else."""
    participant = new_participant(world)
    word(world, participant, world.keys.tuula_id)
    assert usable(world, participant, None, "kooste-yhteiskunta") is None
    assert usable(world, world.keys.iida_id, None) is None


def test_a_word_lasts_ninety_days(world: World) -> None:
    """On the ninetieth day it still counts, on the day after it does not."""
    participant = new_participant(world)
    given = word(world, participant, world.keys.tuula_id)
    world.clock.move(days=90)
    assert usable(world, participant, None) == given
    world.clock.move(days=1)
    assert usable(world, participant, None) is None


def test_a_word_is_for_one_credential(world: World) -> None:
    """Once a credential rests on it, it does not count again."""
    participant = new_participant(world)
    word(world, participant, world.keys.tuula_id)
    world.issue(participant=str(participant))
    with world.rooms.database.read() as session:
        credential = session.exec(select(CredentialRow.id)).one()
    world.rooms.writer.write(
        lambda connection: connection.execute(update(ConfirmationRow).values(credential_row_id=credential))
    )
    assert usable(world, participant, None) is None
