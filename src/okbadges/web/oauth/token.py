"""``POST /oauth/token``: tokens, for an access key, for a code that a holder allowed, or for the refresh token from before."""

from __future__ import annotations

from fastapi import Request, Response
from pydantic import BaseModel, Field

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotations at run time
from okbadges.edge.routing import Router
from okbadges.partners.oauth.metadata import TOKEN_AT
from okbadges.web.oauth.answers import answered, refusals
from okbadges.web.oauth.forms import SentOf, described, its_client

router = Router(tags=["OAuth 2.0"])

_FORM = described(
    ("grant_type",),
    {
        "grant_type": "client_credentials, authorization_code or refresh_token",
        "scope": "What the token shall open, scopes with a space between; without it, all that is allowed",
        "code": "With authorization_code: the code that the holder's browser brought",
        "redirect_uri": "With authorization_code: where the browser brought it",
        "code_verifier": "With authorization_code: what the code_challenge was made of (PKCE, S256)",
        "refresh_token": "With refresh_token: the newest one; it is used up",
        "client_id": "Who asks, where not by HTTP Basic: the prefix of an access key",
        "client_secret": "The whole access key, where not by HTTP Basic",
    },
    {
        "For an access key": {
            "grant_type": "client_credentials",
            "scope": "credentials:issue",
        },
        "For a code": {
            "grant_type": "authorization_code",
            "code": "Zk3…",
            "redirect_uri": "https://backpack.example/back",
            "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        },
        "For a refresh token": {"grant_type": "refresh_token", "refresh_token": "okr_…"},
    },
)


class TokenJson(BaseModel):
    """An access token, and what it opens for how long."""

    access_token: str = Field(examples=["okt_5mVdJ…"])
    token_type: str = Field(examples=["Bearer"])
    expires_in: int = Field(examples=[3600], description="Seconds")
    scope: str = Field(examples=["credentials:issue"], description="What it opens, which may be less than was wished")
    refresh_token: str | None = Field(default=None, description="Only where the holder allowed offline_access")


@router.post(
    TOKEN_AT,
    summary="Get a token",
    response_model=TokenJson,
    responses=refusals(400, 401, 413, 429, 503),
    openapi_extra=_FORM,
)
def token(request: Request, rooms: RoomsOf, sent: SentOf) -> Response:
    """Return a token (RFC 6749, 4.1.3, 4.4 and 6; PKCE by RFC 7636). Say who you are by HTTP Basic: `client_id` and `client_secret`.

    An access key is a client by itself: `client_id` is its prefix, `client_secret` the whole key. Other programs register at
    `/oauth/register`. A code counts once, and so does a refresh token; one that comes again ends what the holder had allowed.
    """
    from okbadges.partners.oauth.doors import get_token  # noqa: PLC0415 - authlib would cost every start

    client = its_client(request, rooms, sent)
    answer = get_token(rooms.writer, rooms.stamp(client.actor), sent, client, issuer=rooms.base_url)
    return answered(answer.status, answer.body)
