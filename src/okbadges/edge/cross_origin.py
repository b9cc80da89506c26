"""Which paths a page of another origin may call from a browser, with which methods. Such calls carry a token and never a cookie.

``*`` stands for every origin: who calls is known by the token alone, and a browser never sends cookies to an answer with ``*``.
The answer to a preflight tells nothing of what is behind the path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SENT = "Authorization, Content-Type, If-None-Match"
_READ = "ETag, Link, Retry-After, WWW-Authenticate, X-Total-Count"
_REMEMBERED_SECONDS = "7200"
"""As long as any browser remembers a preflight."""


class CrossOrigin:
    """Answers preflights, and lets pages of other origins read the answers."""

    def __init__(self, app: ASGIApp, *, doors: Mapping[str, Collection[str]]) -> None:
        """Wrap ``app``; ``doors`` are methods by the beginning of a path, the longest beginning that fits counts."""
        self._app = app
        self._doors = sorted(doors.items(), key=lambda door: len(door[0]), reverse=True)
        self._beginnings = tuple(doors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a preflight is answered here."""
        methods = self._methods(scope["path"]) if scope["type"] == "http" else None
        if methods is None:
            await self._app(scope, receive, send)
        elif scope["method"] == "OPTIONS" and "access-control-request-method" in Headers(scope=scope):
            await _allowance(methods)(scope, receive, send)
        else:
            await self._app(scope, receive, _readable(send))

    def _methods(self, path: str) -> Collection[str] | None:
        if not path.startswith(self._beginnings):
            return None
        return next(methods for beginning, methods in self._doors if path.startswith(beginning))


def _allowance(methods: Collection[str]) -> Response:
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": ", ".join(methods),
        "Access-Control-Allow-Headers": _SENT,
        "Access-Control-Max-Age": _REMEMBERED_SECONDS,
    }
    return Response(status_code=204, headers=headers)


def _readable(send: Send) -> Send:
    async def send_readable(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Access-Control-Allow-Origin"] = "*"
            headers["Access-Control-Expose-Headers"] = _READ
        await send(message)

    return send_readable
