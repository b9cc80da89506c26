"""HTML for people: routes, view models (report → sentences), words in Finnish, Swedish and English, templates, one stylesheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request, Response  # noqa: TC002 - FastAPI reads the annotations at run time

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

__all__ = ["ROADS", "install", "problem_page", "style_hash", "wording"]


def install(app: FastAPI, *, demo: bool) -> None:
    """Add every page to ``app``, in a ``demo`` also the one that signs anybody in. Templates, words and static files are read now: what is broken stops the start."""
    app.state.site = open_site()
    for module in (front, badges, share, endorsement_files, endorsing, claim, wallet_offer, verify, about, api_docs):
        app.include_router(module.router)
    # in a demo its own way in comes first: the address of a one-time link would take it for a token
    ways_in = (*(sign_in.DEMO_ROUTERS if demo else ()), *sign_in.ROUTERS)
    for router in (*ways_in, *passport.ROUTERS, *work.ROUTERS, *recognition.ROUTERS):
        app.include_router(router)

    @app.get("/static/{name}", include_in_schema=False)
    def static_file(name: str, request: Request) -> Response:
        return site_of(request.app).assets.answer(name, request.headers.get("accept-encoding", ""))


def style_hash(app: FastAPI) -> str:
    """Return what a content policy says to allow the style that some pages hold, and no other."""
    return site_of(app).assets.policy_hash(STYLE)
