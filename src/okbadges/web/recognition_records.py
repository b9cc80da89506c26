"""``/v1/organisations/…/recognition-records``: what a workshop was found fit for, from when to when, for its administrators."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, Field

from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.organisations.recognition import KeptRecord, end_recognition, kept_records
from okbadges.organisations.workshops import RecognitionRecord, find_workshop, record_recognition
from okbadges.web.bodies import Day, StrictBody
from okbadges.web.lists import NEXT, Limit, Since
from okbadges.web.organisations import Slug, own_organisation

router = Router(prefix="/v1/organisations/{organisation}", tags=["organisations"], route_class=StrictRoute)

_WorkshopSlug = Annotated[str, Path(max_length=64, description="Slug of the workshop", examples=["kahvila"])]
_RECORDS = "/workshops/{workshop}/recognition-records"


class RecognitionRequest(StrictBody):
    """One report of an environment recognition (oppimisympäristön tunnistaminen)."""

    report_id: str = Field(max_length=200, examples=["OTT-2026-7"])
    targets: list[Annotated[str, Field(max_length=200)]] = Field(
        min_length=1,
        max_length=60,
        examples=[["ammatillisenoppiaineet_vvtd"]],
        description="Code URIs of the areas and units that it covers",
    )
    recognised_by: str = Field(
        max_length=300,
        examples=["Opettaja, Lapin ammattiopisto"],
        description="Who from outside, by role, never by name",
    )
    recognised_inside: str | None = Field(
        default=None, max_length=300, examples=["Vastaava ohjaaja"], description="Who of the organisation, by role"
    )
    report_url: str | None = Field(
        default=None, max_length=1000, description="Public address of the report, https only"
    )
    diaari: str | None = Field(default=None, max_length=200, description="Number under which an office keeps it")
    valid_from: Day
    valid_until: Day | None = Field(default=None, description="The last day; leave out when it has no end yet")


class RecognitionAnswer(BaseModel):
    """One environment recognition: a workshop, one area or unit, from when to when."""

    id: uuid.UUID
    report_id: str
    target: str
    recognised_by: str
    recognised_inside: str | None
    report_url: str | None
    diaari: str | None
    valid_from: date
    valid_until: date | None


class RecognitionsAnswer(BaseModel):
    """One page of recognition records, by id."""

    recognition_records: list[RecognitionAnswer]
    next: uuid.UUID | None = Field(description=NEXT)


class EndRequest(StrictBody):
    """When a recognition ends early."""

    last_day: Day = Field(description="The last day on which an award is creditable by it")


@router.get(_RECORDS, summary="List recognition records", responses=responses(401, 403, 404, 422, 429, 503))
def list_recognitions(
    organisation: Slug,
    workshop: _WorkshopSlug,
    caller: CallerOf,
    rooms: RoomsOf,
    since: Since = None,
    after: uuid.UUID | None = None,
    limit: Limit = 50,
) -> RecognitionsAnswer:
    """List what a workshop is and was recognised for (scope ``organisation:administer``). For ``since`` counts that it was noted."""
    own = own_organisation(caller, organisation)
    with rooms.database.read() as session:
        found = kept_records(session, find_workshop(session, own, workshop), since=since, after=after, limit=limit + 1)
    page = [_recognition(one) for one in found[:limit]]
    return RecognitionsAnswer(recognition_records=page, next=page[-1].id if len(found) > limit else None)


@router.post(
    _RECORDS,
    status_code=201,
    summary="Keep a recognition record",
    responses=responses(400, 401, 403, 404, 409, 413, 422, 429, 503),
)
def keep_recognition(
    organisation: Slug, workshop: _WorkshopSlug, request: RecognitionRequest, caller: CallerOf, rooms: RoomsOf
) -> RecognitionsAnswer:
    """Keep a report that found a workshop fit for learning towards areas and units (scope ``organisation:administer``).

    Each area or unit becomes a record of its own. A repeat keeps nothing twice. The answer has the records of this report.
    """
    own = own_organisation(caller, organisation)
    with rooms.database.read() as session:
        place = find_workshop(session, own, workshop)
    record, stamp = _record(request), rooms.stamp(caller.actor)
    record_recognition(rooms.writer, stamp, organisation=own, workshop=place, record=record, also=request.targets[1:])
    with rooms.database.read() as session:
        kept = [_recognition(one) for one in kept_records(session, place)]
    of_report = [one for one in kept if one.report_id == request.report_id.strip()]
    return RecognitionsAnswer(recognition_records=sorted(of_report, key=lambda one: one.target), next=None)


@router.post(
    "/recognition-records/{record}/end",
    summary="End a recognition early",
    responses=responses(400, 401, 403, 404, 413, 422, 429, 503),
)
def end_record(
    organisation: Slug, record: uuid.UUID, request: EndRequest, caller: CallerOf, rooms: RoomsOf
) -> RecognitionAnswer:
    """End a recognition before its time (scope ``organisation:administer``); what was awarded until then stays creditable."""
    own = own_organisation(caller, organisation)
    stamp = rooms.stamp(caller.actor)
    return _recognition(
        end_recognition(rooms.writer, stamp, organisation=own, record_id=record, last_day=request.last_day)
    )


def _record(request: RecognitionRequest) -> RecognitionRecord:
    return RecognitionRecord(
        report_id=request.report_id,
        report_url=request.report_url,
        target_uri=request.targets[0],
        recognised_by=request.recognised_by,
        valid_from=request.valid_from,
        valid_until=request.valid_until,
        diaari=request.diaari,
        recognised_inside=request.recognised_inside,
    )


def _recognition(kept: KeptRecord) -> RecognitionAnswer:
    record = kept.record
    return RecognitionAnswer(
        id=kept.id,
        report_id=record.report_id,
        target=record.target_uri,
        recognised_by=record.recognised_by,
        recognised_inside=record.recognised_inside,
        report_url=record.report_url,
        diaari=record.diaari,
        valid_from=record.valid_from,
        valid_until=record.valid_until,
    )
