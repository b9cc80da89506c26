"""Equal requests that arrive while the first is on its way."""

from __future__ import annotations

import threading

import pytest

from okbadges.errors import Conflict
from okbadges.issuing.in_flight import InFlight


def test_the_second_waits_for_the_first() -> None:
    """Whoever comes second goes in when the first has left."""
    door, order = InFlight(patience_seconds=30), []
    door.enter(b"key")

    def second() -> None:
        door.enter(b"key")
        order.append("second in")
        door.leave(b"key")

    waiting = threading.Thread(target=second)
    waiting.start()
    order.append("first out")
    door.leave(b"key")
    waiting.join()
    assert order == ["first out", "second in"]


def test_patience_ends() -> None:
    """When the first takes too long, the second hears that it is being worked on."""
    door = InFlight(patience_seconds=0)
    door.enter(b"key")
    with pytest.raises(Conflict) as refused:
        door.enter(b"key")
    assert refused.value.code == "idempotency-key-in-flight"


def test_other_keys_do_not_wait() -> None:
    """Only an equal key waits."""
    door = InFlight(patience_seconds=0)
    door.enter(b"key")
    door.enter(b"another key")
