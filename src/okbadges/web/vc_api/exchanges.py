"""``POST /vc-api/exchanges/{token}``: a wallet takes an offered badge in two messages, as the Learner Credential Wallet sends them.

The first is ``{}`` and is answered with what the wallet is asked for: to prove its key. The second is its presentation, and is answered
with a presentation that holds its credential.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from okbadges.corrections.copies import Copies
from okbadges.credentials.strict_json import dumps
from okbadges.credentials.vocabulary import CREDENTIALS_V2
from okbadges.edge.problems import responses
from okbadges.edge.rooms import Rooms, RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.errors import MalformedInput
from okbadges.partners.wallets.documents import exchange_address
from okbadges.partners.wallets.nonces import made_at, new_nonce
from okbadges.partners.wallets.offers import Addresses, Offer, offer_by_token
from okbadges.partners.wallets.presentations import presentation_request, presenting_wallet, stated_challenge
from okbadges.partners.wallets.taking import ACTOR, Taking

router = Router(prefix="/vc-api/exchanges", tags=["wallets"], route_class=StrictRoute)

_NOT_KEPT = {"Cache-Control": "no-store"}
_Token = Annotated[str, Path(max_length=100, description="The token in the QR code")]


class ExchangeMessage(BaseModel):
    """What a wallet sends: nothing to begin with, then who it is."""

    model_config = ConfigDict(extra="ignore", strict=True)
    verifiablePresentation: dict[str, JsonValue] | None = Field(  # noqa: N815 - the name in VC-API
        default=None, description="Signed by the wallet's key for the challenge and domain of the request"
    )


class ExchangeAnswer(BaseModel):
    """What is asked of the wallet, or what it gets."""

    verifiablePresentationRequest: dict[str, Any] | None = None  # noqa: N815 - the same
    verifiablePresentation: dict[str, Any] | None = None  # noqa: N815 - the same


@router.post(
    "/{token}",
    summary="Take an offered badge",
    response_model=ExchangeAnswer,
    responses=responses(400, 404, 409, 410, 413, 422, 503),
    openapi_extra={
        "requestBody": {"content": {"application/json": {"examples": {"to begin": {"value": {}}}}}, "required": True}
    },
)
def exchange(token: _Token, message: ExchangeMessage, rooms: RoomsOf) -> Response:
    """Answer the next message of an exchange. The same wallet gets the same credential again, another one is refused."""
    with rooms.database.read() as session:
        offer = offer_by_token(session.connection(), token, now=rooms.now())
    if message.verifiablePresentation is None:
        return _asked(rooms, offer)
    return _given(rooms, offer, message.verifiablePresentation)


def _asked(rooms: Rooms, offer: Offer) -> Response:
    challenge = new_nonce(rooms.secrets, now=rooms.now(), random_bytes=rooms.random_bytes, bound_to=offer.id.hex)
    address = exchange_address(Addresses(rooms.secrets, rooms.base_url, offer.id))
    request = presentation_request(challenge=challenge, domain=rooms.base_url, address=address)
    return JSONResponse(request, headers=_NOT_KEPT)


def _given(rooms: Rooms, offer: Offer, presentation: dict[str, JsonValue]) -> Response:
    challenge = stated_challenge(presentation)
    made = made_at(rooms.secrets, challenge, now=rooms.now(), bound_to=offer.id.hex)
    if made is None:
        raise MalformedInput(
            "challenge-unknown",
            "The proof is for a challenge that is not ours or too old; begin the exchange again with {}.",
            field="verifiablePresentation.proof.challenge",
        )
    wallet = presenting_wallet(presentation, challenge=challenge, domain=rooms.base_url, verify=rooms.verify)
    taking = Taking(rooms.writer, Copies(rooms.database, rooms.secrets, rooms.issuing))
    issued = taking.take(rooms.stamp(ACTOR), offer, wallet, challenge_at=made)
    around = dumps({"@context": [CREDENTIALS_V2], "type": ["VerifiablePresentation"], "verifiableCredential": []})
    # the stored bytes stand in the answer as they are
    answer = b'{"verifiablePresentation":%s[%s]}}' % (around.removesuffix(b"[]}"), issued.document)
    return Response(answer, media_type="application/json", headers=_NOT_KEPT)
