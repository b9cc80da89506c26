"""``/v1/members``: who works for an organisation, for its administrators. No answer may be kept on the way: there are names in it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.organisations.members import Member, create_member, find_colleague, leave, members_of
from okbadges.organisations.roles import Role, Scope
from okbadges.organisations.sign_ins import make_sign_in_link, sign_out_everywhere
from okbadges.web.bodies import StrictBody
from okbadges.web.lists import Limit, Since  # noqa: TC001 - FastAPI reads the annotation at run time

router = Router(prefix="/v1/members", tags=["members"], route_class=StrictRoute)


class MemberRequest(StrictBody):
    """Somebody who begins to work for an organisation."""

    organisation: str = Field(max_length=64, examples=["demo-kemi"])
    role: Role = Field(examples=["instructor"], description="Not partner: that is a program with an access key")
    name: str = Field(max_length=200, examples=["Iida"], description="Kept sealed; only administrators see it")


class MemberAnswer(BaseModel):
    """Somebody who works, or worked, for an organisation."""

    id: uuid.UUID
    organisation: str
    role: Role
    name: str
    since: datetime
    left_at: datetime | None


class SignInLinkAnswer(BaseModel):
    """A link with which a member signs in on a page, once. It is not shown again."""

    address: str = Field(examples=["https://badges.example/sign-in/vN0vW5dWQ1mBv0yS5sQm8xj0y2A"])
    expires_at: datetime = Field(description="A day after it was made")


class SignedOutAnswer(BaseModel):
    """What was ended."""

    sign_ins: int = Field(description="How many browsers the member was signed in with")


class MembersAnswer(BaseModel):
    """One page of members, oldest first."""

    members: list[MemberAnswer]
    next: uuid.UUID | None = Field(description="Ask for the next page with `after` set to this; null: the last page")


@router.get("", summary="List members", responses=responses(401, 403, 422, 429, 503))
def list_members(
    organisation: Annotated[str, Query(max_length=64, examples=["demo-kemi"])],
    caller: CallerOf,
    rooms: RoomsOf,
    since: Since = None,
    after: uuid.UUID | None = None,
    limit: Limit = 50,
) -> MembersAnswer:
    """List who works and worked for an organisation (scope ``organisation:administer``). For ``since`` counts that they began or left."""
    caller.require(Scope.ADMINISTER)
    own = caller.organisation(organisation)
    with rooms.database.read() as session:
        found = members_of(session, rooms.secrets, own, since=since, after=after, limit=limit + 1)
    page = [_answer(one, own.slug) for one in found[:limit]]
    return MembersAnswer(members=page, next=page[-1].id if len(found) > limit else None)


@router.post("", status_code=201, summary="Add a member", responses=responses(400, 401, 403, 413, 422, 429, 503))
def add_member(request: MemberRequest, caller: CallerOf, rooms: RoomsOf) -> MemberAnswer:
    """Add somebody who works for an organisation (scope ``organisation:administer``).

    What they may do is said by the access key that is made for them.
    """
    caller.require(Scope.ADMINISTER)
    own = caller.organisation(request.organisation)
    stamp = rooms.stamp(caller.actor)
    made = create_member(rooms.writer, stamp, rooms.secrets, organisation=own, role=request.role, name=request.name)
    return _answer(made, own.slug)


@router.get("/{member}", summary="Look up a member", responses=responses(401, 403, 404, 422, 429, 503))
def read_member(member: uuid.UUID, caller: CallerOf, rooms: RoomsOf) -> MemberAnswer:
    """Look up a member of one of your organisations (scope ``organisation:administer``)."""
    caller.require(Scope.ADMINISTER)
    with rooms.database.read() as session:
        own, found = find_colleague(session, rooms.secrets, caller, member)
    return _answer(found, own.slug)


@router.post("/{member}/leave", summary="Let a member leave", responses=responses(401, 403, 404, 409, 422, 429, 503))
def leave_organisation(member: uuid.UUID, caller: CallerOf, rooms: RoomsOf) -> MemberAnswer:
    """Let a member leave: their access keys open nothing from then on (scope ``organisation:administer``).

    Who leads running groups hands them over first (409 names them). A second time changes nothing.
    """
    caller.require(Scope.ADMINISTER)
    with rooms.database.read() as session:
        own, _ = find_colleague(session, rooms.secrets, caller, member)
    leave(rooms.writer, rooms.stamp(caller.actor), organisation=own, member_id=member)
    return read_member(member, caller, rooms)


@router.post(
    "/{member}/sign-in-link",
    status_code=201,
    summary="Make a one-time link",
    responses=responses(401, 403, 404, 409, 422, 429, 503),
)
def make_link(member: uuid.UUID, caller: CallerOf, rooms: RoomsOf) -> SignInLinkAnswer:
    """Make a link with which a member signs in on a page (scope ``organisation:administer``).

    It works once, within a day, and ends the one before. Hand it over in a way that reaches nobody else.
    """
    caller.require(Scope.ADMINISTER)
    with rooms.database.read() as session:
        own, _ = find_colleague(session, rooms.secrets, caller, member)
    made = make_sign_in_link(
        rooms.writer,
        rooms.stamp(caller.actor),
        rooms.secrets,
        base_url=rooms.base_url,
        organisation=own,
        member_id=member,
    )
    return SignInLinkAnswer(address=made.address, expires_at=made.expires_at)


@router.post("/{member}/sign-out", summary="Sign a member out", responses=responses(401, 403, 404, 422, 429, 503))
def sign_out(member: uuid.UUID, caller: CallerOf, rooms: RoomsOf) -> SignedOutAnswer:
    """End every sign-in of a member, and a link that is on its way: after a lost phone (scope ``organisation:administer``)."""
    caller.require(Scope.ADMINISTER)
    with rooms.database.read() as session:
        own, _ = find_colleague(session, rooms.secrets, caller, member)
    count = sign_out_everywhere(rooms.writer, rooms.stamp(caller.actor), organisation=own, member_id=member)
    return SignedOutAnswer(sign_ins=count)


def _answer(member: Member, organisation: str) -> MemberAnswer:
    return MemberAnswer(
        id=member.id,
        organisation=organisation,
        role=member.role,
        name=member.name,
        since=member.created_at,
        left_at=member.left_at,
    )
