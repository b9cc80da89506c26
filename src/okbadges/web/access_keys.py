"""``/v1/access-keys``: an administrator makes, lists and revokes the access keys of their organisations."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, Field

from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.organisations.access_keys import LONGEST_LABEL, LONGEST_LIFE, WantedKey, create_access_key
from okbadges.organisations.known_keys import (
    KeyState,
    KnownKey,
    check_may_make,
    find_access_key,
    list_access_keys,
    revoke_access_key,
)
from okbadges.organisations.roles import Role, Scope
from okbadges.web.bodies import StrictBody
from okbadges.web.lists import Limit, Since  # noqa: TC001 - FastAPI reads the annotation at run time

router = Router(prefix="/v1/access-keys", tags=["access keys"], route_class=StrictRoute)

_Prefix = Annotated[str, Path(max_length=40, description="The part between okb_ and the next _", examples=["mfzwk4tu"])]


class AccessKeyRequest(StrictBody):
    """An access key to be made. It can do no more than the one that asks for it."""

    label: str = Field(
        min_length=1,
        max_length=LONGEST_LABEL,
        examples=["School register"],
        description="What it is for, never whose",
    )
    organisations: list[Annotated[str, Field(max_length=64)]] = Field(
        min_length=1,
        max_length=100,
        examples=[["demo-kemi"]],
        description="For which it may act: yours, or some of them",
    )
    role: Role = Field(examples=["partner"])
    scopes: list[Scope] = Field(
        default=[],
        max_length=20,
        examples=[["credentials:read"]],
        description="What it may do; leave out for all that its role may (a partner says it)",
    )
    member: uuid.UUID | None = Field(default=None, description="Whose it is; leave out for a program's key")
    days: int = Field(default=365, strict=True, ge=1, le=LONGEST_LIFE.days, description="How long it lasts")


class AccessKeyAnswer(BaseModel):
    """All that can be known of an access key after it was made."""

    id: uuid.UUID
    prefix: str
    label: str
    role: Role
    scopes: list[Scope]
    organisations: list[str] = Field(description="Those of its organisations that are yours too")
    member: uuid.UUID | None
    state: KeyState
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = Field(description="To within an hour; null: never used")
    revoked_at: datetime | None


class MadeKeyAnswer(AccessKeyAnswer):
    """A new access key."""

    access_key: str = Field(description="Shown this once and never again", examples=["okb_mfzwk4tu_…"])


class AccessKeysAnswer(BaseModel):
    """One page of access keys, oldest first."""

    access_keys: list[AccessKeyAnswer]
    next: uuid.UUID | None = Field(description="Ask for the next page with `after` set to this; null: the last page")


@router.post(
    "",
    status_code=201,
    summary="Make an access key",
    responses=responses(400, 401, 403, 404, 413, 422, 429, 503),
)
def make_access_key(request: AccessKeyRequest, caller: CallerOf, rooms: RoomsOf) -> MadeKeyAnswer:
    """Make an access key for a member or a program of your organisations (scope ``organisation:administer``)."""
    caller.require(Scope.ADMINISTER)
    stamp = rooms.stamp(caller.actor)
    owners = [caller.organisation(slug) for slug in dict.fromkeys(request.organisations)]
    expires_at = stamp.now + timedelta(days=request.days)
    wanted = WantedKey(request.label, owners, request.scopes, expires_at, request.role, request.member)
    check_may_make(caller, wanted)
    made = create_access_key(rooms.writer, stamp, rooms.secrets, wanted)
    known = _found(rooms, made.split("_")[1], caller)
    return MadeKeyAnswer(access_key=made, **known.model_dump())


@router.get("", summary="List access keys", responses=responses(401, 403, 422, 429, 503))
def read_access_keys(
    caller: CallerOf,
    rooms: RoomsOf,
    since: Since = None,
    after: uuid.UUID | None = None,
    limit: Limit = 50,
) -> AccessKeysAnswer:
    """List the access keys that act for your organisations, ended and revoked ones too (scope ``organisation:administer``).

    For ``since`` counts that they were made or revoked.
    """
    caller.require(Scope.ADMINISTER)
    with rooms.database.read() as session:
        found = list_access_keys(session, now=rooms.now(), caller=caller, since=since, after=after, limit=limit + 1)
    page = found[:limit]
    return AccessKeysAnswer(
        access_keys=[_answer(key) for key in page], next=page[-1].id if len(found) > limit else None
    )


@router.post("/{prefix}/revoke", summary="Revoke an access key", responses=responses(401, 403, 404, 409, 422, 429, 503))
def revoke_key(prefix: _Prefix, caller: CallerOf, rooms: RoomsOf) -> AccessKeyAnswer:
    """Revoke an access key at once and for good (scope ``organisation:administer``); a second time changes nothing.

    The key that is calling cannot revoke itself (409): nobody shall be locked out by one wrong line.
    """
    caller.require(Scope.ADMINISTER)
    revoke_access_key(rooms.writer, rooms.stamp(caller.actor), prefix, caller=caller)
    return _found(rooms, prefix, caller)


def _found(rooms: RoomsOf, prefix: str, caller: CallerOf) -> AccessKeyAnswer:
    with rooms.database.read() as session:
        return _answer(find_access_key(session, prefix, now=rooms.now(), caller=caller))


def _answer(key: KnownKey) -> AccessKeyAnswer:
    return AccessKeyAnswer(
        id=key.id,
        prefix=key.prefix,
        label=key.label,
        role=key.role,
        scopes=list(key.scopes),
        organisations=list(key.organisations),
        member=key.member_id,
        state=key.state,
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
        revoked_at=key.revoked_at,
    )
