"""``POST /oid4vci/token``: a pre-authorized code, with the six digits of the passport, becomes an access token. Once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from okbadges.credentials.strict_json import loads
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.errors import CredentialError, InvalidInput
from okbadges.partners.wallets.documents import CONFIGURATIONS
from okbadges.partners.wallets.nonces import new_nonce
from okbadges.partners.wallets.pre_authorized import GRANT_TYPE, TOKEN_LASTS, Exchanging
from okbadges.partners.wallets.taking import ACTOR
from okbadges.web.oid4vci.errors import oauth_responses
from okbadges.web.oid4vci.reading import form_fields

if TYPE_CHECKING:
    from okbadges.credentials.strict_json import Json

router = Router(prefix="/oid4vci", tags=["wallets"])

_NO_STORE = {"Cache-Control": "no-store"}
_DETAILS_TYPE = "openid_credential"
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "pre-authorized_code"],
                    "properties": {
                        "grant_type": {"type": "string", "const": GRANT_TYPE},
                        "pre-authorized_code": {"type": "string", "description": "From the credential offer"},
                        "tx_code": {"type": "string", "description": "The six digits that the passport shows"},
                        "authorization_details": {"type": "string", "description": "JSON (RFC 9396), if you like"},
                    },
                },
                "example": {
                    "grant_type": GRANT_TYPE,
                    "pre-authorized_code": "5iQ2iE0zqJ9y8wWfJHcXQ0cB4mM",
                    "tx_code": "493536",
                },
            }
        },
    }
}


class TokenAnswer(BaseModel):
    """An access token for one credential."""

    access_token: str = Field(examples=["okt_3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
    token_type: str = Field(default="Bearer")
    expires_in: int = Field(description="Seconds", examples=[1800])


class NonceAnswer(BaseModel):
    """What a key proof has to answer."""

    c_nonce: str = Field(examples=["1795348800000000.q83vEjRWeJq83vEj.1a2b3c4d5e6f7g8h9i0jkl"])


@router.post(
    "/token",
    summary="Exchange a pre-authorized code",
    response_model=TokenAnswer,
    responses=oauth_responses(400, 413, 429, 503),
    openapi_extra=_FORM,
)
def exchange_code(rooms: RoomsOf, fields: Annotated[dict[str, str], Depends(form_fields)]) -> JSONResponse:
    """Exchange the code of a credential offer for an access token; nobody has to say who they are, the code is used once."""
    if "grant_type" not in fields:
        raise InvalidInput("invalid-request", f"Send grant_type={GRANT_TYPE}.", field="grant_type")
    if fields["grant_type"] != GRANT_TYPE:
        raise InvalidInput("unsupported-grant-type", f"Here the grant type is {GRANT_TYPE}.", field="grant_type")
    code = fields.get("pre-authorized_code")
    if not code:
        raise InvalidInput(
            "invalid-request", "Send pre-authorized_code, from the credential offer.", field="pre-authorized_code"
        )
    details = _details(fields["authorization_details"]) if "authorization_details" in fields else None
    exchanging = Exchanging(rooms.database, rooms.writer, rooms.secrets, rooms.failures, rooms.random_bytes)
    token = exchanging.exchange(rooms.stamp(ACTOR), code, fields.get("tx_code"), identified=details is not None)
    answer: dict[str, Any] = {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": int(TOKEN_LASTS.total_seconds()),
    }
    if details is not None:
        answer["authorization_details"] = details
    return JSONResponse(answer, headers={**_NO_STORE, "Pragma": "no-cache"})


@router.post("/nonce", summary="A nonce for a key proof", response_model=NonceAnswer, responses=responses(429))
def give_nonce(rooms: RoomsOf) -> JSONResponse:
    """Return a nonce for a key proof; good for ten minutes."""
    nonce = new_nonce(rooms.secrets, now=rooms.now(), random_bytes=rooms.random_bytes)
    return JSONResponse({"c_nonce": nonce}, headers=_NO_STORE)


def _details(text: str) -> list[dict[str, Any]]:
    """Return the authorization details that were asked for, each with what its wallet asks by afterwards (6.2)."""
    try:
        asked = loads(text.encode())
    except CredentialError:
        asked = None
    entries: list[Json] = asked if isinstance(asked, list) else []
    named = [entry.get("credential_configuration_id") for entry in entries if _is_ours(entry)]  # type: ignore[union-attr]  # it is an object, as `_is_ours` says
    if not named or len(named) < len(entries):
        raise InvalidInput(
            "invalid-request",
            f"authorization_details is a JSON list of objects of the type {_DETAILS_TYPE}, each of one of: {', '.join(CONFIGURATIONS)}.",
            field="authorization_details",
        )
    return [
        {"type": _DETAILS_TYPE, "credential_configuration_id": one, "credential_identifiers": [one]} for one in named
    ]


def _is_ours(entry: Json) -> bool:
    return (
        isinstance(entry, dict)
        and entry.get("type") == _DETAILS_TYPE
        and entry.get("credential_configuration_id") in CONFIGURATIONS
    )
