"""The way out to the receivers of webhooks: one POST to an address that an organisation wrote down.

It goes to https on public addresses only: the name is looked up once, one address inside a network refuses it, and the connection goes to
exactly what was checked. No redirect is followed. Whatever a receiver does, it is over after ten seconds, and of its answer nothing but
the head is read: a body of any length costs nothing, and tells nobody what another server says.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.credentials.fetching import FetchError
from okbadges.integrations.addresses import allowed_target
from okbadges.integrations.fetch import checked_addresses, look_up

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from okbadges.integrations.addresses import Target
    from okbadges.integrations.fetch import Lookup
    from okbadges.integrations.pinned import Budget, Connect

SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Received:
    """What came of one POST: ``status`` and the header Retry-After of an answer, or the code of what went wrong before there was any."""

    status: int | None
    trouble: str | None
    retry_after: str | None
    milliseconds: int


class Receivers:
    """Posts to receivers; safe to share between threads.

    ``seconds`` bounds one POST whole. ``loopback`` opens http to this machine's own names, for development alone. ``lookup`` and
    ``connect`` are how names are looked up and addresses connected to; tests script them and see every address that is asked.
    """

    def __init__(
        self,
        *,
        seconds: float = SECONDS,
        loopback: bool = False,
        lookup: Lookup = look_up,
        connect: Connect | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """Take the limits; without ``ssl_context`` the certificate authorities of the system are trusted."""
        self._seconds = seconds
        self._loopback = loopback
        self._lookup = lookup
        self._connect = connect
        self._ssl_context = ssl_context

    def check(self, url: str) -> None:
        """Raise `FetchError` (``url-not-allowed``) for an address that is never asked, whatever its name leads to."""
        allowed_target(url, loopback=self._loopback)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Received:
        """Post ``body`` and say what came of it. Raises nothing for what a receiver, a name server or the way there does wrong."""
        from okbadges.integrations.pinned import Budget  # noqa: PLC0415 - the HTTP client would cost every start

        began = time.monotonic()
        status: int | None = None
        trouble: str | None = None
        retry_after: str | None = None
        try:
            target = allowed_target(url, loopback=self._loopback)
            budget = Budget(deadline=began + self._seconds, max_bytes=0)
            status, retry_after = self._ask(target, budget, headers, body)
        except FetchError as refused:
            trouble = refused.code
        return Received(status, trouble, retry_after, round((time.monotonic() - began) * 1000))

    def _ask(self, target: Target, budget: Budget, headers: Mapping[str, str], body: bytes) -> tuple[int, str | None]:
        from okbadges.integrations.pinned import Sent, connect_tcp, default_ssl_context, exchange  # noqa: PLC0415 - see above

        addresses = checked_addresses(self._lookup, target, budget.seconds_left(), loopback=self._loopback)
        if self._ssl_context is None:
            self._ssl_context = default_ssl_context()
        usual = {"Accept": "*/*", "Content-Type": "application/json", "Content-Length": str(len(body))}
        answer = exchange(
            target,
            addresses,
            connect=self._connect or connect_tcp,
            ssl_context=self._ssl_context,
            budget=budget,
            sent=Sent("POST", {**usual, **headers}, body),
            reads_body=False,
        )
        return answer.status, answer.headers.get("retry-after")
