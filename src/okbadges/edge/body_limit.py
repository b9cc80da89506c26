"""How large a request body may be: counted as it arrives, refused with a problem document, never held beyond the limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.errors import TooLarge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 64 * 1024
LARGEST_UPLOAD = 2 * 1024 * 1024 + LARGEST_BODY
"""A file of 2 MiB, and what a form puts around it."""


class BodyLimit:
    """Raises `TooLarge` in whoever reads a body that is over the limit of its path."""

    def __init__(self, app: ASGIApp, *, limits: Mapping[str, int]) -> None:
        """Wrap ``app``; ``limits`` are bytes by path, every other path takes `LARGEST_BODY`."""
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a body that is counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limits.get(scope["path"].rstrip("/"), LARGEST_BODY)
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        is_announced_too_large = announced.isdigit() and int(announced[:20]) > limit
        arrived = 0

        async def counted() -> Message:
            nonlocal arrived
            if is_announced_too_large:
                raise _too_large(limit)
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > limit:
                raise _too_large(limit)
            return message

        await self._app(scope, counted, send)


def _too_large(limit: int) -> TooLarge:
    return TooLarge("body-too-large", f"This address takes at most {limit // 1024} KiB in one request.", field="body")
