"""`/sign-in`: how a member signs in here. `/sign-out`: that this browser forgets them."""

from __future__ import annotations

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.sign_ins import SIGN_IN_AT, forget_sign_in, signed_in_here
from okbadges.edge.visits import SameSite
from okbadges.organisations.sign_ins import end_sign_in
from okbadges.pages.files import NOT_KEPT
from okbadges.pages.sign_in.frame import named, place_after, sign_in_page
from okbadges.pages.site import visit

router = Router(include_in_schema=False)


@router.get(SIGN_IN_AT)
def sign_in_start(request: Request, rooms: RoomsOf, next: str = "", left: str = "") -> Response:  # noqa: A002 - the name in the address
    """Show how one signs in; who is signed in already is led on."""
    here = signed_in_here(request, rooms)
    return sign_in_page(
        request,
        "sign_in/start.html",
        is_signed_in=here is not None,
        has_left=bool(left) and here is None,
        to=place_after(next),
        providers=named(request, rooms.providers),
    )


@router.post("/sign-out", dependencies=[SameSite])
def sign_out(request: Request, rooms: RoomsOf) -> Response:
    """End the sign-in of this browser."""
    here = signed_in_here(request, rooms)
    if here is not None:
        end_sign_in(rooms.writer, rooms.stamp(here.caller.actor), here.member_id, here.sign_in.id)
    answer = RedirectResponse(visit(request).link(f"{SIGN_IN_AT}?left=1"), 303, headers=NOT_KEPT)
    forget_sign_in(rooms, answer)
    return answer
