"""Restoring a test's world into another database, and going on from there."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fastapi.testclient import TestClient

from okbadges.app import create_app
from okbadges.operations.backup import make_backup
from okbadges.operations.restore import restore
from okbadges.operations.second_place import copy_new
from okbadges.organisations.workshops import find_organisation
from okbadges.passport.erasure import erase_participant
from okbadges.storage.database import Database
from okbadges.storage.journal import Stamp
from okbadges.storage.writer import Writer
from support.world import BASE_URL, World, settings_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from okbadges.operations.restore import Restored
    from okbadges.operations.second_place import Copied


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
def reopened(url: str, world: World) -> Iterator[World]:
    """Serve the database at this URL as the world that it was."""
    app = create_app(settings_for(url), now=world.clock)
    with TestClient(app, base_url=BASE_URL, raise_server_exceptions=False) as client:
        yield World(app, client, world.clock, world.keys)


def copy(world: World, folder: Path) -> Copied:
    """Copy what is new in a world's journal."""
    return copy_new(
        world.rooms.database,
        world.rooms.secrets,
        folder,
        now=world.clock(),
        random_bytes=world.rooms.random_bytes,
    )
