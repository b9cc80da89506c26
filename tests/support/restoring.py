"""Restoring a test's world into another database, and going on from there."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

from okbadges.operations.backup import make_backup
from okbadges.operations.restore import restore
from okbadges.operations.second_place import copy_new
from okbadges.organisations.workshops import find_organisation
from okbadges.passport.erasure import erase_participant
from okbadges.storage.database import Database
from okbadges.storage.installation import require_same
from okbadges.storage.journal import Stamp
from okbadges.storage.version import require_current
from okbadges.storage.writer import Writer
from support.world import BASE_URL, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from okbadges.operations.restore import Restored
    from okbadges.operations.second_place import Copied
    from support.doors import Doors
    from support.world import World


def backup_of(world: World, file: Path) -> Path:
    """Write a backup of a world."""
    make_backup(world.rooms.database, file, now=world.clock())
    return file


def erase(world: World, participant: str) -> None:
    """Erase a participant of Kemi."""
    with world.rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    stamp = world.rooms.stamp("test")
    erase_participant(world.rooms.writer, stamp, organisation=kemi, participant_id=uuid.UUID(participant))


def restore_into(url: str, world: World, backup: Path, folder: Path | None = None) -> Restored:
    """Restore a backup of a world into the database at this URL."""
    database = Database(url)
    writer = Writer(database)
    stamp = Stamp("operator", world.clock(), world.rooms.random_bytes)
    try:
        return restore(database, writer, stamp, world.rooms.secrets, backup, second_place=folder, base_url=BASE_URL)
    finally:
        writer.close()
        database.close()


@contextmanager
def reopened(url: str, world: World, doors: Doors) -> Iterator[World]:
    """Serve the database at this URL as the world that it was, if it passes what every start of the service asks of it."""
    with opened(url, world.keys, world.clock, doors) as again:
        require_current(again.rooms.database)
        require_same(again.rooms.database, again.rooms.secrets, base_url=BASE_URL, demo=False)
        yield again


def copy(world: World, folder: Path) -> Copied:
    """Copy what is new in a world's journal."""
    return copy_new(
        world.rooms.database,
        world.rooms.secrets,
        folder,
        now=world.clock(),
        random_bytes=world.rooms.random_bytes,
    )
