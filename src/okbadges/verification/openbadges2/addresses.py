"""The addresses in badges of 2.0: how they are read, when two are the same, and which belong to an issuer.

Many of these badges were published when http was usual. Such an address is asked over https instead, never in the clear, and
counts as the same as its https spelling: whoever answers for a host over https answers for that host. Everything else about
an address must be plain, so that no two programs see different hosts or paths in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from okbadges.verification.reading import items, members, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json

_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[!$%&'()*+,./0-9:;=@A-Z_a-z~-]*)?(?P<query>\?[!$%&'()*+,./0-9:;=?@A-Z_a-z~-]*)?(?P<fragment>#[!-~]*)?",
)
_DOT_SEGMENT = re.compile(r"/(?:\.|%2e){1,2}(?:/|\Z)", re.IGNORECASE)
_LONGEST: Final = 2000
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}


@dataclass(frozen=True, slots=True)
class Address:
    """A web address as it is asked: origin (``https://host`` with a port that is not the usual one), path with query, fragment."""

    origin: str
    path: str
    fragment: str

    @property
    def url(self) -> str:
        """What is fetched: without the fragment, which only names a part of what comes back."""
        return self.origin + self.path

    @property
    def authority(self) -> str:
        """Host and port, as ``allowedOrigins`` names them."""
        return self.origin.partition("://")[2]


def web_address(value: object) -> Address | None:
    """Return an http or https address, or None for anything else: other characters, a user, a dot segment, over 2000 long."""
    match = _ADDRESS.fullmatch(value) if isinstance(value, str) and len(value) <= _LONGEST else None
    if match is None or _DOT_SEGMENT.search(match["path"] or ""):
        return None
    scheme, host, port = match["scheme"], match["host"].lower(), match["port"]
    if port == _DEFAULT_PORTS[scheme]:
        port = None
    if port is None and host not in _LOOPBACK:
        scheme = "https"
    origin = f"{scheme}://{host}:{port}" if port else f"{scheme}://{host}"
    return Address(origin, (match["path"] or "/") + (match["query"] or ""), match["fragment"] or "")


def same_address(one: object, other: object) -> bool:
    """Say whether two identifiers name the same thing: equal texts, or web addresses that are asked in the same way."""
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    address = web_address(one)
    return one == other or (address is not None and address == web_address(other))


def in_scope(identifier: object, issuer: Mapping[str, Json]) -> bool:
    """Say whether an assertion with this ``id`` may be hosted where it is, by its issuer's profile (VerificationObject).

    Without instructions that is the issuer's own origin. ``startsWith`` and ``allowedOrigins`` each replace that rule, and
    where both are given both must hold. A ``startsWith`` counts only within its own origin: ``https://a.example`` does not cover
    ``https://a.example.org``.
    """
    address, instructions = web_address(identifier), members(issuer.get("verification"))
    if address is None:
        return False
    if not instructions.keys() & {"startsWith", "allowedOrigins"}:
        return is_at_home(identifier, issuer)
    beginnings = [web_address(value) for value in items(instructions.get("startsWith"))]
    begins = any(
        beginning is not None and address.origin == beginning.origin and address.path.startswith(beginning.path)
        for beginning in beginnings
    )
    hosts = {(text(value) or "").lower() for value in items(instructions.get("allowedOrigins"))}
    asked = {"startsWith": begins, "allowedOrigins": address.authority in hosts}
    return all(holds for name, holds in asked.items() if name in instructions)


def is_at_home(identifier: object, issuer: Mapping[str, Json]) -> bool:
    """Say whether something is at the same origin as the issuer's profile."""
    address, home = web_address(identifier), web_address(issuer.get("id"))
    return address is not None and home is not None and address.origin == home.origin
