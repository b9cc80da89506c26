"""``GET /metrics``: the service's numbers, as Prometheus reads them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials
from prometheus_client import CONTENT_TYPE_LATEST

from okbadges.edge.access import ACCESS_KEY, caller
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.routing import Router
from okbadges.organisations.roles import Scope

router = Router(tags=["operations"])


def _may_read(
    request: Request, rooms: RoomsOf, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(ACCESS_KEY)]
) -> None:
    """Raise `NotAuthenticated` or `NotAllowed`, unless the settings open the numbers to everybody."""
    if not rooms.metrics.open_to_all:
        caller(request, rooms, shown).require(Scope.AUDIT)


# not in the API's description: it is a format of its own, for one kind of program
@router.get("/metrics", include_in_schema=False, dependencies=[Depends(_may_read)])
def read_metrics(rooms: RoomsOf) -> Response:
    """Answer with every number (scope ``audit:read``)."""
    return Response(rooms.metrics.exposition(), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
