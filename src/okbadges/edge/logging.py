"""One structured line for every request: method, route template, status, milliseconds. Never an address with a token, never a name.

Each write to a file lets another thread go on, and comes back when that one lets go. So what is told of the requests that end in one turn
of the event loop is written together; whatever is more than information goes out at once, behind what waited.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

import orjson
import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Scope
    from structlog.types import EventDict, WrappedLogger


def request_log() -> Callable[[Scope, str | None, int, float], None]:
    """Return what writes a line on an answered request by the template of its route (``/s/{token}``), so that no token reaches a log.

    It goes where the log is written to at this moment: finding that out anew takes nearly as long as the line.
    """
    logger = structlog.get_logger().bind()

    def log(scope: Scope, route: str | None, status: int, seconds: float) -> None:
        logger.info(
            "request",
            method=scope["method"],
            route=route or _known_address(scope["path"]),
            status=status,
            milliseconds=round(seconds * 1000, 1),
        )

    return log


def _known_address(path: str) -> str:
    """Return an address that has no route object of its own; anything else may hold a token and is not repeated."""
    return path if path == "/openapi.json" else "(no such address)"


def configure_logging(log_format: str, *, into: TextIO | None = None) -> None:
    """Write structured lines to standard error or ``into`` another file, as JSON or as text for a terminal."""
    lines = _Lines(into or sys.stderr)
    renderer: structlog.types.Processor = (
        _as_json if log_format == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[structlog.processors.add_log_level, _stamp, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: lines,
    )


class _Lines:
    """Writes lines to a file; for any number of threads."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._waiting: list[str] = []

    def info(self, line: str) -> None:
        """Write a line at the end of this turn of the event loop; at once where there is none."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.msg(line)
            return
        with self._lock:
            self._waiting.append(line)
            is_first = len(self._waiting) == 1
        if is_first:
            loop.call_soon(self._write)

    def msg(self, line: str) -> None:
        """Write a line now."""
        with self._lock:
            self._waiting.append(line)
        self._write()

    debug = warning = error = critical = msg

    def _write(self) -> None:
        with self._lock:
            lines, self._waiting = self._waiting, []
            if lines:
                self._file.write("\n".join([*lines, ""]))
                self._file.flush()


def _stamp(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Add the moment in UTC; the library's own way takes several times as long."""
    line["timestamp"] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return line


def _as_json(_logger: WrappedLogger, _method: str, line: EventDict) -> str:
    try:
        return orjson.dumps(line, default=repr).decode()
    except orjson.JSONEncodeError:  # half a character, a number of hundreds of digits: written all the same
        return json.dumps(line, default=repr)
