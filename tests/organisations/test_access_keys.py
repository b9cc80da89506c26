"""Access keys: shown once, kept as a hash, ending, revocable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from okbadges.errors import NotAuthenticated, NotFound
from okbadges.organisations.access_keys import caller_of, list_access_keys, revoke_access_key
from okbadges.organisations.roles import Scope

if TYPE_CHECKING:
    from support.world import World


def test_a_key_is_nowhere_in_the_database(world: World) -> None:
    """Neither the key nor its secret part is stored, in no encoding that a dump would show."""
    secret = world.keys.iida.split("_")[2]
    with world.rooms.database.read() as session:
        rows = session.execute(text("SELECT * FROM access_keys")).all()
    assert rows
    assert secret not in str(rows)


def test_a_typing_error_is_told_apart(world: World) -> None:
    """One wrong character is said to be a typing error, without asking the database."""
    key = world.keys.iida
    with world.rooms.database.read() as session:
        for wrong in (key[:-1], key[:-1] + ("a" if key[-1] != "a" else "b"), key.upper(), key + "a", ""):
            with pytest.raises(NotAuthenticated) as refused:
                caller_of(session, world.rooms.secrets, wrong, now=world.clock())
            assert refused.value.code == "access-key-malformed"


def test_a_revoked_key_opens_nothing(world: World) -> None:
    """A revoked key is refused at once, and revoking it again is harmless."""
    headers = world.key([Scope.ISSUE])
    prefix = headers["Authorization"].split("_")[1]
    for _ in range(2):
        revoke_access_key(world.rooms.writer, world.rooms.stamp("test"), prefix)
    assert world.client.post("/v1/credentials", json={}, headers=headers).status_code == 401
    with world.rooms.database.read() as session:
        assert any(
            line.startswith(prefix) and "revoked" in line for line in list_access_keys(session, now=world.clock())
        )


def test_an_unknown_prefix_is_told(world: World) -> None:
    """Revoking a key that is not there says so."""
    with pytest.raises(NotFound, match="access-key list"):
        revoke_access_key(world.rooms.writer, world.rooms.stamp("test"), "nothere")
