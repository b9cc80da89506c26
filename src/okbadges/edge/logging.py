"""One structured line for every request: method, route template, status, milliseconds. Never an address with a token, never a name."""

from __future__ import annotations

import logging
import sys
import time
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class RequestLog:
    """Logs each answered request by the template of its route (``/s/{token}``), so that no token reaches a log."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and write a line when it is done."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def remember(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, remember)
        finally:
            route = getattr(scope.get("route"), "path", None) or _known_address(scope["path"])
            milliseconds = round((time.perf_counter() - began) * 1000, 1)
            structlog.get_logger().info(
                "request", method=scope["method"], route=route, status=status, milliseconds=milliseconds
            )


def _known_address(path: str) -> str:
    """Return an address that has no route object of its own; anything else may hold a token and is not repeated."""
    return path if path == "/openapi.json" else "(no such address)"


def configure_logging(log_format: str) -> None:
    """Write structured lines to standard error, as JSON or as text for a terminal."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer() if log_format == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
