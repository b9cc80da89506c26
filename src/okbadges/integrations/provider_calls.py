"""The way out to the providers of sign-ins: their discovery document, their keys, their token endpoint.

A provider is chosen by the operator and not by a stranger, so it may be inside: many a municipality has its own on a private
address, and that is allowed here. Only that. Whatever is asked is https (http on this machine in development), its name is looked up
once, no redirect is followed, and it ends after a few seconds or a quarter of a megabyte. No cookies, no proxy of the environment.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from okbadges.credentials.fetching import FetchError
from okbadges.credentials.strict_json import Limits, loads
from okbadges.errors import CredentialError
from okbadges.integrations.addresses import read_target
from okbadges.integrations.fetch import look_up, look_up_within

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json
    from okbadges.integrations.addresses import Target
    from okbadges.integrations.fetch import Lookup
    from okbadges.integrations.pinned import Answer, Connect, Sent

SECONDS = 5.0
MAX_BYTES = 256 * 1024
_JSON = {"Accept": "application/json"}
_FORM = "application/x-www-form-urlencoded"
_OK = 200
_REDIRECTS = range(300, 400)


class ProviderCalls:
    """Asks providers; safe to share between threads.

    ``seconds`` bounds one question whole, ``max_bytes`` its answer. ``loopback`` opens http to this machine's own names, for development
    alone. ``lookup`` and ``connect`` are how names are looked up and addresses connected to; tests script them.
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

    def may_ask(self, url: object) -> bool:
        """Tell whether this is an address that is asked at all."""
        try:
            self._target(url)
        except FetchError:
            return False
        return True

    def get(self, url: str) -> dict[str, Json]:
        """Return the JSON object at an address. Raises `FetchError` as `post`, and ``status`` for any status but 200."""
        from okbadges.integrations.pinned import Sent  # noqa: PLC0415 - the HTTP client would cost every start

        answer = self._ask(url, Sent(headers=_JSON))
        if answer.status != _OK:
            raise FetchError("status", f"The provider answers with status {answer.status}.")
        return self._read(answer.body)

    def post(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, Json]]:
        """Send a form and return the status and the JSON object that answers it.

        Raises `FetchError`: ``url-not-allowed``, ``unreachable``, ``timeout``, ``too-large``, ``redirect-refused``, ``not-json``.
        """
        from okbadges.integrations.pinned import Sent  # noqa: PLC0415 - see above

        body = urlencode(form).encode()
        sent = {**_JSON, "Content-Type": _FORM, "Content-Length": str(len(body)), **(headers or {})}
        answer = self._ask(url, Sent("POST", sent, body))
        if answer.status in _REDIRECTS:
            # what is in the form is for nobody else
            raise FetchError("redirect-refused", "The provider leads elsewhere instead of answering.")
        return answer.status, self._read(answer.body)

    def _target(self, url: object) -> Target:
        target = read_target(url if isinstance(url, str) else "")
        is_own = self._loopback and target.is_loopback
        if not target.has_port or (target.scheme != "https" and not is_own):
            raise FetchError("url-not-allowed", "A provider is asked by https only.")
        return target

    def _ask(self, url: str, sent: Sent) -> Answer:
        from okbadges.integrations.pinned import Budget, connect_tcp, default_ssl_context, exchange  # noqa: PLC0415 - see above

        target = self._target(url)
        budget = Budget(deadline=time.monotonic() + self._seconds, max_bytes=self._max_bytes)
        addresses = look_up_within(self._lookup, target, budget.seconds_left())
        if not addresses:
            raise FetchError("unreachable", f"{target.host} has no address.")
        if self._ssl_context is None:
            self._ssl_context = default_ssl_context()
        connect = self._connect or connect_tcp
        return exchange(target, addresses, connect=connect, ssl_context=self._ssl_context, budget=budget, sent=sent)

    def _read(self, body: bytes) -> dict[str, Json]:
        try:
            read = loads(body, limits=Limits(bytes=self._max_bytes, values=5_000))
        except CredentialError as broken:
            raise FetchError("not-json", "The provider answers with something that is not JSON.") from broken
        if not isinstance(read, dict):
            raise FetchError("not-json", "The provider answers with JSON that is no object.")
        return read
