"""Which paths a page of another origin may call from a browser, with which methods. Such calls carry a token and never a cookie.

``*`` stands for every origin: who calls is known by the token alone, and a browser never sends cookies to an answer with ``*``.
The answer to a preflight tells nothing of what is behind the path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

READABLE = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Link, Retry-After, WWW-Authenticate, X-Total-Count",
}
"""What lets pages of other origins read an answer (`okbadges.edge.headers`)."""
_SENT = "Authorization, Content-Type, If-None-Match"
_REMEMBERED_SECONDS = "7200"
"""As long as any browser remembers a preflight."""


class Preflights:
    """Answers the question of a browser whether a page of another origin may call."""

    def __init__(self, app: ASGIApp, *, doors: Mapping[str, Collection[str]]) -> None:
        """Wrap ``app``; ``doors`` are methods by the beginning of a path, the longest beginning that fits counts."""
        self._app = app
        self._doors = sorted(doors.items(), key=lambda door: len(door[0]), reverse=True)
        self._beginnings = tuple(doors)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Answer a preflight, and pass every other request on."""
        if scope["type"] == "http" and scope["method"] == "OPTIONS" and scope["path"].startswith(self._beginnings):
            return self._asked(scope)(scope, receive, send)
        return self._app(scope, receive, send)

    def _asked(self, scope: Scope) -> ASGIApp:
        if "access-control-request-method" not in Headers(scope=scope):
            return self._app
        return _allowance(next(methods for beginning, methods in self._doors if scope["path"].startswith(beginning)))


def _allowance(methods: Collection[str]) -> Response:
    headers = {
        "Access-Control-Allow-Methods": ", ".join(methods),
        "Access-Control-Allow-Headers": _SENT,
        "Access-Control-Max-Age": _REMEMBERED_SECONDS,
    }
    return Response(status_code=204, headers=headers)
