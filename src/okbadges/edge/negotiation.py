"""Which form of an answer was asked for: a page for people, or one of the forms for programs (RFC 9110, 12.5.1)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import Request

PAGE = "text/html"
_LONGEST_KNOWN = 250
"""Characters of a header whose answer is remembered."""


def prefers(accept: str | None, *offers: str) -> str | None:
    """Return which of ``offers`` (media types, the server's favourite first) an Accept header likes best.

    Without a header the first; None when nothing offered is acceptable.
    """
    if not accept:
        return offers[0]
    return _best(accept, offers) if len(accept) <= _LONGEST_KNOWN else _liked(accept, offers)


def _liked(accept: str, offers: tuple[str, ...]) -> str | None:
    wanted = list(_ranges(accept))
    best: tuple[float, int, str] | None = None
    for place, offer in enumerate(offers):
        matches = [(_exactness(pattern), quality) for pattern, quality in wanted if _fits(pattern, offer)]
        if not matches:
            continue
        quality = max(matches)[1]
        candidate = (quality, -place, offer)
        if quality > 0 and (best is None or candidate > best):
            best = candidate
    return best[2] if best else None


_best = lru_cache(maxsize=512)(_liked)
"""The same; browsers send one of a few headers, each with every request."""


def prefers_page(request: Request) -> bool:
    """Tell whether an error should be a page: only where a browser asks, and never under the API's addresses."""
    if request.url.path.startswith(("/v1/", "/vc-api/", "/ims/", "/issuers/", "/oid4vci/")):
        return False
    accept = request.headers.get("accept")
    return accept is not None and prefers(accept, "application/json", PAGE) == PAGE


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.split(",")[:32]:
        pattern, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "q":
                try:
                    quality = min(max(float(value), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
        if pattern:
            yield pattern.lower(), quality


def _exactness(pattern: str) -> int:
    return 0 if pattern == "*/*" else 1 if pattern.endswith("/*") else 2


def _fits(pattern: str, offer: str) -> bool:
    return pattern in ("*/*", offer) or (pattern.endswith("/*") and offer.startswith(pattern[:-1]))
