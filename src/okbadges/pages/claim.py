"""The page behind a claim link: the participant meets their own badge, in plain words, and can carry it away."""

from __future__ import annotations

import uuid  # noqa: TC003 - FastAPI reads the annotation at run time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.issuing.forms import Form
from okbadges.issuing.links import Links
from okbadges.pages import files
from okbadges.pages.badge_view import badge_view
from okbadges.pages.files import NOT_KEPT
from okbadges.pages.language import with_language
from okbadges.pages.site import Preview, visit
from okbadges.pages.verdict_words import panel
from okbadges.passport.claiming import open_claim_link, withdraw
from okbadges.verification.report import Verdict

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.pages.verdict_words import Panel
    from okbadges.pages.words import Words
    from okbadges.passport.claiming import Claimed, OwnLink
    from okbadges.verification.report import Report

router = APIRouter(prefix="/c/{token}", include_in_schema=False)


@router.get("")
def claim_page(request: Request, rooms: RoomsOf, token: str) -> Response:
    """Show the holder their badge, checked now, its files, and the links that show it to others."""
    return _page(request, rooms, token, _claimed(rooms, token))


def _page(request: Request, rooms: Rooms, token: str, claimed: Claimed, *, withdrawn: bool = False) -> Response:
    """Render the page, at whatever address it is; ``withdrawn`` says that a link was taken back just now."""
    shared = claimed.shared
    report = rooms.verify(shared.document)
    here = visit(request)
    return here.page(
        "claim.html",
        preview=Preview(here.words("claim.preview"), here.words("front.skill")),
        headers=NOT_KEPT,
        badge=badge_view(shared.badge, here.words),
        panel=_panel(report, claimed, here.words),
        revoked=report.verdict is Verdict.REVOKED,
        checked=here.words("verdict.checked", moment=here.words.moment(report.checked_at)),
        files=f"/c/{token}",
        forms=rooms.forms.offered(shared.credential_id),
        newer=_newer(rooms, claimed),
        in_language=lambda language: with_language(f"/c/{token}", language),
        withdrawn=withdrawn,
        own_links=[_link_view(link, here.words, token) for link in claimed.open_links],
        check_address=f"{rooms.base_url}/verify".removeprefix("https://"),
    )


def _panel(report: Report, claimed: Claimed, words: Words) -> Panel | None:
    """Return what a holder has to know before showing a badge that is not valid; nothing for one that is."""
    if report.verdict is Verdict.VALID:
        return None
    shown = panel(report, words, revoked_on=claimed.shared.revoked_on)
    if report.verdict is Verdict.REVOKED:
        return replace(shown, sentences=(words("claim.replaced" if claimed.newer else "claim.revoked"),))
    return shown


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
    return files.jwt_file(shared, rooms.forms.get(shared.credential_id, Form.VC_JWT, actor="holder"))


@router.get("/badge-selective.json")
def selective_file(rooms: RoomsOf, token: str) -> Response:
    """Answer the file of which the holder shows parts; nobody else is ever given it."""
    shared = _claimed(rooms, token).shared
    return files.selective_file(shared, rooms.forms.get(shared.credential_id, Form.SELECTIVE_BASE, actor="holder"))


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
