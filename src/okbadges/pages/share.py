"""The page behind a share link: checked on every view, the verdict first. The same address answers programs by Accept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from okbadges.edge.negotiation import PAGE, prefers
from okbadges.edge.problems import STATUS
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.visits import SameSite
from okbadges.errors import InvalidInput, NotFound, TooManyRequests
from okbadges.issuing.links import Links
from okbadges.pages import files, qr
from okbadges.pages.files import CREDENTIAL_FORMS, NOT_KEPT
from okbadges.pages.language import with_language
from okbadges.pages.printed_code import printed_code, spoken_code
from okbadges.pages.shared_view import name_view, shared_views
from okbadges.pages.site import Preview, visit
from okbadges.pages.study_plan import studies_links
from okbadges.pages.words import time_zone
from okbadges.passport.matching import matches, prove_match, read_digits
from okbadges.passport.sharing import open_share_link
from okbadges.passport.shown_evidence import open_shown_evidence
from okbadges.passport.shown_words import shown_name
from okbadges.verification.report_json import to_json

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.pages.site import Visit
    from okbadges.passport.sharing import OpenedLink, SharedCredential

_JSON = "application/json"
_SEE_OTHER = 303

router = APIRouter(prefix="/s/{token}", include_in_schema=False)

Item = Annotated[int, Query(ge=1, le=100)]
"""Which credential of a link, counted from one."""


@dataclass(frozen=True, slots=True)
class MatchView:
    """What the match check has to say: an answer (``yes``, ``no``, ``unknown``) in words, or why there is none.

    Of a mistake it keeps what was typed.
    """

    answer: str | None = None
    says: str = ""
    about: str = ""
    mistake: str | None = None
    typed: str = ""
    status: int = 200
    wait_seconds: int | None = None


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
    return _page(request, rooms, token, opened, MatchView())


@router.post("/match", dependencies=[SameSite])
def match_check(request: Request, rooms: RoomsOf, token: str, digits: Annotated[str, Form()] = "") -> Response:
    """Tell whether six digits are those of the open passport that made this link; the answer is said and not kept."""
    return _page(request, rooms, token, _opened(rooms, token), match_view(visit(request), rooms, token, digits))


@router.get("/match")
def match_page(request: Request, token: str) -> Response:
    """Lead back to the page of the link whoever reloads its answer."""
    return RedirectResponse(visit(request).link(f"/s/{token}"), _SEE_OTHER, headers=NOT_KEPT)


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


@router.get("/evidence/{name}")
def evidence_file(rooms: RoomsOf, token: str, name: str) -> Response:
    """Answer a photo or file that the holder wants to be seen with one of these badges."""
    with rooms.database.read() as session:
        opened = open_share_link(session, token, now=rooms.now())
        piece, data = open_shown_evidence(session, rooms.secrets, opened, name, today=rooms.now().date())
    return files.evidence(piece, data, name)


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


def _reports(opened: OpenedLink, rooms: Rooms) -> object:
    """Return the report, or all of them where a link shows several credentials."""
    reports = [to_json(rooms.verify(shared.document)) for shared in opened.credentials]
    return reports[0] if len(reports) == 1 else {"reports": reports}


def match_view(here: Visit, rooms: Rooms, token: str, typed: str) -> MatchView:
    """Answer the match check: whether the digits that were typed are those of the passport behind a link, in words."""
    try:
        digits = read_digits(typed)
        with rooms.database.read() as session:
            found = matches(session, rooms.secrets, rooms.failures, token, digits, now=rooms.now())
    except InvalidInput:
        return MatchView(mistake=here.words("match.form"), typed=typed[:20], status=STATUS[InvalidInput])
    except TooManyRequests as refused:
        minutes = max(1, round(refused.retry_after_seconds / 60))
        mistake = here.words.counted("match.wait", minutes)
        return MatchView(mistake=mistake, status=STATUS[TooManyRequests], wait_seconds=refused.retry_after_seconds)
    answer = {True: "yes", False: "no", None: "unknown"}[found]
    return MatchView(answer, here.words(f"match.{answer}"), here.words(f"match.{answer}_about"))


def _page(request: Request, rooms: Rooms, token: str, opened: OpenedLink, match: MatchView) -> Response:
    here, address = visit(request), f"/s/{token}"
    for_teacher = [shared.badge for shared in opened.credentials if shared.teacher_facts]
    proof = prove_match(rooms.secrets, token, now=rooms.now()) if match.answer == "yes" else ""
    with rooms.database.read() as session:
        name = shown_name(session, rooms.secrets, opened.id)
    waiting = {"Retry-After": str(match.wait_seconds)} if match.wait_seconds else {}
    return here.page(
        "share.html",
        preview=Preview(here.words("share.title"), here.words("share.preview")),
        status=match.status,
        headers={**NOT_KEPT, **waiting},
        in_language=lambda language: with_language(address, language),
        views=shared_views(
            opened,
            rooms,
            here.words,
            evidence_at=lambda one: f"{address}/evidence/{one.name}",
            endorsements_at=f"{address}/endorsements",
        ),
        studies=studies_links(for_teacher, here.words, f"{address}/areas", proof),
        name=name_view(name, here.words),
        match=match,
        code=printed_code(_address(rooms, token), spoken_code(opened, Links(rooms.secrets, rooms.base_url))),
        files=address,
        expires=here.words("share.expires", day=here.words.day(opened.expires_on)),
        printed=here.words("qr.printed", day=here.words.day(rooms.now().astimezone(time_zone()).date())),
    )
