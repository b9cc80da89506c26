"""Asked: a program sent somebody here who has to open their passport first. One cookie keeps what it wishes, for half an hour.

It is as long as fetching a card takes. What it holds is read again as if it came in the address, and decides nothing.
"""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta
from typing import TYPE_CHECKING

from okbadges.partners.oauth.metadata import AUTHORIZE_AT

if TYPE_CHECKING:
    from fastapi import Request, Response

    from okbadges.edge.rooms import Rooms

LASTS = timedelta(minutes=30)
PASSPORT_AT = "/passport"


def keep_wish(rooms: Rooms, response: Response, query: str) -> None:
    """Let the browser that gets this response know what it was asked."""
    response.set_cookie(
        _name(rooms),
        base64.urlsafe_b64encode(query.encode()).rstrip(b"=").decode(),
        max_age=int(LASTS.total_seconds()),
        secure=_is_https(rooms),
        httponly=True,
        samesite="lax",
        path="/",
    )


def forget_wish(rooms: Rooms, response: Response) -> None:
    """Make the browser forget what it was asked."""
    response.delete_cookie(_name(rooms), secure=_is_https(rooms), httponly=True, samesite="lax", path="/")


def is_asked(request: Request, rooms: Rooms) -> bool:
    """Tell whether a program waits for an answer of this browser."""
    return after_opening(request, rooms) != PASSPORT_AT


def after_opening(request: Request, rooms: Rooms) -> str:
    """Return where to go once a passport is open: to the program's wish, where there is one, or to the passport."""
    kept = request.cookies.get(_name(rooms), "")
    try:
        query = base64.b64decode(kept + "=" * (-len(kept) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return PASSPORT_AT
    # nothing else than a query may be behind the address: no fragment, nothing that ends a header
    return f"{AUTHORIZE_AT}?{query}" if query.isprintable() and query and not set(' "#\\') & set(query) else PASSPORT_AT


def _name(rooms: Rooms) -> str:
    """Return the cookie's name; the prefix makes browsers refuse one that another host or an unencrypted page sets."""
    return "__Host-okbadges-asked" if _is_https(rooms) else "okbadges-asked"


def _is_https(rooms: Rooms) -> bool:
    return rooms.base_url.startswith("https://")
