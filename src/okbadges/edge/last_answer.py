"""The last net: whatever leaves the application becomes an answer here, inside the security headers and outside of the server's log.

A server would write the error's own words with its traceback, and those may hold data. It hears of no error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class LastAnswer:
    """Answers what nobody else caught."""

    def __init__(self, app: ASGIApp, *, answer: Callable[[Request, Exception], Response]) -> None:
        """Wrap ``app``; ``answer`` logs an error and says what the caller hears of it."""
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on. An answer that breaks half-way is left unfinished, and the server cuts the connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def remember(message: Message) -> None:
            nonlocal has_begun
            has_begun = has_begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, remember)
        except Exception as error:  # noqa: BLE001 - the last one to catch it
            response = self._answer(Request(scope), error)
            if not has_begun:
                await response(scope, receive, send)
