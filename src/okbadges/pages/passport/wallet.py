"""`/passport/badges/{row_id}/wallet`: taking a badge into a wallet app. A code, six digits, and what became of it."""

from __future__ import annotations

import uuid  # noqa: TC003 - FastAPI reads the annotation at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Form, Request, Response

from okbadges.edge.problems import problem_of
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.visits import HolderOf, SameSite
from okbadges.errors import NotFound
from okbadges.pages import qr
from okbadges.pages.passport.frame import passport_page, see
from okbadges.pages.passport.view import badge_address
from okbadges.pages.site import visit
from okbadges.partners.wallets.copies import copies_of, is_given
from okbadges.partners.wallets.documents import learner_wallet_link, offer_link, qr_address
from okbadges.partners.wallets.offers import Addresses, make_offer, may_offer, newest_offer
from okbadges.passport.collection import held_by

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.pages.words import Words
    from okbadges.partners.wallets.copies import WalletCopy
    from okbadges.partners.wallets.offers import Offer
    from okbadges.passport.holder import Holder

router = Router(prefix="/passport/badges/{row_id}/wallet", include_in_schema=False)

_HALF = 3


@dataclass(frozen=True, slots=True)
class CodeView:
    """The code of an open offer: its QR code in a square of ``size`` modules, the links that open an app, the six digits, until when."""

    path: str
    size: int
    wallet: str
    learner_wallet: str
    digits: str | None
    spelled: str
    until: str


@router.get("")
def wallet_page(request: Request, rooms: RoomsOf, holder: HolderOf, row_id: uuid.UUID) -> Response:
    """Show the code that is open, or how to make one, and the wallets that have the badge."""
    return _page(request, rooms, holder, row_id)


@router.post("", dependencies=[SameSite])
def make_code(
    request: Request, rooms: RoomsOf, holder: HolderOf, row_id: uuid.UUID, offer: Annotated[uuid.UUID, Form()]
) -> Response:
    """Make a code; the one before ends. The same form sent twice makes one."""
    with rooms.database.read() as session:
        held_by(session, holder, row_id)
    try:
        make_offer(rooms.writer, rooms.stamp("holder"), rooms.secrets, holder, row_id, offer_id=offer)
    except NotFound as refused:
        return _page(request, rooms, holder, row_id, status=problem_of(refused).status)
    return see(request, f"/passport/badges/{row_id}/wallet")


def _page(request: Request, rooms: Rooms, holder: Holder, row_id: uuid.UUID, *, status: int = 200) -> Response:
    now, words = rooms.now(), visit(request).words
    with rooms.database.read() as session:
        held = held_by(session, holder, row_id)
        offer = newest_offer(session.connection(), row_id, today=now.date())
        may = may_offer(session.connection(), holder, row_id, today=now.date())
        copies = copies_of(session, row_id)
        given = offer is not None and is_given(session, offer)
    shows = offer is not None and offer.is_open(now) and offer.wallet_hash is None
    return passport_page(
        request,
        "passport/wallet.html",
        status=status,
        name=words.phrase(held.badge.name.in_language(words.language)),
        badge=badge_address(held),
        here=f"{badge_address(held)}/wallet",
        may=may,
        code=_code(rooms, offer, words) if shows and offer and may else None,
        said=_said(offer, words, shows=shows, given=given) if may else words("wallet.not_now"),
        copies=[_copy(one, words) for one in copies],
        new_offer=rooms.stamp("holder").row_id(),
    )


def _code(rooms: Rooms, offer: Offer, words: Words) -> CodeView:
    its = Addresses(rooms.secrets, rooms.base_url, offer.id)
    code = qr.drawn(qr_address(its))
    return CodeView(
        path=code.path,
        size=code.size,
        wallet=offer_link(its),
        learner_wallet=learner_wallet_link(its),
        digits=f"{its.digits[:_HALF]} {its.digits[_HALF:]}" if offer.asks_digits else None,
        spelled=" ".join(its.digits),
        until=words("wallet.until", moment=words.moment(offer.expires_at)),
    )


def _said(offer: Offer | None, words: Words, *, shows: bool, given: bool) -> str | None:
    """Say what became of the newest code; nothing of one that nobody has used."""
    if offer is None:
        return None
    if given:
        return words("wallet.said.taken")
    if not shows and offer.wallet_hash is None:
        return words("wallet.said.ended")
    return words("wallet.said.opened") if offer.code_used_at or offer.wallet_hash else None


def _copy(copy: WalletCopy, words: Words) -> str:
    said = copy.outcome.value if copy.outcome else "silent"
    return words(f"wallet.copy.{said}", moment=words.moment(copy.since))
