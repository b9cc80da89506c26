"""A memory with an end, for what is dear to work out and follows from its key alone."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """Keeps values under keys, as many as weigh ``most`` together; the one that was asked for longest ago goes first. For threads."""

    def __init__(self, most: int) -> None:
        """Begin with nothing kept."""
        self._most = self._left = most
        self._held: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Value | None:
        """Return what is kept under ``key``, or None."""
        with self._lock:
            if key not in self._held:
                return None
            self._held.move_to_end(key)
            return self._held[key][0]

    def keep(self, key: Hashable, value: Value, weight: int = 1) -> None:
        """Keep ``value``; one that weighs more than everything may is not kept at all."""
        if weight > self._most:
            return
        with self._lock:
            if key in self._held:
                self._left += self._held.pop(key)[1]
            self._held[key] = value, weight
            self._left -= weight
            while self._left < 0:
                self._left += self._held.popitem(last=False)[1][1]
