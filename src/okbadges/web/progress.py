"""``/v1/participants/{id}/progress``: the small steps of a participant, ticked one at a time by those who lead their groups."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import Path, Query, Response
from pydantic import BaseModel, Field

from okbadges.catalogue.published import EvidenceKind
from okbadges.catalogue.shelf import latest_badge
from okbadges.edge.access import CallerOf  # noqa: TC001 - the same
from okbadges.edge.badge_json import Words
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.organisations.groups import require_leader
from okbadges.organisations.roles import Scope
from okbadges.progress.evidence import leads
from okbadges.progress.notes import LONGEST_NOTE, note_of, warnings_of
from okbadges.progress.observation import ObservedBy
from okbadges.progress.steps import progress_of, started_badges
from okbadges.progress.ticking import Sighting, find_step, tick_step, untick_step
from okbadges.web.bodies import Day, StrictBody
from okbadges.web.lists import Since  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.web.participant_ids import ParticipantId  # noqa: TC001 - the same

if TYPE_CHECKING:
    from sqlmodel import Session

    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.callers import Caller
    from okbadges.progress.steps import Step

router = Router(
    prefix="/v1/participants/{participant_id}/progress",
    tags=["progress"],
    route_class=StrictRoute,
)

_Badge = Annotated[str, Path(description="Slug of the badge", examples=["digi-turva"], max_length=64)]
_Step = Annotated[int, Path(description="Number of the step in the newest version, from 1", examples=[1])]


class TickRequest(StrictBody):
    """That a step was seen: who saw it (by role, never by name), how, and on which day."""

    observed_by: ObservedBy = Field(examples=["instructor"])
    method: EvidenceKind = Field(examples=["observation"])
    observed_on: Day = Field(description="Not later than today (UTC)")
    note: str | None = Field(
        default=None,
        max_length=LONGEST_NOTE,
        description="For those who lead the participant's groups only: what they did, never who they are",
    )
    badge_version: int | None = Field(
        default=None,
        strict=True,
        ge=1,
        description="The version whose steps you read; the tick is refused (`badge-changed`) when there is a newer one",
    )

    def sighting(self) -> Sighting:
        """Return what this request says was seen."""
        return Sighting(self.observed_by, self.method, self.observed_on, self.note, self.badge_version)


class TickJson(BaseModel):
    """That a step was seen."""

    observed_by: str = Field(examples=["instructor"])
    method: str = Field(examples=["observation"])
    observed_on: date
    ticked_at: datetime
    note: str | None = Field(description="Null for everybody but those who lead a group that the participant is in")


class StepJson(BaseModel):
    """One small step of a badge."""

    step: int = Field(description="Its number, from 1", examples=[1])
    criterion: Words
    ticked: TickJson | None = Field(description="Null says nothing: there is no record of what was not seen")


class BadgeProgressJson(BaseModel):
    """How far a participant has come in one badge, in the words of its newest version."""

    badge: str = Field(examples=["digi-turva"])
    badge_version: int
    missing: list[int] = Field(description="Numbers of the steps that are not ticked; none: every criterion was seen")
    steps: list[StepJson]


class ProgressAnswer(BaseModel):
    """How far a participant has come."""

    participant: uuid.UUID
    badges: list[BadgeProgressJson] = Field(description="Each badge of which at least one step was ever ticked")


class TickAnswer(StepJson):
    """A step as it stands now."""

    warnings: list[str] = Field(
        description="Words of the note that could tell why somebody was there; nothing is refused"
    )


@router.get("", responses=responses(401, 403, 404, 422, 503))
def read_progress(
    participant_id: ParticipantId,
    caller: CallerOf,
    rooms: RoomsOf,
    badge: Annotated[
        str | None, Query(description="Only this badge, also when nothing is ticked", max_length=64)
    ] = None,
    since: Since = None,
) -> ProgressAnswer:
    """Show the steps of a participant in one's groups, badge by badge (scope ``progress:manage``).

    With ``since`` only the badges in which a step was ticked since then. There are never more than the catalogue has.
    """
    caller.require(Scope.PROGRESS)
    with rooms.database.read() as session:
        require_leader(session, caller, participant_id)
        slugs = started_badges(session, participant_id, since=since)
        if badge is not None:
            slugs = [badge] if since is None or badge in slugs else []
        reader = _Reader(session, rooms, caller, participant_id)
        return ProgressAnswer(participant=participant_id, badges=[reader.badge(slug) for slug in slugs])


@router.post(
    "/{badge}/{step}",
    status_code=201,
    responses={
        200: {"description": "It was ticked before, and stays as it is", "model": TickAnswer},
        **responses(400, 401, 403, 404, 409, 413, 422, 503),
    },
)
def tick(
    participant_id: ParticipantId,
    badge: _Badge,
    step: _Step,
    request: TickRequest,
    caller: CallerOf,
    rooms: RoomsOf,
    response: Response,
) -> TickAnswer:
    """Tick a step that was seen (scope ``progress:manage``). One that was ticked before stays as it is, and is answered with 200."""
    caller.require(Scope.PROGRESS)
    with rooms.database.read() as session:
        found = find_step(session, caller, participant_id, badge, step)
    is_new = tick_step(rooms.writer, rooms.stamp(caller.actor), rooms.secrets, found, request.sighting())
    response.status_code = 201 if is_new else 200
    with rooms.database.read() as session:
        stands = _Reader(session, rooms, caller, participant_id).badge(badge).steps[step - 1]
    return TickAnswer(**stands.model_dump(), warnings=warnings_of(request.note or "", field="note"))


@router.delete("/{badge}/{step}", status_code=204, responses=responses(401, 403, 404, 422, 503))
def untick(participant_id: ParticipantId, badge: _Badge, step: _Step, caller: CallerOf, rooms: RoomsOf) -> None:
    """Take a tick back that was a mistake (scope ``progress:manage``): nothing of it remains. Where there is none, nothing changes."""
    caller.require(Scope.PROGRESS)
    with rooms.database.read() as session:
        found = find_step(session, caller, participant_id, badge, step)
    untick_step(rooms.writer, rooms.stamp(caller.actor), found)


class _Reader:
    """Reads one participant's progress for one caller, who sees notes only as the leader of a group that the participant is in."""

    def __init__(self, session: Session, rooms: Rooms, caller: Caller, participant_id: uuid.UUID) -> None:
        self._session = session
        self._secrets = rooms.secrets
        self._participant_id = participant_id
        self._sees_notes = leads(session, caller, participant_id)

    def badge(self, slug: str) -> BadgeProgressJson:
        badge = latest_badge(self._session, slug)
        progress = progress_of(self._session, self._participant_id, badge)
        return BadgeProgressJson(
            badge=badge.slug,
            badge_version=badge.version,
            missing=list(progress.missing),
            steps=[self._step(step) for step in progress.steps],
        )

    def _step(self, step: Step) -> StepJson:
        tick = step.tick
        ticked = tick and TickJson(
            observed_by=tick.observed_by,
            method=tick.method,
            observed_on=tick.observed_on,
            ticked_at=tick.ticked_at,
            note=note_of(self._secrets, tick) if self._sees_notes else None,
        )
        return StepJson(step=step.number, criterion=Words(**step.criterion.model_dump()), ticked=ticked)
