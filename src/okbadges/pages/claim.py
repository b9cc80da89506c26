"""The page behind a claim link: the participant meets their own badge, in plain words, takes it or not, and can carry it away."""

from __future__ import annotations

import uuid  # noqa: TC003 - FastAPI reads the annotation at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import Form, Request, Response

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import SameSite
from okbadges.issuing import forms
from okbadges.issuing.links import Links
from okbadges.pages import files
from okbadges.pages.files import NOT_KEPT
from okbadges.pages.language import with_language
from okbadges.pages.passport.frame import see, standing_for_holder
from okbadges.pages.passport.view import told_badge
from okbadges.pages.site import Preview, visit
from okbadges.passport.accepting import Decision
from okbadges.passport.claiming import decide_on_claimed, open_claim_link, withdraw

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.pages.words import Words
    from okbadges.passport.claiming import Claimed
    from okbadges.passport.own_links import OwnLink

router = Router(prefix="/c/{token}", include_in_schema=False)

Answer = Literal[Decision.ACCEPT, Decision.DECLINE]
"""What can be said to a new badge; putting it away is for the passport."""


@router.get("")
def claim_page(request: Request, rooms: RoomsOf, token: str, at: str = "") -> Response:
    """Show the holder their badge, checked now; once they took it, its files and the links that show it. ``at=later``: not now."""
    return _page(request, rooms, token, _claimed(rooms, token), later=at == "later")


@router.post("/decision", dependencies=[SameSite])
def decide_on_badge(request: Request, rooms: RoomsOf, token: str, decision: Annotated[Answer, Form()]) -> Response:
    """Take the badge or decline it; whoever has the claim link may."""
    with rooms.database.read() as session:
        decide_on_claimed(session, rooms.writer, rooms.stamp("holder"), token, decision)
    return see(request, f"/c/{token}")


def _page(
    request: Request, rooms: Rooms, token: str, claimed: Claimed, *, withdrawn: bool = False, later: bool = False
) -> Response:
    """Render the page, at whatever address it is; ``withdrawn`` says that a link was taken back just now."""
    shared, here = claimed.shared, visit(request)
    standing = standing_for_holder(
        rooms.verify(shared.document),
        here.words,
        revoked_on=shared.revoked_on,
        is_replaced=claimed.newer is not None,
    )
    return here.page(
        "claim.html",
        preview=Preview(here.words("claim.preview"), here.words("front.skill")),
        headers=NOT_KEPT,
        badge=told_badge(shared.badge, here.words, was=standing.is_revoked),
        standing=standing,
        state=_state(claimed, is_revoked=standing.is_revoked),
        later=later,
        page=f"/c/{token}",
        forms=rooms.forms.offered(shared.credential_id),
        newer=_newer(rooms, claimed),
        in_language=lambda language: with_language(f"/c/{token}", language),
        withdrawn=withdrawn,
        own_links=[_link_view(link, here.words, token) for link in claimed.open_links],
        check_address=_written(f"{rooms.base_url}/verify"),
        opening_address=_written(f"{rooms.base_url}/p"),
    )


def _state(claimed: Claimed, *, is_revoked: bool) -> str:
    """Return what the holder can do now; a badge that was revoked is shown as it is, whatever was said to it."""
    if claimed.accepted or is_revoked:
        return "theirs"
    return "declined" if claimed.declined else "new"


def _written(address: str) -> str:
    """Return an address as people write it."""
    return address.removeprefix("https://")


def _newer(rooms: Rooms, claimed: Claimed) -> str | None:
    """Return where the holder finds the badge that stands in the place of this one."""
    if claimed.newer is None:
        return None
    return f"/c/{Links(rooms.secrets, rooms.base_url).claim_token(claimed.newer)}"


@router.get("/credential.json")
def credential_file(rooms: RoomsOf, token: str) -> Response:
    """Answer the signed document as a file."""
    return files.credential_json(_claimed(rooms, token).shared)


@router.get("/badge.png")
def png_file(rooms: RoomsOf, token: str) -> Response:
    """Answer the baked PNG."""
    return files.baked_png(_claimed(rooms, token).shared)


@router.get("/badge.svg")
def svg_file(rooms: RoomsOf, token: str) -> Response:
    """Answer the baked SVG."""
    return files.baked_svg(_claimed(rooms, token).shared)


@router.get("/badge.jwt")
def jwt_file(rooms: RoomsOf, token: str) -> Response:
    """Answer the credential as JWT, signed now if nobody asked before."""
    shared = _claimed(rooms, token).shared
    return files.jwt_file(shared, rooms.forms.get(shared.credential_id, forms.Form.VC_JWT, actor="holder"))


@router.get("/badge-selective.json")
def selective_file(rooms: RoomsOf, token: str) -> Response:
    """Answer the file of which the holder shows parts; nobody else is ever given it."""
    shared = _claimed(rooms, token).shared
    base = rooms.forms.get(shared.credential_id, forms.Form.SELECTIVE_BASE, actor="holder")
    return files.selective_file(shared, base)


@router.post("/links/{link_id}/withdraw")
def withdraw_link(request: Request, rooms: RoomsOf, token: str, link_id: uuid.UUID) -> Response:
    """Take a share link back and show the page again; whoever has the claim link may."""
    with rooms.database.read() as session:
        withdraw(session, rooms.writer, rooms.stamp("holder"), token, link_id)
    return _page(request, rooms, token, _claimed(rooms, token), withdrawn=True)


@dataclass(frozen=True, slots=True)
class LinkView:
    """An open share link in words, and where the button that takes it back leads."""

    about: str
    withdraw: str


def _link_view(link: OwnLink, words: Words, token: str) -> LinkView:
    about = words(f"claim.links.{link.purpose.value}", day=words.day(link.expires_on))
    return LinkView(about, f"/c/{token}/links/{link.id}/withdraw")


def _claimed(rooms: Rooms, token: str) -> Claimed:
    with rooms.database.read() as session:
        return open_claim_link(session, token, now=rooms.now())
