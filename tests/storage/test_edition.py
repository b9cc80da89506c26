"""The edition: the database counts every change of what seldom changes, and what was remembered is forgotten then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import MetaData, Table, func, select, text

from okbadges.storage.edition import Remembered
from okbadges.storage.tables import CredentialRow
from support.world import order

if TYPE_CHECKING:
    from support.world import World

SELDOM = (
    "issuers",
    "signing_keys",
    "organisations",
    "workshops",
    "badge_versions",
    "members",
    "access_keys",
    "access_key_organisations",
)


def edition(world: World) -> int:
    """Return the edition of now."""
    with world.rooms.database.read() as session:
        return Remembered().page(session).edition


@pytest.mark.parametrize("table", SELDOM)
def test_every_change_of_such_a_row_is_counted(world: World, table: str) -> None:
    """A row that is put in, changed or taken out moves the edition, whoever does it; each column counts but the last use of a key."""
    before = edition(world)
    with world.rooms.database.engine.begin() as connection:
        known = Table(table, MetaData(), autoload_with=connection)
        columns = [column.name for column in known.columns if (table, column.name) not in _NOT_COUNTED]
        for column in columns:
            connection.execute(text(f"UPDATE {table} SET {column} = {column}"))  # noqa: S608 - names of ours
    assert edition(world) >= before + len(columns)


_NOT_COUNTED = {("access_keys", name) for name in ("id", "label", "prefix", "created_at", "last_used_at")}
"""What nobody remembers of a key: when it was used, and what never changes of it."""


def test_a_row_put_in_and_taken_out_is_counted(world: World) -> None:
    """New rows and deleted ones move it too."""
    seen = [edition(world)]
    with world.rooms.database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO access_key_organisations SELECT k.id, o.id FROM access_keys k, organisations o "
                "WHERE NOT EXISTS (SELECT 1 FROM access_key_organisations a WHERE a.access_key_id = k.id AND a.organisation_id = o.id)"
            )
        )
    seen.append(edition(world))
    with world.rooms.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM access_key_organisations"))
    seen.append(edition(world))
    assert seen == sorted(set(seen))


def test_the_last_use_of_a_key_is_not(world: World) -> None:
    """It is noted every hour, and nothing that anybody remembers follows from it."""
    before = edition(world)
    with world.rooms.database.engine.begin() as connection:
        connection.execute(text("UPDATE access_keys SET last_used_at = created_at"))
    assert edition(world) == before


def test_what_is_remembered_is_forgotten_with_the_edition(world: World) -> None:
    """It is found out once in an edition; what could not be found is looked for again each time."""
    asked = []

    def find() -> str:
        asked.append(1)
        if len(asked) == 1:
            raise LookupError
        return "found"

    remembered = Remembered()
    with world.rooms.database.read() as session:
        page = remembered.page(session)
        with pytest.raises(LookupError):
            page.remembered("it", find)
        assert [page.remembered("it", find), remembered.page(session).remembered("it", find)] == ["found", "found"]
    assert len(asked) == 2
    with world.rooms.database.engine.begin() as connection:
        connection.execute(text("UPDATE organisations SET name = 'Another'"))
    with world.rooms.database.read() as session:
        remembered.page(session).remembered("it", find)
    assert len(asked) == 3


def test_a_key_that_another_process_revokes_opens_nothing_any_more(world: World) -> None:
    """The very next request hears it, although the key was remembered: an order that is well formed, and one that is not."""
    world.issue()
    assert world.client.post("/v1/credentials", json={}, headers=world.as_iida()).status_code == 422
    with world.rooms.database.engine.begin() as connection:
        connection.execute(text("UPDATE access_keys SET revoked_at = created_at"))
    before = credentials(world)
    for body in (order(), {}, order()):
        answer = world.client.post("/v1/credentials", json=body, headers=world.as_iida())
        assert (answer.status_code, answer.json()["code"]) == (401, "access-key-unknown")
    assert credentials(world) == before


def test_what_a_key_may_do_since_a_moment_ago_it_may(world: World) -> None:
    """What is remembered of a key refuses nobody: what it was given, or given back, by another process counts at once."""
    world.issue()
    for change, answers in (
        ("UPDATE organisations SET slug = 'renamed' WHERE slug = 'kemi'", {"kemi": 403, "renamed": 201}),
        ("UPDATE organisations SET slug = 'kemi' WHERE slug = 'renamed'", {"renamed": 403, "kemi": 201}),
        ("UPDATE access_keys SET scopes = ''", {"kemi": 403}),
    ):
        with world.rooms.database.engine.begin() as connection:
            connection.execute(text(change))
        for organisation, status in answers.items():
            answer = world.client.post(
                "/v1/credentials", json=order(organisation=organisation), headers=world.as_iida()
            )
            assert (answer.status_code, organisation) == (status, organisation), answer.text


def credentials(world: World) -> int:
    """Return how many credentials are stored."""
    with world.rooms.database.read() as session:
        return session.scalar(select(func.count()).select_from(CredentialRow)) or 0


def test_a_key_that_is_remembered_still_ends(world: World) -> None:
    """Time is no change that the database could count, so the end of a key is looked at each time."""
    world.issue()
    world.clock.move(days=366)
    answer = world.client.post("/v1/credentials", json=order(), headers=world.as_iida())
    assert (answer.status_code, answer.json()["code"]) == (401, "access-key-expired")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE badge_versions SET retired_at = published_at", "badge-retired"),
        ("UPDATE workshops SET slug = slug || '-2'", "unknown-workshop"),
        ("UPDATE organisations SET slug = slug || '-2'", "organisation-not-allowed"),
    ],
)
def test_what_changed_a_moment_ago_is_no_longer_issued(world: World, change: str, code: str) -> None:
    """Whatever an order names is as it is now, also where it was remembered from the order before."""
    world.issue()
    with world.rooms.database.engine.begin() as connection:
        connection.execute(text(change))
    answer = world.client.post("/v1/credentials", json=order(), headers=world.as_iida())
    assert answer.json()["code"] == code
