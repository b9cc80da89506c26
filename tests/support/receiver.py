"""A receiver of webhooks as a test writes it: real HTTP on this machine, verifying with the library of Standard Webhooks as any would.

It answers as its script says, one behaviour for each request and the last one for all that follow, and keeps all that came.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import orjson
import standardwebhooks
from standardwebhooks import webhooks as library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    import pytest

    Behaviour = Callable[["Handler"], None]


@dataclass(frozen=True, slots=True)
class Message:
    """One request as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The message's id."""
        return self.headers["webhook-id"]

    @property
    def said(self) -> Any:
        """What it says."""
        return orjson.loads(self.body)


class Receiver:
    """What a receiver does, and what it got."""

    def __init__(self) -> None:
        """Take everything."""
        self.url = ""
        self.script: list[Behaviour] = [answering(204)]
        self.got: list[Message] = []
        self.came = threading.Condition()
        self.free = threading.Event()
        """Set, those that hang go on."""

    def answers(self, *script: Behaviour | int) -> None:
        """Behave so for one request each, and like the last for all that follow; a number is a status."""
        self.script = [answering(one) if isinstance(one, int) else one for one in script]

    def next_behaviour(self) -> Behaviour:
        """Return how the next request is met."""
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def wait_for(self, count: int, *, seconds: float = 60) -> list[Message]:
        """Wait until so many requests came, and return them."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.got) >= count, timeout=seconds), len(self.got)
            return list(self.got)


class Handler(BaseHTTPRequestHandler):
    """One request."""

    receiver: Receiver

    def do_POST(self) -> None:
        """Keep what came and behave as the script says."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.receiver.came:
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.receiver.got.append(Message(headers, body))
            behave = self.receiver.next_behaviour()
            self.receiver.came.notify_all()
        behave(self)

    def do_GET(self) -> None:
        """Be asked by nobody: a redirect was followed."""
        raise AssertionError(self.path)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the class above
        """Say nothing."""

    def handle(self) -> None:
        """Survive that whoever sent has gone."""
        try:
            super().handle()
        except OSError:
            self.close_connection = True


def answering(status: int, **headers: str) -> Behaviour:
    """Answer with a status and these headers."""

    def behave(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return behave


def hanging(handler: Handler) -> None:
    """Answer nothing until the test lets go."""
    handler.receiver.free.wait(60)


def dripping(handler: Handler) -> None:
    """Send one byte of an answer after the other, for ever."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not handler.receiver.free.wait(0.05):
        handler.wfile.write(b"X")
        handler.wfile.flush()


def dripping_body(handler: Handler) -> None:
    """Accept at once, and then drip a body for ever."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while not handler.receiver.free.wait(0.05):
        handler.wfile.write(b"X")
        handler.wfile.flush()


def closing(handler: Handler) -> None:
    """Close the connection without a word."""
    handler.close_connection = True


def flooding(handler: Handler) -> None:
    """Accept with ten megabytes."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n" + b"X" * 10_485_760)


def no_http(handler: Handler) -> None:
    """Answer with something that is not HTTP."""
    handler.wfile.write(b"220 mail.example ESMTP\r\n")


@contextmanager
def running_receiver() -> Iterator[Receiver]:
    """Run a receiver on a free port of this machine."""
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"receiver": receiver}))
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.free.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def at_time(monkeypatch: pytest.MonkeyPatch, clock: Callable[[], datetime]) -> None:
    """Let the library of the receivers, which looks at the machine's clock, look at this one."""

    class Now(library.datetime):  # type: ignore[name-defined, misc]
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return clock().astimezone(tz)

    monkeypatch.setattr(library, "datetime", Now)


def verified(secret: str, message: Message) -> Any:
    """Return what a message says after the library has verified it as any receiver would; raise what that raises."""
    return standardwebhooks.Webhook(secret).verify(message.body, message.headers)
