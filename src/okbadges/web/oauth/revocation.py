"""``POST /oauth/revoke``: a program gives a token back (RFC 7009)."""

from __future__ import annotations

from fastapi import Request, Response

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotations at run time
from okbadges.edge.routing import Router
from okbadges.partners.oauth.metadata import REVOKE_AT
from okbadges.web.oauth.answers import answered, refusals
from okbadges.web.oauth.forms import SentOf, described, its_client

router = Router(tags=["OAuth 2.0"])

_FORM = described(
    ("token",),
    {"token": "The token, of either kind", "token_type_hint": "access_token or refresh_token"},
    {"A refresh token": {"token": "okr_…", "token_type_hint": "refresh_token"}},
)


@router.post(
    REVOKE_AT,
    summary="Give a token back",
    responses={200: {"description": "The token opens nothing (any more)"}, **refusals(400, 401, 413, 429, 503)},
    openapi_extra=_FORM,
)
def revoke(request: Request, rooms: RoomsOf, sent: SentOf) -> Response:
    """End a token at once, also one that is not known. A refresh token ends with everything that the holder had allowed.

    Say who you are as at `/oauth/token`. The token of another program is refused (`invalid_grant`) and stays as it is.
    """
    from okbadges.partners.oauth.doors import give_back  # noqa: PLC0415 - authlib would cost every start

    client = its_client(request, rooms, sent)
    answer = give_back(rooms.writer, rooms.stamp(client.actor), sent, client, issuer=rooms.base_url)
    return answered(answer.status, answer.body)
