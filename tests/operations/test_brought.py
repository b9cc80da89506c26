"""What programs brought into passports, in the operator's hands: what a restore does with it, and when a profile is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from okbadges.operations import retention
from okbadges.organisations.periods import Periods
from okbadges.passport.brought import remove_brought
from okbadges.passport.joining import join_passports
from okbadges.passport.profiles import remove_profile
from okbadges.storage.tables import HolderProfileRow
from support.brought import brought_into, put, put_profile, strangers_badge
from support.learners import new_group, new_participant
from support.partners import allowed
from support.passport import holder_of, new_card
from support.restoring import backup_of, copy

if TYPE_CHECKING:
    from pathlib import Path

    from operations.test_restore import Restoring
    from support.partners import Program
    from support.world import World


def program_of(world: World, name: str) -> Program:
    """Return a program that somebody allowed to put things."""
    return allowed(world, new_participant(world, new_group(world, slug=name), name.title()))


def test_what_was_removed_after_the_backup_stays_away(
    world: World, restored: Restoring, tmp_path: Path, second_place: Path
) -> None:
    """Removed badges and profiles do not come back, others do; what came after the backup has no copy, and is named."""
    sani, eino = program_of(world, "sani"), program_of(world, "eino")
    for one in (sani, eino):
        put(world, one, strangers_badge(1))
        put(world, one, strangers_badge(2))
        put_profile(world, one)
    backup = backup_of(world, tmp_path / "backup.okb")
    world.clock.move(minutes=1)
    rooms, stamp = world.rooms, world.rooms.stamp("holder")
    removed = next(one for one in brought_into(world, sani.passport_id) if one.document == strangers_badge(1))
    remove_brought(rooms.writer, stamp, sani.passport_id, removed.row_id)
    remove_profile(rooms.writer, stamp, sani.passport_id)
    put(world, eino, strangers_badge(3))
    copy(world, second_place)
    for file in second_place.rglob("*"):
        assert b"Course House" not in (file.read_bytes() if file.is_file() else b"")
    again, done = restored(backup, second_place)
    assert [one.document for one in brought_into(again, sani.passport_id)] == [strangers_badge(2)]
    assert len(brought_into(again, eino.passport_id)) == 2
    with again.rooms.database.read() as session:
        assert session.exec(select(HolderProfileRow.passport_id)).all() == [eino.passport_id]
    assert done.replayed is not None
    assert set(done.replayed.not_redone) == {"brought-credential.added"}


def test_what_was_joined_after_the_backup_is_in_the_joined_passport(
    world: World, restored: Restoring, tmp_path: Path, second_place: Path
) -> None:
    """What was brought into either passport is found in the one that is left."""
    group = new_group(world)
    people = [new_participant(world, group, name) for name in ("Sani", "Eino")]
    cards = [new_card(world, one) for one in people]
    programs = [allowed(world, one) for one in people]
    for number, one in enumerate(programs):
        put(world, one, strangers_badge(number))
        put_profile(world, one)
    backup = backup_of(world, tmp_path / "backup.okb")
    world.clock.move(minutes=1)
    join_passports(world.rooms.writer, world.rooms.stamp("holder"), holder_of(world, cards[0]), cards[1].id)
    copy(world, second_place)
    again, _ = restored(backup, second_place)
    assert len(brought_into(again, programs[0].passport_id)) == 2
    assert brought_into(again, programs[1].passport_id) == []
    with again.rooms.database.read() as session:
        assert session.exec(select(HolderProfileRow.passport_id)).all() == [programs[0].passport_id]


def test_a_profile_that_nobody_put_again_is_deleted(world: World) -> None:
    """After as long as anything else that is not used any more; badges stay, being the person's."""
    sani, eino = program_of(world, "sani"), program_of(world, "eino")
    periods = Periods(24, 12, 36)
    for one in (sani, eino):
        put(world, one, strangers_badge())
        put_profile(world, one)
    world.clock.move(days=30.5 * 35)
    put_profile(world, eino, b'{"id":"urn:x:eino","type":["Profile"]}')
    world.clock.move(days=60)
    with world.rooms.database.read() as session:
        assert retention.due(session, periods, now=world.clock()).profiles == 1
    deleted = retention.run(world.rooms.writer, world.rooms.stamp("duty"), periods, last_run_at=None)
    assert deleted.profiles == 1
    with world.rooms.database.read() as session:
        assert session.exec(select(HolderProfileRow.passport_id)).all() == [eino.passport_id]
    assert len(brought_into(world, sani.passport_id)) == 1
