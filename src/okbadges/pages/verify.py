"""`/verify`: a file, a pasted credential or a link, of anyone, answered with a verdict in words; a code from paper leads to its page. Nothing is kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from fastapi import File, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from okbadges.edge.limits import client_of
from okbadges.edge.problems import problem_of
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.errors import InvalidInput, NotFound, OkbadgesError, TooManyRequests
from okbadges.issuing.links import Links
from okbadges.organisations.issuers import all_issuers
from okbadges.pages.credential_view import credential_view
from okbadges.pages.files import NOT_KEPT
from okbadges.pages.own_badge import own_badge
from okbadges.pages.site import Preview, Visit, visit
from okbadges.passport.cards import read_code
from okbadges.passport.link_codes import link_by_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.edge.rooms import Rooms

MOST_BYTES = 2 * 1024 * 1024
"""The largest file that is taken, and said so on the page."""
_UNPROCESSABLE, _TOO_LARGE, _SEE_OTHER = 422, 413, 303
_OWN_PAGES = ("/s/", "/c/")
_LONGEST_TYPED = 64
_MEANT_AS_CODE = re.compile(r"(?:[0-9A-Za-z][\s\u2013-]*){10,14}")
"""Twelve letters and digits, spelt in any way; somebody who leaves one out hears that it is a code that is not whole."""
_MINUTE = 60

router = Router(prefix="/verify", include_in_schema=False)


@router.get("")
def verify_form(request: Request) -> Response:
    """Show where to choose a file or paste."""
    return _form(visit(request))


@router.post("")
async def verify_received(
    request: Request,
    rooms: RoomsOf,
    file: Annotated[UploadFile | None, File()] = None,
    text: Annotated[str, Form()] = "",
) -> Response:
    """Verify what was sent; a file wins over text. A link to a page of ours leads there, and so does the code of a share link."""
    here, uploaded = visit(request), await file.read(MOST_BYTES + 1) if file else b""
    typed = text.strip()
    received = uploaded or typed.encode("utf-8", "replace")
    if not received:
        return _form(here, mistake=here.words("verify.empty"), status=_UNPROCESSABLE, wrong=("file", "text"))
    if len(received) > MOST_BYTES:
        wrong = ("file",) if uploaded else ("text",)
        return _form(here, mistake=here.words("verify.too_large"), status=_TOO_LARGE, wrong=wrong)
    own_page = None if uploaded else _own_page(typed, rooms.base_url)
    if own_page:
        return RedirectResponse(here.link(own_page), _SEE_OTHER)
    if not uploaded and len(typed) <= _LONGEST_TYPED and _MEANT_AS_CODE.fullmatch(typed):
        return await run_in_threadpool(_by_code, here, rooms, typed, client_of(request.scope))
    async with rooms.verify_turns.turn():
        return await run_in_threadpool(_result, here, rooms, received)


def _by_code(here: Visit, rooms: Rooms, typed: str, tried_from: str) -> Response:
    """Lead to the page of the link that has this code, or say beside the field why none is shown."""
    try:
        with rooms.database.read() as session:
            link = link_by_code(session, rooms.secrets, rooms.failures, read_code(typed), tried_from=tried_from)
    except (InvalidInput, NotFound, TooManyRequests) as refused:
        return _no_link(here, typed, refused)
    token = Links(rooms.secrets, rooms.base_url).share_token(link)
    return RedirectResponse(here.link(f"/s/{token}"), _SEE_OTHER, headers=NOT_KEPT)


def _no_link(here: Visit, typed: str, refused: OkbadgesError) -> Response:
    wait = refused.retry_after_seconds if isinstance(refused, TooManyRequests) else 0
    return _form(
        here,
        mistake=here.words.counted("verify.wait", -(-wait // _MINUTE))
        if wait
        else here.words(f"verify.mistake.{refused.code}"),
        status=problem_of(refused).status,
        wrong=("text",),
        typed=typed,
        waiting={"Retry-After": str(wait)} if wait else {},
    )


def _form(
    here: Visit,
    *,
    mistake: str | None = None,
    status: int = 200,
    wrong: tuple[str, ...] = (),
    typed: str = "",
    waiting: Mapping[str, str] | None = None,
) -> Response:
    """Show the form; ``wrong`` are the fields that the ``mistake`` is about, ``typed`` what was written into the second."""
    title = here.words("verify.title")
    return here.page(
        "verify.html",
        preview=Preview(
            here.words("verify.title_mistake", title=title) if mistake else title, here.words("verify.about")
        ),
        status=status,
        headers={**NOT_KEPT, **(waiting or {})},
        mistake=mistake,
        wrong=wrong,
        typed=typed,
    )


def _result(here: Visit, rooms: Rooms, received: bytes) -> Response:
    report = rooms.verify(received)
    with rooms.database.read() as session:
        badge = own_badge(session, report, base_url=rooms.base_url)
        names = [issuer.name for issuer in all_issuers(session)]
    return here.page(
        "verify_result.html",
        preview=Preview(here.words("verify.title"), here.words("verify.about")),
        headers=NOT_KEPT,
        switch=False,
        credential=credential_view(report, here.words, badge=badge, known_names=names),
    )


def _own_page(text: str, base_url: str) -> str | None:
    """Return the path of a pasted link to a share or claim page of this service."""
    path = text.removeprefix(base_url)
    return path if path != text and path.startswith(_OWN_PAGES) and path.isascii() and path.isprintable() else None
