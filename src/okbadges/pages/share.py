"""The page behind a share link: checked on every view, the verdict first. The same address answers programs by Accept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from okbadges.edge.negotiation import PAGE, prefers
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.errors import NotFound
from okbadges.pages import files, qr
from okbadges.pages.credential_view import CredentialView, credential_view
from okbadges.pages.files import CREDENTIAL_FORMS, NOT_KEPT
from okbadges.pages.site import Preview, Visit, visit
from okbadges.pages.study_plan import StudyPlan, study_plan
from okbadges.pages.words import time_zone
from okbadges.passport.sharing import open_share_link
from okbadges.verification.report import Verdict
from okbadges.verification.report_json import to_json

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.pages.words import Words
    from okbadges.passport.sharing import OpenedLink, SharedCredential

_JSON = "application/json"
_GROUP = 4

router = APIRouter(prefix="/s/{token}", include_in_schema=False)

Item = Annotated[int, Query(ge=1, le=100)]
"""Which credential of a link, counted from one."""


@dataclass(frozen=True, slots=True)
class SharedView:
    """One credential of a link as the page shows it; ``query`` is what its downloads need in their address.

    ``replaced`` tells that the holder has a newer one in its place.
    """

    credential: CredentialView
    study: StudyPlan | None
    query: str
    replaced: bool


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """The QR code of a link: its path in a square of ``size`` modules, and the address in pieces that a line may end after."""

    path: str
    size: int
    address: tuple[str, ...]


@router.get("")
def share_page(request: Request, rooms: RoomsOf, token: str) -> Response:
    """Check what the link shows, now, and say so: a page, the report as JSON, or the signed document itself."""
    opened = _opened(rooms, token)
    form = prefers(request.headers.get("accept"), PAGE, *CREDENTIAL_FORMS, _JSON)
    if form in CREDENTIAL_FORMS:
        document = opened.credentials[0].document
        return Response(document, media_type=form, headers={**NOT_KEPT, "Vary": "Accept"})
    if form == _JSON:
        return JSONResponse(_reports(opened, rooms), headers={**NOT_KEPT, "Vary": "Accept"})
    here = visit(request)
    views = [_view(shared, number, rooms, here.words) for number, shared in enumerate(opened.credentials, start=1)]
    return _page(here, rooms, token, opened, views)


@router.get("/credential.json")
def credential_file(rooms: RoomsOf, token: str, item: Item = 1) -> Response:
    """Answer the signed document as a file."""
    return files.credential_json(_item(rooms, token, item))


@router.get("/badge.png")
def png_file(rooms: RoomsOf, token: str, item: Item = 1) -> Response:
    """Answer the baked PNG."""
    return files.baked_png(_item(rooms, token, item))


@router.get("/badge.svg")
def svg_file(rooms: RoomsOf, token: str, item: Item = 1) -> Response:
    """Answer the baked SVG."""
    return files.baked_svg(_item(rooms, token, item))


@router.get("/qr.svg")
def qr_svg(rooms: RoomsOf, token: str) -> Response:
    """Answer the QR code of an open link as SVG."""
    _opened(rooms, token)
    return Response(qr.svg(_address(rooms, token)), media_type="image/svg+xml", headers=NOT_KEPT)


@router.get("/qr.png")
def qr_png(rooms: RoomsOf, token: str) -> Response:
    """Answer the QR code of an open link as PNG, large enough for paper."""
    _opened(rooms, token)
    return Response(qr.png(_address(rooms, token)), media_type="image/png", headers=NOT_KEPT)


def _opened(rooms: Rooms, token: str) -> OpenedLink:
    with rooms.database.read() as session:
        return open_share_link(session, token, now=rooms.now())


def _item(rooms: Rooms, token: str, number: int) -> SharedCredential:
    credentials = _opened(rooms, token).credentials
    if number > len(credentials):
        raise NotFound("unknown-share-item", f"This link shows {len(credentials)} badges, not {number}.")
    return credentials[number - 1]


def _address(rooms: Rooms, token: str) -> str:
    return f"{rooms.base_url}/s/{token}"


def _pieces(address: str, token: str) -> tuple[str, ...]:
    """Return the address without ``https://``, its token in groups of four characters, to be typed from paper."""
    groups = [token[start : start + _GROUP] for start in range(0, len(token), _GROUP)]
    return (address.removeprefix("https://").removesuffix(token), *groups)


def _reports(opened: OpenedLink, rooms: Rooms) -> object:
    """Return the report, or all of them where a link shows several credentials."""
    reports = [to_json(rooms.verify(shared.document)) for shared in opened.credentials]
    return reports[0] if len(reports) == 1 else {"reports": reports}


def _view(shared: SharedCredential, number: int, rooms: Rooms, words: Words) -> SharedView:
    facts, report = shared.teacher_facts, rooms.verify(shared.document)
    in_force = report.verdict is Verdict.VALID
    return SharedView(
        credential=credential_view(report, words, badge=shared.badge, revoked_on=shared.revoked_on),
        study=study_plan(shared.badge, facts, words, in_force=in_force) if facts else None,
        query="" if number == 1 else f"?item={number}",
        replaced=shared.has_successor,
    )


def _page(here: Visit, rooms: Rooms, token: str, opened: OpenedLink, views: list[SharedView]) -> Response:
    address = _address(rooms, token)
    modules = qr.matrix(address)
    return here.page(
        "share.html",
        preview=Preview(here.words("share.title"), here.words("share.preview")),
        headers=NOT_KEPT,
        views=views,
        code=PrintedCode(qr.path(modules), len(modules), _pieces(address, token)),
        files=f"/s/{token}",
        expires=here.words("share.expires", day=here.words.day(opened.expires_on)),
        printed=here.words("qr.printed", day=here.words.day(rooms.now().astimezone(time_zone()).date())),
    )
