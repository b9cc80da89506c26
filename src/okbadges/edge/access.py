"""Who calls: the access key of a request becomes a `Caller`, or a problem that says what is missing.

A key that holds is always let through, as often as its rate allows, whatever others at the same address try. Keys that do not hold
are counted by address, and from the limit on each of them gets the same 429, which says nothing of the key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from okbadges.edge.limits import client_of
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.errors import NotAuthenticated
from okbadges.organisations.access_keys import caller_of, check_whole
from okbadges.organisations.callers import Caller
from okbadges.organisations.failures import WRONG_KEYS

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.access_keys import KeyCaller

ACCESS_KEY = HTTPBearer(
    auto_error=False,
    scheme_name="Access key",
    description="An access key of your organisation: `Authorization: Bearer okb_…`",
)


def caller(
    request: Request, rooms: RoomsOf, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(ACCESS_KEY)]
) -> Caller:
    """Return who calls.

    Raises `NotAuthenticated` without an access key that holds, and `TooManyRequests` when there were too many of those from this
    address (``too-many-failures``) or when the key calls too often (``too-many-requests``).
    """
    if shown is None:
        raise NotAuthenticated(
            "access-key-missing", "Send an access key: Authorization: Bearer okb_…", field="Authorization"
        )
    key = shown.credentials.strip()
    # a typing error is not a try: nothing was asked of the database
    check_whole(key)
    found = _found(rooms, key, client_of(request.scope))
    rooms.limits.take_of_key(found.prefix)
    rooms.last_use.note(found, now=rooms.now())
    return found


def _found(rooms: Rooms, key: str, address: str) -> KeyCaller:
    try:
        with rooms.database.read() as session:
            return caller_of(session, rooms.secrets, key, now=rooms.now())
    except NotAuthenticated:
        rooms.failures.refuse_when_too_many(WRONG_KEYS, address)
        rooms.failures.count_failure(WRONG_KEYS, address)
        raise


CallerOf = Annotated[Caller, Depends(caller)]
