"""Who calls: the access key of a request, or a token that rests on one, becomes a `Caller`, or a problem that says what is missing.

A key that holds is always let through, as often as its rate allows, whatever others at the same address try. Keys that do not hold
are counted by address, and from the limit on each of them gets the same 429, which says nothing of the key.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, TypeVar

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from okbadges.edge.limits import client_of
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.errors import NotAllowed, NotAuthenticated
from okbadges.issuing.issue import Outdated
from okbadges.organisations.access_keys import caller_of_key
from okbadges.organisations.callers import Caller
from okbadges.organisations.failures import WRONG_KEYS
from okbadges.partners.tokens import ACCESS_MARK, TokenKind, find_token, unknown_token

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlmodel import Session

    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.access_keys import KeyCaller

T = TypeVar("T")

_ENDED = ("token-expired", "access-key-malformed")
"""What is no try: nobody guesses a token that has expired, or a key with a typing error."""

ACCESS_KEY = HTTPBearer(
    auto_error=False,
    scheme_name="Access key",
    description="An access key of your organisation, `Authorization: Bearer okb_…`, or a token that it got at `/oauth/token`",
)


def caller(
    request: Request, rooms: RoomsOf, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(ACCESS_KEY)]
) -> Caller:
    """Return who calls.

    Raises `NotAuthenticated` without an access key or a token that holds, `NotAllowed` for a token that opens something else, and
    `TooManyRequests` when there were too many that do not hold from this address (``too-many-failures``) or when the key calls too often
    (``too-many-requests``).
    """
    if shown is None:
        raise _missing()
    return _let_in(rooms, _found(rooms, shown.credentials.strip(), client_of(request.scope)))


async def act_at_once(request: Request, rooms: Rooms, key: str, act: Callable[[Caller, int | None], Awaitable[T]]) -> T:
    """Do something for who shows a key, and leave it to ``act`` to see whether what is remembered of them still holds.

    ``act`` is given who calls and the edition that this is remembered of. Where it raises `Outdated`, or nothing is remembered, it is given
    who calls now, and None.
    Raises what `caller` raises.
    """

    async def find() -> KeyCaller:
        return await run_in_threadpool(_found, rooms, key, client_of(request.scope))

    recalled = None if key.startswith(ACCESS_MARK) else rooms.key_holders.recall(key)
    if recalled is None:
        return await act(_let_in(rooms, await find()), None)
    try:
        return await act(_let_in(rooms, recalled.caller), recalled.edition)
    except Outdated:
        return await act(await find(), None)


def _missing() -> NotAuthenticated:
    return NotAuthenticated(
        "access-key-missing", "Send an access key: Authorization: Bearer okb_…", field="Authorization"
    )


def _let_in(rooms: Rooms, found: KeyCaller) -> KeyCaller:
    """Use one call of the key, and note that it was used."""
    rooms.limits.take_of_key(found.prefix)
    rooms.last_use.note(found, now=rooms.now())
    return found


def _found(rooms: Rooms, shown: str, address: str) -> KeyCaller:
    try:
        with rooms.database.read() as session:
            if shown.startswith(ACCESS_MARK):
                return _with_token(session, rooms, shown)
            return rooms.key_holders.find(session, shown)
    except NotAuthenticated as refused:
        count_wrong(rooms, refused, address)
        raise


def count_wrong(rooms: Rooms, refused: NotAuthenticated, address: str) -> None:
    """Count what did not hold. Raises `TooManyRequests` (``too-many-failures``) instead of it, where there were too many."""
    # a typing error is not a try: nothing was asked of the database
    if refused.code not in _ENDED:
        rooms.failures.refuse_when_too_many(WRONG_KEYS, address)
        rooms.failures.count_failure(WRONG_KEYS, address)


def _with_token(session: Session, rooms: Rooms, shown: str) -> KeyCaller:
    """Return the caller whose access key a token rests on, with no more scopes than the token has."""
    token = find_token(session, shown, TokenKind.ACCESS, now=rooms.now())
    key_id = token.rests_on.access_key_id
    if key_id is None:
        raise NotAllowed(
            "token-not-for-this",
            "This token opens something else here; this needs an access key, or a token of one.",
            field="Authorization",
        )
    try:
        key = caller_of_key(session, key_id, now=rooms.now())
    except NotAuthenticated:
        raise unknown_token() from None
    return replace(key, scopes=key.scopes & token.scopes)


CallerOf = Annotated[Caller, Depends(caller)]
