"""``POST /oid4vci/credential``: a token and a key proof become the wallet's own credential, as JSON with a proof or as a JWT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Response
from pydantic import BaseModel, Field

from okbadges.corrections.copies import Copies
from okbadges.credentials.strict_json import dumps
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.errors import InvalidInput
from okbadges.issuing.forms import Form
from okbadges.partners.wallets.documents import CONFIGURATIONS, LDP_VC
from okbadges.partners.wallets.key_proofs import proven_wallet
from okbadges.partners.wallets.offers import Addresses
from okbadges.partners.wallets.taking import ACTOR, Taking
from okbadges.web.oid4vci.errors import oauth_responses
from okbadges.web.oid4vci.reading import OpenedOffer, json_object

if TYPE_CHECKING:
    from okbadges.credentials.strict_json import Json

router = Router(prefix="/oid4vci", tags=["wallets"], route_class=StrictRoute)

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["proofs"],
                    "properties": {
                        "credential_configuration_id": {"type": "string", "enum": list(CONFIGURATIONS)},
                        "credential_identifier": {"type": "string", "enum": list(CONFIGURATIONS)},
                        "proofs": {
                            "type": "object",
                            "required": ["jwt"],
                            "properties": {
                                "jwt": {
                                    "type": "array",
                                    "items": {"type": "string"},
                                    "minItems": 1,
                                    "maxItems": 1,
                                }
                            },
                        },
                    },
                },
                "example": {"credential_configuration_id": LDP_VC, "proofs": {"jwt": ["eyJ0eXAiOiJvcGVuaWQ0dmNp…"]}},
            }
        },
    }
}


class CredentialItem(BaseModel):
    """One issued credential."""

    credential: dict[str, Any] | str = Field(description="The signed JSON (ldp_vc), or the JWT (jwt_vc_json)")


class CredentialsAnswer(BaseModel):
    """The credential, and by what the wallet names it when it says what became of it."""

    credentials: list[CredentialItem]
    notification_id: str


@router.post(
    "/credential",
    summary="Issue the wallet's credential",
    response_model=CredentialsAnswer,
    responses=oauth_responses(400, 401, 413, 429, 503),
    openapi_extra=_BODY,
)
def issue_credential(
    opened: OpenedOffer, rooms: RoomsOf, body: Annotated[dict[str, Any], Depends(json_object)]
) -> Response:
    """Issue the offered badge about the wallet's key; the same wallet gets the same credential again, another one is refused."""
    offer, identified = opened
    wanted = _wanted(body, identified=identified)
    wallet = proven_wallet(_proof(body), audience=rooms.base_url, secrets=rooms.secrets, now=rooms.now())
    taking = Taking(rooms.writer, Copies(rooms.database, rooms.secrets, rooms.issuing))
    issued = taking.take(rooms.stamp(ACTOR), offer, wallet)
    credential = issued.document
    if wanted != LDP_VC:
        credential = dumps(rooms.forms.get(issued.credential_id, Form.VC_JWT, actor=ACTOR).decode())
    note = dumps(Addresses(rooms.secrets, rooms.base_url, offer.id).notification)
    # the stored bytes stand in the answer as they are
    answer = b'{"credentials":[{"credential":%s}],"notification_id":%s}' % (credential, note)
    return Response(answer, media_type="application/json", headers={"Cache-Control": "no-store"})


def _wanted(body: dict[str, Json], *, identified: bool) -> str:
    """Return which configuration is wanted. Raises `InvalidInput` with the protocol's codes (8.3.1.2)."""
    if "credential_response_encryption" in body:
        raise InvalidInput("invalid-encryption-parameters", "Answers are not encrypted beyond TLS here.")
    name = "credential_identifier" if identified else "credential_configuration_id"
    other = "credential_configuration_id" if identified else "credential_identifier"
    value = body.get(name)
    if other in body or not isinstance(value, str):
        raise InvalidInput("invalid-credential-request", f"Send {name}, a text, and no {other}.", field=name)
    if value not in CONFIGURATIONS:
        code = "unknown-credential-identifier" if identified else "unknown-credential-configuration"
        raise InvalidInput(code, f"{name} is one of: {', '.join(CONFIGURATIONS)}.", field=name)
    return value


def _proof(body: dict[str, Json]) -> str:
    proofs = body.get("proofs")
    of_kind = proofs.get("jwt") if isinstance(proofs, dict) and len(proofs) == 1 else None
    if not isinstance(of_kind, list) or len(of_kind) != 1 or not isinstance(of_kind[0], str):
        raise InvalidInput("invalid-proof", "Send proofs with jwt: a list of exactly one key proof.", field="proofs")
    return of_kind[0]
