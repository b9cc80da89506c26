"""One structured line for every request: method, route template, status, milliseconds. Never an address with a token, never a name."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson
import structlog

if TYPE_CHECKING:
    from starlette.types import Scope
    from structlog.types import EventDict, WrappedLogger


def log_request(scope: Scope, route: str | None, status: int, seconds: float) -> None:
    """Write a line on an answered request by the template of its route (``/s/{token}``), so that no token reaches a log."""
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
        _as_json if log_format == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[structlog.processors.add_log_level, _stamp, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _stamp(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Add the moment in UTC; the library's own way takes several times as long."""
    line["timestamp"] = datetime.now(UTC).replace(tzinfo=None).isoformat() + "Z"
    return line


def _as_json(_logger: WrappedLogger, _method: str, line: EventDict) -> str:
    try:
        return orjson.dumps(line, default=repr).decode()
    except orjson.JSONEncodeError:  # half a character, a number of hundreds of digits: written all the same
        return json.dumps(line, default=repr)
