"""Who calls: the access key of a request becomes a `Caller`, or a problem that says what is missing."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.errors import NotAuthenticated
from okbadges.organisations.access_keys import Caller, caller_of

ACCESS_KEY = HTTPBearer(
    auto_error=False,
    scheme_name="Access key",
    description="An access key of your organisation: `Authorization: Bearer okb_…`",
)


def caller(rooms: RoomsOf, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(ACCESS_KEY)]) -> Caller:
    """Return who calls. Raises `NotAuthenticated` without an access key that holds."""
    if shown is None:
        raise NotAuthenticated(
            "access-key-missing", "Send an access key: Authorization: Bearer okb_…", field="Authorization"
        )
    with rooms.database.read() as session:
        return caller_of(session, rooms.secrets, shown.credentials.strip(), now=rooms.now())


CallerOf = Annotated[Caller, Depends(caller)]
