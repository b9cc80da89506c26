"""The frame of the pages on which members sign in, and where they go from there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastapi.responses import RedirectResponse

from okbadges.edge.sign_ins import keep_signed_in
from okbadges.pages.files import NOT_KEPT
from okbadges.pages.site import Preview, visit

if TYPE_CHECKING:
    from fastapi import Request, Response

    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.sign_ins import SignIn

WORK = "/work"
_OURS = re.compile(r"/(?:work|confirm)(?:/[A-Za-z0-9_/-]*)?")
_SEE_OTHER = 303


def sign_in_page(request: Request, template: str, *, status: int = 200, **model: object) -> Response:
    """Render a page of signing in. Nobody keeps it, and what was refused has no language switch."""
    here = visit(request)
    preview = Preview(here.words("signing.title"), here.words("signing.preview"))
    return here.page(
        template,
        preview=preview,
        status=status,
        headers=NOT_KEPT,
        in_language=None,
        switch=request.method == "GET",
        **model,
    )


def place_after(asked: str) -> str:
    """Return where to go after signing in: a page of ours for members that was asked for, or the first one of them."""
    return asked if _OURS.fullmatch(asked) else WORK


def enter(request: Request, rooms: Rooms, sign_in: SignIn, *, own_device: bool, to: str = WORK) -> Response:
    """Let this browser be signed in and send it on, in the language of the page that it came from."""
    answer = RedirectResponse(visit(request).link(place_after(to)), _SEE_OTHER, headers=NOT_KEPT)
    keep_signed_in(rooms, answer, sign_in, own_device=own_device)
    return answer
