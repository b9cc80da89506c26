"""``POST /oauth/register``: a program registers itself (RFC 7591)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

from okbadges.edge.limits import client_of
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotations at run time
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.errors import InvalidInput
from okbadges.partners.oauth.metadata import REGISTER_AT
from okbadges.partners.oauth.registration import AUTH_METHOD, GRANT_TYPES, MOST_REDIRECTS, Wanted, register
from okbadges.web.oauth.answers import answered, refusals

router = Router(tags=["OAuth 2.0"], route_class=StrictRoute)

_PAGES = ("client_uri", "logo_uri", "tos_uri", "policy_uri")
_CREATED = 201
Text = Annotated[str, Field(max_length=2000)]


class RegistrationBody(BaseModel):
    """What a program says of itself. All its addresses are https and have the same host. Members that are not known are passed over."""

    model_config = ConfigDict(extra="ignore", strict=True)

    client_name: Text = Field(examples=["Backpack"], description="What a holder reads, 80 characters at the most")
    client_uri: Text = Field(examples=["https://backpack.example/"])
    logo_uri: Text = Field(examples=["https://backpack.example/logo.png"], description="Kept, and never shown here")
    tos_uri: Text = Field(examples=["https://backpack.example/terms"])
    policy_uri: Text = Field(examples=["https://backpack.example/privacy"])
    software_id: Text = Field(examples=["c88b6ed8-4d9b-4a45-a9c3-6d3f0a4c8c11"])
    software_version: Text = Field(examples=["1.0"])
    redirect_uris: list[Text] = Field(examples=[["https://backpack.example/back"]], max_length=MOST_REDIRECTS)
    scope: Text = Field(
        examples=["https://purl.imsglobal.org/spec/ob/v3p0/scope/credential.readonly offline_access"],
        description="What it will ever ask for, with a space between",
    )
    token_endpoint_auth_method: Text = AUTH_METHOD
    grant_types: list[Text] = Field(default=list(GRANT_TYPES), max_length=10)
    response_types: list[Text] = Field(default=["code"], max_length=10)
    contacts: list[Text] = Field(default=[], max_length=10, description="Not kept, and not sent back")
    software_statement: Any = Field(default=None, description="Not taken here")


class RegisteredJson(BaseModel):
    """A registered program: what is kept of what it said, and how it says who it is. The secret is shown this once."""

    client_id: str = Field(examples=["okp_5lbtkyxu7qmzc2dn"])
    client_secret: str = Field(examples=["oks_Zk3…"])
    client_id_issued_at: int = Field(examples=[1795348800])
    client_secret_expires_at: int = Field(examples=[0], description="0: never")
    client_name: str
    client_uri: str
    logo_uri: str
    tos_uri: str
    policy_uri: str
    software_id: str
    software_version: str
    redirect_uris: list[str]
    scope: str
    token_endpoint_auth_method: str
    grant_types: list[str]
    response_types: list[str]


@router.post(
    REGISTER_AT,
    summary="Register a program",
    status_code=_CREATED,
    response_model=RegisteredJson,
    responses=refusals(400, 413, 429, 503),
)
def register_program(request: Request, body: RegistrationBody, rooms: RoomsOf) -> Response:
    """Register a program that wants to ask participants for their badges (RFC 7591; Open Badges 3.0, 7.1.1). Everybody may.

    Nobody checks it, and holders are told so. A registration that nobody ever lets in is deleted after 30 days. Register once for
    all your people: from one address it may be done 20 times an hour.
    """
    rooms.limits.take_of_registrant(client_of(request.scope))
    if body.software_statement is not None:
        raise InvalidInput(
            "unapproved-software-statement",
            "No software statement is taken here; leave it out.",
            field="software_statement",
        )
    wanted = Wanted(
        name=body.client_name,
        pages={member: getattr(body, member) for member in _PAGES},
        software_id=body.software_id,
        software_version=body.software_version,
        redirect_uris=body.redirect_uris,
        scope=body.scope,
        grant_types=body.grant_types,
        response_types=body.response_types,
        auth_method=body.token_endpoint_auth_method,
    )
    made = register(rooms.writer, rooms.stamp("program"), wanted, loopback=rooms.loopback_programs)
    who = {"client_id": made.client_id, "client_secret": made.client_secret}
    when = {"client_id_issued_at": made.issued_at, "client_secret_expires_at": 0}
    return answered(_CREATED, {**who, **when, **made.kept})
