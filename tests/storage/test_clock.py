"""A clock that cannot be right changes nothing, and when it is right again everything goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from okbadges.storage.journal import accept_clock
from support.world import order

if TYPE_CHECKING:
    from support.world import World


def _issue(world: World) -> tuple[int, str]:
    answer = world.client.post("/v1/credentials", json=order(awarded_on="2026-10-01"), headers=world.as_iida())
    return answer.status_code, answer.json().get("code", "")


def test_a_clock_that_went_back_is_refused(world: World) -> None:
    """A day back: nothing is dated before what is there; set right, the next request works."""
    assert _issue(world)[0] == 201
    world.clock.move(days=-1)
    assert _issue(world) == (503, "clock-behind")
    world.clock.move(days=1)
    assert _issue(world)[0] == 201


def test_a_few_minutes_are_no_matter(world: World) -> None:
    """Two machines on one database may differ a little."""
    assert _issue(world)[0] == 201
    world.clock.move(minutes=-4)
    assert _issue(world)[0] == 201


@pytest.mark.parametrize("years", [10, 500])
def test_a_clock_that_went_ahead_is_refused(world: World, years: int) -> None:
    """Years ahead every access key has ended; set right, it works again and nothing was dated in the future."""
    world.clock.move(days=365 * years)
    status, code = _issue(world)
    assert (status, code) == (401, "access-key-expired")
    world.clock.move(days=-365 * years)
    assert _issue(world)[0] == 201


def test_the_operator_is_refused_too(world: World) -> None:
    """Who needs no access key hears that the clock is ahead, and how to go on if it is not."""
    from okbadges.corrections.revoke import Reason, revoke  # noqa: PLC0415 - the same
    from okbadges.errors import Unavailable  # noqa: PLC0415 - used here only

    issued = world.issue()
    world.clock.move(days=3650)
    with pytest.raises(Unavailable) as refused:
        revoke(world.rooms.writer, world.rooms.stamp("operator"), issued["id"], Reason.ISSUED_IN_ERROR)
    assert refused.value.code == "clock-ahead"
    assert "accept-clock" in refused.value.detail
    world.rooms.writer.write(lambda connection: accept_clock(connection, world.rooms.stamp("operator")) and None)
    revoke(world.rooms.writer, world.rooms.stamp("operator"), issued["id"], Reason.ISSUED_IN_ERROR)
