"""That the load of the benchmarks sees what it says it sees, and that the benchmark over HTTP runs. No figure is looked at."""

from __future__ import annotations

import importlib
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

BENCH = Path(__file__).resolve().parents[2] / "bench"
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the program that sends, as a module."""
    monkeypatch.syspath_prepend(str(BENCH))
    return importlib.import_module("load")


@contextmanager
def answering(*pieces: bytes) -> Iterator[int]:
    """Answer every request on a port with these pieces, one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                while connection.recv(1000):
                    for piece in pieces:
                        connection.sendall(piece)

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


@pytest.mark.parametrize(
    ("came", "whole"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-le", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", True),
        (b"HTTP/1.1 304 Not Modified\r\netag: x\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n", False),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", True),
    ],
)
def test_an_answer_is_whole_when_its_body_is_there(load: ModuleType, came: bytes, whole: bool) -> None:  # noqa: FBT001 - a case
    """Its length or its last chunk says where it ends."""
    assert load.is_whole(came) is whole


def test_every_answer_is_counted(load: ModuleType) -> None:
    """Also those that come in pieces."""
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", b"llo") as port:
        seen = load.send(load.Load(port, [REQUEST] * 30, clients=1, expected="hello"))
    assert seen.answers == len(seen.latencies) == 30
    assert 0 < seen.percentile(0.5) <= seen.percentile(0.99) <= seen.seconds


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnope",
    ],
)
def test_a_wrong_answer_ends_the_load(load: ModuleType, answer: bytes) -> None:
    """A refusal is no answer that may be counted as fast, and neither are other words; what came is shown."""
    with answering(answer) as port, pytest.raises(RuntimeError, match=answer[-4:].decode()):
        load.send(load.Load(port, [REQUEST] * 3, clients=1, expected="hello"))


@pytest.mark.long
def test_the_benchmark_runs() -> None:
    """Every case is answered as it has to be, by the real server."""
    command = [sys.executable, str(BENCH / "web.py"), "--requests", "6", "--clients", "2", "--repetitions", "1"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    cases = ("hello", "issue", "issue-known", "share-page", "status-list", "status-list-known", "verify-new")
    assert all(f"\n{case} " in done.stdout for case in cases)
