"""Who is signed in in this browser: one cookie, only for the pages of those who work there. It names a row that anybody in charge can end."""

from __future__ import annotations

import hmac
import uuid
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from fastapi import Depends, HTTPException, Request

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.organisations.sign_ins import LASTS_ON_OWN_DEVICE, SignedIn, signed_in

if TYPE_CHECKING:
    from starlette.responses import Response

    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.sign_ins import SignIn

SIGN_IN_AT = "/sign-in"
"""Where members sign in."""
_COOKIE = "okbadges-sign-in"


def keep_signed_in(rooms: Rooms, response: Response, sign_in: SignIn, *, own_device: bool) -> None:
    """Let the browser that gets this response be signed in; on a device of one's own also after it was closed."""
    name = sign_in.id.hex
    response.set_cookie(
        _name(rooms),
        f"{name}.{_tag(rooms, name)}",
        max_age=int(LASTS_ON_OWN_DEVICE.total_seconds()) if own_device else None,
        secure=_is_https(rooms),
        httponly=True,
        samesite="lax",
        path="/",
    )


def forget_sign_in(rooms: Rooms, response: Response) -> None:
    """Make the browser forget who was signed in."""
    response.delete_cookie(_name(rooms), secure=_is_https(rooms), httponly=True, samesite="lax", path="/")


def signed_in_here(request: Request, rooms: Rooms) -> SignedIn | None:
    """Return who is signed in in this browser, or None."""
    name, _, tag = request.cookies.get(_name(rooms), "").partition(".")
    if not tag.isascii() or not hmac.compare_digest(_tag(rooms, name), tag):
        return None
    # the tag holds, so this is the id that was written here
    with rooms.database.read() as session:
        return signed_in(session, uuid.UUID(name), now=rooms.now())


def brings_sign_in(request: Request) -> bool:
    """Tell whether this browser holds the cookie of a sign-in, whatever has become of that: for what a page says of cookies."""
    return any(name.endswith(_COOKIE) for name in request.cookies)


def require_signed_in(request: Request, rooms: RoomsOf) -> SignedIn:
    """Return who is signed in; sends everybody else to where one signs in, and back afterwards."""
    found = signed_in_here(request, rooms)
    if found is None:
        address = f"{SIGN_IN_AT}?next={quote(request.url.path, safe='/')}"
        raise HTTPException(303, headers={"Location": address, "Cache-Control": "no-store"})
    return found


SignedInOf = Annotated[SignedIn, Depends(require_signed_in)]


def _tag(rooms: Rooms, name: str) -> str:
    return rooms.secrets.visit_tag(f"sign-in.{name}")


def _name(rooms: Rooms) -> str:
    """Return the cookie's name; the prefix makes browsers refuse one that another host or an unencrypted page sets."""
    return f"__Host-{_COOKIE}" if _is_https(rooms) else _COOKIE


def _is_https(rooms: Rooms) -> bool:
    return rooms.base_url.startswith("https://")
