"""``/passport/mail``: the holder adds an e-mail address, confirms it, takes it away; ``/p/mail``: they ask for a link there and open it.

Where the operator set up no mail none of this is there. Asking is answered the same whether an address is known or not. Mail programs
open links by themselves: only a button uses a link up. A PIN is asked for as with the card.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Form, HTTPException, Request, Response

from okbadges.edge.asked import after_opening
from okbadges.edge.limits import client_of
from okbadges.edge.problems import problem_of
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotations at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import HolderOf, SameSite, begin_visit, visiting_holder
from okbadges.errors import Conflict, Gone, InvalidInput, NotAllowed, OkbadgesError, TooManyRequests, Unavailable
from okbadges.pages.files import NOT_KEPT
from okbadges.pages.passport.frame import passport_page, see
from okbadges.pages.site import Preview, visit
from okbadges.passport.holder import check_pin
from okbadges.passport.mail import add_mail, ask_for_link, confirm_mail, holder_of_link, mail_of, remove_mail, use_link

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.pages.words import Words
    from okbadges.passport.holder import Holder

_OWN, _ASKING = "/passport/mail", "/p/mail"
_REFUSALS = (InvalidInput, Conflict, NotAllowed, TooManyRequests, Unavailable)
_LONGEST_SHOWN = 254
_MINUTE = 60
_DONE = ("added", "confirmed", "removed")
Typed = Annotated[str, Form()]


@dataclass(frozen=True, slots=True)
class Opening:
    """What a page shows to who is not in their passport yet: what was typed; with a link its token, and whether it asks for a PIN.

    ``closes`` tells that another passport is open in this browser, and closes when this one is opened.
    """

    typed: str = ""
    token: str = ""
    asks_pin: bool = False
    closes: bool = False


def require_mail(rooms: RoomsOf) -> None:
    """Answer as for a page that is not there where no mail is set up."""
    if rooms.post is None:
        raise HTTPException(404)


router = Router(include_in_schema=False, dependencies=[Depends(require_mail)])


@router.get(_OWN)
def own_page(request: Request, rooms: RoomsOf, holder: HolderOf, done: str = "") -> Response:
    """Show the address of the passport, or ask for one; ``done`` names what was done just now."""
    return _own_page(request, rooms, holder, done=done)


@router.post(_OWN, dependencies=[SameSite])
def add(request: Request, rooms: RoomsOf, holder: HolderOf, address: Typed = "") -> Response:
    """Send a code to an address."""
    language = visit(request).words.language
    try:
        add_mail(rooms.writer, rooms.stamp("holder"), rooms.secrets, rooms.failures, holder, address, language=language)
    except _REFUSALS as refused:
        return _own_page(request, rooms, holder, refused=refused, typed=address)
    return see(request, f"{_OWN}?done=added")


@router.post(f"{_OWN}/code", dependencies=[SameSite])
def confirm(request: Request, rooms: RoomsOf, holder: HolderOf, code: Typed = "") -> Response:
    """Take the code that was mailed."""
    try:
        confirm_mail(rooms.writer, rooms.stamp("holder"), rooms.secrets, rooms.failures, holder, code)
    except (*_REFUSALS, Gone) as refused:
        return _own_page(request, rooms, holder, refused=refused, typed=code)
    return see(request, f"{_OWN}?done=confirmed")


@router.post(f"{_OWN}/remove", dependencies=[SameSite])
def remove(request: Request, rooms: RoomsOf, holder: HolderOf) -> Response:
    """Take the address away."""
    remove_mail(rooms.writer, rooms.stamp("holder"), holder)
    return see(request, f"{_OWN}?done=removed")


@router.get(_ASKING)
def asking_page(request: Request) -> Response:
    """Ask for the address to which a link is sent."""
    return _page(request, "ask")


@router.post(_ASKING, dependencies=[SameSite])
def ask(request: Request, rooms: RoomsOf, address: Typed = "") -> Response:
    """Note that a link is asked for, and answer the same whatever the address is."""
    language, asked_from = visit(request).words.language, client_of(request.scope)
    try:
        ask_for_link(
            rooms.writer,
            rooms.stamp("guest"),
            rooms.secrets,
            rooms.failures,
            address,
            language=language,
            asked_from=asked_from,
        )
    except _REFUSALS as refused:
        return _page(request, "ask", Opening(typed=address[:_LONGEST_SHOWN]), refused=refused)
    return see(request, f"{_ASKING}/sent")


@router.get(f"{_ASKING}/sent")
def asked_page(request: Request) -> Response:
    """Say what happens now, without saying whether the address is known."""
    return _page(request, "sent")


@router.get(f"{_ASKING}/{{token}}")
def link_page(request: Request, rooms: RoomsOf, token: str) -> Response:
    """Show the button that opens the passport; looking uses nothing up."""
    return _with_link(request, rooms, token, None)


@router.post(f"{_ASKING}/{{token}}", dependencies=[SameSite])
def open_by_link(request: Request, rooms: RoomsOf, token: str, pin: Typed = "") -> Response:
    """Open the passport with a mailed link, and its PIN where it has one."""
    return _with_link(request, rooms, token, pin)


def _with_link(request: Request, rooms: Rooms, token: str, pin: str | None) -> Response:
    """Open the passport, or show the button. ``pin`` is what was typed; None: the button was not pressed yet."""
    here = visiting_holder(request, rooms)
    try:
        with rooms.database.read() as session:
            holder = holder_of_link(session, token, now=rooms.now())
    except Gone as ended:
        return _page(request, "ended", status=problem_of(ended).status)
    if holder is None:
        return _page(request, "no_card")
    closes = here is not None and here.passport_id != holder.passport_id
    opening = Opening(token=token, asks_pin=holder.has_pin, closes=closes)
    if pin is None:
        return _page(request, "link", opening)
    try:
        if holder.has_pin:
            with rooms.database.read() as session:
                check_pin(session, rooms.secrets, rooms.failures, holder.card_id, _read_pin(pin))
        use_link(rooms.writer, rooms.stamp("holder"), token, holder)
    except Gone as ended:
        return _page(request, "ended", status=problem_of(ended).status)
    except _REFUSALS as refused:
        return _page(request, "link", opening, refused=refused)
    answer = see(request, after_opening(request, rooms))
    begin_visit(rooms, answer, holder.card_id)
    return answer


def _read_pin(typed: str) -> str:
    pin = "".join(typed.split())
    if not pin:
        raise InvalidInput("pin-form", "Type your PIN.", field="pin")
    return pin


def _own_page(
    request: Request,
    rooms: Rooms,
    holder: Holder,
    *,
    done: str = "",
    refused: OkbadgesError | None = None,
    typed: str = "",
) -> Response:
    words = visit(request).words
    with rooms.database.read() as session:
        mail = mail_of(session, rooms.secrets, holder)
    is_late = mail is not None and mail.confirmed_at is None and mail.code_until <= rooms.now()
    return passport_page(
        request,
        "passport/mail.html",
        status=problem_of(refused).status if refused else 200,
        mail=None if is_late else mail,
        done=words(f"mail.done.{done}") if done in _DONE else None,
        mistake=_mistake(refused, words) if refused else None,
        field=(refused.field or "") if refused else "",
        typed=typed[:_LONGEST_SHOWN],
    )


def _page(
    request: Request,
    state: str,
    opening: Opening | None = None,
    *,
    refused: OkbadgesError | None = None,
    status: int = 200,
) -> Response:
    """Render a page of those who are not in their passport yet: its ``state`` says which."""
    here = visit(request)
    wait = refused.retry_after_seconds if isinstance(refused, TooManyRequests) else None
    return here.page(
        "passport/mail_link.html",
        preview=Preview(here.words("open.code.title"), here.words("open.preview")),
        status=problem_of(refused).status if refused else status,
        headers={**NOT_KEPT, **({"Retry-After": str(wait)} if wait else {})},
        switch=request.method == "GET",
        state=state,
        opening=opening or Opening(),
        title=here.words(f"mail.{state}.title"),
        lead=here.words(f"mail.{state}.lead"),
        mistake=_mistake(refused, here.words) if refused else None,
    )


def _mistake(refused: OkbadgesError, words: Words) -> str:
    """Return what was wrong, in the words of the page."""
    if isinstance(refused, TooManyRequests):
        return words.counted("mail.mistake.wait", -(-refused.retry_after_seconds // _MINUTE))
    key = f"mail.mistake.{refused.code}"
    return words(key) if words.knows(key) else words("mail.mistake.other")
