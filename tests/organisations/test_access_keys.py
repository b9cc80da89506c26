"""Access keys: shown once, kept as a hash, ending, revocable, and never for somebody whom they do not fit."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text, update
from sqlmodel import col, select

from okbadges.errors import InvalidInput, NotAuthenticated, NotFound, OkbadgesError
from okbadges.organisations.access_keys import WantedKey, caller_of, create_access_key
from okbadges.organisations.known_keys import KeyState, find_access_key, list_access_keys, revoke_access_key
from okbadges.organisations.roles import Role, Scope
from okbadges.organisations.workshops import find_organisation
from okbadges.storage.tables import EventRow, MemberRow

if TYPE_CHECKING:
    from support.world import World


def wanted(world: World, *organisations: str, **changes: Any) -> WantedKey:
    """Return a program's key to be made, with some members changed."""
    with world.rooms.database.read() as session:
        owners = [find_organisation(session, slug) for slug in organisations or ("kemi",)]
    usual = WantedKey("café tablet", owners, (Scope.READ,), world.clock() + timedelta(days=30))
    return replace(usual, **changes)


def make(world: World, *organisations: str, **changes: Any) -> str:
    """Make a key and return it."""
    key = wanted(world, *organisations, **changes)
    return create_access_key(world.rooms.writer, world.rooms.stamp("test"), world.rooms.secrets, key)


def refused(world: World, key: str) -> str:
    """Return the code with which a key is refused."""
    with world.rooms.database.read() as session, pytest.raises(NotAuthenticated) as wrong:
        caller_of(session, world.rooms.secrets, key, now=world.clock())
    return wrong.value.code


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
    for wrong in (key[:-1], key[:-1] + ("a" if key[-1] != "a" else "b"), key.upper(), key + "a", "", "okb_" * 50):
        assert refused(world, wrong) == "access-key-malformed"


def test_a_revoked_key_opens_nothing(world: World) -> None:
    """A revoked key is refused at once, and revoking it again is harmless and no second event."""
    headers = world.key([Scope.ISSUE])
    prefix = headers["Authorization"].split("_")[1]
    for _ in range(2):
        revoke_access_key(world.rooms.writer, world.rooms.stamp("test"), prefix)
    assert world.client.post("/v1/credentials", json={}, headers=headers).status_code == 401
    with world.rooms.database.read() as session:
        assert find_access_key(session, prefix, now=world.clock()).state is KeyState.REVOKED
        events = session.exec(
            select(EventRow).where(EventRow.subject == f"access-key:{prefix}").order_by(col(EventRow.number))
        ).all()
    assert [event.action for event in events] == ["access-key.created", "access-key.revoked"]
    assert {event.chain for event in events} == {"ok"}


def test_an_unknown_prefix_is_told(world: World) -> None:
    """Revoking a key that is not there says so."""
    with pytest.raises(NotFound, match="list of access keys"):
        revoke_access_key(world.rooms.writer, world.rooms.stamp("test"), "nothere")


def test_the_key_of_somebody_who_left_opens_nothing(world: World) -> None:
    """From the moment that a member has left, their key is refused as if it had never been."""
    assert caller_code(world, world.keys.iida) is None
    left = update(MemberRow).where(col(MemberRow.id) == world.keys.iida_id).values(left_at=world.clock())
    with world.rooms.database.engine.begin() as connection:
        connection.execute(left)
    assert refused(world, world.keys.iida) == "access-key-unknown"
    with world.rooms.database.read() as session:
        states = {key.state for key in list_access_keys(session, now=world.clock()) if key.member_id}
    assert states == {KeyState.VALID, KeyState.MEMBER_LEFT}


def caller_code(world: World, key: str) -> str | None:
    """Return the code with which a key is refused, None when it holds."""
    try:
        with world.rooms.database.read() as session:
            caller_of(session, world.rooms.secrets, key, now=world.clock())
    except NotAuthenticated as wrong:
        return wrong.code
    return None


def test_a_key_ends(world: World) -> None:
    """On the second that it ends a key opens nothing, and the day is said to whoever holds it."""
    key = make(world)
    world.clock.move(days=30, seconds=-1)
    assert caller_code(world, key) is None
    world.clock.move(seconds=1)
    assert caller_code(world, key) == "access-key-expired"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"label": ""}, "label"),
        ({"label": "x" * 81}, "label"),
        ({"label": "two\nlines"}, "label"),
        ({"organisations": ()}, "organisation-missing"),
        ({"scopes": ()}, "scope-missing"),
        ({"scopes": (Scope.ADMINISTER,)}, "scope-not-for-role"),
        ({"role": Role.TEACHER, "scopes": (Scope.ISSUE,)}, "scope-not-for-role"),
        ({"role": Role.AUDITOR, "scopes": (Scope.READ,)}, "scope-not-for-role"),
    ],
)
def test_a_key_that_would_be_wrong_is_not_made(world: World, changes: dict[str, Any], code: str) -> None:
    """A label that is none, no organisation, no scope, or one beyond the role: nothing is made, and no event written."""
    before = count(world)
    with pytest.raises(InvalidInput) as wrong:
        make(world, **changes)
    assert (wrong.value.code, count(world)) == (code, before)


@pytest.mark.parametrize("days", [1101, 0, -1, 100_000])
def test_no_key_outlives_three_years(world: World, days: int) -> None:
    """A key that would end in the past or after more than 1 100 days is not made; 1 100 are."""
    with pytest.raises(InvalidInput, match="1100 days"):
        make(world, expires_at=world.clock() + timedelta(days=days))
    assert make(world, expires_at=world.clock() + timedelta(days=1100))


def test_a_members_key_fits_the_member(world: World) -> None:
    """A member's key has their role and is for their own organisation; another's member is not found."""
    iida: dict[str, Any] = {"member_id": world.keys.iida_id, "scopes": ()}
    for organisations, changes, code in (
        (("kemi",), {**iida, "role": Role.ADMINISTRATOR}, "member-role"),
        (("kemi",), {**iida, "role": Role.PARTNER, "scopes": (Scope.READ,)}, "member-role"),
        (("kemi", "ranua"), {**iida, "role": Role.INSTRUCTOR}, "member-organisation"),
        (("ranua",), {**iida, "role": Role.INSTRUCTOR}, "unknown-member"),
        (("kemi",), {**iida, "role": Role.INSTRUCTOR, "member_id": uuid.uuid4()}, "unknown-member"),
    ):
        with pytest.raises(OkbadgesError) as wrong:
            make(world, *organisations, **changes)
        assert wrong.value.code == code
    key = make(world, **iida, role=Role.INSTRUCTOR)
    with world.rooms.database.read() as session:
        assert caller_of(session, world.rooms.secrets, key, now=world.clock()).member_id == world.keys.iida_id


def test_nobody_gets_a_key_after_they_left(world: World) -> None:
    """For a member who has left no key is made."""
    left = update(MemberRow).where(col(MemberRow.id) == world.keys.iida_id).values(left_at=world.clock())
    with world.rooms.database.engine.begin() as connection:
        connection.execute(left)
    with pytest.raises(InvalidInput, match="has left"):
        make(world, role=Role.INSTRUCTOR, scopes=(), member_id=world.keys.iida_id)


def count(world: World) -> int:
    """Return how many events there are."""
    with world.rooms.database.read() as session:
        return len(session.exec(select(EventRow.id)).all())
