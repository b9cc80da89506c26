"""``/healthz`` and ``/readyz``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from support.world import World


def test_it_works(world: World) -> None:
    """A running, migrated installation is healthy and ready."""
    assert world.client.get("/healthz").json() == {"status": "ok"}
    assert world.client.get("/readyz").json() == {"status": "ready"}


def test_a_database_of_another_version_is_not_ready(world: World) -> None:
    """When the database is not of this version, readyz says what to run and healthz stays well."""
    with world.rooms.database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    answer = world.client.get("/readyz")
    assert answer.status_code == 503
    assert "okbadges migrate" in answer.json()["detail"]
    assert world.client.get("/healthz").status_code == 200
