"""The page for whatever did not work: kind words in the visitor's language, what to do now, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.pages.files import NOT_KEPT
from okbadges.pages.site import Preview, visit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request, Response

_WAYS: Mapping[str, str] = {"claim-in-passport": "/p"}
"""Where it goes on instead of the front page, by code; these have words of their own."""


def problem_page(request: Request, status: int, code: str, detail: str) -> Response:
    """Return an error page. ``detail`` is English for developers and stays in the small print, like the stable ``code``."""
    here = visit(request)
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
