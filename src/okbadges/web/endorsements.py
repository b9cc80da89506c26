"""``/v1/recognition/decisions/{decision}/endorsements``: a school turns its decision into its signed word about the badges."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Path
from pydantic import BaseModel, Field, JsonValue

from okbadges.credentials.strict_json import loads
from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.errors import NotFound
from okbadges.organisations.roles import Scope
from okbadges.recognition.decisions import find_decision
from okbadges.recognition.endorsements import endorsements_of_decision
from okbadges.web.lists import Since  # noqa: TC001 - FastAPI reads the annotation at run time

if TYPE_CHECKING:
    from sqlmodel import Session

    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.callers import Caller
    from okbadges.organisations.workshops import Organisation
    from okbadges.passport.shown_endorsements import Endorsement

router = Router(prefix="/v1/recognition/decisions", tags=["recognition"], route_class=StrictRoute)

DecisionId = Annotated[uuid.UUID, Path(description="Id of a decision of your school")]


class EndorsementJson(BaseModel):
    """One endorsement that stands."""

    id: str = Field(examples=["urn:uuid:6f2d1c1e-0d5a-4f0e-9d5b-1c8a2f7e4b11"])
    credential: str = Field(description="The badge that it is about")
    made_at: datetime
    document: dict[str, JsonValue] = Field(
        description="The signed `EndorsementCredential`; it belongs to the participant"
    )


class EndorsementsAnswer(BaseModel):
    """What a school made of a decision."""

    endorsements: list[EndorsementJson]


@router.post(
    "/{decision}/endorsements",
    summary="Endorse the badges of a decision",
    responses=responses(401, 403, 404, 409, 422, 429, 503),
)
def endorse(decision: DecisionId, caller: CallerOf, rooms: RoomsOf) -> EndorsementsAnswer:
    """Sign, with the key of your school's issuer, that badges were among the grounds of a decision (scope ``recognition:decide``).

    The summary badge that counted is endorsed, or else each badge that counted. What is made belongs to the participant, who
    decides where it shows. A repeat makes nothing twice; superseding the decision revokes it.
    """
    caller.require(Scope.RECOGNISE)
    with rooms.database.read() as session:
        school = _school(session, rooms, caller, decision)
    return _answer(rooms.endorsing.endorse(school, decision, actor=caller.actor))


@router.get(
    "/{decision}/endorsements",
    summary="List the endorsements of a decision",
    responses=responses(401, 403, 404, 422, 429, 503),
)
def list_endorsements(
    decision: DecisionId, caller: CallerOf, rooms: RoomsOf, since: Since = None
) -> EndorsementsAnswer:
    """List what your school made of a decision and stands (scope ``recognition:decide``): never more than it had grounds.

    For ``since`` counts that they were made.
    """
    caller.require(Scope.RECOGNISE)
    with rooms.database.read() as session:
        _school(session, rooms, caller, decision)
        return _answer(
            [one for one in endorsements_of_decision(session, decision) if since is None or one.made_at >= since]
        )


def _school(session: Session, rooms: Rooms, caller: Caller, decision: uuid.UUID) -> Organisation:
    """Return which of the caller's organisations made a decision. Raises `NotFound` (``unknown-decision``) for none."""
    unknown: NotFound | None = None
    for organisation in caller.organisations.values():
        try:
            find_decision(session, rooms.secrets, organisation, decision)
        except NotFound as refused:
            unknown = refused
        else:
            return organisation
    raise unknown or NotFound("unknown-decision", "Your school has no such decision.", field="decision")


def _answer(found: list[Endorsement]) -> EndorsementsAnswer:
    return EndorsementsAnswer(
        endorsements=[
            EndorsementJson.model_validate(
                {
                    "id": one.endorsement_id,
                    "credential": one.credential_id,
                    "made_at": one.made_at,
                    "document": loads(one.document),
                }
            )
            for one in found
        ]
    )
