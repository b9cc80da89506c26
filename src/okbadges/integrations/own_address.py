"""Whether an address is one of our own, however it is spelled: so that we never ask ourselves over the network."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_DEFAULT_PORTS = {"https": 443, "http": 80}


def own_address(url: str, *homes: str) -> str | None:
    """Return ``url`` as we write it ourselves, without its fragment; None when it is under none of ``homes`` (base URLs).

    Scheme and host are compared without regard to capital letters and to the root dot, ports with their defaults (RFC 3986,
    6.2.2 and 6.2.3). An address with a user name, or one that cannot be read, is never ours.
    """
    try:
        parts = urlsplit(url)
        origin = _origin(parts)
    except ValueError:
        return None
    for home in homes:
        base = urlsplit(home)
        if "@" not in parts.netloc and origin == _origin(base) and parts.path.startswith(f"{base.path}/"):
            query = f"?{parts.query}" if parts.query else ""
            return f"{home.removesuffix(base.path)}{parts.path}{query}"
    return None


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    host = (parts.hostname or "").removesuffix(".")
    return parts.scheme, host, parts.port or _DEFAULT_PORTS.get(parts.scheme)
