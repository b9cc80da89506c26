"""``/v1/groups/…/participants`` and ``/v1/participants``: who is in a group. Labels are in an answer for their leader only."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.organisations.groups import require_leader
from okbadges.organisations.participants import (
    MOST_AT_ONCE,
    add_participants,
    labels_of,
    read_label,
    require_own_labels,
    set_label,
)
from okbadges.organisations.roles import Role, Scope
from okbadges.organisations.stays import Stay, leave, move, present_in, stays_of, take_in
from okbadges.web.bodies import StrictBody
from okbadges.web.groups import own_group
from okbadges.web.lists import Limit, Since  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.web.participant_ids import ParticipantId  # noqa: TC001 - the same
from okbadges.web.warnings import WarningAnswer, label_warnings

router = Router(prefix="/v1", tags=["participants"], route_class=StrictRoute)

_OF_GROUP = "/groups/{group}/participants"
_CHANGING = responses(401, 403, 404, 409, 422, 429, 503)
_Label = Annotated[str, Field(max_length=200)]


class PresentAnswer(BaseModel):
    """Somebody who is in a group now."""

    id: uuid.UUID
    label: str | None = Field(description="For their leader only; null for all others, and where there is none")
    joined_at: datetime


class PresentsAnswer(BaseModel):
    """One page of who is in a group now, by id."""

    participants: list[PresentAnswer]
    next: uuid.UUID | None = Field(description="Ask for the next page with `after` set to this; null: the last page")


class NewcomersRequest(StrictBody):
    """New participants of a group, one for each label."""

    labels: list[_Label] = Field(
        min_length=1,
        max_length=MOST_AT_ONCE,
        examples=[["Sani", "Sani 2"]],
        description="A first name, a nickname, a sign: at most 24 characters, each once in the group",
    )


class NewcomerAnswer(BaseModel):
    """A new participant."""

    id: uuid.UUID
    label: str


class NewcomersAnswer(BaseModel):
    """The new participants, in the order of their labels, and what those could give away."""

    participants: list[NewcomerAnswer]
    warnings: list[WarningAnswer]


class MoveRequest(StrictBody):
    """The group that somebody is handed over to."""

    to: uuid.UUID = Field(description="Another group of the organisation")


class LabelRequest(StrictBody):
    """What the leader calls somebody."""

    label: _Label = Field(examples=["Sani 2"])


class StayAnswer(BaseModel):
    """One stay in a group."""

    group: uuid.UUID
    joined_at: datetime
    left_at: datetime | None


class ParticipantAnswer(BaseModel):
    """A participant: an id, a label for their leader, and the stays in the groups that you lead (an administrator: in all)."""

    id: uuid.UUID
    organisation: str
    label: str | None
    stays: list[StayAnswer]


class LabelledAnswer(BaseModel):
    """A label as it is kept, and what it could give away."""

    label: str
    warnings: list[WarningAnswer]


@router.get(_OF_GROUP, summary="List a group's participants", responses=responses(401, 403, 404, 422, 429, 503))
def list_participants(
    group: uuid.UUID,
    caller: CallerOf,
    rooms: RoomsOf,
    *,
    since: Since = None,
    after: uuid.UUID | None = None,
    limit: Limit = 50,
) -> PresentsAnswer:
    """List who is in a group now (scope ``groups:manage``). For ``since`` counts that they joined it."""
    found = own_group(caller, rooms, group)
    with rooms.database.read() as session:
        stays = present_in(session, found, since=since, after=after, limit=limit + 1)
        theirs = [stay.participant_id for stay in stays]
        labels = labels_of(session, rooms.secrets, member_id=caller.member_id, participants=theirs)
    page = [_present(stay, labels.get(stay.participant_id)) for stay in stays[:limit]]
    return PresentsAnswer(participants=page, next=page[-1].id if len(stays) > limit else None)


@router.post(
    _OF_GROUP,
    status_code=201,
    summary="Add participants",
    responses=responses(400, 401, 403, 404, 409, 413, 422, 429, 503),
)
def add_newcomers(group: uuid.UUID, request: NewcomersRequest, caller: CallerOf, rooms: RoomsOf) -> NewcomersAnswer:
    """Add new participants to a group that you lead, all or none (scope ``groups:manage``)."""
    found = own_group(caller, rooms, group)
    require_own_labels(found, caller.member_id)
    stamp = rooms.stamp(caller.actor)
    made = add_participants(rooms.writer, stamp, rooms.secrets, group=found, labels=request.labels)
    kept = [NewcomerAnswer(id=one.id, label=one.label or "") for one in made]
    warnings = [
        warning for place, one in enumerate(kept) for warning in label_warnings(one.label, field=f"labels.{place}")
    ]
    return NewcomersAnswer(participants=kept, warnings=warnings)


@router.post(f"{_OF_GROUP}/{{participant_id}}/join", status_code=204, summary="Let somebody join", responses=_CHANGING)
def join_group(group: uuid.UUID, participant_id: ParticipantId, caller: CallerOf, rooms: RoomsOf) -> None:
    """Let a participant whom the organisation knows join a group (scope ``groups:manage``); a second time changes nothing.

    You may take in whom you lead now, and who is in no group, unless only others led them. An administrator may take in all.
    """
    found = own_group(caller, rooms, group)
    # an administrator may take in everybody, but into a group of their own, where they would read labels and notes
    is_free = caller.role is Role.ADMINISTRATOR and found.leader_id != caller.member_id
    asking = None if is_free else caller.member_id
    stamp = rooms.stamp(caller.actor)
    take_in(rooms.writer, stamp, rooms.secrets, group=found, participant_id=participant_id, member_id=asking)


@router.post(
    f"{_OF_GROUP}/{{participant_id}}/leave", status_code=204, summary="Let somebody leave", responses=_CHANGING
)
def leave_group(group: uuid.UUID, participant_id: ParticipantId, caller: CallerOf, rooms: RoomsOf) -> None:
    """Let a participant leave a group (scope ``groups:manage``); a second time changes nothing."""
    found = own_group(caller, rooms, group)
    leave(rooms.writer, rooms.stamp(caller.actor), group=found, participant_id=participant_id)


@router.post(
    f"{_OF_GROUP}/{{participant_id}}/move",
    status_code=204,
    summary="Hand somebody over to another group",
    responses=responses(400, 401, 403, 404, 409, 413, 422, 429, 503),
)
def move_participant(
    group: uuid.UUID, participant_id: ParticipantId, request: MoveRequest, caller: CallerOf, rooms: RoomsOf
) -> None:
    """Hand a participant over to another group of the organisation (scope ``groups:manage``); a second time changes nothing.

    They leave this group and join the other one in one step; their steps, badges and label go with them.
    """
    found = own_group(caller, rooms, group)
    stamp = rooms.stamp(caller.actor)
    move(rooms.writer, stamp, rooms.secrets, group=found, participant_id=participant_id, to=request.to)


@router.get(
    "/participants/{participant_id}",
    summary="Look up a participant",
    responses=responses(401, 403, 404, 422, 429, 503),
)
def read_participant(participant_id: ParticipantId, caller: CallerOf, rooms: RoomsOf) -> ParticipantAnswer:
    """Look up a participant of a group that you lead; an administrator any of the organisation (scope ``groups:manage``)."""
    caller.require(Scope.GROUPS)
    leader_id = None if caller.role is Role.ADMINISTRATOR else caller.member_id
    with rooms.database.read() as session:
        own = require_leader(session, caller, participant_id)
        label = read_label(session, rooms.secrets, member_id=caller.member_id, participant_id=participant_id)
        stays = stays_of(session, participant_id, leader_id=leader_id)
    theirs = [StayAnswer(group=stay.group_id, joined_at=stay.joined_at, left_at=stay.left_at) for stay in stays]
    return ParticipantAnswer(id=participant_id, organisation=own.slug, label=label, stays=theirs)


@router.post(
    "/participants/{participant_id}/label",
    summary="Change a label",
    responses=responses(400, 401, 403, 404, 409, 413, 422, 429, 503),
)
def change_label(
    participant_id: ParticipantId, request: LabelRequest, caller: CallerOf, rooms: RoomsOf
) -> LabelledAnswer:
    """Give a participant whom you lead another label (scope ``groups:manage``). Only their leader may; nobody else reads it."""
    caller.require(Scope.GROUPS)
    with rooms.database.read() as session:
        own = require_leader(session, caller, participant_id)
    kept = set_label(
        rooms.writer,
        rooms.stamp(caller.actor),
        rooms.secrets,
        organisation=own,
        participant_id=participant_id,
        member_id=caller.member_id,
        label=request.label,
    )
    return LabelledAnswer(label=kept, warnings=label_warnings(kept, field="label"))


def _present(stay: Stay, label: str | None) -> PresentAnswer:
    return PresentAnswer(id=stay.participant_id, label=label, joined_at=stay.joined_at)
