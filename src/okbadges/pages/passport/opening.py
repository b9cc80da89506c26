"""`/p` and `/p/{token}`: a passport is opened with its card, by the code that is read from it or by its QR code, and with a PIN where one is set.

Whatever does not open says kindly why, keeps what was typed, and names who helps. An address alone never changes which passport is
open, nor opens one for a page of another site: then it asks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from fastapi import Form, Request, Response

from okbadges.edge.asked import after_opening, is_asked
from okbadges.edge.limits import client_of
from okbadges.edge.problems import problem_of
from okbadges.edge.rooms import RoomsOf, rooms_of
from okbadges.edge.routing import Router
from okbadges.edge.visits import SameSite, begin_visit, comes_from_elsewhere, visiting_holder
from okbadges.errors import Gone, InvalidInput, NotAllowed, NotFound, OkbadgesError, TooManyRequests, Unavailable
from okbadges.pages.files import NOT_KEPT
from okbadges.pages.passport.frame import see
from okbadges.pages.site import Preview, visit
from okbadges.passport.cards import read_code
from okbadges.passport.holder import card_by_code, card_by_token, check_pin, holder_of_card, note_first_opening

if TYPE_CHECKING:
    import uuid

    from okbadges.edge.rooms import Rooms

_REFUSALS = (InvalidInput, NotFound, Gone, NotAllowed, TooManyRequests, Unavailable)
_LONGEST_TYPED = 64
_MINUTE = 60

router = Router(prefix="/p", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Asking:
    """What the page asks for: a code, or the PIN for a card that is known (by the code that was typed, or by the address).

    ``closes`` tells that another passport is open in this browser, and closes when this one is opened.
    """

    action: str
    pin: bool = False
    code: str = ""
    closes: bool = False


@router.get("")
def opening_page(request: Request, rooms: RoomsOf, closed: str = "") -> Response:
    """Ask for the code of the card; where a passport is open already, lead on to it."""
    is_open = visiting_holder(request, rooms) is not None
    return _page(request, Asking("/p"), is_open=is_open, closed=bool(closed) and not is_open)


@router.post("", dependencies=[SameSite])
def open_by_code(
    request: Request, rooms: RoomsOf, code: Annotated[str, Form()] = "", pin: Annotated[str | None, Form()] = None
) -> Response:
    """Open a passport with the code of its card, spelt in any way."""
    typed = code[:_LONGEST_TYPED]
    try:
        with rooms.database.read() as session:
            tried_from = client_of(request.scope)
            card = card_by_code(session, rooms.secrets, rooms.failures, read_code(code), tried_from=tried_from)
    except _REFUSALS as refused:
        return _refused(request, Asking("/p", code=typed), refused)
    return _enter(request, rooms, card, pin, Asking("/p", pin=True, code=typed))


@router.get("/{token}")
def open_by_card(request: Request, rooms: RoomsOf, token: str) -> Response:
    """Open a passport with the QR code of its card, or ask first: for its PIN, or whether it is wanted."""
    return _open_by_token(request, rooms, token, None)


@router.post("/{token}", dependencies=[SameSite])
def open_by_card_and_pin(request: Request, rooms: RoomsOf, token: str, pin: Annotated[str, Form()] = "") -> Response:
    """Open a passport with the QR code of its card, and its PIN where it has one, for whoever was asked."""
    return _open_by_token(request, rooms, token, pin)


def _open_by_token(request: Request, rooms: Rooms, token: str, pin: str | None) -> Response:
    try:
        with rooms.database.read() as session:
            card = card_by_token(session, token)
    except NotFound as refused:
        return _refused(request, Asking("/p"), refused, state="unknown")
    except Gone as refused:
        return _refused(request, Asking("/p"), refused)
    return _enter(request, rooms, card, pin, Asking(f"/p/{token}", pin=True), by_address=pin is None)


def _enter(
    request: Request, rooms: Rooms, card: uuid.UUID, pin: str | None, asking: Asking, *, by_address: bool = False
) -> Response:
    """Begin the visit, or ask first. ``pin`` is what was typed; None: nobody was asked yet. ``by_address``: following a link did it."""
    open_here = visiting_holder(request, rooms)
    try:
        with rooms.database.read() as session:
            holder = holder_of_card(session, card)
            is_same = open_here is not None and holder is not None and open_here.passport_id == holder.passport_id
            asking = replace(asking, closes=open_here is not None and not is_same)
            if by_address and is_same:
                return see(request, after_opening(request, rooms))
            if holder is not None and holder.has_pin:
                if pin is None:
                    return _page(request, asking)
                check_pin(session, rooms.secrets, rooms.failures, card, _read_pin(pin))
            elif by_address and (asking.closes or comes_from_elsewhere(request)):
                return _page(request, asking, state="other" if asking.closes else "elsewhere")
    except _REFUSALS as refused:
        return _refused(request, asking, refused)
    note_first_opening(rooms.writer, rooms.stamp("holder"), card)
    answer = see(request, after_opening(request, rooms))
    begin_visit(rooms, answer, card)
    return answer


def _read_pin(typed: str) -> str:
    pin = "".join(typed.split())
    if not pin:
        raise InvalidInput("pin-form", "Type your PIN.", field="pin")
    return pin


def _refused(request: Request, asking: Asking, refused: OkbadgesError, *, state: str | None = None) -> Response:
    """Show the page again, or another one that says why nothing can be opened now."""
    status = problem_of(refused).status
    if isinstance(refused, TooManyRequests):
        return _page(request, asking, status=status, wait=refused.retry_after_seconds)
    if isinstance(refused, Gone):
        return _page(request, Asking("/p"), status=status, state="ended")
    if state is not None:
        return _page(request, asking, status=status, state=state)
    return _page(request, asking, status=status, mistake=refused)


def _page(
    request: Request,
    asking: Asking,
    *,
    status: int = 200,
    state: str | None = None,
    mistake: OkbadgesError | None = None,
    wait: int | None = None,
    is_open: bool = False,
    closed: bool = False,
) -> Response:
    here = visit(request)
    state = state or ("locked" if wait else "pin" if asking.pin else "code")
    minutes = -(-wait // _MINUTE) if wait else 0
    return here.page(
        "passport/open.html",
        preview=Preview(here.words("open.code.title"), here.words("open.preview")),
        status=status,
        headers={**NOT_KEPT, **({"Retry-After": str(wait)} if wait else {})},
        switch=request.method == "GET",
        title=here.words(f"open.{state}.title"),
        lead=here.words.counted("open.locked.wait", minutes) if wait else here.words(f"open.{state}.lead"),
        asking=asking,
        has_mail=rooms_of(request).post is not None,
        state=state,
        mistake=here.words(f"open.mistake.{mistake.code}") if mistake else None,
        is_open=is_open,
        closed=closed,
        is_asked=is_asked(request, rooms_of(request)),
    )
