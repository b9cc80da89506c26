"""Cross-origin: programs that run in a browser, on pages of others, may use the doors of the protocols. Never the pages with cookies.

Nothing here is opened by a cookie: what a program shows is in the request itself, so any origin may send it (Fetch, 3.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SHOWN = "WWW-Authenticate, Retry-After, Link, X-Total-Count, Location"
_PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, PUT",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept",
    "Access-Control-Max-Age": "86400",
}


class CrossOrigin:
    """Lets every origin use some paths, and answers when a browser asks whether it may."""

    def __init__(self, app: ASGIApp, *, paths: Collection[str]) -> None:
        """Wrap ``app``; ``paths`` are whole addresses."""
        self._app = app
        self._paths = frozenset(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and say with the answer that any origin may read it."""
        if scope["type"] != "http" or scope["path"] not in self._paths:
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and "access-control-request-method" in Headers(scope=scope):
            await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, send)
            return

        async def send_open(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Access-Control-Allow-Origin"] = "*"
                headers["Access-Control-Expose-Headers"] = _SHOWN
            await send(message)

        await self._app(scope, receive, send_open)
