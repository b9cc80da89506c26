"""What tests of backup and restore may ask for: a second, empty database, and an installation that goes on from it.

Most restore into a database that has its tables already, as after `okbadges migrate`: making them is most of a restore's time. The
restore drill begins with none.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from typing import TYPE_CHECKING

import pytest

from okbadges.storage.database import Database
from okbadges.storage.migrations import migrate
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


@pytest.fixture(scope="session")
def tables_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file with the tables and no rows, to be copied."""
    file = tmp_path_factory.mktemp("tables") / "tables.sqlite3"
    make_tables(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def tables_on_postgres(postgres: PostgresServer) -> Iterator[str]:
    """Return the name of a PostgreSQL database with the tables and no rows, to be copied."""
    with postgres.database() as name:
        make_tables(postgres.url(name))
        yield name


def make_tables(url: str) -> None:
    """Migrate an empty database."""
    database = Database(url)
    migrate(database)
    database.close()


@pytest.fixture
def migrated_urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Return a function that makes a database of a kind (sqlite, postgres) with the tables and no rows, and returns its URL."""
    numbers = count()
    with ExitStack() as databases:

        def make(kind: str) -> str:
            if kind == "sqlite":
                tables: Path = request.getfixturevalue("tables_on_sqlite")
                return f"sqlite:///{shutil.copy(tables, tmp_path / f'migrated-{next(numbers)}.sqlite3')}"
            server: PostgresServer = request.getfixturevalue("postgres")
            template: str = request.getfixturevalue("tables_on_postgres")
            return server.url(databases.enter_context(server.database(template=template)))

        yield make


@pytest.fixture
def second_place(tmp_path: Path) -> Path:
    """Return an empty folder on another disk, as it were."""
    folder = tmp_path / "second"
    folder.mkdir()
    return folder


@pytest.fixture
def restored(world: World, migrated_urls: Callable[[str], str], doors: Doors) -> Iterator[Restoring]:
    """Return a function that restores a backup of this world into an empty database and opens the installation again."""
    with ExitStack() as running:

        def make(backup: Path, folder: Path | None = None, kind: str = "") -> tuple[World, Restored]:
            url = migrated_urls(kind or world.rooms.database.engine.dialect.name.removesuffix("ql"))
            done = restore_into(url, world, backup, folder)
            return running.enter_context(reopened(url, world, doors)), done

        yield make
