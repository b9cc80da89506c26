"""Row keys: UUID version 7 (RFC 9562, 5.7), so that new rows land at the end of an index."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


def uuid7(now: datetime, random_bytes: Callable[[int], bytes]) -> uuid.UUID:
    """Return a version 7 UUID: 48 bits of milliseconds since 1970 from ``now``, 74 random bits."""
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    tail = int.from_bytes(random_bytes(10), "big")
    rand_a = (tail >> 64) & 0xFFF
    rand_b = tail & ((1 << 62) - 1)
    return uuid.UUID(int=(milliseconds << 80) | (0x7 << 76) | (rand_a << 64) | (0b10 << 62) | rand_b)


def uuid4(random_bytes: Callable[[int], bytes]) -> uuid.UUID:
    """Return a version 4 UUID from the given randomness: no time in it, for everything that others see."""
    return uuid.UUID(bytes=random_bytes(16), version=4)
