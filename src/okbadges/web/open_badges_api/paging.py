"""Paging as the Open Badges API has it: ``limit``, ``offset`` and ``since`` in, ``X-Total-Count`` and ``Link`` out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from okbadges.credentials.times import moment_text, read_moment
from okbadges.errors import CredentialError, MalformedInput
from okbadges.partners.open_badges_api.reading import MOST_AT_ONCE, USUAL_LIMIT, CredentialPage, WantedPage
from okbadges.partners.open_badges_api.service_description import CREDENTIALS
from okbadges.web.open_badges_api.status_info import WRONG_QUERY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from fastapi import Request

_WHOLE = re.compile(r"[0-9]{1,10}", re.ASCII)
_LARGEST = 2_147_483_647
_WITHOUT_ZONE = re.compile(r"[^Z+]{19}(\.\d+)?")
_PARAMETERS = ("limit", "offset", "since")


def wanted_page(request: Request) -> WantedPage:
    """Return which page the query asks for. A limit over the largest is answered with as many as there are at once.

    Raises `MalformedInput` (``query-parameter``) for a value that is not as it must be, and for one that is there twice.
    """
    said = {name: request.query_params.getlist(name) for name in _PARAMETERS}
    for name, values in said.items():
        if len(values) > 1:
            raise _wrong(name, "is there more than once")
    limit = _whole("limit", said["limit"], least=1, usual=USUAL_LIMIT)
    offset = _whole("offset", said["offset"], least=0, usual=0)
    return WantedPage(min(limit, MOST_AT_ONCE), offset, _since(said["since"]))


def paging_headers(base_url: str, wanted: WantedPage, page: CredentialPage) -> Mapping[str, str]:
    """Return the headers of a page: ``first`` and ``last`` always, ``next`` while there is more, ``prev`` after the first."""
    last = max(page.total - 1, 0) // wanted.limit * wanted.limit
    places = {"first": 0, "last": last}
    if wanted.offset + wanted.limit < page.total:
        places["next"] = wanted.offset + wanted.limit
    if wanted.offset > 0:
        # behind the end the page before is the last one that holds something
        places["prev"] = max(min(wanted.offset - wanted.limit, last), 0)
    links = (f'<{_address(base_url, wanted, offset)}>; rel="{name}"' for name, offset in places.items())
    return {"X-Total-Count": str(page.total), "Link": ", ".join(links)}


def _address(base_url: str, wanted: WantedPage, offset: int) -> str:
    query: dict[str, int | str] = {"limit": wanted.limit, "offset": offset}
    if wanted.since is not None:
        query["since"] = _written(wanted.since)
    return f"{base_url}{CREDENTIALS}?{urlencode(query)}"


def _written(moment: datetime) -> str:
    return moment_text(moment) if not moment.microsecond else moment.isoformat().replace("+00:00", "Z")


def _whole(name: str, values: list[str], *, least: int, usual: int) -> int:
    if not values:
        return usual
    number = int(values[0]) if _WHOLE.fullmatch(values[0]) else -1
    if not least <= number <= _LARGEST:
        raise _wrong(name, f"must be a whole number from {least} to {_LARGEST}")
    return number


def _since(values: list[str]) -> datetime | None:
    """Read a time; one without a zone, as the published file describes it, is one in UTC."""
    if not values:
        return None
    text = values[0]
    try:
        return read_moment(f"{text}Z" if _WITHOUT_ZONE.fullmatch(text) else text)
    except CredentialError:
        raise _wrong("since", "must be a time like 2026-11-21T12:00:00Z (write + as %2B)") from None


def _wrong(name: str, words: str) -> MalformedInput:
    return MalformedInput(WRONG_QUERY, f"The query parameter {name} {words}.", field=name)
