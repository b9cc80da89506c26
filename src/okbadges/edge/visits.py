"""Visits: that this browser opened a passport with its card. One cookie, only for those pages, gone when the browser is closed.

The address of a passport never holds what opens it, so that whoever looks at the screen or at the history sees nothing. The
cookie names the card and when the visit began, with a tag that only this service can make. A visit ends after 20 hours, when
the card is replaced, when the PIN changes, or when the holder closes it.
"""

from __future__ import annotations

import hmac
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Request

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.errors import NotAllowed
from okbadges.passport.holder import Holder, holder_of_card

if TYPE_CHECKING:
    from starlette.responses import Response

    from okbadges.edge.rooms import Rooms

_OURS = ("same-origin", "none")
LASTS = timedelta(hours=20)
"""WCAG 2.2.1: a limit of 20 hours or more takes nobody by surprise."""
OPEN_AT = "/p"
"""Where a passport is opened with the code of its card."""


def begin_visit(rooms: Rooms, response: Response, card_id: uuid.UUID) -> None:
    """Let the browser that gets this response open the passport of a card from now on."""
    words = f"{card_id.hex}.{int(rooms.now().timestamp())}"
    response.set_cookie(
        _name(rooms),
        f"{words}.{rooms.secrets.visit_tag(words)}",
        secure=_is_https(rooms),
        httponly=True,
        samesite="lax",
        path="/",
    )


def end_visit(rooms: Rooms, response: Response) -> None:
    """Make the browser forget the visit."""
    response.delete_cookie(_name(rooms), secure=_is_https(rooms), httponly=True, samesite="lax", path="/")


def holder_of(request: Request, rooms: RoomsOf) -> Holder:
    """Return who opened their passport in this browser; sends everybody else to where a passport is opened."""
    holder = visiting_holder(request, rooms)
    if holder is None:
        raise HTTPException(303, headers={"Location": OPEN_AT, "Cache-Control": "no-store"})
    return holder


def visiting_holder(request: Request, rooms: Rooms) -> Holder | None:
    """Return who opened their passport in this browser, or None."""
    card, _, rest = request.cookies.get(_name(rooms), "").partition(".")
    began, _, tag = rest.partition(".")
    if not tag.isascii() or not hmac.compare_digest(rooms.secrets.visit_tag(f"{card}.{began}"), tag):
        return None
    # the tag holds, so these are the words that were written here
    began_at = datetime.fromtimestamp(int(began), UTC)
    if not timedelta() <= rooms.now() - began_at + timedelta(seconds=1) <= LASTS:
        return None
    with rooms.database.read() as session:
        return holder_of_card(session, uuid.UUID(card), began_at=began_at)


def require_same_site(request: Request, rooms: RoomsOf) -> None:
    """Refuse a change that another site makes a browser send: `NotAllowed` (``cross-site``).

    Our pages send no referrer, and then a browser's Origin is ``null`` for our own forms too: where it says the site, that decides.
    Older browsers say neither; they keep the cookie of a visit from other sites' forms (SameSite).
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    ours = urlsplit(rooms.base_url)
    is_ours = origin in (None, "null", f"{ours.scheme}://{ours.netloc}")
    if site not in _OURS or not is_ours:
        raise NotAllowed("cross-site", "This form was sent from another site. Open your passport here and try again.")


def comes_from_elsewhere(request: Request) -> bool:
    """Tell whether a page of another site led the browser here. A scanned code and a typed address did not; nor do older browsers say so."""
    return request.headers.get("sec-fetch-site", "none") not in _OURS


HolderOf = Annotated[Holder, Depends(holder_of)]
SameSite = Depends(require_same_site)


def _name(rooms: Rooms) -> str:
    """Return the cookie's name; the prefix makes browsers refuse one that another host or an unencrypted page sets."""
    return "__Host-okbadges-passport" if _is_https(rooms) else "okbadges-passport"


def _is_https(rooms: Rooms) -> bool:
    return rooms.base_url.startswith("https://")
