"""Migrations: brought up by `okbadges migrate`, never by the server itself, which asks for the version only (`version`)."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config

from okbadges.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from okbadges.storage.database import Database

_PACKAGED = Path(__file__).resolve().parent.parent / "_alembic"
_CHECKOUT = Path(__file__).resolve().parents[3] / "alembic"


def migrate(database: Database) -> None:
    """Bring the database to this version; doing it again changes nothing."""
    config = _config()
    with database.engine.connect() as connection, _tables_may_be_rebuilt(database, connection):
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


@contextmanager
def _tables_may_be_rebuilt(database: Database, connection: Connection) -> Iterator[None]:
    """Let a migration drop a table that others refer to, which is how SQLite changes one; nothing may refer to nowhere after it."""
    if not database.is_sqlite:
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        if driver.execute("PRAGMA foreign_key_check").fetchone():
            raise ConfigurationError(
                "migration-broken", "The migrated database refers to rows that are not there; restore the backup."
            )
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _config() -> Config:
    """Find the scripts in the installed package, or at the top of a checkout."""
    folder = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config
