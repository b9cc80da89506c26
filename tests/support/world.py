"""A whole installation for a test, on SQLite or PostgreSQL, and the people who meet in it.

It is prepared once (migrated, catalogue, issuer, organisations, keys) and copied for each test, so that every test starts from
the same ground and nothing of ours is replaced by a stand-in. The clock is the test's own.
"""

from __future__ import annotations

import base64
import secrets
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from okbadges.app import create_app
from okbadges.building import build_rooms
from okbadges.cli.catalogue import import_catalogue
from okbadges.organisations.access_keys import WantedKey, create_access_key
from okbadges.organisations.issuers import create_issuer
from okbadges.organisations.members import create_member
from okbadges.organisations.roles import Role, Scope
from okbadges.organisations.workshops import (
    Organisation,
    RecognitionRecord,
    create_organisation,
    create_workshop,
    record_recognition,
)
from okbadges.settings import Settings, load_settings
from okbadges.storage import migrations
from okbadges.storage.database import Database
from okbadges.storage.installation import settle
from okbadges.storage.journal import Stamp
from okbadges.storage.writer import Writer
from support.doors import Doors
from support.refilled import RefilledDatabase

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from fastapi import FastAPI

    from okbadges.edge.rooms import Rooms
    from support.postgres import PostgresServer

BASE_URL = "http://localhost:8000"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
SECRET = base64.b64encode(bytes(range(32))).decode()
ALL_SCOPES = (Scope.ISSUE, Scope.READ, Scope.REVOKE)


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        """Begin at noon of the day these tests were written for."""
        self.time = NOW

    def __call__(self) -> datetime:
        """Return the time."""
        return self.time

    def move(self, **by: float) -> None:
        """Go forward (or back) by a `timedelta` of these parts."""
        self.time += timedelta(**by)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was made once for all tests: the keys that its people hold."""

    iida: str
    """Instructor of Kemi: leads groups there, issues, reads, revokes."""
    aino: str
    """Administrator of Kemi."""
    tuula: str
    """Teacher who gives Kemi the second person's word."""
    audrey: str
    """Auditor of Kemi."""
    partner: str
    """A program of another organisation, Ranua."""
    iida_id: uuid.UUID
    aino_id: uuid.UUID
    tuula_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class World:
    """A running installation and the access keys of Iida (an instructor's program) and of a partner (another organisation's)."""

    app: FastAPI
    client: TestClient
    clock: Clock
    keys: Prepared

    @property
    def rooms(self) -> Rooms:
        """Return the rooms of the service."""
        rooms: Rooms = self.app.state.rooms
        return rooms

    def as_iida(self) -> dict[str, str]:
        """Return the headers with which Iida's program calls."""
        return {"Authorization": f"Bearer {self.keys.iida}"}

    def as_aino(self) -> dict[str, str]:
        """Return the headers with which the administrator of Iida's organisation calls."""
        return {"Authorization": f"Bearer {self.keys.aino}"}

    def as_tuula(self) -> dict[str, str]:
        """Return the headers with which the teacher calls."""
        return {"Authorization": f"Bearer {self.keys.tuula}"}

    def as_audrey(self) -> dict[str, str]:
        """Return the headers with which the auditor calls."""
        return {"Authorization": f"Bearer {self.keys.audrey}"}

    def as_partner(self) -> dict[str, str]:
        """Return the headers with which the other organisation's program calls."""
        return {"Authorization": f"Bearer {self.keys.partner}"}

    def key(
        self,
        scopes: Sequence[Scope],
        *,
        organisation: str = "kemi",
        lasts: timedelta = timedelta(days=30),
        role: Role = Role.PARTNER,
        member_id: uuid.UUID | None = None,
    ) -> dict[str, str]:
        """Make an access key and return the headers that show it."""
        from okbadges.organisations.workshops import find_organisation  # noqa: PLC0415 - used by few tests

        with self.rooms.database.read() as session:
            owner = find_organisation(session, organisation)
        key = create_access_key(
            self.rooms.writer,
            self.rooms.stamp("test"),
            self.rooms.secrets,
            WantedKey("test", [owner], scopes, self.clock() + lasts, role, member_id),
        )
        return {"Authorization": f"Bearer {key}"}

    def issue(self, **changes: Any) -> dict[str, Any]:
        """Let Iida issue one badge through the API and return the answer's JSON."""
        answer = self.client.post("/v1/credentials", json=order(**changes), headers=self.as_iida())
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body


def order(**changes: Any) -> dict[str, Any]:
    """Return the JSON of an order that is right, with some members changed; a member that is None is left out.

    A link is one that the participant agreed to, unless it says otherwise.
    """
    usual = {
        "badge": "digi-turva",
        "organisation": "kemi",
        "workshop": "kahvila",
        "language": "fi",
        "awarded_on": "2026-11-20",
        "criteria_met": True,
        "observation": {"observed_by": "instructor", "methods": ["observation"], "occasions": 2},
    }
    if isinstance(changes.get("share"), dict):
        changes["share"] = {"agreed": True, **changes["share"]}
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def settings_for(database_url: str, *, base_url: str = BASE_URL) -> Settings:
    """Return the settings of a test's installation."""
    return load_settings(
        base_url=base_url,
        database_url=database_url,
        secret=SECRET,
        allow_loopback_issuers=True,
        rate_per_key="off",
        rate_per_address="off",
    )


def prepare(database_url: str, *, base_url: str = BASE_URL) -> Prepared:
    """Make an installation as an operator would: migrate, catalogue, issuer, two organisations, one key each."""
    settings = settings_for(database_url, base_url=base_url)
    database = Database(database_url)
    writer = Writer(database)
    migrations.migrate(database)
    stamp = Stamp("test", NOW - timedelta(days=400), secrets.token_bytes)
    settle(database, writer, stamp, settings.secrets(), base_url=base_url, demo=False)
    writer.close()
    database.close()
    rooms = build_rooms(settings, demo=False, now=lambda: stamp.now)
    import_catalogue(rooms)
    issuer = create_issuer(
        rooms.writer,
        stamp,
        slug="ok",
        name="OK! osaamismerkit",
        url="https://ok.example",
        description=None,
        base_url=base_url,
    )
    with rooms.database.read() as session:
        rooms.keyring.add_first_keys(session, rooms.writer, stamp, issuer)
    kemi = create_organisation(rooms.writer, stamp, issuer_id=issuer.id, slug="kemi", name="Kemin taitopaja")
    ranua = create_organisation(rooms.writer, stamp, issuer_id=issuer.id, slug="ranua", name="Ranuan pajat")
    _workshops(rooms, stamp, kemi, ranua)
    keys = _people(rooms, stamp, kemi, ranua)
    rooms.writer.close()
    rooms.database.close()
    return keys


def _people(rooms: Rooms, stamp: Stamp, kemi: Organisation, ranua: Organisation) -> Prepared:
    roles = {"iida": Role.INSTRUCTOR, "aino": Role.ADMINISTRATOR, "tuula": Role.TEACHER, "audrey": Role.AUDITOR}
    members = {
        name: create_member(rooms.writer, stamp, rooms.secrets, organisation=kemi, role=role, name=name.title())
        for name, role in roles.items()
    }
    keys = {name: _access_key(rooms, stamp, kemi, one.role, one.id) for name, one in members.items()}
    return Prepared(
        **keys,
        partner=_access_key(rooms, stamp, ranua, Role.PARTNER),
        iida_id=members["iida"].id,
        aino_id=members["aino"].id,
        tuula_id=members["tuula"].id,
    )


def _workshops(rooms: Rooms, stamp: Stamp, kemi: Organisation, ranua: Organisation) -> None:
    cafe = create_workshop(rooms.writer, stamp, organisation=kemi, slug="kahvila", name="Kahvila ja keittiö")
    create_workshop(rooms.writer, stamp, organisation=kemi, slug="pyora", name="Pyöräpaja")
    create_workshop(rooms.writer, stamp, organisation=ranua, slug="puu", name="Puupaja")
    record = RecognitionRecord(
        report_id="OTT-2026-7",
        report_url="https://college.example/reports/7",
        target_uri="ammatillisenoppiaineet_vvtd",
        recognised_by="Opettaja, Lapin ammattiopisto",
        valid_from=date(2025, 1, 1),
        valid_until=date(2027, 12, 31),
    )
    record_recognition(rooms.writer, stamp, organisation=kemi, workshop=cafe, record=record)


def _access_key(
    rooms: Rooms, stamp: Stamp, organisation: Organisation, role: Role, member_id: uuid.UUID | None = None
) -> str:
    scopes = ALL_SCOPES if role is Role.PARTNER else ()
    return create_access_key(
        rooms.writer,
        stamp,
        rooms.secrets,
        WantedKey(f"{organisation.slug} {role}", [organisation], scopes, NOW + timedelta(days=365), role, member_id),
    )


@pytest.fixture(scope="session")
def prepared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Prepared]:
    """Prepare one SQLite file for the whole run."""
    file = tmp_path_factory.mktemp("prepared") / "okbadges.sqlite3"
    return file, prepare(f"sqlite:///{file}")


@pytest.fixture(scope="session")
def prepared_postgres(postgres: PostgresServer) -> Iterator[tuple[str, Prepared]]:
    """Prepare one PostgreSQL database for the whole run, to be copied."""
    with postgres.database() as name:
        yield name, prepare(postgres.url(name))


@pytest.fixture(scope="session")
def refilled(postgres: PostgresServer, prepared_postgres: tuple[str, Prepared]) -> Iterator[RefilledDatabase]:
    """Return the PostgreSQL database of all worlds, one after the other."""
    template, _ = prepared_postgres
    with RefilledDatabase(postgres, template) as database:
        yield database


on_both_databases = pytest.mark.parametrize("ground", ["sqlite", "postgres"], indirect=True)
"""For tests in a folder whose tests run on SQLite alone: this one runs on PostgreSQL too."""


def fresh_copy(kind: str, request: pytest.FixtureRequest, folder: Path) -> tuple[str, Prepared]:
    """Return the URL of a fresh copy of the prepared installation on this kind of database, and its keys."""
    if kind == "sqlite":
        file, keys = request.getfixturevalue("prepared_sqlite")
        return f"sqlite:///{shutil.copy(file, folder / 'okbadges.sqlite3')}", keys
    _, keys = request.getfixturevalue("prepared_postgres")
    database: RefilledDatabase = request.getfixturevalue("refilled")
    return database.as_prepared(), keys


@pytest.fixture(params=["sqlite", "postgres"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Prepared]:
    """Return the URL of a fresh copy of the prepared installation, and its keys: once on SQLite, once on PostgreSQL."""
    return fresh_copy(request.param, request, tmp_path)


@pytest.fixture(scope="session")
def doors(prepared_sqlite: tuple[Path, Prepared]) -> Doors:
    """Return the doors of all worlds."""
    file, _ = prepared_sqlite
    return Doors(lambda: create_app(settings_for(f"sqlite:///{file}")))


@contextmanager
def opened(url: str, keys: Prepared, clock: Clock, doors: Doors) -> Iterator[World]:
    """Run the service on the installation at this URL: rooms of its own behind the doors of all."""
    with (
        doors.before(build_rooms(settings_for(url), demo=False, now=clock)) as app,
        TestClient(app, base_url=BASE_URL, raise_server_exceptions=False) as client,
    ):
        yield World(app, client, clock, keys)


@pytest.fixture
def world_apart(ground: tuple[str, Prepared]) -> Iterator[World]:
    """Return a running installation whose doors are its own too: for tests that break them."""
    url, keys = ground
    clock = Clock()
    app = create_app(settings_for(url), now=clock)
    with TestClient(app, base_url=BASE_URL, raise_server_exceptions=False) as client:
        yield World(app, client, clock, keys)


@pytest.fixture
def world(ground: tuple[str, Prepared], doors: Doors) -> Iterator[World]:
    """Return a running installation of the test's own."""
    with opened(*ground, Clock(), doors) as running:
        yield running
