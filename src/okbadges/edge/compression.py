"""Public pages and pictures go out compressed, so that they are there soon on a slow telephone.

Only where neither a cookie nor what somebody typed decides what is read: the size of a compressed page that holds a secret and a
stranger's words tells of the secret (BREACH). So the passport's and the work pages go out as they are, and so does what is signed.
"""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PUBLIC = ("/s/", "/badges", "/verify", "/docs", "/accessibility", "/privacy")
_FRONT = "/"
_FOR_TEACHERS = re.compile(r"^/s/[^/]+/areas")
"""What a teacher who is signed in sees behind a link: their cookie decides on it, and their words stand in it."""
_MEDIA_TYPES = ("text/html", "image/svg+xml")
_SMALLEST = 500  # bytes: less is not worth a header
_LEVEL = 6


class Compression:
    """Compresses what a public address answers at once, where the browser takes it."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass the request on, and compress what comes back."""
        is_wanted = scope["type"] == "http" and _is_public(scope["path"]) and _takes_gzip(scope)
        return self._app(scope, receive, _Outlet(send) if is_wanted else send)


class _Outlet:
    """Keeps the head of an answer back until its body is there, and sends both compressed or as they are."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._head: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._head = message
            return
        if self._head is not None:
            head, self._head = self._head, None
            message = _compressed(head, message)
            await self._send(head)
        await self._send(message)


def _compressed(head: Message, message: Message) -> Message:
    """Return the body compressed, and say so in its head; or as it is, where it is of another kind or comes in pieces."""
    if any(name == b"content-encoding" for name, _ in head["headers"]):
        return message
    headers, body = MutableHeaders(raw=head["headers"]), message.get("body", b"")
    kind = headers.get("content-type", "").partition(";")[0]
    is_fit = kind in _MEDIA_TYPES and len(body) >= _SMALLEST and not message.get("more_body", False)
    if not is_fit:
        return message
    body = gzip.compress(body, _LEVEL, mtime=0)
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(body))
    headers.add_vary_header("Accept-Encoding")
    head["headers"] = headers.raw
    return {**message, "body": body}


def _is_public(path: str) -> bool:
    return path == _FRONT or (path.startswith(_PUBLIC) and not _FOR_TEACHERS.search(path))


def _takes_gzip(scope: Scope) -> bool:
    accepted = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
    return b"gzip" in accepted
