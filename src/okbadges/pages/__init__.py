"""HTML for people: routes, view models (report → sentences), words in Finnish, Swedish and English, templates, one stylesheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request, Response

from okbadges.edge.routing import Router, add_routes
from okbadges.pages import (
    about,
    api_docs,
    badges,
    claim,
    endorsement_files,
    endorsing,
    front,
    passport,
    recognition,
    share,
    sign_in,
    verify,
    wallet_offer,
    work,
)
from okbadges.pages.letters import wording
from okbadges.pages.problem import problem_page
from okbadges.pages.site import STYLE, open_site, site_of

if TYPE_CHECKING:
    from fastapi import FastAPI

ROADS = share.ROADS
"""Pages that are answered without the framework looking for their routes."""

router = Router(include_in_schema=False)

__all__ = ["ROADS", "install", "problem_page", "style_hash", "wording"]


def install(app: FastAPI, *, demo: bool) -> None:
    """Add every page to ``app``, in a ``demo`` also the one that signs anybody in. Templates, words and static files are read now: what is broken stops the start."""
    app.state.site = open_site()
    modules = (front, badges, share, endorsement_files, endorsing, claim, wallet_offer, verify, about, api_docs)
    # in a demo its own way in comes first: the address of a one-time link would take it for a token
    ways_in = (*(sign_in.DEMO_ROUTERS if demo else ()), *sign_in.ROUTERS)
    of_modules = (module.router for module in modules)
    add_routes(app.router, (*of_modules, *ways_in, *passport.ROUTERS, *work.ROUTERS, *recognition.ROUTERS, router))


@router.get("/static/{name}")
def static_file(name: str, request: Request) -> Response:
    """Answer a file of the pages."""
    return site_of(request.app).assets.answer(name, request.headers.get("accept-encoding", ""))


def style_hash(app: FastAPI) -> str:
    """Return what a content policy says to allow the style that some pages hold, and no other."""
    return site_of(app).assets.policy_hash(STYLE)
