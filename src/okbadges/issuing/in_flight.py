"""Requests of this process that are on their way: an equal one waits for the first instead of doing its work a second time.

Across processes the unique column of what a request made decides; here nobody even signs twice.
"""

from __future__ import annotations

import threading

from okbadges.errors import Conflict

PATIENCE_SECONDS = 5.0


class InFlight:
    """The idempotency keys that are being worked on now."""

    def __init__(self, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """Let an equal request wait ``patience_seconds`` for the first one."""
        self._patience = patience_seconds
        self._present: set[bytes] = set()
        self._changed = threading.Condition()

    def enter(self, key: bytes) -> None:
        """Be the one that works on ``key``. Raises `Conflict` (``idempotency-key-in-flight``) when another one takes too long."""
        with self._changed:
            if not self._changed.wait_for(lambda: key not in self._present, self._patience):
                raise Conflict(
                    "idempotency-key-in-flight",
                    "The first request with this Idempotency-Key is still being worked on; send it again in a moment.",
                    field="Idempotency-Key",
                )
            self._present.add(key)

    def enter_if_free(self, key: bytes) -> bool:
        """Be the one that works on ``key``, unless another one is; say whether you are."""
        with self._changed:
            if key in self._present:
                return False
            self._present.add(key)
            return True

    def leave(self, key: bytes) -> None:
        """Let the next one in."""
        with self._changed:
            self._present.discard(key)
            self._changed.notify_all()
