"""The database: one SQLite file or a PostgreSQL server, chosen by URL; sessions read, the writer writes.

Durability is not negotiable: SQLite runs with WAL and ``synchronous=FULL``, PostgreSQL with its own defaults.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlmodel import Session

from okbadges.errors import ConfigurationError, InvalidInput, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

BUSY_SECONDS = 10
# the number of the lock that writers on PostgreSQL share: any number, but always the same
_WRITERS = 0x6F6B626164676573
# a statement that stores many rows at once is one of its own for each number of rows, and takes a third of a MiB as SQLite prepares it
_PREPARED_STATEMENTS = 32
# a server process runs at most 40 requests in threads, and none holds more than one connection for reading
_POOL = {"pool_size": 10, "max_overflow": 32, "pool_timeout": BUSY_SECONDS}


class Database:
    """The engine and how to read through it."""

    def __init__(self, url: str) -> None:
        """Open (lazily) the database at ``url``: ``sqlite:///file.sqlite3`` or ``postgresql+psycopg://…``."""
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session for reading.

        A database that does not answer becomes `Unavailable`; a number or text that no column can hold, and so nothing can
        be found by, `InvalidInput` (``out-of-range``).
        """
        try:
            with Session(self.engine, expire_on_commit=False) as session:
                yield session
        except (DataError, OverflowError) as strange:
            raise out_of_range() from strange
        except (DBAPIError, PoolTimeoutError) as broken:
            raise storage_unavailable(broken) from broken

    def wait_for_turn(self, connection: Connection) -> None:
        """Wait until no other process writes, for the rest of this transaction.

        SQLite does it with BEGIN IMMEDIATE. On PostgreSQL an advisory lock says the same; every change ends in the journal, where
        the writers would meet anyway, and would fail as a deadlock if they came there in different orders.
        """
        if not self.is_sqlite:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def out_of_range() -> InvalidInput:
    """Return the refusal of a number or text that no column can hold."""
    return InvalidInput("out-of-range", "Something in the address or request is out of range.")


def storage_unavailable(broken: DBAPIError | PoolTimeoutError) -> Unavailable:
    """Turn a driver's error into words; the driver's own text may hold data and stays in the cause."""
    return Unavailable(
        "storage-unavailable",
        f"The database did not do what was asked ({type(getattr(broken, 'orig', broken)).__name__}); nothing was changed, try again in a moment.",
    )


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            engine = create_engine(
                parsed,
                connect_args={
                    "timeout": BUSY_SECONDS,
                    "check_same_thread": False,
                    "cached_statements": _PREPARED_STATEMENTS,
                },
                hide_parameters=True,
                **_POOL,
            )
            # many rows in one statement: the driver's own way steps through them one by one, and waits for the interpreter's lock after each
            engine.dialect.use_insertmanyvalues_wo_returning = True
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        engine = create_engine(parsed, pool_pre_ping=True, hide_parameters=True, **_POOL)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as unusable:
        raise ConfigurationError(
            "database-url",
            "OKBADGES_DATABASE_URL must be sqlite:///path/to/file.sqlite3 or postgresql+psycopg://user@host/name "
            f"(for PostgreSQL: pip install 'okbadges[postgres]'): {type(unusable).__name__}",
        ) from unusable
    event.listen(engine, "do_executemany", _send_many)
    return engine


def _send_many(cursor: Any, statement: str, rows: Sequence[Mapping[str, Any]], context: Any) -> bool:  # noqa: ANN401 - SQLAlchemy hands its own untyped to listeners
    """Send rows of one table to PostgreSQL as one COPY, and run any other statement once for each; what refuses an INSERT refuses the COPY.

    The driver's own way sends all before it hears of the first: when that fails, it takes statements that were skipped after it for
    prepared, and the next who needs one of them is told that there is none (psycopg 3.3.9). It is never asked.
    """
    if not context.execution_options.get("okbadges_only_rows"):
        for row in rows:
            cursor.execute(statement, row)
        return True
    table = context.compiled.statement.table
    quote = context.dialect.identifier_preparer
    columns = list(rows[0])
    names = ", ".join(quote.quote(table.columns[column].name) for column in columns)
    with cursor.copy(f"COPY {quote.format_table(table)} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[column] for column in columns])
    return True


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Set the pragmas of one SQLite connection; transactions are begun by `_begin_sqlite`, not by the driver."""
    driver: Any = connection
    driver.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "cache_size=-16000",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy hands its Connection untyped to listeners
    """Begin a writer's transaction at once as the writer, so that two of them wait instead of failing half-way."""
    writes = connection.get_execution_options().get("okbadges_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
