"""`/verify`: a file, a pasted credential or a link, of anyone, answered with a verdict in words. Nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.organisations.issuers import all_issuers
from okbadges.pages.credential_view import credential_view
from okbadges.pages.files import NOT_KEPT
from okbadges.pages.own_badge import own_badge
from okbadges.pages.site import Preview, Visit, visit

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms

MOST_BYTES = 2 * 1024 * 1024
"""The largest file that is taken, and said so on the page."""
_UNPROCESSABLE, _TOO_LARGE, _SEE_OTHER = 422, 413, 303
_OWN_PAGES = ("/s/", "/c/")

router = APIRouter(prefix="/verify", include_in_schema=False)


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
    """Verify what was sent; a file wins over text. A link to a page of ours leads there."""
    here, uploaded = visit(request), await file.read(MOST_BYTES + 1) if file else b""
    received = uploaded or text.strip().encode("utf-8", "replace")
    if not received:
        return _form(here, mistake="verify.empty", status=_UNPROCESSABLE, wrong=("file", "text"))
    if len(received) > MOST_BYTES:
        return _form(here, mistake="verify.too_large", status=_TOO_LARGE, wrong=("file",) if uploaded else ("text",))
    own_page = None if uploaded else _own_page(text.strip(), rooms.base_url)
    if own_page:
        return RedirectResponse(here.link(own_page), _SEE_OTHER)
    async with rooms.verify_turns.turn():
        return await run_in_threadpool(_result, here, rooms, received)


def _form(here: Visit, *, mistake: str | None = None, status: int = 200, wrong: tuple[str, ...] = ()) -> Response:
    """Show the form; ``wrong`` are the fields that the ``mistake`` is about."""
    title = here.words("verify.title")
    return here.page(
        "verify.html",
        preview=Preview(
            here.words("verify.title_mistake", title=title) if mistake else title, here.words("verify.about")
        ),
        status=status,
        headers=NOT_KEPT,
        mistake=here.words(mistake) if mistake else None,
        wrong=wrong,
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
