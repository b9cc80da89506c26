"""One PostgreSQL database for many tests: brought back to what was prepared after each, which is ten times faster than a new copy.

Beside the tables stands a copy of their prepared rows. A table of which no row was touched is left alone; one whose shape a test
changed costs a new database. What a test left connected is disconnected first.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from types import TracebackType

    from support.postgres import PostgresServer

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_SHAPE = """
SELECT (SELECT count(*) FROM pg_class), (SELECT max(oid) FROM pg_class), (SELECT count(*) FROM pg_constraint),
       (SELECT max(oid) FROM pg_constraint), (SELECT count(*) FROM pg_trigger), (SELECT count(*) FROM pg_attribute)
"""
_OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_GONE_WITHIN_SECONDS = 5.0


class RefilledDatabase:
    """Copies of one prepared database, one after the other."""

    def __init__(self, server: PostgresServer, template: str) -> None:
        """Fill from ``template`` on ``server``."""
        self._server = server
        self._template = template
        self._things = ExitStack()
        self._name = ""
        self._connection: psycopg.Connection | None = None
        self._shape: Any = None
        self._marks: dict[str, Any] = {}

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Drop the database."""
        self._things.close()

    def as_prepared(self) -> str:
        """Return the URL of a database that is as it was prepared."""
        if self._connection is not None:
            _disconnect_others(self._connection)
            if self._connection.execute(_SHAPE).fetchone() == self._shape:
                self._refill(self._connection)
                return self._server.url(self._name)
            self._things.close()
        return self._server.url(self._new())

    def _new(self) -> str:
        self._name = self._things.enter_context(self._server.database(template=self._template))
        # kept open: a server process that knows the tables already answers many times faster than a new one
        connection = psycopg.connect(self._server.place(self._name), autocommit=True)
        self._connection = self._things.enter_context(connection)
        connection.execute("CREATE SCHEMA prepared")
        for table in self._tables(connection):
            copy = sql.SQL("CREATE TABLE prepared.{0} AS TABLE public.{0}")
            connection.execute(copy.format(sql.Identifier(table)))
        self._shape = connection.execute(_SHAPE).fetchone()
        self._marks = self._marked(connection)
        return self._name

    def _refill(self, connection: psycopg.Connection) -> None:
        marks = self._marked(connection)
        touched = [table for table, mark in marks.items() if mark != self._marks[table]]
        if not touched:
            return
        with connection.transaction():
            # references are right again at the end; on the way they need not be
            connection.execute("SET LOCAL session_replication_role = replica")
            for table in touched:
                name = sql.Identifier(table)
                connection.execute(sql.SQL("DELETE FROM public.{}").format(name))
                connection.execute(sql.SQL("INSERT INTO public.{0} SELECT * FROM prepared.{0}").format(name))
        self._marks = self._marked(connection)

    def _marked(self, connection: psycopg.Connection) -> dict[str, Any]:
        """Return for each table how many rows it has and the sum of the transactions that wrote them: any change shows."""
        one = sql.SQL("SELECT {0}, count(*), coalesce(sum(xmin::text::bigint), 0) FROM public.{1}")
        every = sql.SQL(" UNION ALL ").join(
            one.format(sql.Literal(table), sql.Identifier(table)) for table in self._tables(connection)
        )
        return {row[0]: row[1:] for row in connection.execute(every)}

    def _tables(self, connection: psycopg.Connection) -> list[str]:
        return [row[0] for row in connection.execute(_TABLES)]


def _disconnect_others(connection: psycopg.Connection) -> None:
    """Disconnect whoever else is connected, and wait until they are gone: less long than the server would, which looks ten times a second."""
    connection.execute(f"SELECT pg_terminate_backend(pid) {_OTHERS}")
    give_up_at = time.monotonic() + _GONE_WITHIN_SECONDS
    while connection.execute(f"SELECT 1 {_OTHERS}").fetchone():
        if time.monotonic() > give_up_at:
            raise RuntimeError("somebody is still connected to the database of the tests")
        time.sleep(0.001)
