"""What is logged: one line for each request, by the template of its route, and when it is written."""

from __future__ import annotations

import asyncio
import io
import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from okbadges.edge.logging import configure_logging, request_log

if TYPE_CHECKING:
    from collections.abc import Iterator


class File(io.StringIO):
    """A file that counts how often it is written to."""

    writes = 0

    def write(self, text: str) -> int:
        """Count, and write."""
        self.writes += 1
        return super().write(text)

    def lines(self) -> list[dict[str, Any]]:
        """Return every line, read."""
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def file() -> Iterator[File]:
    """Return a log, written as the service writes it."""
    before, log = structlog.get_config(), File()
    configure_logging("json", into=log)
    yield log
    structlog.configure(**before)


def note(status: int = 200, *, route: str | None = "/s/{token}") -> None:
    """Note a request for a share page."""
    request_log()({"method": "GET", "path": "/s/secret"}, route, status, 0.01234)


def test_a_request_is_one_line_without_its_address(file: File) -> None:
    """Method, route, status and milliseconds, and a moment in UTC; an address that no route has may hold a token."""
    note()
    note(404, route=None)
    first, second = file.lines()
    assert first.pop("timestamp").endswith("Z")
    assert first == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "route": "/s/{token}",
        "status": 200,
        "milliseconds": 12.3,
    }
    assert second["route"] == "(no such address)"
    assert "secret" not in file.getvalue()


def test_what_ends_in_one_turn_is_written_together(file: File) -> None:
    """Many requests, one write, in their order; nothing is left behind when the loop goes on."""

    async def turns() -> None:
        for status in (200, 201, 202):
            note(status)
        assert file.writes == 0
        await asyncio.sleep(0)
        assert file.writes == 1
        note(203)
        await asyncio.sleep(0)

    asyncio.run(turns())
    assert [line["status"] for line in file.lines()] == [200, 201, 202, 203]
    assert file.writes == 2


def test_a_warning_is_written_at_once_behind_what_waited(file: File) -> None:
    """Whatever comes of it: the process may end in the same turn."""

    async def turn() -> None:
        note()
        structlog.get_logger().error("unexpected-error")
        assert [line["event"] for line in file.lines()] == ["request", "unexpected-error"]

    asyncio.run(turn())
    assert len(file.lines()) == 2


def test_threads_write_whole_lines(file: File) -> None:
    """Without an event loop a line is written at once, and no other runs into it."""
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(note, range(400)))
    assert sorted(line["status"] for line in file.lines()) == list(range(400))
