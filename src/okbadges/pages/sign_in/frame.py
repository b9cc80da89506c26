"""The frame of the pages on which members sign in, and where they go from there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastapi.responses import RedirectResponse

from okbadges.edge.problems import problem_of
from okbadges.edge.sign_ins import SIGN_IN_AT, keep_signed_in
from okbadges.errors import Conflict, Gone, NotFound
from okbadges.integrations.refusals import ProviderUnavailable, SignInRefused
from okbadges.organisations.members import LEADER_ROLES
from okbadges.organisations.sign_ins import signed_in
from okbadges.pages.files import NOT_KEPT
from okbadges.pages.sign_in.coming_back import forget_place, is_for_teachers, place_kept
from okbadges.pages.site import Preview, visit
from okbadges.pages.words import Phrase
from okbadges.recognition.readers import reads_decisions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fastapi import Request, Response

    from okbadges.edge.rooms import Rooms
    from okbadges.errors import OkbadgesError
    from okbadges.integrations.providers import Provider
    from okbadges.organisations.sign_ins import SignIn

REFUSALS = (NotFound, Gone, Conflict, SignInRefused, ProviderUnavailable)
"""What a page of signing in has words for."""
WORK = "/workshop"
DECISIONS = "/decisions"
_OURS = re.compile(r"/workshop(?:/[A-Za-z0-9_/-]*)?")
_SEE_OTHER = 303
_OF_LINKS = {"unknown-sign-in-link": "unknown", "sign-in-link-ended": "ended"}


def sign_in_page(
    request: Request, template: str, *, status: int = 200, language: str | None = None, **model: object
) -> Response:
    """Render a page of signing in, in the visitor's language or in ``language``. Nobody keeps it, and what was refused has no language switch."""
    here = visit(request, language)
    preview = Preview(here.words("signing.title"), here.words("signing.preview"))
    return here.page(
        template,
        preview=preview,
        status=status,
        headers=NOT_KEPT,
        in_language=None,
        switch=request.method == "GET" and language is None,
        **model,
    )


def refused_page(
    request: Request, refused: OkbadgesError, *, language: str | None = None, other_way: str = SIGN_IN_AT
) -> Response:
    """Say kindly why somebody is not signed in, what to do, and where the other ways are."""
    words, code = visit(request, language).words, refused.code
    its_own = f"problem.{code}" if words.knows(f"signing.problem.{code}.title") else "closed"
    state = _OF_LINKS.get(code, its_own)
    return sign_in_page(
        request,
        "sign_in/refused.html",
        status=problem_of(refused).status,
        language=language,
        title=words(f"signing.{state}.title"),
        lead=words(f"signing.{state}.lead"),
        other_way=other_way,
    )


def named(request: Request, providers: Iterable[Provider]) -> list[tuple[str, Phrase]]:
    """Return the slug and the name of each provider, in the language of the page as far as it has one."""
    language = visit(request).words.language
    return [(one.slug, Phrase(*one.name_in(language))) for one in providers]


def place_after(asked: str) -> str:
    """Return where to go after signing in: a page of ours for members that was asked for, or the first one of them."""
    return asked if _OURS.fullmatch(asked) or is_for_teachers(asked) else WORK


def enter(
    request: Request,
    rooms: Rooms,
    sign_in: SignIn,
    *,
    own_device: bool,
    to: str = WORK,
    language: str | None = None,
) -> Response:
    """Let this browser be signed in and send it on, in the language of the page that it came from."""
    kept = place_kept(request, rooms)
    # a one-time link does not say where its member was on the way to
    to = place_after(kept if to == WORK else to)
    to = _begins_at(rooms, sign_in) if to == WORK else to
    answer = RedirectResponse(visit(request, language).link(to), _SEE_OTHER, headers=NOT_KEPT)
    keep_signed_in(rooms, answer, sign_in, own_device=own_device)
    if kept:
        forget_place(rooms, answer)
    return answer


def _begins_at(rooms: Rooms, sign_in: SignIn) -> str:
    """Return the first page of somebody who was on the way to nowhere: the decisions, for who leads no groups and may read them."""
    with rooms.database.read() as session:
        who = signed_in(session, sign_in.id, now=rooms.now())
        is_led_to_them = who and who.caller.role not in LEADER_ROLES and reads_decisions(session, who)
    return DECISIONS if is_led_to_them else WORK
