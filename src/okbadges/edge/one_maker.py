"""Of those who want the same thing at the same moment one makes it, and the others wait for it on the event loop.

What is remembered for a second is forgotten for all who wait at once. If each of them made it anew, the slowest answers of every second would
be those of all clients together.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from starlette.concurrency import run_in_threadpool

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

Made = TypeVar("Made")


class OneMaker:
    """What is being made now, each under what was asked for; for one event loop."""

    def __init__(self) -> None:
        """Begin with nothing in the making."""
        self._making: dict[Hashable, asyncio.Event] = {}

    async def made_by_another(self, asked: Hashable) -> bool:
        """Wait until somebody has made, or has failed to make, what was asked; tell whether there was somebody."""
        making = self._making.get(asked)
        if making is None:
            return False
        await making.wait()
        return True

    @contextmanager
    def making(self, asked: Hashable) -> Iterator[None]:
        """Let others wait for what the block makes."""
        if asked in self._making:
            yield
            return
        made = self._making[asked] = asyncio.Event()
        try:
            yield
        finally:
            del self._making[asked]
            made.set()

    async def found_or_made(self, asked: Hashable, find: Callable[[], Made | None], make: Callable[[], Made]) -> Made:
        """Return what ``find`` finds, after waiting for whoever makes it now; else what ``make`` makes in a thread. Raises what it raises.

        Each waits once: who finds nothing then (what was made is not kept, or making it failed) makes it for themselves.
        """
        found = find()
        if found is None and await self.made_by_another(asked):
            found = find()
        if found is not None:
            return found
        with self.making(asked):
            return await run_in_threadpool(make)
