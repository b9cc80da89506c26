"""How large a request body may be: counted as it arrives, refused with a problem document, never held beyond the limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.errors import TooLarge

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping, Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 64 * 1024
LARGEST_UPLOAD = 2 * 1024 * 1024 + LARGEST_BODY
"""A file of 2 MiB, and what a form puts around it."""
LARGEST_EVIDENCE = 5 * 1024 * 1024 + LARGEST_BODY
"""A piece of evidence of 5 MiB, and what a form puts around it."""
_ANY = "*"


class BodyLimit:
    """Raises `TooLarge` in whoever reads a body that is over the limit of its path."""

    def __init__(self, app: ASGIApp, *, limits: Mapping[str, int]) -> None:
        """Wrap ``app``; ``limits`` are bytes by path, every other path takes `LARGEST_BODY`.

        A part of a path that is ``*`` stands for any one part: ``/v1/participants/*/evidence``.
        """
        self._app = app
        self._exact = {path: limit for path, limit in limits.items() if _ANY not in path.split("/")}
        self._patterns = [(path.split("/"), limit) for path, limit in limits.items() if path not in self._exact]

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass the request on with a body that is counted."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        limit = arrived = 0

        async def counted() -> Message:
            nonlocal arrived, limit
            # only now: most requests have no body that anybody reads
            limit = limit or self._limit_of(scope["path"].rstrip("/"))
            if not arrived and _announced(scope) > limit:
                raise _too_large(limit)
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > limit:
                raise _too_large(limit)
            return message

        return self._app(scope, counted, send)

    def _limit_of(self, path: str) -> int:
        """Return how many bytes a body may have that is sent to ``path``."""
        if path in self._exact:
            return self._exact[path]
        parts = path.split("/")
        fitting = (limit for pattern, limit in self._patterns if _fits(pattern, parts))
        return next(fitting, LARGEST_BODY)


def _announced(scope: Scope) -> int:
    announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(announced[:20]) if announced.isdigit() else 0


def _fits(pattern: Sequence[str], parts: Sequence[str]) -> bool:
    return len(pattern) == len(parts) and all(one in (_ANY, part) for one, part in zip(pattern, parts, strict=True))


def _too_large(limit: int) -> TooLarge:
    return TooLarge("body-too-large", f"This address takes at most {limit // 1024} KiB in one request.", field="body")
