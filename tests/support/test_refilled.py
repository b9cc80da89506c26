"""The one PostgreSQL database of many tests is as it was prepared, whatever the test before it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from support.refilled import RefilledDatabase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.postgres import PostgresServer

PREPARE = """
CREATE TABLE parents (id int PRIMARY KEY, word text);
CREATE TABLE children (id int PRIMARY KEY, parent int REFERENCES parents (id));
INSERT INTO parents VALUES (1, 'one'), (2, 'two');
INSERT INTO children VALUES (1, 1);
"""


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[RefilledDatabase]:
    """Return a database that is filled from two tables with a reference."""
    with postgres.database() as template:
        engine = create_engine(postgres.url(template))
        with engine.begin() as connection:
            connection.execute(text(PREPARE))
        engine.dispose()
        with RefilledDatabase(postgres, template) as refilled:
            yield refilled


def change(url: str, *statements: str) -> None:
    """Do something in a database."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def rows(url: str) -> list[tuple[object, ...]]:
    """Return what is in it, with the transaction that wrote each row."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [
            tuple(row)
            for table in ("parents", "children")
            for row in connection.execute(text(f"SELECT *, xmin::text FROM {table} ORDER BY id"))  # noqa: S608 - our own names
        ]
    engine.dispose()
    return found


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO parents VALUES (3, 'three')",
        "UPDATE parents SET word = 'other' WHERE id = 2",
        "DELETE FROM children",
        "TRUNCATE parents, children",
    ],
)
def test_every_change_is_undone(database: RefilledDatabase, statement: str) -> None:
    """New, changed and deleted rows: the next test finds what was prepared."""
    url = database.as_prepared()
    change(url, statement)
    assert [row[:-1] for row in rows(database.as_prepared())] == [(1, "one"), (2, "two"), (1, 1)]


def test_what_nobody_touched_is_left_alone(database: RefilledDatabase) -> None:
    """A table as it was is not written again: most tables are, in most tests."""
    url = database.as_prepared()
    before = rows(url)
    change(url, "DELETE FROM children")
    after = rows(database.as_prepared())
    assert after[:2] == before[:2]
    assert after[2] != before[2]


def test_another_shape_costs_a_new_database(database: RefilledDatabase) -> None:
    """A test that adds a constraint leaves none behind."""
    url = database.as_prepared()
    change(url, "ALTER TABLE parents ADD CONSTRAINT short CHECK (length(word) < 4)")
    again = database.as_prepared()
    assert again != url
    change(again, "INSERT INTO parents VALUES (3, 'three')")
    assert database.as_prepared() == again


def test_who_is_left_connected_is_disconnected(database: RefilledDatabase) -> None:
    """A connection that holds a lock does not keep the next test waiting."""
    engine = create_engine(database.as_prepared())
    with engine.connect() as left:
        left.execute(text("LOCK TABLE parents"))
        left.execute(text("DELETE FROM children"))
        assert len(rows(database.as_prepared())) == 3
        with pytest.raises(OperationalError):
            left.execute(text("SELECT 1"))
        left.invalidate()
    engine.dispose()
