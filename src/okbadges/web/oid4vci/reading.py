"""Reading what wallets send: a form whose fields come once, a JSON object that is read strictly, a token in the header and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.errors import InvalidInput, MalformedInput, NotAuthenticated
from okbadges.partners.wallets.offers import Offer
from okbadges.partners.wallets.pre_authorized import offer_of_token

if TYPE_CHECKING:
    from okbadges.credentials.strict_json import Json

MOST_FIELDS = 32
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"

WALLET_TOKEN = HTTPBearer(
    auto_error=False,
    scheme_name="Wallet token",
    description="The access token of `/oid4vci/token`: `Authorization: Bearer okt_…`",
)


async def form_fields(request: Request) -> dict[str, str]:
    """Return the fields of a form. Raises `MalformedInput` (``content-type``), `InvalidInput` (``invalid-request``): not UTF-8, a field twice, too many."""
    _require_type(request, _FORM)
    if request.query_params:
        raise InvalidInput("invalid-request", "Send everything in the form, and nothing in the address.")
    try:
        text = (await request.body()).decode("utf-8")
        fields = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise InvalidInput("invalid-request", "The form cannot be read.") from None
    found = dict(fields)
    if len(found) < len(fields) or "\0" in text or "%00" in text:
        raise InvalidInput("invalid-request", "Send each field of the form once, and no NUL in it.")
    return found


async def json_object(request: Request) -> dict[str, Json]:
    """Return the JSON object of a request. Raises `MalformedInput` for anything else."""
    _require_type(request, _JSON)
    read: Any = await request.json()
    if not isinstance(read, dict):
        raise MalformedInput("body-not-an-object", "Send a JSON object.", field="body")
    return cast("dict[str, Json]", read)


def opened_offer(
    request: Request, rooms: RoomsOf, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(WALLET_TOKEN)]
) -> tuple[Offer, bool]:
    """Return the offer that the shown token opens, and whether its wallet names what it wants by an identifier.

    Raises `InvalidInput` (``invalid-request``) for a token in the address, where every machine on the way keeps it (RFC 6750, 2.3), and
    `NotAuthenticated`: ``token-missing``, ``token-unknown``, ``token-expired``.
    """
    if "access_token" in request.query_params:
        raise InvalidInput("invalid-request", "Send the token in the header Authorization, never in the address.")
    if shown is None:
        raise NotAuthenticated(
            "token-missing", "Send the token of /oid4vci/token: Authorization: Bearer okt_...", field="Authorization"
        )
    with rooms.database.read() as session:
        return offer_of_token(session, shown.credentials.strip(), now=rooms.now())


OpenedOffer = Annotated[tuple[Offer, bool], Depends(opened_offer)]


def _require_type(request: Request, wanted: str) -> None:
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent != wanted:
        raise MalformedInput("content-type", f"Send it with Content-Type: {wanted}.", field="Content-Type")
