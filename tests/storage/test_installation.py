"""A database belongs to one installation: its base URL, its secret, its mode."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import inspect, text
from sqlmodel import SQLModel

from okbadges.app import create_app
from okbadges.errors import ConfigurationError
from okbadges.settings import load_settings
from okbadges.storage import migrations, version
from okbadges.storage.database import Database
from support.world import SECRET, settings_for

if TYPE_CHECKING:
    from pathlib import Path

    from support.world import Prepared


def test_another_base_url_is_refused(ground: tuple[str, Prepared]) -> None:
    """Serving under another address would break every signed credential, so it does not start."""
    with pytest.raises(ConfigurationError, match="OKBADGES_BASE_URL=http://localhost:8000"):
        create_app(settings_for(ground[0], base_url="http://localhost:9000"))


def test_another_secret_is_refused(ground: tuple[str, Prepared]) -> None:
    """With another secret no private key would open, so it does not start."""
    other = base64.b64encode(bytes(32)).decode()
    assert other != SECRET
    with pytest.raises(ConfigurationError, match="another secret"):
        create_app(load_settings(base_url="http://localhost:8000", database_url=ground[0], secret=other))


def test_a_real_database_is_not_served_as_a_demo(ground: tuple[str, Prepared]) -> None:
    """A demo and an installation in earnest never share a database."""
    with pytest.raises(ConfigurationError, match="OKBADGES_DATABASE_URL"):
        create_app(settings_for(ground[0]), demo=True)


def test_a_database_that_was_not_migrated_is_refused(tmp_path: Path) -> None:
    """An empty database is refused with the command that mends it."""
    with pytest.raises(ConfigurationError, match="okbadges migrate"):
        create_app(settings_for(f"sqlite:///{tmp_path}/new.sqlite3"))


def test_the_migrations_make_the_tables_as_they_are_described(ground: tuple[str, Prepared]) -> None:
    """What the migrations made has the same tables, columns, nullability and unique constraints as the classes say."""
    database = Database(ground[0])
    found = inspect(database.engine)
    assert set(found.get_table_names()) == {*SQLModel.metadata.tables, "alembic_version"}
    for name, table in SQLModel.metadata.tables.items():
        columns = {column["name"]: column["nullable"] for column in found.get_columns(name)}
        assert columns == {column.name: column.nullable for column in table.columns}
        unique = {tuple(one["column_names"]) for one in found.get_unique_constraints(name)}
        from sqlalchemy import UniqueConstraint  # noqa: PLC0415 - used here only

        described = {
            tuple(column.name for column in one.columns)
            for one in table.constraints
            if isinstance(one, UniqueConstraint)
        }
        assert unique == described
    database.close()


def test_migrating_again_changes_nothing(ground: tuple[str, Prepared]) -> None:
    """A second migration of an up-to-date database is harmless."""
    database = Database(ground[0])
    migrations.migrate(database)
    version.require_current(database)
    database.close()


def test_sqlite_is_durable(tmp_path: Path) -> None:
    """Every SQLite connection writes with WAL and synchronous=FULL and keeps foreign keys."""
    database = Database(f"sqlite:///{tmp_path}/one.sqlite3")
    with database.engine.connect() as connection:
        pragmas = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    database.close()
    assert pragmas == ["wal", 2, 1]


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "postgresql+nodriver://x/y"])
def test_an_unusable_database_url_is_explained(url: str) -> None:
    """A URL that names no database we know is refused by the name of its variable."""
    with pytest.raises(ConfigurationError, match="OKBADGES_DATABASE_URL"):
        Database(url)
