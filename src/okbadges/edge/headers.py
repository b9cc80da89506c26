"""What every answer carries: a strict content policy, no referrer, no sniffing; pages about people are not indexed and not kept.

Where pages of other origins may call (`okbadges.edge.cross_origin`), what lets them read the answer too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.edge.cross_origin import READABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CONTENT_POLICY = (
    "default-src 'none'; style-src 'self' {style}; img-src 'self' data:; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ABOUT_PEOPLE = ("/s/", "/c/", "/p/", "/passport", "/sign-in", "/verify", "/workshop", "/oauth/")
_CATALOGUE = ("/v1/badges", "/v1/units")


class AnswerHeaders:
    """Knows the headers of every answer by its path."""

    def __init__(self, *, https: bool, style: str, doors: Iterable[str]) -> None:
        """With ``https`` browsers are told to come back by https only.

        ``style`` is the hash of the one style that may stand inside a page; ``doors`` are the beginnings of the paths that pages of other
        origins may call.
        """
        everywhere = {
            "content-security-policy": _CONTENT_POLICY.format(style=style),
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
            "cross-origin-opener-policy": "same-origin",
            "permissions-policy": "camera=(self), geolocation=(), microphone=()",
            **({"strict-transport-security": "max-age=31536000"} if https else {}),
        }
        self._doors = tuple(doors)
        self._everywhere = _raw(everywhere)
        self._of_somebody = _raw({**everywhere, "cache-control": "no-store"})
        self._about_people = _raw({**everywhere, "cache-control": "no-store", "x-robots-tag": "noindex, nofollow"})

    def __call__(self, path: str) -> Mapping[bytes, bytes]:
        """Return the headers by their names in small letters; they stand in the place of whatever else was said under these names."""
        ours = self._of_path(path)
        return {**ours, **_READABLE} if path.startswith(self._doors) else ours

    def _of_path(self, path: str) -> Mapping[bytes, bytes]:
        if path.startswith(_ABOUT_PEOPLE):
            return self._about_people
        is_of_somebody = path.startswith("/v1/") and not path.startswith(_CATALOGUE)
        return self._of_somebody if is_of_somebody else self._everywhere


def _raw(headers: Mapping[str, str]) -> Mapping[bytes, bytes]:
    return {name.encode(): value.encode() for name, value in headers.items()}


_READABLE = _raw(READABLE)
