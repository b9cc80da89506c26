"""`/w/{token}`: where the QR code of an offer leads. A page for who read it with a camera, the documents of the protocols for wallets.

With ``iuv=1`` a program gets the interaction (VC-API), without it the credential offer (OpenID4VCI): the same address is the
``credential_offer_uri`` in the code, which makes the code smaller.
"""

from __future__ import annotations

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from okbadges.edge.negotiation import PAGE, prefers
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.pages.files import NOT_KEPT
from okbadges.pages.language import with_language
from okbadges.pages.site import Preview, visit
from okbadges.partners.wallets.documents import credential_offer, interaction, learner_wallet_link, offer_link
from okbadges.partners.wallets.offers import Addresses, untaken_offer

router = Router(prefix="/w/{token}", include_in_schema=False)

_JSON = "application/json"


@router.get("")
def offer_page(request: Request, rooms: RoomsOf, token: str, iuv: str = "") -> Response:
    """Answer an offer that no wallet has taken."""
    with rooms.database.read() as session:
        offer = untaken_offer(session.connection(), token, now=rooms.now())
    its = Addresses(rooms.secrets, rooms.base_url, offer.id)
    if prefers(request.headers.get("accept"), _JSON, PAGE) != PAGE:
        document = interaction(its) if iuv == "1" else credential_offer(offer, its)
        return JSONResponse(document, headers={**NOT_KEPT, "Vary": "Accept"})
    here = visit(request)
    return here.page(
        "wallet_offer.html",
        preview=Preview(here.words("wallet.public.title"), here.words("wallet.public.preview")),
        headers=NOT_KEPT,
        in_language=lambda language: with_language(f"/w/{token}", language),
        wallet=offer_link(its),
        learner_wallet=learner_wallet_link(its),
        asks_digits=offer.asks_digits,
    )
