"""Applications for many worlds, one after the other: making one and looking into its routes takes long, and they never change.

What a process has in memory is in its rooms; the doors before them hold nothing.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from fastapi.testclient import TestClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI

    from okbadges.edge.rooms import Rooms


class Doors:
    """As many applications as are in use at the same time."""

    def __init__(self, make: Callable[[], FastAPI]) -> None:
        """Let ``make`` make another one whenever none is free."""
        self._make = make
        self._free: list[FastAPI] = []

    @contextmanager
    def before(self, rooms: Rooms) -> Iterator[FastAPI]:
        """Give an application that leads to these rooms and is nobody else's until the end of the block."""
        app = self._free.pop() if self._free else self._new()
        app.state.rooms = rooms
        try:
            yield app
        finally:
            self._free.append(app)

    def _new(self) -> FastAPI:
        app = self._make()
        # the first request puts the layers around the routes together, and two applications in one interpreter disturb each other at it
        with TestClient(app) as client:
            client.get("/no-such-address")
        return app
