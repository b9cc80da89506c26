"""The number of everything that is stored: it rises with every change of state, whoever made it.

Every change of state ends in the journal, in the same transaction, and a chain never loses a number (`okbadges.storage.journal`). So
what was made of the rows at one number is still what they say while the number is the same, on every process and machine.
What is not in the journal (the last use of a key, a counter of failures, the turns of duties) is not state that anybody is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from okbadges.storage.database import storage_unavailable

if TYPE_CHECKING:
    from okbadges.storage.database import Database

_SUM = "SELECT sum(number) FROM event_heads"


def state_number(database: Database) -> int:
    """Return the number of what is stored now. It reads one row for each chain, past everything that a session is for.

    On SQLite it waits for nobody, not even for a writer; on PostgreSQL for the server's answer. Raises `Unavailable`.
    """
    driver_error = database.engine.dialect.loaded_dbapi.Error
    try:
        connection = database.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(_SUM)
            (found,) = cursor.fetchone() or (0,)
            cursor.close()
        finally:
            connection.close()
    except (DBAPIError, PoolTimeoutError) as broken:
        raise storage_unavailable(broken) from broken
    except driver_error as broken:  # nobody wraps it: no statement of the library's was sent
        raise storage_unavailable(DBAPIError(_SUM, None, broken)) from broken
    return int(found or 0)
