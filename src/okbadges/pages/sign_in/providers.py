"""`/sign-in/with/{provider}`: to a provider and back.

A form sends people there, so that only our own pages can make a browser set out. It is answered with a page that goes on by itself and
not with a redirect: Chromium holds a redirect of a form against `form-action` of the content policy, which knows of no other site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import structlog
from fastapi import Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from okbadges.edge.away import Away, away_of, forget, remember, require_its_answer, set_out
from okbadges.edge.limits import client_of
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.sign_ins import SIGN_IN_AT, signed_in_here
from okbadges.edge.visits import SameSite
from okbadges.integrations.providers import Reply
from okbadges.integrations.refusals import over
from okbadges.organisations.accounts import Account, connect_account, connect_with_link, sign_in_with_account
from okbadges.organisations.sign_ins import member_of_link
from okbadges.pages.files import NOT_KEPT
from okbadges.pages.sign_in.frame import REFUSALS, enter, named, place_after, refused_page, sign_in_page
from okbadges.pages.sign_in.me import ME
from okbadges.pages.site import visit

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.errors import OkbadgesError
    from okbadges.integrations.providers import Provider

router = Router(prefix="/sign-in/with", include_in_schema=False)

_LONGEST = 8000
"""In characters: some providers put much into a code."""
Typed = Annotated[str, Form(max_length=200)]
Said = Annotated[str, Query(max_length=_LONGEST)]


@router.post("/{provider}", dependencies=[SameSite])
def leave_for_provider(
    request: Request,
    rooms: RoomsOf,
    provider: str,
    device: Typed = "",
    next: Typed = "",  # noqa: A002 - the name in the address
    link: Typed = "",
    connect: Typed = "",
) -> Response:
    """Send somebody to a provider: to sign in, to connect the account to the member of a one-time ``link``, or to themselves (``connect``)."""
    rooms.limits.take_of_address(client_of(request.scope))
    chosen, here = rooms.providers.named(provider), visit(request)
    signed_in = signed_in_here(request, rooms) if connect else None
    if connect and signed_in is None:
        return RedirectResponse(here.link(SIGN_IN_AT), 303, headers=NOT_KEPT)
    way = set_out(
        rooms,
        chosen,
        own_device=device == "own",
        to=place_after(next),
        language=here.words.language,
        link=link or None,
        member=signed_in.member_id.hex if signed_in else None,
    )
    try:
        if way.link:
            with rooms.database.read() as session:
                member_of_link(session, way.link, now=rooms.now())
        # who connects an account shows that it is theirs, and not somebody's who used this device before
        address = rooms.providers.address(chosen, way.question(rooms), language=way.language, anew=way.connects)
    except REFUSALS as refused:
        return _refused(request, chosen, refused, way)
    [(_, name)] = named(request, [chosen])
    answer = sign_in_page(request, "sign_in/away.html", provider=name, address=address)
    answer.headers["Refresh"] = f"0; url={address}"
    remember(rooms, answer, way)
    return answer


@router.get("/{provider}")
def begin_anew(request: Request, provider: str) -> Response:  # noqa: ARG001 - whichever it was
    """Lead whoever opens the address of the form back to where one signs in."""
    return RedirectResponse(visit(request).link(SIGN_IN_AT), 303, headers=NOT_KEPT)


@router.get("/{provider}/back")
def back_from_provider(
    request: Request,
    rooms: RoomsOf,
    provider: str,
    code: Said = "",
    state: Said = "",
    error: Said = "",
    iss: Annotated[str | None, Query(max_length=_LONGEST)] = None,
) -> Response:
    """Take an answer of a provider: it counts once, in the browser that was sent there."""
    rooms.limits.take_of_address(client_of(request.scope))
    chosen = rooms.providers.named(provider)
    way = away_of(request, rooms)
    try:
        way = require_its_answer(rooms, way, chosen.slug, state)
    except REFUSALS as refused:
        return _refused(request, chosen, refused, way)
    try:
        subject = rooms.providers.subject(chosen, way.question(rooms), Reply(code, error, iss))
        account = Account(chosen.slug, rooms.secrets.account_hash(chosen.issuer, subject))
        answer = _arrive(request, rooms, way, account)
    except REFUSALS as refused:
        answer = _refused(request, chosen, refused, way)
    forget(rooms, answer)
    return answer


def _arrive(request: Request, rooms: Rooms, way: Away, account: Account) -> Response:
    """Do what somebody set out for, now that the account is proven."""
    if way.member is not None:
        here = signed_in_here(request, rooms)
        if here is None or here.member_id.hex != way.member:
            raise over("another-member")
        connect_account(rooms.writer, rooms.stamp(here.caller.actor), here.member_id, account)
        return RedirectResponse(visit(request, way.language).link(f"{ME}?done=connected"), 303, headers=NOT_KEPT)
    if way.link is not None:
        stamp = rooms.stamp("sign-in-link")
        sign_in = connect_with_link(rooms.writer, stamp, way.link, account, own_device=way.own_device)
    else:
        stamp = rooms.stamp("member-account")
        sign_in = sign_in_with_account(rooms.writer, stamp, account, own_device=way.own_device)
    return enter(request, rooms, sign_in, own_device=way.own_device, to=way.to, language=way.language)


def _refused(request: Request, provider: Provider, refused: OkbadgesError, way: Away | None) -> Response:
    """Say why not; the log has the codes alone."""
    reason = getattr(refused, "reason", None)
    structlog.get_logger().warning("sign-in-refused", provider=provider.slug, code=refused.code, reason=reason)
    other_way = ME if way is not None and way.member is not None else SIGN_IN_AT
    return refused_page(request, refused, language=way.language if way else None, other_way=other_way)
