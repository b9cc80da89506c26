"""``/vc-api/credentials/issue`` in the profile ``openbadges``: a partner hands in a badge, our issuer signs it."""

from __future__ import annotations

from fastapi import APIRouter, Response

from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.strict_requests import StrictRoute
from okbadges.web.vc_api.answers import issued, refused_as_malformed
from okbadges.web.vc_api.bodies import IssueAnswer, IssueBody

router = APIRouter(prefix="/vc-api", tags=["vc-api"], route_class=StrictRoute)


@router.post(
    "/credentials/issue",
    status_code=201,
    summary="Issue a credential",
    response_model=IssueAnswer,
    responses=responses(400, 401, 403, 409, 413, 422, 503),
)
def issue_credential(body: IssueBody, caller: CallerOf, rooms: RoomsOf) -> Response:
    """Sign an OpenBadgeCredential in the name of the organisation's issuer (scope ``vc-api:issue``)."""
    with refused_as_malformed():
        return issued(rooms.handed_in.issue(body.credential, caller=caller))
