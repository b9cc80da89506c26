"""Which URLs and which network addresses the guarded fetcher may ever talk to. Pure: nothing is looked up or opened here.

A URL in a credential is written by a stranger. So the rules say what is allowed, not what is known to be bad: https, a public
host name in plain ASCII, an ordinary port; and for the address behind it, global unicast minus the ranges that lead back
inside. `ipaddress.is_global` is not enough: it says yes to NAT64, 6to4 and IPv4-compatible addresses, and to the address at
which a cloud answers its own machines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from okbadges.credentials.fetching import FetchError

MAX_URL_LENGTH = 2_000
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")

# Scheme, host and the rest, of printable ASCII without the characters that parsers disagree about (space, \, @ in the host).
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[::1\]|[A-Za-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?(?P<target>[/?][!#-\[\]_a-z~|]*)?"
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")
# Names that are only ever answered inside a network (RFC 6761, 6762, 8375, 9476 and common practice).
_INSIDE_SUFFIXES = frozenset(
    {"localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "localdomain", "onion", "arpa"}
)
_FORBIDDEN_IPV4 = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT, and one cloud's metadata
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud's answer to its own machines, on a public address
        "169.254.0.0/16",  # link-local, and most clouds' metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments, and one cloud's metadata
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_GLOBAL_IPV6 = IPv6Network(
    "2000::/3"
)  # outside it: loopback, mapped, compatible, NAT64, unique local, link-local, multicast
_FORBIDDEN_IPV6 = tuple(
    ip_network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries any IPv4 address
        "3fff::/20",  # documentation
    )
)
_HTTPS_PORT = 443
_HTTP_PORT = 80
_FIRST_UNPRIVILEGED_PORT = 1024
_LAST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be asked: ``host`` in lower case as it stands in the URL, ``path`` with its query, no fragment."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what must stay the same over a redirect."""
        return self.scheme, self.host, self.port

    @property
    def is_loopback(self) -> bool:
        """Whether the name is one of this machine's own names."""
        return self.host in LOOPBACK_NAMES

    @property
    def has_port(self) -> bool:
        """Whether the port is one that can be connected to."""
        return 0 < self.port <= _LAST_PORT

    @property
    def authority(self) -> str:
        """The Host header: the port is left out where it is the scheme's own."""
        own = _HTTPS_PORT if self.scheme == "https" else _HTTP_PORT
        return self.host if self.port == own else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        """Return the URL again."""
        return f"{self.scheme}://{self.authority}{self.path}"


def allowed_target(url: str, *, loopback: bool = False) -> Target:
    """Return the parts of a URL that may be asked.

    Allowed is https to a public host name on port 443 or an unprivileged one, at most 2 000 characters. IP addresses in any
    spelling, single-label and inside names, user information, other schemes and anything but printable ASCII are refused.
    With ``loopback`` (development) http and https to localhost, 127.0.0.1 and [::1] are allowed besides.
    Raises `FetchError` ``url-not-allowed``.
    """
    target = read_target(url)
    if target.is_loopback and loopback and target.has_port:
        return target
    if target.scheme != "https":
        raise FetchError("url-not-allowed", "Only https is asked; this address is http.")
    if target.port != _HTTPS_PORT and not _FIRST_UNPRIVILEGED_PORT <= target.port <= _LAST_PORT:
        raise FetchError("url-not-allowed", f"Port {target.port} is not a port for https.")
    if not _is_public_name(target.host):
        raise FetchError("url-not-allowed", "The host is not a public name.")
    return target


def read_target(url: str) -> Target:
    """Return the parts of an address, without any policy but that every reader reads it alike. Raises as `allowed_target`."""
    match = _URL.fullmatch(url.partition("#")[0]) if len(url) <= MAX_URL_LENGTH else None
    if match is None:
        raise FetchError("url-not-allowed", "Only an https address of a public host is ever asked.")
    scheme, host = match["scheme"], match["host"].lower()
    port = int(match["port"] or (_HTTPS_PORT if scheme == "https" else _HTTP_PORT))
    path = match["target"] or "/"
    return Target(scheme, host, port, path if path.startswith("/") else f"/{path}")


def _is_public_name(host: str) -> bool:
    labels = host.split(".")
    return (
        len(labels) > 1
        and len(host) <= 253  # noqa: PLR2004 - RFC 1035 2.3.4
        and all(_LABEL.fullmatch(label) for label in labels)
        and not _NUMBER_LABEL.fullmatch(labels[-1])
        and labels[-1] not in _INSIDE_SUFFIXES
    )


def is_allowed_address(address: str, *, loopback: bool = False) -> bool:
    """Say whether a looked-up address may be connected to; ``loopback`` allows this machine's own and nothing else."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if loopback:
        return parsed.is_loopback
    if isinstance(parsed, IPv4Address):
        return not any(parsed in network for network in _FORBIDDEN_IPV4)
    return _is_allowed_ipv6(parsed)


def _is_allowed_ipv6(address: IPv6Address) -> bool:
    if address.scope_id is not None or address not in _GLOBAL_IPV6:
        return False
    return not any(address in network for network in _FORBIDDEN_IPV6)
