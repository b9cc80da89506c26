"""Migrations: a database of an earlier version comes up with everything that is in it, on SQLite and PostgreSQL."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, Table
from sqlmodel import SQLModel

from okbadges.errors import ConfigurationError
from okbadges.storage import migrations, version
from okbadges.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

THEN = datetime(2026, 11, 1, 12, 0)  # noqa: DTZ001 - as a driver without zones takes it


@pytest.fixture(params=["sqlite", "postgres"])
def earlier(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Return a database of version 0001 with one row of each kind that the next version changes."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/earlier.sqlite3"
    else:
        url = request.getfixturevalue("fresh_postgres_url")
    database = Database(url)
    config = migrations._config()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.commit()
        _fill(connection)
        connection.commit()
    yield database
    database.close()


def _fill(connection: Connection) -> None:
    known = MetaData()
    known.reflect(connection)
    ids = {
        name: uuid.uuid4()
        for name in ("issuer", "organisation", "workshop", "key", "badge", "participant", "list", "credential")
    }
    at = THEN if connection.dialect.name == "sqlite" else THEN.replace(tzinfo=UTC)

    def put(table: str, **values: Any) -> None:
        target = Table(table, known)
        if "created_at" in target.c:
            values["created_at"] = at
        # SQLite's reflected columns take what its driver takes: a UUID is kept as 32 hex digits
        plain = {
            name: value.hex if isinstance(value, uuid.UUID) and connection.dialect.name == "sqlite" else value
            for name, value in values.items()
        }
        connection.execute(target.insert().values(plain))

    put("installation", id=1, base_url="https://badges.example", secret_fingerprint="f", demo=False)
    put("issuers", id=ids["issuer"], slug="ok", name="OK!", url="https://ok.example", did="did:web:ok")
    put(
        "signing_keys",
        id=ids["key"],
        issuer_id=ids["issuer"],
        number=1,
        kind="ed25519",
        public_multibase="z6Mk",
        sealed_private_key=b"s",
    )
    put("organisations", id=ids["organisation"], issuer_id=ids["issuer"], slug="kemi", name="Kemi")
    put("workshops", id=ids["workshop"], organisation_id=ids["organisation"], slug="kahvila", name="Kahvila")
    put(
        "access_keys",
        id=uuid.uuid4(),
        label="register",
        prefix="abc",
        key_hash=b"h",
        scopes="credentials:issue",
        expires_at=at,
    )
    put(
        "badge_versions",
        id=ids["badge"],
        slug="digi-turva",
        version=1,
        content_hash="c",
        definition="{}",
        published_at=at,
    )
    put("participants", id=ids["participant"], organisation_id=ids["organisation"])
    put("status_lists", id=ids["list"], issuer_id=ids["issuer"], number=1, size=131072, next_counter=32, shuffle_key=b"k", revision=0, signed_revision=-1)  # fmt: skip
    put(
        "credentials", id=ids["credential"], credential_id="urn:uuid:1", issuer_id=ids["issuer"], organisation_id=ids["organisation"],
        workshop_id=ids["workshop"], participant_id=ids["participant"], badge_version_id=ids["badge"], signing_key_id=ids["key"],
        language="fi", awarded_on=at.date(), issued_at=at, issued_by="access-key:abc", status_list_id=ids["list"], status_index=7,
        document=b"{}", document_hash="d", claim_token_hash=b"t",
    )  # fmt: skip
    share = uuid.uuid4()
    put(
        "share_links",
        id=share,
        participant_id=ids["participant"],
        token_hash=b"s",
        purpose="other",
        expires_on=at.date(),
    )
    put("share_link_items", share_link_id=share, position=0, credential_row_id=ids["credential"])
    put("events", id=uuid.uuid4(), chain="ok", number=1, at=at, actor="a", action="x", subject="s", details="{}", previous_hash="0", event_hash="1")  # fmt: skip
    put("event_heads", chain="ok", number=1, event_hash="1")


def values(database: Database, table: str) -> dict[str, Any]:
    """Return the one row of a table."""
    with database.engine.connect() as connection:
        return dict(connection.exec_driver_sql(f"SELECT * FROM {table}").mappings().one())  # noqa: S608 - a table of this test


def test_what_is_there_stays_and_says_what_it_was(earlier: Database) -> None:
    """Every row survives, and the new columns say what was true of it."""
    migrations.migrate(earlier)
    version.require_current(earlier)
    assert values(earlier, "issuers")["home_url"] == "https://badges.example"
    assert values(earlier, "access_keys")["role"] == "partner"
    assert values(earlier, "credentials")["criteria_met_by"] == "word"
    assert values(earlier, "credentials")["document"] == b"{}"
    assert values(earlier, "share_link_items")["position"] == 0
    assert values(earlier, "share_links")["code_hash"] is None  # without the secret there is no code
    participant, key, head = (values(earlier, table) for table in ("participants", "signing_keys", "event_heads"))
    assert participant["last_event_at"] == participant["created_at"]
    assert key["signs_from"] == key["created_at"]
    assert head["at"] == values(earlier, "events")["at"]


def test_the_result_is_what_the_tables_say(earlier: Database) -> None:
    """A migrated database and the tables of this release do not differ."""
    migrations.migrate(earlier)
    with earlier.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []


def test_foreign_keys_are_looked_at_again_afterwards(earlier: Database) -> None:
    """Rebuilding tables on SQLite switches the check off for a moment; on later connections it is on."""
    migrations.migrate(earlier)
    if not earlier.is_sqlite:
        return
    with earlier.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_the_version_that_is_needed_is_that_of_the_newest_migration() -> None:
    """A release that adds a migration asks for it."""
    assert ScriptDirectory.from_config(migrations._config()).get_current_head() == version.NEEDED


def test_the_version_is_read_as_alembic_notes_it(earlier: Database) -> None:
    """An earlier version is told apart and refused; once migrated, the database is served."""
    with earlier.engine.connect() as connection:
        assert version.version_of(connection) == "0001" == MigrationContext.configure(connection).get_current_revision()
    with pytest.raises(ConfigurationError, match=f"at version 0001 and this release needs {version.NEEDED}"):
        version.require_current(earlier)
    migrations.migrate(earlier)
    version.require_current(earlier)


def test_a_database_that_was_never_migrated_has_no_version(tmp_path: Path) -> None:
    """An empty database is refused in the same words."""
    database = Database(f"sqlite:///{tmp_path}/empty.sqlite3")
    with pytest.raises(ConfigurationError, match="at version none"):
        version.require_current(database)
    database.close()
