"""Sending webhooks beside everything else: on a few threads of its own, so that a receiver that hangs holds up nobody but itself.

Every few seconds it looks, without writing, whether the journal went on or something is due. Each webhook has one turn at a time in a
process, and whoever waited longest has the next one.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, TypeVar

import structlog

from okbadges.errors import OkbadgesError
from okbadges.partners.webhooks.sending import Sending

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable

    from okbadges.edge.rooms import Rooms

T = TypeVar("T")
LOOK_EVERY_SECONDS = 3.0
AT_ONCE = 8
"""How many receivers are waited for at the same time in one process."""
_LAST_SECONDS = 2.0
"""How long a stop waits for attempts under way. Those left are made again by whoever starts next, with the same ids."""
ACTOR = "webhooks"
"""How the journal names what happens to webhooks by itself."""


def sending_of(rooms: Rooms) -> Sending:
    """Return the sending of this installation."""
    return Sending(rooms.writer, rooms.secrets, rooms.receivers, rooms.base_url, lambda: rooms.stamp(ACTOR))


class Dispatch:
    """Sends what is due, between `start` and `stop`."""

    def __init__(self, sending: Sending | None, *, look_every: float = LOOK_EVERY_SECONDS) -> None:
        """Send by ``sending``, looking that often (seconds); None: nothing is ever sent."""
        self._sending = sending
        self._look_every = look_every
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._busy: dict[uuid.UUID, threading.Thread] = {}
        self._served: dict[uuid.UUID, int] = {}
        self._turns = 0

    def start(self) -> None:
        """Begin to look, if there is anything to send by."""
        if self._sending is not None:
            self._thread = threading.Thread(
                target=self._look, args=(self._sending,), name="okbadges-webhooks", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """Begin no further attempt, wait a moment for those under way, and leave."""
        self._stopping.set()
        self._wake.set()
        with self._lock:
            threads = [self._thread, *self._busy.values()]
        until = time.monotonic() + _LAST_SECONDS
        for thread in threads:
            if thread is not None:
                thread.join(max(0.0, until - time.monotonic()))

    def _look(self, sending: Sending) -> None:
        while not self._stopping.is_set():
            self._wake.wait(self._look_every)
            self._wake.clear()
            if not self._stopping.is_set():
                _surviving(self._begin_turns, sending)

    def _begin_turns(self, sending: Sending) -> None:
        sending.read_on()
        due = sending.due()
        with self._lock:
            self._served = {one: turn for one, turn in self._served.items() if one in due}
            free = sorted((one for one in due if one not in self._busy), key=lambda one: self._served.get(one, 0))
            for webhook_id in free[: AT_ONCE - len(self._busy)]:
                self._turns += 1
                self._served[webhook_id] = self._turns
                turn = threading.Thread(target=self._turn, args=(sending, webhook_id), daemon=True)
                self._busy[webhook_id] = turn
                turn.start()

    def _turn(self, sending: Sending, webhook_id: uuid.UUID) -> None:
        attempts = _surviving(lambda one: one.send_to(webhook_id, is_over=self._stopping.is_set), sending)
        with self._lock:
            del self._busy[webhook_id]
        if attempts:
            # there may be more for it, and another one may have waited for this place
            self._wake.set()


def _surviving(do: Callable[[Sending], T], sending: Sending) -> T | None:
    """Do something of which a failure is told to the log and ends nothing else."""
    try:
        return do(sending)
    except OkbadgesError as failed:
        structlog.get_logger().warning("webhooks-failed", code=failed.code, words=failed.detail)
    except Exception as unexpected:  # noqa: BLE001 - one webhook, or one moment, must not end the others
        structlog.get_logger().error("webhooks-broken", error=type(unexpected).__name__)
    return None
