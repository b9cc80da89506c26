"""The outermost layer: what is so for every request and every answer, whatever stands further inside.

Every answer carries our headers. Every request is noted when it is done, also one that broke. Whatever leaves the application becomes an
answer here, outside of the server's log: a server would write the error's own words with its traceback, and those may hold data.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    Note = Callable[[Scope, str | None, int, float], None]
    """Notes an answered request by the template of its route (None: an address that no route has), its status and its seconds."""

_BROKEN = 500


class Service(FastAPI):
    """The framework with our layers outermost.

    It has three of its own around them that never have anything to do here, and cost as much as all of ours that only look: for errors, which
    end in `Outermost`; for telemetry, which is off; for the size of bodies, which `okbadges.edge.body_limit` counts.
    """

    def build_middleware_stack(self) -> ASGIApp:
        """Return our layers, and what they stand around."""
        layer: Any = super().build_middleware_stack()
        while not isinstance(layer, Outermost):
            layer = layer.app
        return layer


class Outermost:
    """Adds headers, answers what nobody else caught, and tells of each request: once for all who note something."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        headers_of: Callable[[str], Mapping[bytes, bytes]],
        answer: Callable[[Request, Exception], Response],
        notes: Sequence[Note],
    ) -> None:
        """Wrap ``app``.

        ``headers_of`` a path are those of its answers; ``answer`` logs an error and says what the caller hears of it; each of ``notes``
        is told of each request, in order.
        """
        self._app = app
        self._headers_of = headers_of
        self._answer = answer
        self._notes = tuple(notes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on. An answer that breaks half-way is left unfinished, and the server cuts the connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, ours = time.perf_counter(), None, self._headers_of(scope["path"])

        def leave(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                said = [header for header in message.get("headers", ()) if header[0].lower() not in ours]
                message["headers"] = [*said, *ours.items()]
            return send(message)

        try:
            await self._app(scope, receive, leave)
        except Exception as error:  # noqa: BLE001 - the last one to catch it
            response = self._answer(Request(scope), error)
            if status is None:
                await response(scope, receive, leave)
        finally:
            route, seconds = getattr(scope.get("route"), "path", None), time.perf_counter() - began
            for note in self._notes:
                note(scope, route, status or _BROKEN, seconds)
