"""SQL that is put together once in a run, as in a server, though nearly every test opens a database of its own.

SQLAlchemy keeps what it compiled for as long as an engine lives. Here two engines of the same kind are taken for one: what it is
compiled for, the kind and version of the database, is the same for all of a run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from sqlalchemy import Engine
    from sqlalchemy.engine import Dialect


class _OfTheRun:
    """What makes a dialect equal to every other of its class, and lets their engines share what was compiled."""

    compiled: ClassVar[MutableMapping[Any, Any]]
    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        """Tell whether the other is of the same kind."""
        return type(self) is type(other)

    def __hash__(self) -> int:
        """Return the same number for all of a kind."""
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """Let a new engine use what the others compiled."""
        engine.update_execution_options(compiled_cache=cls.compiled)


class SQLite(_OfTheRun, SQLiteDialect_pysqlite):
    """SQLite, with Python's own driver."""

    compiled: ClassVar[MutableMapping[Any, Any]] = {}
    supports_statement_cache = True


class PostgreSQL(_OfTheRun, PGDialect_psycopg):
    """PostgreSQL, with psycopg."""

    compiled: ClassVar[MutableMapping[Any, Any]] = {}
    supports_statement_cache = True


def pytest_configure() -> None:
    """Take these two wherever a URL names their databases."""
    dialects: dict[str, type[Dialect]] = {"sqlite": SQLite, "postgresql.psycopg": PostgreSQL}
    for name, dialect in dialects.items():
        registry.register(name, dialect.__module__, dialect.__name__)
