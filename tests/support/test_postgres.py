"""The PostgreSQL of the tests is a real one, and each test has a database of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, inspect, text

if TYPE_CHECKING:
    from support.postgres import PostgresServer

pytestmark = pytest.mark.postgres


def test_it_works(postgres_url: str) -> None:
    """The URL leads to a PostgreSQL server."""
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert "PostgreSQL" in str(connection.scalar(text("select version()")))
    engine.dispose()


@pytest.mark.parametrize("visit", ["first", "second"])
def test_each_test_has_an_empty_database(fresh_postgres_url: str, visit: str) -> None:
    """What one test leaves in its database is not there for the next, even when a connection was left open."""
    engine = create_engine(fresh_postgres_url)
    connection = engine.connect()
    assert inspect(connection).get_table_names() == []
    connection.execute(text(f"create table {visit} (id integer)"))
    connection.commit()
    connection.invalidate()
    engine.dispose()


def test_a_database_can_be_copied(postgres: PostgresServer) -> None:
    """A migrated database can be a template, which is quicker than migrating for every test."""
    with postgres.database() as template:
        engine = create_engine(postgres.url(template))
        with engine.begin() as connection:
            connection.execute(text("create table badge (id integer)"))
        engine.dispose()
        with postgres.database(template=template) as copy:
            engine = create_engine(postgres.url(copy))
            assert inspect(engine).get_table_names() == ["badge"]
            engine.dispose()
