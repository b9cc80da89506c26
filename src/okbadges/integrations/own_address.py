"""Whether an address is one of our own, however it is spelled: so that we never ask ourselves over the network."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_DEFAULT_PORTS = {"https": 443, "http": 80}


def own_address(url: str, base_url: str) -> str | None:
    """Return ``url`` as we write it ourselves, without its fragment; None when it is not under ``base_url``.

    Scheme and host are compared without regard to capital letters and to the root dot, ports with their defaults (RFC 3986,
    6.2.2 and 6.2.3). An address with a user name, or one that cannot be read, is never ours.
    """
    base = urlsplit(base_url)
    try:
        parts = urlsplit(url)
        is_ours = "@" not in parts.netloc and _origin(parts) == _origin(base)
    except ValueError:
        return None
    if not is_ours or not parts.path.startswith(f"{base.path}/"):
        return None
    query = f"?{parts.query}" if parts.query else ""
    return f"{base_url.removesuffix(base.path)}{parts.path}{query}"


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    host = (parts.hostname or "").removesuffix(".")
    return parts.scheme, host, parts.port or _DEFAULT_PORTS.get(parts.scheme)
