"""Rows as JSON and back, for every table alike: what a backup, a copy in the second place and a handover are made of.

Bytes become base64, times and dates ISO 8601, ids their usual text. What a value is read back as, its column says, so that a row
written by one kind of database goes into the other. Nothing here knows what a row means.
"""

from __future__ import annotations

import base64
import uuid
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, and_, select, tuple_, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

from okbadges.storage import tables as described
from okbadges.storage.database import storage_unavailable
from okbadges.storage.writer import add_all

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Column, ColumnElement, Connection

    from okbadges.storage.database import Database

Row = dict[str, Any]
"""One row: its columns by name, with the values that the database gives and takes."""

NOT_KEPT = frozenset(
    {
        described.DutyRow.__tablename__,
        described.EditionRow.__tablename__,
        described.OAuthGrantRow.__tablename__,
        described.OAuthTokenRow.__tablename__,
        described.OutgoingMailRow.__tablename__,
        described.SignInLinkRow.__tablename__,
        described.SignInRow.__tablename__,
        described.WalletOfferRow.__tablename__,
        described.WebhookAttemptRow.__tablename__,
    }
)
"""Tables whose rows mean nothing elsewhere or later: what a process is doing right now, how often something changed here, which letters are on their way, who is signed in,
which programs have a token, how often a message was tried. After a restore everybody signs in again and programs ask again, so that nobody
comes back who was shut out; webhooks read the journal on from where they were, with the same message ids."""
_AT_ONCE = 500


def kept_tables() -> list[Table]:
    """Return every table whose rows are worth keeping, those first that others refer to."""
    return [table for table in SQLModel.metadata.sorted_tables if table.name not in NOT_KEPT]


def table_named(name: str) -> Table:
    """Return a table by its name in the database. Raises KeyError."""
    return SQLModel.metadata.tables[name]


def written(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as JSON values."""
    return {name: _plain(value) for name, value in row.items()}


def read_back(table: Table, values: Mapping[str, Any], columns: Collection[str] = ()) -> Row:
    """Return a row, or these ``columns`` of one, from the JSON values of `written`. Raises ValueError for what is no such row."""
    if set(values) != set(columns or table.c.keys()):
        msg = f"these are not the columns of {table.name}"
        raise ValueError(msg)
    return {name: _value(_kind(table.c[name]), value) for name, value in values.items()}


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """Open a connection that sees the database as it is now until it is closed, while others go on writing.

    Raises `Unavailable` when the database does not answer.
    """
    engine = database.engine
    if not database.is_sqlite:
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    try:
        with engine.connect() as connection, connection.begin():
            yield connection
    except (DBAPIError, PoolTimeoutError) as broken:
        raise storage_unavailable(broken) from broken


def all_rows(connection: Connection, table: Table, where: ColumnElement[bool] | None = None) -> Iterator[Row]:
    """Go through the rows of a table, a few hundred in memory at a time: events chain by chain, others in the order of their keys."""
    is_journal = table.name == described.EventRow.__tablename__
    query = select(table).order_by(*((table.c.chain, table.c.number) if is_journal else table.primary_key.columns))
    if where is not None:
        query = query.where(where)
    for row in connection.execute(query, execution_options={"yield_per": _AT_ONCE}).mappings():
        yield dict(row)


def put(connection: Connection, table: Table, rows: Iterable[Row]) -> int:
    """Insert rows that are not there yet and say how many; one may refer to another of the same table, in any order."""
    own = _references_to_itself(table)
    count = 0
    for some in batches(rows):
        add_all(connection, table, [{**row, **dict.fromkeys(own)} for row in some] if own else some)
        count += len(some)
    return count


def put_references(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Fill in what rows refer to in their own table, which `put` left empty."""
    own = _references_to_itself(table)
    if own:
        for row in rows:
            values = {name: row[name] for name in own if row[name] is not None}
            if values:
                connection.execute(update(table).where(_is(table, row)).values(values))


def put_over(
    connection: Connection, table: Table, rows: Iterable[Row], instead: Mapping[str, Any] | None = None
) -> int:
    """Insert rows or bring those that are there to this state, the last of each; return how many were new.

    Rows may lack columns: those stay as they are, or are ``instead`` or empty in a new row.
    """
    new = 0
    for some in batches(rows):
        newest = {_key(table, row): row for row in some}
        there = _keys_there(connection, table, list(newest))
        missing = [row for key, row in newest.items() if key not in there]
        add_all(connection, table, [{**(instead or {}), **row} for row in missing])
        for key in there:
            connection.execute(update(table).where(_is(table, newest[key])).values(newest[key]))
        new += len(missing)
    return new


def _references_to_itself(table: Table) -> list[str]:
    return [key.parent.name for key in table.foreign_keys if key.column.table is table]


def _keys_there(connection: Connection, table: Table, keys: Sequence[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    columns = list(table.primary_key.columns)
    one_of = tuple_(*columns).in_(keys) if len(columns) > 1 else columns[0].in_([key[0] for key in keys])
    return {tuple(row) for row in connection.execute(select(*columns).where(one_of))}


def _key(table: Table, row: Row) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key.columns)


def _is(table: Table, row: Row) -> ColumnElement[bool]:
    return and_(*(column == row[column.name] for column in table.primary_key.columns))


def batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Go through rows a few hundred at a time."""
    left = iter(rows)
    while some := list(islice(left, _AT_ONCE)):
        yield some


def _plain(value: object) -> object:
    match value:
        case bytes():
            return base64.b64encode(value).decode()
        case datetime() | date():
            return value.isoformat()
        case uuid.UUID():
            return str(value)
        case _:
            return value


def _kind(column: Column[Any]) -> type:
    """Return what kind of value a column holds, also one with a type of our own."""
    type_ = column.type
    return type_.impl_instance.python_type if isinstance(type_, TypeDecorator) else type_.python_type


def _value(kind: type, plain: Any) -> Any:  # noqa: ANN401 - a column's value is what its column says
    """Return the value of a column of this kind. Raises ValueError for a text that is none."""
    if plain is None:
        return None
    if kind is bytes:
        return base64.b64decode(plain, validate=True)
    if kind in (datetime, date):
        return kind.fromisoformat(plain)
    if kind is uuid.UUID:
        return uuid.UUID(plain)
    if not isinstance(plain, kind):
        msg = f"{kind.__name__} expected"
        raise ValueError(msg)  # noqa: TRY004 - to a reader of a file it is a wrong value, not a wrong call
    return plain
