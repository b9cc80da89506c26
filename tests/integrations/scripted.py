"""A network as a test writes it: which addresses a name has, what a connection answers, and what was asked."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import httpcore2

from okbadges.integrations.fetch import GuardedFetcher

if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence

PUBLIC = "93.184.215.14"


class ScriptedStream(httpcore2.NetworkStream):
    """Answers with the parts it was given and remembers what was written and which name TLS was for."""

    def __init__(self, parts: Sequence[bytes], *, endless: bytes = b"", pause: float = 0.0) -> None:
        """Give ``parts`` one read each, then ``endless`` again and again, each after ``pause`` seconds."""
        self.parts = list(parts)
        self.endless = endless
        self.pause = pause
        self.written = b""
        self.server_hostname: str | None = None

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return the next part."""
        assert max_bytes > 0
        assert timeout is None or timeout > 0
        time.sleep(self.pause)
        return self.parts.pop(0) if self.parts else self.endless

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Keep what was written."""
        assert timeout is None or timeout > 0
        self.written += buffer

    def close(self) -> None:
        """Have nothing to close."""

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """Keep the name and go on in the clear."""
        assert ssl_context.check_hostname
        assert timeout is None or timeout > 0
        self.server_hostname = server_hostname
        return self

    def get_extra_info(self, info: str) -> None:
        """Know nothing about the connection."""


class ScriptedNetwork:
    """Name look-up and connections as a test wrote them; keeps every host and address that was asked."""

    def __init__(self, addresses: dict[str, list[str]], *streams: ScriptedStream | Exception) -> None:
        """Take the addresses by name and what the connections give, in order."""
        self.addresses = addresses
        self.streams = list(streams)
        self.looked_up: list[tuple[str, int]] = []
        self.connected: list[tuple[str, int]] = []

    def look_up(self, host: str, port: int) -> list[str]:
        """Return the addresses of a known name; raise `OSError` for any other."""
        self.looked_up.append((host, port))
        if host not in self.addresses:
            raise OSError("no such name")
        return self.addresses[host]

    def connect(self, address: str, port: int, seconds: float) -> httpcore2.NetworkStream:
        """Return or raise the next of the streams."""
        assert seconds > 0
        self.connected.append((address, port))
        stream = self.streams.pop(0)
        if isinstance(stream, Exception):
            raise stream
        return stream

    def fetcher(self, *, seconds: float = 2.0, max_bytes: int = 1_000, loopback: bool = False) -> GuardedFetcher:
        """Return the real fetcher on this network."""
        return GuardedFetcher(
            seconds=seconds, max_bytes=max_bytes, loopback=loopback, lookup=self.look_up, connect=self.connect
        )


def answer(body: bytes = b"{}", *, status: str = "200 OK", **headers: str) -> ScriptedStream:
    """Return a stream that answers one request with these headers and this body."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ScriptedStream(["\r\n".join(lines).encode() + b"\r\n\r\n" + body])
