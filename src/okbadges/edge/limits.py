"""How often somebody may call, per process: each access key, and each address at the doors that are open to everybody.

A rate of 600 in a minute is an allowance of 600 that fills up evenly: all of it may be used at once, and then ten every second. One
number per caller says it all, so the memory that this takes has an end; the clock is one that nobody sets.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

from okbadges.errors import TooManyRequests

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

MOST_REMEMBERED = 20_000
"""Callers of one kind; beyond it the one that was quiet for longest begins anew."""
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_IPV6_HOST_BITS = 64
_NOWHERE = "no address"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many times within so many seconds."""

    times: int
    seconds: int

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.times} times in {self.seconds} seconds"


def read_rate(text: str) -> Rate | None:
    """Return the rate that a setting names, such as ``600/minute``; None for ``off``."""
    if text == "off":
        return None
    times, _, unit = text.partition("/")
    return Rate(int(times), _SECONDS[unit])


class Allowance:
    """How much of its rate each caller has left. For any number of threads."""

    def __init__(self, rate: Rate | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Let each caller call at ``rate``, or as often as it likes (None); ``clock`` counts seconds."""
        self.rate = rate
        self._clock = clock
        self._full_again_at: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, who: str) -> int:
        """Use one call of ``who`` and return 0, or return in how many seconds there will be one to use."""
        if self.rate is None:
            return 0
        one, now = self.rate.seconds / self.rate.times, self._clock()
        with self._lock:
            full_again_at = max(self._full_again_at.get(who, now), now) + one
            # a thousandth of a call: a sum of fractions is never exact
            too_early = full_again_at - now - self.rate.seconds - one / 1000
            if too_early > 0:
                return max(1, math.ceil(too_early))
            self._full_again_at[who] = full_again_at
            self._full_again_at.move_to_end(who)
            while len(self._full_again_at) > MOST_REMEMBERED:
                self._full_again_at.popitem(last=False)
        return 0

    def __len__(self) -> int:
        """Return how many callers are remembered."""
        return len(self._full_again_at)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a process; ``observe`` hears which of them refused somebody."""

    per_key: Allowance
    per_address: Allowance
    per_registrant: Allowance
    """How often programs may register from one address: each leaves a row and an event."""
    observe: Callable[[str], None]

    def take_of_key(self, prefix: str) -> None:
        """Use one call of an access key. Raises `TooManyRequests` (``too-many-requests``)."""
        wait = self.per_key.take(prefix)
        if wait:
            self.observe("access-key")
            raise _too_many(f"This access key may call {self.per_key.rate}", wait)

    def take_of_grant(self, grant: str) -> None:
        """Use one call of a program for the holder who allowed it. Raises `TooManyRequests` (``too-many-requests``)."""
        wait = self.per_key.take(grant)
        if wait:
            self.observe("grant")
            raise _too_many(f"For one holder a program may call {self.per_key.rate}", wait)

    def take_of_registrant(self, address: str) -> None:
        """Use one registration of an address. Raises `TooManyRequests` (``too-many-requests``)."""
        wait = self.per_registrant.take(address)
        if wait:
            self.observe("address")
            raise _too_many(f"From one address programs may register {self.per_registrant.rate}", wait)

    def take_of_address(self, address: str) -> None:
        """Use one call of an address at a door that is open to everybody. Raises `TooManyRequests` (``too-many-requests``)."""
        wait = self.per_address.take(address)
        if wait:
            self.observe("address")
            raise _too_many(f"From one address this may be asked {self.per_address.rate}", wait)


def registrations(verify_rate: str) -> Rate | None:
    """Return the rate of registrations: 20 an hour, or no limit where the operator's proxy has the limits."""
    return None if verify_rate == "off" else Rate(20, 3600)


class OpenDoors:
    """Lets each address POST to the doors that are open to everybody as often as the limits say; before the body is read."""

    def __init__(self, app: ASGIApp, *, paths: Collection[str]) -> None:
        """Wrap ``app``; ``paths`` are the doors."""
        self._app = app
        self._paths = frozenset(paths)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass the request on if its address may still ask."""
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"] in self._paths:
            limits: Limits = scope["app"].state.rooms.limits
            limits.take_of_address(client_of(scope))
        return self._app(scope, receive, send)


def client_of(scope: Mapping[str, object]) -> str:
    """Return whom to count a request for: its address, of IPv6 the /64 that one customer has whole.

    The address is the one that the server says; behind a proxy that it trusts, the one that the proxy says.
    """
    client = scope.get("client")
    host = str(client[0]) if isinstance(client, tuple | list) and client else _NOWHERE
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> _IPV6_HOST_BITS << _IPV6_HOST_BITS)}/64"


def _too_many(what: str, wait: int) -> TooManyRequests:
    return TooManyRequests(
        "too-many-requests",
        f"{what}; wait {wait} seconds and go on more slowly.",
        retry_after_seconds=wait,
    )
