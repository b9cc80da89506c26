"""What tests of backup and restore may ask for: a second, empty database, and an installation that goes on from it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from typing import TYPE_CHECKING

import pytest

from support.restoring import reopened, restore_into

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from okbadges.operations.restore import Restored
    from support.doors import Doors
    from support.postgres import PostgresServer
    from support.world import World

Restoring = Callable[..., "tuple[World, Restored]"]


@pytest.fixture
def empty_urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Return a function that makes an empty database of a kind (sqlite, postgres) and returns its URL."""
    numbers = count()
    with ExitStack() as databases:

        def make(kind: str) -> str:
            if kind == "sqlite":
                return f"sqlite:///{tmp_path}/empty-{next(numbers)}.sqlite3"
            server: PostgresServer = request.getfixturevalue("postgres")
            return server.url(databases.enter_context(server.database()))

        yield make


@pytest.fixture
def second_place(tmp_path: Path) -> Path:
    """Return an empty folder on another disk, as it were."""
    folder = tmp_path / "second"
    folder.mkdir()
    return folder


@pytest.fixture
def restored(world: World, empty_urls: Callable[[str], str], doors: Doors) -> Iterator[Restoring]:
    """Return a function that restores a backup of this world into an empty database and opens the installation again."""
    with ExitStack() as running:

        def make(backup: Path, folder: Path | None = None, kind: str = "") -> tuple[World, Restored]:
            url = empty_urls(kind or world.rooms.database.engine.dialect.name.removesuffix("ql"))
            done = restore_into(url, world, backup, folder)
            return running.enter_context(reopened(url, world, doors)), done

        yield make
