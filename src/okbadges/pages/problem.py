"""The page for whatever did not work: kind words in the visitor's language, what to do now, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.responses import RedirectResponse
from starlette.routing import Match

from okbadges.pages.files import NOT_KEPT
from okbadges.pages.site import Preview, visit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request, Response

_WAYS: Mapping[str, str] = {"claim-in-passport": "/p", "wallet-offer-ended": "/p", "wallet-offer-taken": "/p"}
"""Where it goes on instead of the front page, by code; these have words of their own."""
_NOT_THIS_WAY = 405
_SEE_OTHER = 303


def problem_page(request: Request, status: int, code: str, detail: str) -> Response:
    """Return an error page. ``detail`` is English for developers and stays in the small print, like the stable ``code``.

    Who reloads the answer to a form that was sent from a page comes back to that page.
    """
    here = visit(request)
    if status == _NOT_THIS_WAY and request.method in ("GET", "HEAD") and (before := _page_before(request)):
        return RedirectResponse(here.link(before), _SEE_OTHER, headers=NOT_KEPT)
    name = code if code in _WAYS else str(status) if here.words.knows(f"problem.{status}.title") else "other"
    title, about = here.words(f"problem.{name}.title"), here.words(f"problem.{name}.about")
    return here.page(
        "problem.html",
        preview=Preview(title, about),
        status=status,
        headers=NOT_KEPT,
        title=title,
        about=about,
        way=_WAYS.get(code, "/"),
        go_on=here.words(f"problem.{code}.go_on" if code in _WAYS else "problem.front"),
        status_and_code=f"{status} {code}",
        detail=detail,
    )


def _page_before(request: Request) -> str | None:
    """Return the nearest address above this one that is a page: a browser that was put away asks for the answer to a form again, by GET."""
    path = request.url.path
    while path := path.rpartition("/")[0]:
        asked = {"type": "http", "path": path, "method": "GET"}
        if any(route.matches(asked)[0] is Match.FULL for route in request.app.routes):
            return path
    return None
