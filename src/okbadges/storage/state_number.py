"""The number of everything that is stored: it rises with every change of state, whoever made it.

Every change of state ends in the journal, in the same transaction, and a chain never loses a number (`okbadges.storage.journal`). So
what was made of the rows at one number is still what they say while the number is the same, on every process and machine.
What is not in the journal (the last use of a key, a counter of failures, the turns of duties) is not state that anybody is shown.

One reading serves all whose request had come before it (`SharedReading`): each still sees every change that was acknowledged before they asked.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from okbadges.errors import Unavailable
from okbadges.storage.database import storage_unavailable

if TYPE_CHECKING:
    from sqlalchemy import PoolProxiedConnection

    from okbadges.storage.database import Database

_SUM = "SELECT sum(number) FROM event_heads"


def state_number(database: Database, held: PoolProxiedConnection | None = None) -> int:
    """Return the number of what is stored now. It reads one row for each chain, past everything that a session is for.

    It is read through ``held``, which is in no transaction, or else through a connection of the pool. On SQLite it waits for nobody, not even for a writer; on PostgreSQL for the server's answer. Raises `Unavailable`.
    """
    driver_error = database.engine.dialect.loaded_dbapi.Error
    try:
        connection = held or database.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(_SUM)
            (found,) = cursor.fetchone() or (0,)
            cursor.close()
        finally:
            if held is None:
                connection.close()
    except (DBAPIError, PoolTimeoutError) as broken:
        raise storage_unavailable(broken) from broken
    except driver_error as broken:  # nobody wraps it: no statement of the library's was sent
        raise storage_unavailable(DBAPIError(_SUM, None, broken)) from broken
    return int(found or 0)


class SharedReading:
    """Reads the number for coroutines, once for all who wait for it at the same time. For one event loop at a time."""

    def __init__(self, database: Database) -> None:
        """Read in ``database``."""
        self._database = database
        self._read: tuple[asyncio.AbstractEventLoop, int] | None = None
        self._held: PoolProxiedConnection | None = None
        self._next: asyncio.Task[int] | None = None
        self._server = asyncio.Lock()

    async def number(self) -> int:
        """Return the number as it is now or was after the call began. Raises `Unavailable`.

        A glance at an SQLite file is taken on the event loop and holds for whoever stands in its line at that moment: they had come before.
        A server is asked in a thread; whoever comes after the question was sent waits for the next one.
        """
        loop = asyncio.get_running_loop()
        if not self._database.is_sqlite:
            if self._next is None or self._next.get_loop() is not loop:
                self._next = loop.create_task(self._ask())
            return await asyncio.shield(self._next)
        if self._read is None or self._read[0] is not loop:
            self._read = loop, self._glance()
            loop.call_soon(self._forget)  # the line is in order of coming: who comes later comes after this
        return self._read[1]

    def close(self) -> None:
        """Give the connection back; the next glance opens another one."""
        held, self._held = self._held, None
        if held is not None:
            held.close()

    def _glance(self) -> int:
        """Look into the SQLite file, through a connection that is kept: the pool's ways there and back take longer than the look."""
        try:
            if self._held is None:
                self._held = _connection_of_its_own(self._database)
            return state_number(self._database, self._held)
        except Unavailable:
            self.close()
            raise

    def _forget(self) -> None:
        self._read = None

    async def _ask(self) -> int:
        async with self._server:
            self._next = None
            return await asyncio.to_thread(state_number, self._database)


def _connection_of_its_own(database: Database) -> PoolProxiedConnection:
    """Return a connection as the pool makes them, that takes no place in the pool."""
    try:
        connection = database.engine.raw_connection()
    except (DBAPIError, PoolTimeoutError) as broken:
        raise storage_unavailable(broken) from broken
    connection.detach()
    return connection
