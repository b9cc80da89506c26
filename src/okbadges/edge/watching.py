"""What a request came to, for whoever notes it: the status that was answered, and how long it took."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    Note = Callable[[Scope, str | None, int, float], None]
    """Notes an answered request by the template of its route (None: an address that no route has), its status and its seconds."""


class Watch:
    """Passes every request on, and tells of it when it is done: once for all who note something."""

    def __init__(self, app: ASGIApp, *, notes: Sequence[Note]) -> None:
        """Wrap ``app``; each of ``notes`` is told of each request, in order."""
        self._app = app
        self._notes = tuple(notes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and tell of it when it is done, also when it broke."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def remember(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, remember)
        finally:
            route, seconds = getattr(scope.get("route"), "path", None), time.perf_counter() - began
            for note in self._notes:
                note(scope, route, status, seconds)
