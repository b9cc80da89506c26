"""`/workshop/me`: where a member is signed in, and with which accounts; to end the one and remove the other."""

from __future__ import annotations

import uuid  # noqa: TC003 - FastAPI reads the annotations at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.sign_ins import SIGN_IN_AT, SignedInOf, forget_sign_in
from okbadges.edge.visits import SameSite
from okbadges.organisations.accounts import accounts_of, remove_account
from okbadges.organisations.members import find_member
from okbadges.organisations.sign_ins import WITH_LINK, end_sign_in, sign_ins_of, sign_out_everywhere
from okbadges.pages.files import NOT_KEPT
from okbadges.pages.sign_in.frame import WORK, named, sign_in_page
from okbadges.pages.site import visit
from okbadges.pages.words import Phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.organisations.accounts import ConnectedAccount
    from okbadges.organisations.sign_ins import SignIn
    from okbadges.pages.words import Words

ME = f"{WORK}/me"
router = Router(prefix=ME, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class SignInView:
    """One browser in which somebody is signed in, in words."""

    id: uuid.UUID
    way: Phrase
    since: str
    until: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class AccountView:
    """One account that somebody can sign in with, in words."""

    id: uuid.UUID
    name: Phrase
    since: str


@router.get("")
def my_page(request: Request, rooms: RoomsOf, me: SignedInOf, done: str = "") -> Response:
    """Show a member their sign-ins and accounts; ``done`` names what was done just now."""
    words = visit(request).words
    with rooms.database.read() as session:
        member = find_member(session, rooms.secrets, me.organisation, me.member_id)
        sign_ins = sign_ins_of(session, me.member_id, now=rooms.now())
        accounts = accounts_of(session, me.member_id)
    providers = named(request, rooms.providers)
    names = dict(providers)
    return sign_in_page(
        request,
        "sign_in/me.html",
        name=member.name,
        role=words(f"signing.me.role.{me.caller.role}"),
        organisation=me.organisation.name,
        sign_ins=[_sign_in(one, names, words, here=me.sign_in.id) for one in sign_ins],
        accounts=[_account(one, names, words) for one in accounts],
        providers=providers,
        done=words(f"signing.me.done.{done}") if words.knows(f"signing.me.done.{done}") else None,
    )


@router.post("/sign-ins/{sign_in}/end", dependencies=[SameSite])
def end_one(request: Request, rooms: RoomsOf, me: SignedInOf, sign_in: uuid.UUID) -> Response:
    """End one of one's own sign-ins, also this one."""
    end_sign_in(rooms.writer, rooms.stamp(me.caller.actor), me.member_id, sign_in)
    return _out(request, rooms) if sign_in == me.sign_in.id else _done(request, "ended")


@router.post("/sign-out-everywhere", dependencies=[SameSite])
def end_all(request: Request, rooms: RoomsOf, me: SignedInOf) -> Response:
    """End all of one's own sign-ins, this one too."""
    stamp = rooms.stamp(me.caller.actor)
    sign_out_everywhere(rooms.writer, stamp, organisation=me.organisation, member_id=me.member_id)
    return _out(request, rooms)


@router.post("/accounts/{account}/remove", dependencies=[SameSite])
def remove_one(request: Request, rooms: RoomsOf, me: SignedInOf, account: uuid.UUID) -> Response:
    """Remove one of one's own accounts: nobody signs in with it any more."""
    remove_account(rooms.writer, rooms.stamp(me.caller.actor), me.member_id, account)
    return _done(request, "removed")


def _done(request: Request, what: str) -> Response:
    return RedirectResponse(visit(request).link(f"{ME}?done={what}"), 303, headers=NOT_KEPT)


def _out(request: Request, rooms: RoomsOf) -> Response:
    answer = RedirectResponse(visit(request).link(f"{SIGN_IN_AT}?left=1"), 303, headers=NOT_KEPT)
    forget_sign_in(rooms, answer)
    return answer


def _sign_in(one: SignIn, names: Mapping[str, Phrase], words: Words, *, here: uuid.UUID) -> SignInView:
    if one.signed_in_with == WITH_LINK:
        way = Phrase(words("signing.by_link"), words.language)
    else:
        way = names.get(one.signed_in_with, Phrase(one.signed_in_with, None, foreign=True))
    since = words("signing.me.since", moment=words.moment(one.began_at))
    until = words("signing.me.until", moment=words.moment(one.expires_at))
    return SignInView(one.id, way, since, until, one.id == here)


def _account(one: ConnectedAccount, names: Mapping[str, Phrase], words: Words) -> AccountView:
    # of a provider that the operator does not name any more its short name is left
    name = names.get(one.provider, Phrase(one.provider, None, foreign=True))
    return AccountView(one.id, name, words("signing.me.connected", day=words.day(one.connected_at.date())))
