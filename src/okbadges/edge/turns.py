"""Who waits for a turn on the event loop, where waiting costs no thread; the line has an end, because a body waits in it too."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from okbadges.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Turns:
    """So many at once, so many in line; for one event loop."""

    def __init__(self, *, at_once: int, in_line: int) -> None:
        """Let ``at_once`` go on together while ``in_line`` wait."""
        self._free = asyncio.Semaphore(at_once)
        self._most = at_once + in_line
        self._present = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and have it for the block. Raises `Unavailable` (``busy-verifying``) when the line is full."""
        if self._present >= self._most:
            raise Unavailable("busy-verifying", "Too many credentials are being checked now; try again in a moment.")
        self._present += 1
        try:
            async with self._free:
                yield
        finally:
            self._present -= 1
