"""Coming back: where a teacher was on the way to when they had to sign in first.

The address of the sign-in page says it to whoever signs in right there. A one-time link says nothing of it, so that one cookie keeps the
place in this browser, for an hour: long enough to ask an administrator for the link.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlencode

from fastapi import HTTPException
from fastapi.responses import RedirectResponse

from okbadges.edge.sign_ins import SIGN_IN_AT
from okbadges.pages.files import NOT_KEPT
from okbadges.pages.site import visit

if TYPE_CHECKING:
    from fastapi import Request, Response

    from okbadges.edge.rooms import Rooms

LASTS = timedelta(hours=1)
_QUERY = r"(?:\?[a-z_]+=[A-Za-z0-9._-]*(?:&[a-z_]+=[A-Za-z0-9._-]*)*)?"
_LINK = r"/s/[A-Za-z0-9_-]{1,200}/areas(?:/[A-Za-z0-9_]{1,80}/decide)?"
_DECISION = r"/decisions(?:/[0-9a-f-]{36}(?:/correct|/print)?)?"
_OURS = re.compile(rf"(?:{_LINK}|{_DECISION}){_QUERY}")
_SEE_OTHER = 303
_KEPT = ("Location", "Set-Cookie", "Cache-Control")


def is_for_teachers(place: str) -> bool:
    """Tell whether an address is one of the teachers' pages of this service, and nothing else."""
    return _OURS.fullmatch(place) is not None


class SignInFirst(HTTPException):
    """Sends a browser to where one signs in (``Location``), and lets it know its way back (``Set-Cookie``)."""

    def __init__(self, headers: dict[str, str]) -> None:
        """Keep where to go."""
        super().__init__(_SEE_OTHER, headers=headers)
        self.leads: dict[str, str] = headers


def sign_in_first(request: Request, rooms: Rooms) -> SignInFirst:
    """Return what sends a browser to where one signs in, and lets it know its way back."""
    place = _place(request)
    answer = RedirectResponse(
        visit(request).link(f"{SIGN_IN_AT}?{urlencode({'next': place})}"), _SEE_OTHER, headers=NOT_KEPT
    )
    answer.set_cookie(
        _name(rooms),
        quote(place, safe=""),
        max_age=int(LASTS.total_seconds()),
        secure=_is_https(rooms),
        httponly=True,
        samesite="lax",
        path="/",
    )
    return SignInFirst({name: answer.headers[name] for name in _KEPT})


def place_kept(request: Request, rooms: Rooms) -> str:
    """Return where this browser was on the way to, or an empty text; whoever uses it looks at what it is."""
    return unquote(request.cookies.get(_name(rooms), ""))


def forget_place(rooms: Rooms, response: Response) -> None:
    """Make the browser forget where it was on the way to."""
    response.delete_cookie(_name(rooms), secure=_is_https(rooms), httponly=True, samesite="lax", path="/")


def _place(request: Request) -> str:
    """Return the address without its language: the sign-in page has that, and leads on in it."""
    query = urlencode([(name, value) for name, value in parse_qsl(request.url.query) if name != "lang"])
    return f"{request.url.path}?{query}" if query else request.url.path


def _name(rooms: Rooms) -> str:
    """Return the cookie's name; the prefix makes browsers refuse one that another host or an unencrypted page sets."""
    return "__Host-okbadges-place" if _is_https(rooms) else "okbadges-place"


def _is_https(rooms: Rooms) -> bool:
    return rooms.base_url.startswith("https://")
