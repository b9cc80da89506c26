"""``/oauth/authorize``: a program asks the holder, who reads what it is and what it wishes, and decides. And what they let in, in the settings.

The answer to the form is a page that leads back, not a redirect: what our pages may send forms to is this service alone, and browsers hold
redirects after a form to that too.
"""

from __future__ import annotations

import uuid  # noqa: TC003 - FastAPI reads the annotations at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from fastapi import Form, Request, Response
from fastapi.responses import RedirectResponse

from okbadges.edge.asked import forget_wish, keep_wish
from okbadges.edge.problems import problem_of
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotations at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import OPEN_AT, HolderOf, SameSite, visiting_holder
from okbadges.errors import InvalidInput, NotFound, OkbadgesError
from okbadges.pages.files import NOT_KEPT
from okbadges.pages.passport.frame import passport_page, see
from okbadges.pages.site import visit
from okbadges.partners.grants import HolderScope
from okbadges.partners.oauth.metadata import AUTHORIZE_AT
from okbadges.partners.oauth.programs import programs_let_in, take_back

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from okbadges.edge.rooms import Rooms
    from okbadges.pages.words import Words
    from okbadges.partners.oauth.asking import Wish
    from okbadges.partners.oauth.programs import LetIn
    from okbadges.partners.oauth.server import Answer
    from okbadges.passport.holder import Holder

router = Router(include_in_schema=False)

_STATES = {"unknown-program": "unknown", "redirect-uri": "redirect"}
_FOUND = 302


@dataclass(frozen=True, slots=True)
class MayDo:
    """Something that a program may do, in words."""

    scope: str
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class ProgramView:
    """A program that was let in, in words."""

    key: str
    name: str
    host: str
    may: tuple[str, ...]
    since: str
    used: str | None
    until: str


@router.get(AUTHORIZE_AT)
def consent_page(request: Request, rooms: RoomsOf) -> Response:
    """Show a holder what a program wishes. Who has no passport open opens it first, and comes back."""
    wish = _wish(request, rooms)
    if isinstance(wish, Response):
        return wish
    if visiting_holder(request, rooms) is None:
        return _open_first(request, rooms)
    answer = _consent_page(request, wish)
    forget_wish(rooms, answer)
    return answer


@router.post(AUTHORIZE_AT, dependencies=[SameSite])
def decide(
    request: Request,
    rooms: RoomsOf,
    decision: Annotated[str, Form()] = "",
    scope: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Allow what was chosen, or refuse; and lead back to the program with the answer."""
    from okbadges.partners.oauth.asking import allow, refuse  # noqa: PLC0415 - authlib would cost every start

    wish = _wish(request, rooms)
    if isinstance(wish, Response):
        return wish
    holder = visiting_holder(request, rooms)
    if holder is None:
        return _open_first(request, rooms)
    stamp, issuer = rooms.stamp("holder"), rooms.base_url
    if decision != "allow":
        with rooms.database.read() as session:
            return _lead_back(request, wish, refuse(session, wish, stamp=stamp, issuer=issuer), "refused")
    try:
        answer = allow(
            rooms.writer, stamp, wish, passport_id=holder.passport_id, scopes=frozenset(scope), issuer=issuer
        )
    except InvalidInput as nothing:
        return _consent_page(request, wish, status=problem_of(nothing).status, ticked=frozenset(scope), mistake=True)
    return _lead_back(request, wish, answer, "allowed")


@router.post("/passport/settings/programs/{grant_id}/end", dependencies=[SameSite])
def end_program(request: Request, rooms: RoomsOf, holder: HolderOf, grant_id: uuid.UUID) -> Response:
    """Take back what a program may do, at once."""
    take_back(rooms.writer, rooms.stamp("holder"), holder, grant_id)
    return see(request, "/passport/settings?done=program-ended#programs")


def program_views(session: Session, rooms: Rooms, holder: Holder, words: Words) -> list[ProgramView]:
    """Return the programs that a holder let in, in words."""
    return [_view(one, words) for one in programs_let_in(session, holder, now=rooms.now())]


def _view(program: LetIn, words: Words) -> ProgramView:
    is_lasting = HolderScope.OFFLINE in program.scopes
    ends = words.day(program.until.date()) if is_lasting else words.moment(program.until)
    return ProgramView(
        key=str(program.grant_id),
        name=program.name,
        host=program.host,
        may=tuple(one.name for one in _may_do(program.scopes, words)),
        since=words("programs.since", day=words.day(program.granted_at.date())),
        used=words("programs.used", day=words.day(program.last_used_at.date())) if program.last_used_at else None,
        until=words(f"programs.{'lasting' if is_lasting else 'until'}", day=ends),
    )


def _may_do(scopes: Sequence[HolderScope], words: Words) -> list[MayDo]:
    keys = [(scope, f"programs.scope.{scope.name.lower()}") for scope in scopes]
    return [MayDo(scope, words(f"{key}.name"), words(f"{key}.about")) for scope, key in keys]


def _wish(request: Request, rooms: Rooms) -> Wish | Response:
    """Return what a program wishes, or the page or redirect that says what is wrong with it."""
    from okbadges.partners.oauth.asking import read_wish  # noqa: PLC0415 - authlib would cost every start
    from okbadges.partners.oauth.server import Answer  # noqa: PLC0415 - the same

    try:
        with rooms.database.read() as session:
            wish = read_wish(session, request.url.query, stamp=rooms.stamp("program"), issuer=rooms.base_url)
    except (NotFound, InvalidInput) as refused:
        return _not_led_back(request, refused)
    if not isinstance(wish, Answer):
        return wish
    if visiting_holder(request, rooms) is None:
        # everybody may register an address: nobody is led there by ours unless they came to their passport (RFC 9700, 4.11.2)
        return _told_here(request, wish.location or "")
    return RedirectResponse(wish.location or "", _FOUND, headers=NOT_KEPT)


def _open_first(request: Request, rooms: Rooms) -> Response:
    answer = see(request, OPEN_AT)
    keep_wish(rooms, answer, request.url.query)
    return answer


def _consent_page(
    request: Request, wish: Wish, *, status: int = 200, ticked: frozenset[str] = frozenset(), mistake: bool = False
) -> Response:
    words = visit(request).words
    may = _may_do(wish.scopes, words)
    return passport_page(
        request,
        "passport/program.html",
        status=status,
        action=f"{AUTHORIZE_AT}?{request.url.query}",
        name=wish.program.name,
        host=wish.program.host,
        back_to=urlsplit(wish.redirect_uri).netloc,
        pages=[
            (words(f"programs.pages.{name}"), wish.program.registration[f"{name}_uri"]) for name in ("policy", "tos")
        ],
        may=may,
        is_one=len(may) == 1,
        is_lasting=HolderScope.OFFLINE in wish.scopes,
        ticked=ticked,
        mistake=mistake,
    )


def _lead_back(request: Request, wish: Wish, answer: Answer, state: str) -> Response:
    words = visit(request).words
    return passport_page(
        request,
        "passport/program_back.html",
        title=words(f"programs.{state}.title"),
        lead=words(f"programs.{state}.lead"),
        name=wish.program.name,
        address=answer.location,
    )


def _told_here(request: Request, address: str) -> Response:
    """Tell that the program made a mistake; whoever wants goes back to it by a link, which tells the program what was wrong."""
    words = visit(request).words
    return passport_page(
        request,
        "passport/program_unknown.html",
        status=400,
        title=words("programs.unreadable.title"),
        lead=words("programs.unreadable.lead"),
        back=address,
        host=urlsplit(address).netloc,
    )


def _not_led_back(request: Request, refused: OkbadgesError) -> Response:
    words, state = visit(request).words, _STATES.get(refused.code, "unreadable")
    return passport_page(
        request,
        "passport/program_unknown.html",
        status=problem_of(refused).status,
        title=words(f"programs.{state}.title"),
        lead=words(f"programs.{state}.lead"),
        back=None,
    )
