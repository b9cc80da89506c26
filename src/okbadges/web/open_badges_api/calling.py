"""Who calls the Open Badges API: a program with an access token that a holder granted, in the header and nowhere else.

A token that opens nothing is counted by the address that it came from; one that does, by its grant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request, Security
from fastapi.security import OAuth2AuthorizationCodeBearer, SecurityScopes

from okbadges.edge.limits import client_of
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.errors import NotAuthenticated
from okbadges.partners.grants import Granted, HolderScope, granted_to
from okbadges.partners.open_badges_api.service_description import SCOPES
from okbadges.web.open_badges_api.status_info import TOKEN_MISSING

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms

TOKEN = OAuth2AuthorizationCodeBearer(
    authorizationUrl="/oauth/authorize",
    tokenUrl="/oauth/token",
    refreshUrl="/oauth/token",
    scopes={scope.value: words for scope, words in SCOPES.items()},
    scheme_name="OAuth2ACG",
    description="An access token that the holder of a passport granted: `Authorization: Bearer okt_…`",
    auto_error=False,
)


def granted(
    needed: SecurityScopes, request: Request, rooms: RoomsOf, shown: Annotated[str | None, Depends(TOKEN)]
) -> Granted:
    """Return what the token of the request opens.

    Raises `NotAuthenticated` (``token-missing``, ``token-unknown``, ``token-expired``), `NotAllowed` (``scope-missing``), `TooManyRequests`.
    """
    if shown is None:
        raise NotAuthenticated(
            TOKEN_MISSING, "Send an access token: Authorization: Bearer okt_…", field="Authorization"
        )
    found = _found(rooms, shown.strip(), client_of(request.scope))
    rooms.limits.take_of_grant(found.grant_id.hex)
    for scope in needed.scopes:
        found.require(HolderScope(scope))
    return found


def _found(rooms: Rooms, token: str, address: str) -> Granted:
    try:
        with rooms.database.read() as session:
            return granted_to(session, token, now=rooms.now())
    except NotAuthenticated:
        rooms.limits.take_of_address(address)
        raise


Reader = Annotated[Granted, Security(granted, scopes=[HolderScope.READ_CREDENTIALS.value])]
Putter = Annotated[Granted, Security(granted, scopes=[HolderScope.PUT_CREDENTIALS.value])]
ProfileReader = Annotated[Granted, Security(granted, scopes=[HolderScope.READ_PROFILE.value])]
ProfilePutter = Annotated[Granted, Security(granted, scopes=[HolderScope.PUT_PROFILE.value])]
