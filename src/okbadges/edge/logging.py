"""One structured line for every request: method, route template, status, milliseconds. Never an address with a token, never a name."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import structlog

from okbadges.edge.watching import Watch

if TYPE_CHECKING:
    from starlette.types import Scope


class RequestLog(Watch):
    """Logs each answered request by the template of its route (``/s/{token}``), so that no token reaches a log."""

    def note(self, scope: Scope, route: str | None, status: int, seconds: float) -> None:
        """Write a line."""
        structlog.get_logger().info(
            "request",
            method=scope["method"],
            route=route or _known_address(scope["path"]),
            status=status,
            milliseconds=round(seconds * 1000, 1),
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
