"""The page behind a share link: checked on every view, the verdict first. The same address answers programs by Accept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, TypedDict

from fastapi import Form, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from okbadges.edge.negotiation import PAGE, prefers
from okbadges.edge.problems import STATUS
from okbadges.edge.remembered import Remembered, SlottedPage
from okbadges.edge.rooms import RoomsOf, rooms_of
from okbadges.edge.routing import Router
from okbadges.edge.sign_ins import brings_sign_in
from okbadges.edge.straight import Ready, Road
from okbadges.edge.visits import SameSite
from okbadges.errors import InvalidInput, NotFound, TooManyRequests
from okbadges.issuing.links import Links
from okbadges.pages import files, qr
from okbadges.pages.files import CREDENTIAL_FORMS, NOT_KEPT
from okbadges.pages.language import choose, with_language
from okbadges.pages.lasting import lasts_until
from okbadges.pages.printed_code import printed_code, spoken_code
from okbadges.pages.shared_view import name_view, shared_views
from okbadges.pages.site import VARY, Preview, site_of, visit
from okbadges.pages.study_plan import studies_links
from okbadges.pages.words import SlottedWords, time_zone
from okbadges.passport.matching import matches, prove_match, read_digits
from okbadges.passport.sharing import open_share_link
from okbadges.passport.shown_evidence import open_shown_evidence
from okbadges.passport.shown_words import shown_name
from okbadges.storage.sealing import token_hash
from okbadges.storage.state_number import state_number
from okbadges.verification.report_json import to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import datetime

    from okbadges.edge.rooms import Rooms
    from okbadges.pages.printed_code import PrintedCode
    from okbadges.pages.shared_view import NameView, SharedView
    from okbadges.pages.site import Visit
    from okbadges.pages.study_plan import StudiesLink
    from okbadges.passport.sharing import OpenedLink, SharedCredential

_JSON = "application/json"
_SEE_OTHER = 303

router = Router(prefix="/s/{token}", include_in_schema=False)

_HTML = (b"content-type", b"text/html; charset=utf-8")
_HEADERS = ((b"vary", VARY["Vary"].encode()), (b"cache-control", NOT_KEPT["Cache-Control"].encode()), _HTML)
_COMPRESSED_HEADERS = (
    (b"vary", f"{VARY['Vary']}, Accept-Encoding".encode()),
    (b"content-encoding", b"gzip"),
    *_HEADERS[1:],
)
"""What stands over a page that goes out as it is, and over one that goes out compressed."""

Item = Annotated[int, Query(ge=1, le=100)]
"""Which credential of a link, counted from one."""


class _Model(TypedDict):
    """What the template of the page is given."""

    preview: Preview
    in_language: Callable[[str], str]
    views: list[SharedView]
    studies: list[StudiesLink]
    name: NameView | None
    match: MatchView
    code: PrintedCode
    files: str
    expires: str
    printed: str


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
    before = state_number(rooms.database)
    opened = _opened(rooms, token)
    form = prefers(request.headers.get("accept"), PAGE, *CREDENTIAL_FORMS, _JSON)
    if form in CREDENTIAL_FORMS:
        document = opened.credentials[0].document
        return Response(document, media_type=form, headers={**NOT_KEPT, "Vary": "Accept"})
    if form == _JSON:
        return JSONResponse(_reports(opened, rooms), headers={**NOT_KEPT, "Vary": "Accept"})
    headers, body = _content(request, rooms, _made(request, rooms, token, opened, before), rooms.now())
    response = Response(body)
    response.raw_headers = headers
    return response


async def _share_page(request: Request, token: str) -> Response | Ready:
    """Answer a page that was made before and would be made the same now, or else make it."""
    rooms, form = rooms_of(request), prefers(request.headers.get("accept"), PAGE, *CREDENTIAL_FORMS, _JSON)
    if form != PAGE:
        return await run_in_threadpool(share_page, request, rooms, token)
    asked = _asked(request, token)
    known = await _known_page(request, rooms, asked)
    if known is None and await rooms.pages.made_by_another(asked):
        known = await _known_page(request, rooms, asked)
    if known is None:
        async with rooms.pages.making(asked):
            if not (known := await _known_page(request, rooms, asked)):
                return await run_in_threadpool(share_page, request, rooms, token)
    return known


ROADS = (Road("GET", "/s/{token}", _share_page),)


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


def _asked(request: Request, token: str) -> tuple[bytes, str, bool, bool]:
    """Return all that the page of an open link depends on beside what is stored and the clock."""
    choice = choose(request, site_of(request.app).words)
    return token_hash(token), choice.language, choice.asked_for, brings_sign_in(request)


async def _known_page(request: Request, rooms: Rooms, asked: Hashable) -> Ready | None:
    """Return the page if it was made before and nothing that is stored has changed since; None where it has to be made."""
    if asked not in rooms.pages:
        return None
    found = rooms.pages.find(asked, edition=await rooms.state.number(), now=(now := rooms.now()))
    return Ready(200, *_content(request, rooms, found, now)) if found else None


def _made(request: Request, rooms: Rooms, token: str, opened: OpenedLink, before: int) -> Remembered:
    """Make the page of a link, with slots for the moment of checking, and remember it until something changes it (not at all if it does not last).

    ``before`` is the edition from before anything was read: what has changed since then may be missing in the page.
    """
    now, plain = rooms.now(), visit(request)
    slotted = replace(plain, words=SlottedWords(plain.words.language, plain.words.texts, rooms.pages.mark))
    model = _model(slotted, rooms, token, opened, MatchView())
    page = SlottedPage(slotted.html("share.html", **model), rooms.pages.mark)
    reports = [view.report for view in model["views"]]
    until = lasts_until(opened, reports, rooms.publishing.homes(), now=now)
    made = Remembered(page, plain.words.language, before, now, until or now)
    rooms.pages.keep(_asked(request, token), made)
    return made


def _content(
    request: Request, rooms: Rooms, made: Remembered, now: datetime
) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return headers and body of a page as of ``now``, compressed where that is taken."""
    words = site_of(request.app).words[made.language]
    moments = rooms.pages.moments(made.language, now, words.slots)
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = made.page.compressed(moments)
        return [*_COMPRESSED_HEADERS, (b"content-length", b"%d" % len(body))], body
    body = made.page.plain(moments)
    return [*_HEADERS, (b"content-length", b"%d" % len(body))], body


def _page(request: Request, rooms: Rooms, token: str, opened: OpenedLink, match: MatchView) -> Response:
    here = visit(request)
    waiting = {"Retry-After": str(match.wait_seconds)} if match.wait_seconds else {}
    model = _model(here, rooms, token, opened, match)
    return here.page("share.html", status=match.status, headers={**NOT_KEPT, **waiting}, **model)


def _model(here: Visit, rooms: Rooms, token: str, opened: OpenedLink, match: MatchView) -> _Model:
    """Return what the page of a link shows, in the words of this visit."""
    address, links = f"/s/{token}", Links(rooms.secrets, rooms.base_url)
    for_teacher = [shared.badge for shared in opened.credentials if shared.teacher_facts]
    proof = prove_match(rooms.secrets, token, now=rooms.now()) if match.answer == "yes" else ""
    with rooms.database.read() as session:
        name = shown_name(session, rooms.secrets, opened.id)
    return _Model(
        preview=Preview(here.words("share.title"), here.words("share.preview")),
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
        code=printed_code(_address(rooms, token), spoken_code(opened, links), draw=here.site.drawn_before),
        files=address,
        expires=here.words("share.expires", day=here.words.day(opened.expires_on)),
        printed=here.words("qr.printed", day=here.words.day(rooms.now().astimezone(time_zone()).date())),
    )
