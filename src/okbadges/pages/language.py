"""Which language a visitor reads: ``?lang=`` in the address, else what the browser asks for, else Finnish. No cookie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from okbadges.pages.words import FIRST_LANGUAGE

_LONGEST = 1000
"""Characters of a header that are looked at."""

if TYPE_CHECKING:
    from collections.abc import Collection

    from fastapi import Request


@dataclass(frozen=True, slots=True)
class Choice:
    """The language of a visit; ``asked_for`` is True when the address says it, and then every link keeps it."""

    language: str
    asked_for: bool

    def keep(self, path: str) -> str:
        """Return a link inside the service that keeps a language which the address asked for."""
        return with_language(path, self.language) if self.asked_for else path


def choose(request: Request, offered: Collection[str]) -> Choice:
    """Choose among the languages on offer."""
    asked = request.query_params.get("lang") if request.scope["query_string"] else None
    if asked is not None and asked in offered:
        return Choice(asked, asked_for=True)
    return Choice(_accepted(request.headers.get("accept-language", "")[:_LONGEST], frozenset(offered)), asked_for=False)


def with_language(address: str, language: str) -> str:
    """Return the address with ``lang`` set, every other part of its query kept."""
    parts = urlsplit(address)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "lang"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("lang", language)])))


# browsers send one of a few headers, each with every request
@lru_cache(maxsize=256)
def _accepted(header: str, offered: frozenset[str]) -> str:
    """Return the offered language that ``Accept-Language`` (RFC 9110, 12.5.4) likes best; Finnish when it names none."""
    liked: list[tuple[float, str]] = []
    for item in header.split(","):
        tag, _, quality = item.partition(";q=")
        code = tag.strip().split("-")[0].lower()
        if code in offered:
            liked.append((_quality(quality), code))
    best = max(liked, key=lambda item: item[0], default=(0.0, FIRST_LANGUAGE))
    return best[1] if best[0] > 0 else FIRST_LANGUAGE


def _quality(text: str) -> float:
    try:
        return float(text) if text.strip() else 1.0
    except ValueError:
        return 0.0
