"""Sends requests that were made beforehand over connections that stay open, and notes how long each answer took.

A program of its own, so that its work is not the server's: it reads a load from its standard input, sends it, and writes what it saw as
one line of JSON. It knows just enough HTTP to find the end of an answer, and needs some microseconds for each. A load is bounded in
count and in time: who is not answered in time ends it as a failure.
"""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENDS_WITHIN: Final = 15.0  # seconds for what is still under way when the time is up
_AT_ONCE: Final = 1 << 18  # bytes
_WITHOUT_BODY: Final = (204, 304)
_SHOWN: Final = 600


@dataclass(frozen=True, slots=True)
class Load:
    """What to send: to a port of this machine, by so many clients at once, for so many seconds at the most."""

    port: int
    requests: Sequence[bytes]
    clients: int = 64
    seconds: float = 30.0
    expected: str = ""
    """What has to stand in every answer, its head included."""
    status: int = 200
    cpu: int | None = None
    """The one processor to send from; None: whichever is free."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a load: how many answers in how many seconds, how long each took in seconds, and the first that was wrong."""

    answers: int
    seconds: float
    latencies: Sequence[float]
    wrong: str = ""

    @property
    def per_second(self) -> float:
        """Return the answers of a second."""
        return self.answers / self.seconds

    def percentile(self, part: float) -> float:
        """Return the seconds within which this part of the answers came."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def send(load: Load) -> Seen:
    """Send a load from a process of its own. Raises RuntimeError with the first answer that was not as expected."""
    about = {name: value for name, value in asdict(load).items() if name != "requests"}
    sizes = [len(request) for request in load.requests]
    told = json.dumps({**about, "sizes": sizes}).encode() + b"\n" + b"".join(load.requests)
    within = load.seconds + 4 * _ENDS_WITHIN
    program = [sys.executable, __file__]
    done = subprocess.run(program, input=told, capture_output=True, check=False, timeout=within)  # noqa: S603 - ourselves
    if done.returncode:
        raise RuntimeError(f"the load ended with {done.returncode}: {done.stderr.decode(errors='replace')[-_SHOWN:]}")
    seen = Seen(**json.loads(done.stdout))
    if seen.wrong:
        raise RuntimeError(f"not the answer that was expected, after {seen.answers} that were: {seen.wrong}")
    return seen


class _Client:
    """One connection: sends a request, waits for the whole answer, sends the next."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(_ENDS_WITHIN)
        self.sent_at = 0.0
        self._came = b""

    def send(self, request: bytes) -> None:
        self._came = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bytes | None:
        """Return the answer when all of it is there, None before. Raises ConnectionError when the server hung up."""
        piece = self.socket.recv(_AT_ONCE)
        if not piece:
            raise ConnectionError("the server hung up in the middle")
        self._came += piece
        return self._came if is_whole(self._came) else None


def is_whole(came: bytes) -> bool:
    """Tell whether bytes are a whole answer."""
    end = came.find(b"\r\n\r\n")
    if end < 0:
        return False
    head = came[:end].lower()
    if _status(came) in _WITHOUT_BODY:
        return True
    at = head.find(b"\r\ncontent-length:")
    if at < 0:
        return came.endswith(b"0\r\n\r\n")
    length = int(head[at + 17 :].split(b"\r\n", 1)[0])
    return len(came) >= end + 4 + length


def _status(came: bytes) -> int:
    return int(came[9:12])


def _drive(load: Load) -> Seen:
    """Send everything, one request after the other on each connection, until all are answered or the time is up."""
    todo, expected = iter(load.requests), load.expected.encode()
    waiting = select.epoll()
    clients = {one.socket.fileno(): one for one in (_Client(load.port) for _ in range(load.clients))}
    latencies: list[float] = []
    begun = time.perf_counter()
    ends_at, busy = begun + load.seconds, 0
    for number, client in clients.items():
        request = next(todo, None)
        if request is not None:
            client.send(request)
            waiting.register(number, select.EPOLLIN)
            busy += 1
    while busy:
        ready = waiting.poll(_ENDS_WITHIN)
        if not ready:
            return Seen(len(latencies), time.perf_counter() - begun, latencies, "no answer within 15 s")
        for number, _ in ready:
            client = clients[number]
            answer = client.receive()
            if answer is None:
                continue
            now = time.perf_counter()
            if _status(answer) != load.status or expected not in answer:
                return Seen(len(latencies), now - begun, latencies, answer[:_SHOWN].decode(errors="replace"))
            latencies.append(now - client.sent_at)
            request = next(todo, None) if now < ends_at else None
            if request is None:
                busy -= 1
            else:
                client.send(request)
    return Seen(len(latencies), time.perf_counter() - begun, latencies)


def main() -> int:
    """Read a load, send it, say what was seen."""
    about = json.loads(sys.stdin.buffer.readline())
    requests = [sys.stdin.buffer.read(size) for size in about.pop("sizes")]
    load = Load(**about, requests=requests)
    if load.cpu is not None:
        os.sched_setaffinity(0, {load.cpu})
    json.dump(asdict(_drive(load)), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
