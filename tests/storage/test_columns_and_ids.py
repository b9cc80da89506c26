"""Times and row keys mean the same on both databases."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from okbadges.storage.columns import UtcDateTime
from okbadges.storage.ids import uuid4, uuid7
from okbadges.storage.tables import CredentialRow

if TYPE_CHECKING:
    from support.world import World


def test_a_time_comes_back_as_utc(world: World) -> None:
    """A stored moment is read back as the same moment in UTC, to the microsecond."""
    world.clock.time = datetime(2026, 11, 21, 14, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    world.issue()
    with world.rooms.database.read() as session:
        issued_at = session.exec(select(CredentialRow)).one().issued_at
    assert issued_at == world.clock()
    assert issued_at.tzinfo is UTC


def test_a_naive_time_is_refused() -> None:
    """A time without a zone cannot be stored by mistake."""
    from sqlalchemy.dialects import sqlite  # noqa: PLC0415 - only this test needs a dialect

    with pytest.raises(ValueError, match="zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), sqlite.dialect())  # noqa: DTZ001 - this is the point


def test_row_keys_rise_with_time_and_public_ids_say_nothing() -> None:
    """UUIDv7 sorts by the clock; UUIDv4 has no time in it."""
    now = datetime(2026, 11, 21, tzinfo=UTC)
    keys = [uuid7(now + timedelta(milliseconds=i), secrets.token_bytes) for i in range(50)]
    assert keys == sorted(keys)
    assert {key.version for key in keys} == {7}
    assert keys[0].int >> 80 == int(now.timestamp() * 1000)
    assert uuid4(secrets.token_bytes).version == 4
