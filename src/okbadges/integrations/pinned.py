"""One request to addresses that were already checked, within a time and a byte budget: what `fetch` and `provider_calls` stand on.

The name is not looked up again here: the connection goes to the checked address while Host, SNI and the certificate check
keep the name, so that a second, different answer of the name server changes nothing. No cookies, no proxy of the
environment, no redirect, no decoding: the connection layer has none of them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpcore2

from okbadges.credentials.fetching import FetchError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from okbadges.integrations.addresses import Target

    Connect = Callable[[str, int, float], httpcore2.NetworkStream]

ACCEPT = (
    "application/vc, application/vc+ld+json, application/vc+jwt, application/did+json, application/ld+json, "
    "application/json;q=0.9, image/png;q=0.8, image/svg+xml;q=0.8, text/plain;q=0.7, */*;q=0.1"
)
MAX_ADDRESSES = 4
_FRAMING_BYTES = 160 * 1024  # room on the wire for the header (at most 100 KiB by the protocol layer) and chunk sizes


@dataclass(slots=True)
class Budget:
    """What is left of one fetch: until when (``monotonic`` seconds) and how many body bytes; shared by all its redirects."""

    deadline: float
    max_bytes: int
    wire_bytes: int = field(init=False)

    def __post_init__(self) -> None:
        """Give the wire its own, slightly larger count."""
        self.wire_bytes = self.max_bytes + _FRAMING_BYTES

    def seconds_left(self) -> float:
        """Return the time that is left; raises `FetchError` ``timeout`` when there is none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise FetchError("timeout", "The answer took too long.")
        return left

    def take(self, count: int) -> None:
        """Count bytes that came over the wire; raises `FetchError` ``too-large`` when there are too many."""
        self.wire_bytes -= count
        if self.wire_bytes < 0:
            raise FetchError("too-large", f"The answer is larger than {self.max_bytes} bytes.")


@dataclass(frozen=True, slots=True)
class Sent:
    """What is sent: the method, headers beside (or instead of) those that every request has, and a body."""

    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


GET = Sent()


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, header (names in lower case, repeated ones joined by a comma) and the body as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


class _BoundedStream(httpcore2.NetworkStream):
    """A stream whose every step gets the time that is left of the whole, so that dripping bytes gain nothing."""

    def __init__(self, stream: httpcore2.NetworkStream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the budget replaces it
        received = self._stream.read(max_bytes, timeout=self._budget.seconds_left())
        self._budget.take(len(received))
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the budget replaces it
        self._stream.write(buffer, timeout=self._budget.seconds_left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the budget replaces it
    ) -> httpcore2.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, timeout=self._budget.seconds_left())
        return _BoundedStream(secured, self._budget)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - the signature of the class above
        return self._stream.get_extra_info(info)


class _PinnedBackend(httpcore2.NetworkBackend):
    """Connects to the given addresses and to nothing else, whatever host it is asked for."""

    def __init__(self, addresses: Sequence[str], connect: Connect, budget: Budget) -> None:
        self._addresses = addresses[:MAX_ADDRESSES]
        self._connect = connect
        self._budget = budget

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the budget replaces it
        local_address: str | None = None,  # noqa: ARG002 - never asked for
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,  # noqa: ARG002 - never asked for
    ) -> httpcore2.NetworkStream:
        for position, address in enumerate(self._addresses):
            share = self._budget.seconds_left() / (len(self._addresses) - position)
            try:
                return _BoundedStream(self._connect(address, port, share), self._budget)
            except (httpcore2.NetworkError, httpcore2.TimeoutException, OSError):
                continue
        raise httpcore2.ConnectError(f"no address of {host} answers")


def connect_tcp(address: str, port: int, seconds: float) -> httpcore2.NetworkStream:
    """Open a TCP connection to a literal address within so many seconds; raises what the network layer raises."""
    return httpcore2.SyncBackend().connect_tcp(address, port, timeout=seconds)


def default_ssl_context() -> ssl.SSLContext:
    """Return a context that trusts the certificate authorities of the system and checks host names."""
    return httpcore2.default_ssl_context()


def exchange(
    target: Target,
    addresses: Sequence[str],
    *,
    connect: Connect,
    ssl_context: ssl.SSLContext,
    budget: Budget,
    sent: Sent = GET,
    reads_body: bool = True,
) -> Answer:
    """Ask for one target at the addresses given and return what came; the body only if it is of use, for it may be long in coming.

    Raises `FetchError`: ``unreachable`` (no connection, bad certificate, broken HTTP), ``timeout``, ``too-large``.
    """
    url = httpcore2.URL(scheme=target.scheme, host=target.host.strip("[]"), port=target.port, target=target.path)
    usual = {
        "Host": target.authority,
        "Accept": ACCEPT,
        "Accept-Encoding": "identity",
        "User-Agent": "okbadges",
        "Connection": "close",
    }
    headers: list[tuple[bytes | str, bytes | str]] = [*{**usual, **sent.headers}.items()]
    backend = _PinnedBackend(addresses, connect, budget)
    try:
        with (
            httpcore2.ConnectionPool(ssl_context=ssl_context, network_backend=backend, max_connections=1) as pool,
            pool.stream(sent.method, url, headers=headers, content=sent.body) as response,
        ):
            return Answer(response.status, _headers(response), _body(response, budget) if reads_body else b"")
    except httpcore2.TimeoutException as error:
        raise FetchError("timeout", "The answer took too long.") from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError, ValueError) as error:
        raise FetchError("unreachable", f"{target.host} does not answer properly ({type(error).__name__}).") from error


def _headers(response: httpcore2.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _body(response: httpcore2.Response, budget: Budget) -> bytes:
    body = bytearray()
    for part in response.iter_stream():
        body += part
        if len(body) > budget.max_bytes:
            raise FetchError("too-large", f"The answer is larger than {budget.max_bytes} bytes.")
    return bytes(body)
