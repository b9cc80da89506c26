"""Of which version a database is, and of which it must be to be served. Alembic, which changes versions, is not needed to ask for one.

A server asks at its start and whenever it is asked whether it is ready. Alembic with its template language and the dialects of every
database would be a twentieth of that start and several mebibytes of each process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from okbadges.errors import ConfigurationError
from okbadges.storage.database import storage_unavailable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from okbadges.storage.database import Database

NEEDED: Final = "0010"
"""The version of the database that this release needs: the newest of the migrations, as a test sees."""

_NOTED_IN = "alembic_version"


def require_current(database: Database) -> None:
    """Raise `ConfigurationError` unless the database is of this version, `Unavailable` when it cannot be asked."""
    try:
        with database.engine.connect() as connection:
            has = version_of(connection)
    except DBAPIError as broken:
        raise storage_unavailable(broken) from broken
    if has != NEEDED:
        raise ConfigurationError(
            "not-migrated",
            f"The database is at version {has or 'none'} and this release needs {NEEDED}; run: okbadges migrate",
        )


def version_of(connection: Connection) -> str | None:
    """Return the version of a database, where Alembic notes it; None for one that was never migrated."""
    if not inspect(connection).has_table(_NOTED_IN):
        return None
    version: str | None = connection.execute(text(f"SELECT version_num FROM {_NOTED_IN}")).scalar_one_or_none()  # noqa: S608 - our constant
    return version
