"""What a request came to, for whoever notes it: the status that was answered, and how long it took."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Watch:
    """Passes every request on, and calls `note` when it is done; whoever notes something inherits from it."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note it when it is done, also when it broke."""
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
            self.note(scope, getattr(scope.get("route"), "path", None), status, time.perf_counter() - began)

    def note(self, scope: Scope, route: str | None, status: int, seconds: float) -> None:
        """Note an answered request by the template of its route (None: an address that no route has)."""
        raise NotImplementedError
