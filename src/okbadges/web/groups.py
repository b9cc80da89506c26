"""``/v1/groups``: who leads a few participants, at which workshop. A leader sees their own groups, an administrator all, nobody else any."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.errors import InvalidInput, NotAllowed, NotFound
from okbadges.organisations.groups import (
    Group,
    WantedGroup,
    create_group,
    end_group,
    find_group,
    groups_for,
    hand_over,
)
from okbadges.organisations.roles import Role, Scope
from okbadges.organisations.workshops import find_workshop
from okbadges.storage.since import Part
from okbadges.web.bodies import StrictBody
from okbadges.web.lists import Limit, Since  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.web.warnings import WarningAnswer, disclosures

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.callers import Caller

router = Router(prefix="/v1/groups", tags=["groups"], route_class=StrictRoute)


class GroupRequest(StrictBody):
    """A group to be made."""

    organisation: str = Field(max_length=64, examples=["demo-kemi"])
    workshop: str = Field(max_length=64, examples=["kahvila"])
    slug: str = Field(max_length=64, examples=["kahvila-syksy"], description="Never used again in the organisation")
    name: str = Field(
        max_length=200, examples=["Kahvila, syksy"], description="Name the work, not why people are there"
    )
    leader: uuid.UUID | None = Field(
        default=None,
        description="The member who leads it; leave out to lead it yourself. Only administrators name others",
    )


class GroupAnswer(BaseModel):
    """A group."""

    id: uuid.UUID
    organisation: str
    workshop: str
    slug: str
    name: str
    leader: uuid.UUID = Field(description="The member who leads it")
    present: int = Field(description="How many are in it now")
    created_at: datetime
    ended_at: datetime | None


class MadeGroupAnswer(GroupAnswer):
    """A new group, and what its name could give away."""

    warnings: list[WarningAnswer]


class GroupsAnswer(BaseModel):
    """One page of groups, oldest first."""

    groups: list[GroupAnswer]
    next: uuid.UUID | None = Field(description="Ask for the next page with `after` set to this; null: the last page")


class HandOverRequest(StrictBody):
    """Who leads the group from now on."""

    to: uuid.UUID = Field(description="A member of the same organisation")


@router.get("", summary="List groups", responses=responses(401, 403, 422, 429, 503))
def list_groups(
    caller: CallerOf,
    rooms: RoomsOf,
    *,
    running: Annotated[bool, Query(description="Only those that have not ended")] = False,
    since: Since = None,
    after: uuid.UUID | None = None,
    limit: Limit = 50,
) -> GroupsAnswer:
    """List the groups that you lead; an administrator sees all of the organisation (scope ``groups:manage``).

    For ``since`` counts that they were made or ended.
    """
    caller.require(Scope.GROUPS)
    with rooms.database.read() as session:
        found = groups_for(session, caller, Part(since, after, limit + 1), running=running)
    page = [_answer(one) for one in found[:limit]]
    return GroupsAnswer(groups=page, next=page[-1].id if len(found) > limit else None)


@router.post("", status_code=201, summary="Make a group", responses=responses(400, 401, 403, 409, 413, 422, 429, 503))
def make_group(request: GroupRequest, caller: CallerOf, rooms: RoomsOf) -> MadeGroupAnswer:
    """Make a group at a workshop (scope ``groups:manage``)."""
    caller.require(Scope.GROUPS)
    own = caller.organisation(request.organisation)
    leader_id = _leader(caller, request.leader)
    with rooms.database.read() as session:
        try:
            workshop = find_workshop(session, own, request.workshop)
        except NotFound as unknown:
            raise InvalidInput(unknown.code, unknown.detail, field="workshop") from None
    wanted = WantedGroup(workshop, leader_id, request.slug, request.name)
    made = create_group(rooms.writer, rooms.stamp(caller.actor), organisation=own, wanted=wanted)
    return MadeGroupAnswer(**_answer(made).model_dump(), warnings=disclosures(("name", made.name)))


@router.get("/{group}", summary="Look up a group", responses=responses(401, 403, 404, 422, 429, 503))
def read_group(group: uuid.UUID, caller: CallerOf, rooms: RoomsOf) -> GroupAnswer:
    """Look up a group that you lead, or administer (scope ``groups:manage``)."""
    return _answer(own_group(caller, rooms, group))


@router.post("/{group}/end", summary="End a group", responses=responses(401, 403, 404, 409, 422, 429, 503))
def end(group: uuid.UUID, caller: CallerOf, rooms: RoomsOf) -> GroupAnswer:
    """End a group: everybody in it leaves it (scope ``groups:manage``). A second time changes nothing."""
    end_group(rooms.writer, rooms.stamp(caller.actor), own_group(caller, rooms, group))
    return _answer(own_group(caller, rooms, group))


@router.post(
    "/{group}/hand-over", summary="Hand a group over", responses=responses(400, 401, 403, 404, 409, 413, 422, 429, 503)
)
def hand_group_over(group: uuid.UUID, request: HandOverRequest, caller: CallerOf, rooms: RoomsOf) -> GroupAnswer:
    """Hand a group over to another instructor of the organisation (scope ``groups:manage``).

    From then on they read the labels of who is in it, and who led it before sees it no more.
    """
    found = own_group(caller, rooms, group)
    return _answer(hand_over(rooms.writer, rooms.stamp(caller.actor), found, to=request.to))


def own_group(caller: Caller, rooms: Rooms, group_id: uuid.UUID) -> Group:
    """Return a group that the caller may work with. Raises `NotAllowed` for the scope, `NotFound` for any other group."""
    caller.require(Scope.GROUPS)
    with rooms.database.read() as session:
        return find_group(session, caller, group_id)


def _leader(caller: Caller, wanted: uuid.UUID | None) -> uuid.UUID:
    """Return who is to lead a new group. Raises `NotAllowed` (``leader-not-yours``), `InvalidInput` (``leader-missing``)."""
    leader_id = wanted or caller.member_id
    if leader_id is None:
        raise InvalidInput("leader-missing", "This key is nobody's: say which member leads the group.", field="leader")
    if leader_id != caller.member_id and caller.role is not Role.ADMINISTRATOR:
        raise NotAllowed("leader-not-yours", "Only an administrator makes groups that others lead.", field="leader")
    return leader_id


def _answer(group: Group) -> GroupAnswer:
    return GroupAnswer(
        id=group.id,
        organisation=group.organisation.slug,
        workshop=group.workshop,
        slug=group.slug,
        name=group.name,
        leader=group.leader_id,
        present=group.present,
        created_at=group.created_at,
        ended_at=group.ended_at,
    )
