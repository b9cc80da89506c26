"""The only way out: fetch a document that a credential names, without becoming somebody's tool inside our network.

`GuardedFetcher` is the `Fetch` of the running service. It asks https only, of public host names only, looks a name up once
and connects to exactly the address it checked, follows redirects only within the same origin, and gives up after a few
seconds or a megabyte. Cookies, proxies of the environment and authentication do not exist here.
"""

from __future__ import annotations

import queue
import socket
import threading
import time
import zlib
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from okbadges.credentials.fetching import Fetched, FetchError
from okbadges.integrations.addresses import LOOPBACK_NAMES, Target, allowed_target, is_allowed_address

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence

    from okbadges.credentials.fetching import Fetch
    from okbadges.integrations.pinned import Answer, Budget, Connect

    Lookup = Callable[[str, int], Sequence[str]]

SECONDS = 5.0
MAX_BYTES = 1024 * 1024
MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GZIP = 16 + zlib.MAX_WBITS


def look_up(host: str, port: int) -> list[str]:
    """Return the addresses of a host by the system's resolver, each once, in its order. Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class GuardedFetcher:
    """Fetches one URL at a time; safe to share between threads (only the trusted authorities are kept).

    ``seconds`` bounds a whole fetch with its redirects, ``max_bytes`` its body before and after decoding. ``loopback`` opens
    http and https to this machine's own names and is meant for development alone. ``lookup`` and ``connect`` are how names
    are looked up and addresses connected to; tests script them and see every address that is asked.
    """

    def __init__(
        self,
        *,
        seconds: float = SECONDS,
        max_bytes: int = MAX_BYTES,
        loopback: bool = False,
        lookup: Lookup = look_up,
        connect: Connect | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """Take the limits; without ``ssl_context`` the certificate authorities of the system are trusted."""
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._loopback = loopback
        self._lookup = lookup
        self._connect = connect
        self._ssl_context = ssl_context

    def __call__(self, url: str) -> Fetched:
        """Return the answer to a GET of ``url``, whatever its status.

        Raises `FetchError`: ``url-not-allowed``, ``address-not-allowed``, ``redirect-refused``, ``unreachable``, ``timeout``,
        ``too-large``, ``encoding-not-supported``.
        """
        return self._fetch(url, time.monotonic() + self._seconds)

    def within(self, seconds: float) -> Fetch:
        """Return a fetch function whose fetches, all together, end within so many seconds from now: for one verification.

        Once they are over, each further fetch raises `FetchError` ``timeout`` at once.
        """
        last = time.monotonic() + seconds

        def fetch(url: str) -> Fetched:
            return self._fetch(url, min(last, time.monotonic() + self._seconds))

        return fetch

    def _fetch(self, url: str, deadline: float) -> Fetched:
        from okbadges.integrations.pinned import Budget  # noqa: PLC0415 - the HTTP client would cost every start

        target = allowed_target(url, loopback=self._loopback)
        budget = Budget(deadline=deadline, max_bytes=self._max_bytes)
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._ask(target, budget)
            location = answer.headers.get("location") if answer.status in _REDIRECTS else None
            if location is None:
                return Fetched(answer.status, answer.headers, self._decoded(answer))
            target = self._next_target(target, location)
        raise FetchError("redirect-refused", f"{target.host} redirects more than {MAX_REDIRECTS} times.")

    def _ask(self, target: Target, budget: Budget) -> Answer:
        from okbadges.integrations.pinned import connect_tcp, default_ssl_context, exchange  # noqa: PLC0415 - see above

        addresses = checked_addresses(self._lookup, target, budget.seconds_left(), loopback=self._loopback)
        connect = self._connect or connect_tcp
        if self._ssl_context is None:
            self._ssl_context = default_ssl_context()  # reading the certificate authorities takes longer than a fetch
        return exchange(target, addresses, connect=connect, ssl_context=self._ssl_context, budget=budget)

    def _next_target(self, target: Target, location: str) -> Target:
        try:
            following = allowed_target(urljoin(str(target), location), loopback=self._loopback)
        except (FetchError, ValueError) as error:
            raise FetchError(
                "redirect-refused", f"{target.host} redirects to an address that is never asked."
            ) from error
        if following.origin != target.origin:
            raise FetchError("redirect-refused", f"{target.host} redirects to another origin.")
        return following

    def _decoded(self, answer: Answer) -> bytes:
        """Return the body; some servers compress although they were asked not to, so gzip is opened within the limit."""
        encoding = answer.headers.get("content-encoding", "").strip().lower()
        if encoding in ("", "identity"):
            return answer.body
        if encoding not in ("gzip", "x-gzip"):
            raise FetchError("encoding-not-supported", "The answer is encoded although it was asked for as it is.")
        inflater = zlib.decompressobj(_GZIP)
        try:
            body = inflater.decompress(answer.body, self._max_bytes + 1)
        except zlib.error as error:
            raise FetchError("unreachable", "The answer says that it is gzip, and is not.") from error
        if len(body) > self._max_bytes:
            raise FetchError("too-large", f"The answer is larger than {self._max_bytes} bytes.")
        if not inflater.eof:
            raise FetchError("unreachable", "The answer is cut off.")
        return body


def checked_addresses(lookup: Lookup, target: Target, seconds: float, *, loopback: bool) -> list[str]:
    """Look the name up once; one forbidden address among several refuses the name, since the next answer may choose it.

    Raises `FetchError`: ``unreachable``, ``timeout``, ``address-not-allowed``.
    """
    own = loopback and target.is_loopback
    if own and target.host != LOOPBACK_NAMES[0]:
        return [target.host.strip("[]")]
    addresses = look_up_within(lookup, target, seconds)
    if not addresses:
        raise FetchError("unreachable", f"{target.host} has no address.")
    if not all(is_allowed_address(address, loopback=own) for address in addresses):
        raise FetchError("address-not-allowed", f"{target.host} is at an address inside a network.")
    return addresses


def look_up_within(lookup: Lookup, target: Target, seconds: float) -> list[str]:
    """Run a look-up that knows no time limit of its own; a thread that is given up ends with its resolver's patience.

    Raises `FetchError`: ``timeout``, ``unreachable``.
    """
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put(list(lookup(target.host, target.port)))
        except Exception as error:  # noqa: BLE001 - handed to the caller, who waits for an answer of any kind
            answers.put(error)

    threading.Thread(target=run, name="okbadges-lookup", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise FetchError("timeout", "The name server took too long.") from None
    if isinstance(answer, OSError | UnicodeError):
        raise FetchError("unreachable", "The name of the host is not known.") from answer
    if isinstance(answer, Exception):
        raise answer
    return answer
