"""`/sign-in/{token}`: a one-time link. Opening it does nothing yet, because chats and mail programs open links too; the button signs in."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Request, Response

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import SameSite
from okbadges.organisations.sign_ins import member_of_link, use_sign_in_link
from okbadges.pages.sign_in.frame import REFUSALS, enter, named, refused_page, sign_in_page

router = Router(prefix="/sign-in", include_in_schema=False)


@router.get("/{token}")
def link_page(request: Request, rooms: RoomsOf, token: str) -> Response:
    """Ask whether to sign in, and whether this device is the member's own."""
    try:
        with rooms.database.read() as session:
            member_of_link(session, token, now=rooms.now())
    except REFUSALS as refused:
        return refused_page(request, refused)
    return sign_in_page(request, "sign_in/link.html", token=token, providers=named(request, rooms.providers))


@router.post("/{token}", dependencies=[SameSite])
def use_link(request: Request, rooms: RoomsOf, token: str, device: Annotated[str, Form()] = "") -> Response:
    """Sign the member in; ``device`` is ``own`` for two weeks, also after the browser was closed."""
    own_device = device == "own"
    try:
        sign_in = use_sign_in_link(rooms.writer, rooms.stamp("sign-in-link"), token, own_device=own_device)
    except REFUSALS as refused:
        return refused_page(request, refused)
    return enter(request, rooms, sign_in, own_device=own_device)
