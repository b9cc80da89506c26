"""``/v1/credentials/{id}/forms``: the same credential, signed in another form."""

from __future__ import annotations

from fastapi import Response

from okbadges.corrections.records import find_record
from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.issuing.forms import Form
from okbadges.organisations.roles import Scope
from okbadges.web.bodies import CredentialId  # noqa: TC001 - the same

router = Router(prefix="/v1/credentials", tags=["credentials"], route_class=StrictRoute)


class CompactJwt(Response):
    """A JWT, as its media type says (RFC 7519, 10.3.1)."""

    media_type = "application/jwt"


@router.get(
    "/{credential_id}/forms/vc-jwt",
    summary="The credential as JWT",
    response_class=CompactJwt,
    responses=responses(401, 403, 404, 409, 410, 503),
)
def credential_as_jwt(credential_id: CredentialId, caller: CallerOf, rooms: RoomsOf) -> Response:
    """Return the credential as the JWT of Open Badges 3.0, 8.2 (scope ``credentials:read``): the same id, content and status.

    It is signed when it is asked for the first time (RS256 where the issuer has such a key, else ES256), and stays the same.
    """
    caller.require(Scope.READ)
    with rooms.database.read() as session:
        found = find_record(session, credential_id, caller=caller)
    return CompactJwt(rooms.forms.get(found.credential_id, Form.VC_JWT, actor=caller.actor))
