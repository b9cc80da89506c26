"""One reading of the number for all who wait, and never one from before somebody asked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from okbadges.storage import state_number as module
from okbadges.storage.state_number import SharedReading

if TYPE_CHECKING:
    from typing import Any


class _Counted:
    """A database whose number is how often it was read."""

    def __init__(self, *, is_sqlite: bool) -> None:
        self.is_sqlite, self.times = is_sqlite, 0


@pytest.fixture(params=[True, False], ids=["file", "server"])
def counted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a database that counts, as a file and as a server."""
    database = _Counted(is_sqlite=request.param)

    def read(_database: object) -> int:
        database.times += 1
        return database.times

    monkeypatch.setattr(module, "state_number", read)
    return database


def test_who_waits_together_shares_one_reading(counted: Any) -> None:
    """Ten that stand in line at one moment cost one reading."""

    async def ten() -> list[int]:
        reading = SharedReading(counted)
        return await asyncio.gather(*(reading.number() for _ in range(10)))

    assert asyncio.run(ten()) == [1] * 10


def test_who_comes_after_an_answer_gets_a_new_reading(counted: Any) -> None:
    """A view that is asked for after another was answered sees what changed between them; another event loop begins anew."""
    reading = SharedReading(counted)

    async def one_after_another() -> list[int]:
        found = []
        for _ in range(3):
            found.append(await asyncio.create_task(reading.number()))
            await asyncio.sleep(0)
        return found

    assert asyncio.run(one_after_another()) == [1, 2, 3]
    assert asyncio.run(one_after_another()) == [4, 5, 6]
