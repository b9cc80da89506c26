"""How many verifications may work, and how many may wait for strangers, at the same time in one process.

Strangers decide how slowly they answer, so only a few verifications may wait for them. Whoever waits does not work: a
verification of our own credentials, which asks nobody, always finds its turn while others wait.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from okbadges.credentials.fetching import Fetched, FetchError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from okbadges.credentials.fetching import Fetch

WORKING = 4
WAITING = 8


class Patience:
    """Hands out the places; safe to share between threads."""

    def __init__(self, *, working: int = WORKING, waiting: int = WAITING) -> None:
        """Let so many verifications work, and besides so many wait for strangers."""
        self._working = threading.BoundedSemaphore(working)
        self._waiting = threading.BoundedSemaphore(waiting)

    @contextmanager
    def verification(self, outside: Fetch) -> Iterator[Fetch]:
        """Wait for a turn to work, and give ``outside`` for the block, as far as there is room among those who wait.

        The first fetch takes a place and keeps it until the block ends. Without a free place each fetch raises `FetchError`
        ``too-many-verifications`` at once, so that the verdict is INDETERMINATE: fail closed, and worth trying again.
        """
        has_place = False

        def fetch(url: str) -> Fetched:
            nonlocal has_place
            has_place = has_place or self._waiting.acquire(blocking=False)
            if not has_place:
                raise FetchError(
                    "too-many-verifications", "Too many checks wait for other servers now; try again in a moment."
                )
            self._working.release()
            try:
                return outside(url)
            finally:
                self._working.acquire()

        self._working.acquire()
        try:
            yield fetch
        finally:
            self._working.release()
            if has_place:
                self._waiting.release()
