"""``/v1/confirmations``: the second person's word that a participant may have a summary badge."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Query, Response
from pydantic import BaseModel, Field

from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.organisations.roles import Scope
from okbadges.progress.confirmations import (
    LASTS_DAYS,
    confirm,
    confirmations_of,
    find_confirmation,
    organisation_of,
    require_summary,
    withdraw,
    witness,
)
from okbadges.web.bodies import StrictBody
from okbadges.web.lists import Limit, Since  # noqa: TC001 - FastAPI reads the annotation at run time

if TYPE_CHECKING:
    from okbadges.organisations.callers import Caller
    from okbadges.progress.confirmations import Confirmation

router = Router(prefix="/v1/confirmations", tags=["confirmations"], route_class=StrictRoute)


class ConfirmRequest(StrictBody):
    """Whom the word is about, and for which summary badge."""

    participant: uuid.UUID
    badge: str = Field(max_length=64, examples=["kooste-digitaalinen-ymparisto"])


class ConfirmationAnswer(BaseModel):
    """One word of one person, for one credential."""

    id: uuid.UUID
    participant: uuid.UUID
    badge: str
    role: str = Field(description="What whoever gave it is to the organisation; never a name", examples=["teacher"])
    confirmed_at: datetime
    last_day: date = Field(
        description=f"The last day on which an award may rest on it: {LASTS_DAYS} days after it was given"
    )
    used: bool = Field(description="True: a credential rests on it")
    own: bool = Field(description="True: it was given with your access key or another one of yours")


class ConfirmationsAnswer(BaseModel):
    """The words about one participant, in the order in which they were given."""

    confirmations: list[ConfirmationAnswer]
    next: uuid.UUID | None = Field(description="Give it as `after` for what follows; null: that was all")


@router.post(
    "",
    status_code=201,
    responses={
        200: {"description": "A word of yours that still counts", "model": ConfirmationAnswer},
        **responses(400, 401, 403, 404, 413, 422, 503),
    },
)
def give_confirmation(
    request: ConfirmRequest, caller: CallerOf, rooms: RoomsOf, response: Response
) -> ConfirmationAnswer:
    """Give your word that a participant may have a summary badge (scope ``awards:confirm``, a member's key).

    Somebody else has to issue the badge then. A word of yours that still counts stays as it is, and is answered with 200.
    """
    caller.require(Scope.CONFIRM)
    with rooms.database.read() as session:
        who = witness(session, caller, request.participant)
        require_summary(session, request.badge)
    row_id, is_new = confirm(rooms.writer, rooms.stamp(caller.actor), who, request.badge)
    response.status_code = 201 if is_new else 200
    with rooms.database.read() as session:
        return _answer(find_confirmation(session, caller, row_id)[0], caller)


@router.get("", responses=responses(401, 403, 404, 422, 503))
def list_confirmations(
    participant: Annotated[uuid.UUID, Query(description="Whom the words are about")],
    caller: CallerOf,
    rooms: RoomsOf,
    since: Since = None,
    after: Annotated[uuid.UUID | None, Query(description="`next` of the page before")] = None,
    limit: Limit = 50,
) -> ConfirmationsAnswer:
    """List the words that were given about a participant of the organisation (scope ``awards:confirm``). For ``since`` counts that they were given."""
    caller.require(Scope.CONFIRM)
    with rooms.database.read() as session:
        organisation_of(session, caller, participant)
        found = confirmations_of(session, participant, since=since, after=after, limit=limit + 1)
    shown = found[:limit]
    return ConfirmationsAnswer(
        confirmations=[_answer(one, caller) for one in shown],
        next=shown[-1].id if len(found) > limit else None,
    )


@router.delete("/{confirmation_id}", status_code=204, responses=responses(401, 403, 404, 409, 422, 503))
def withdraw_confirmation(confirmation_id: uuid.UUID, caller: CallerOf, rooms: RoomsOf) -> None:
    """Take back a word of your own that no credential rests on yet (scope ``awards:confirm``)."""
    caller.require(Scope.CONFIRM)
    with rooms.database.read() as session:
        found, organisation = find_confirmation(session, caller, confirmation_id)
    withdraw(rooms.writer, rooms.stamp(caller.actor), caller, found, organisation)


def _answer(found: Confirmation, caller: Caller) -> ConfirmationAnswer:
    return ConfirmationAnswer(
        id=found.id,
        participant=found.participant_id,
        badge=found.badge,
        role=found.role,
        confirmed_at=found.confirmed_at,
        last_day=found.last_day,
        used=found.is_used,
        own=found.member_id == caller.member_id,
    )
