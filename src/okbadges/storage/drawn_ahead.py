"""Random bytes for ids, drawn many at a time.

Each call of the system's generator lets another thread go on, and comes back when that one lets go: beside busy threads this takes twenty
times as long as the bytes themselves (decision 0034). Not for keys and tokens: what was drawn ahead lies in memory until it is used.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_AT_ONCE: Final = 4096


class DrawnAhead:
    """A source of random bytes that gives each byte of another one once; for any number of threads, and for each process its own."""

    def __init__(self, source: Callable[[int], bytes]) -> None:
        """Draw from ``source``."""
        self._source = source
        self._lock = threading.Lock()
        self._drawn, self._at, self._process = b"", 0, os.getpid()

    def __call__(self, count: int) -> bytes:
        """Return so many bytes that were never given before."""
        if self._process != os.getpid():
            # a forked process has one thread, and a lock that another may have held: it begins anew
            self._lock, self._drawn, self._at, self._process = threading.Lock(), b"", 0, os.getpid()
        with self._lock:
            if self._at + count > len(self._drawn):
                self._drawn, self._at = self._source(max(_AT_ONCE, count)), 0
            begin, self._at = self._at, self._at + count
            return self._drawn[begin : self._at]
