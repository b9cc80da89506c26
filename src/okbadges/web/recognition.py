"""``/v1/recognition``: what a set of badges means in a student's requirements, as JSON, for a school's teachers and programs."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import orjson
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field, JsonValue, PlainSerializer

from okbadges.catalogue.published import GenerationName
from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.badge_json import Words
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.errors import InvalidInput
from okbadges.integrations.own_address import own_address
from okbadges.organisations.roles import Scope
from okbadges.passport.sharing import open_share_link
from okbadges.recognition.gathering import chosen_generation, of_others, on_link
from okbadges.recognition.mapping.picture import Bar, Extent, Outlook, picture
from okbadges.verification.report import Verdict
from okbadges.web.bodies import Day, StrictBody

if TYPE_CHECKING:
    from okbadges.catalogue.texts import OfficialName, Texts
    from okbadges.edge.rooms import Rooms
    from okbadges.recognition.mapping.considered import Considered
    from okbadges.recognition.mapping.picture import AreaPicture, BadgeInArea, Picture

router = Router(prefix="/v1/recognition", tags=["recognition"], route_class=StrictRoute)

MOST_LINKS = 5
MOST_CREDENTIALS = 20
Osp = Annotated[Decimal, PlainSerializer(float, return_type=float)]


class PreviewRequest(StrictBody):
    """What the student shows, and which requirements they follow."""

    share_links: list[Annotated[str, Field(max_length=500)]] = Field(
        default=[],
        max_length=MOST_LINKS,
        description="Links of purpose study plan that this service gave out",
        examples=[["https://badges.example/s/vN0vW5dWQ1mBv0yS5sQm8xj0y2A"]],
    )
    credentials: list[dict[str, JsonValue] | Annotated[str, Field(max_length=60_000)]] = Field(
        default=[],
        max_length=MOST_CREDENTIALS,
        description="Badges of other services, as their JSON or JWT: mapped by their alignments",
    )
    generation: GenerationName | None = Field(
        default=None, description="The requirements that the student follows", examples=["2022"]
    )
    begins_on: Day | None = Field(
        default=None, description="Or the first day of their study right; without either, that of today"
    )


class BadgeSeenJson(BaseModel):
    """One badge that was looked at."""

    id: str
    name: str
    issuer: str
    verdict: Verdict
    document_hash: str


class BadgeInAreaJson(BaseModel):
    """One badge at one area; it counts where `bar` is null."""

    id: str
    bar: Bar | None
    outcomes: list[str]
    extent: Extent
    planning_osp: Osp | None = Field(description="An estimate for planning, never a credit; null: unknown")
    record: str | None = Field(description="The environment recognition report that was valid on the day of the award")
    record_of_other_generation: bool
    age_days: int | None


class OutcomeJson(BaseModel):
    """One compulsory outcome, in our own short words, and which badges show it."""

    id: str
    words: Words
    extent: Extent | None = Field(description="Null: no badge shows it")
    shown_by: list[str]


class AreaPictureJson(BaseModel):
    """One area of a common unit."""

    unit: str = Field(examples=["tutkinnonosat_106729"])
    area: str = Field(examples=["ammatillisenoppiaineet_yttt"])
    area_version: int
    area_name: Words
    osp: Osp | None = Field(description="Null: nobody has published the size")
    outlook: Outlook
    planning_osp: Osp | None
    outcomes: list[OutcomeJson] = Field(description="None: the text of this generation is not known here")
    outcomes_of_earlier_text: bool = Field(
        description="True: numbered by the text of 2018; compare with the student's own"
    )
    badges: list[BadgeInAreaJson]


class OtherTargetJson(BaseModel):
    """A vocational unit, or a part of TUVA, of which badges show something."""

    uri: str
    name: Words
    goals: list[int] = Field(description="Of a part of TUVA: the places of its goals")
    badges: list[str]


class PreviewAnswer(BaseModel):
    """The picture. Nothing in it is a credit: a school decides."""

    generation: GenerationName
    applies_from: date
    checked_at: datetime
    badges: list[BadgeSeenJson]
    areas: list[AreaPictureJson]
    vocational_units: list[OtherTargetJson]
    tuva_parts: list[OtherTargetJson]
    left_out: list[str] = Field(description="Badges that are not in force: their verdict says why")
    elsewhere: list[str] = Field(description="Badges that point at nothing in these requirements")


@router.post(
    "/preview", summary="Map badges to requirements", responses=responses(400, 401, 403, 404, 410, 413, 422, 503)
)
async def preview(request: PreviewRequest, caller: CallerOf, rooms: RoomsOf) -> PreviewAnswer:
    """Verify what a student shows and tell what it covers in their requirements (scope ``recognition:decide``). Nothing is kept."""
    caller.require(Scope.RECOGNISE)
    if not request.share_links and not request.credentials:
        raise InvalidInput("nothing-shown", "Send share_links, credentials, or both.", field="share_links")
    today = rooms.now().date()
    generation = chosen_generation(rooms.units, named=request.generation, begins_on=request.begins_on, today=today)
    async with rooms.verify_turns.turn():
        badges = await run_in_threadpool(partial(_gathered, rooms, request))
    return _answer(picture(badges, generation, rooms.units, today=today), badges, rooms.now())


def _gathered(rooms: Rooms, request: PreviewRequest) -> list[Considered]:
    """Return every badge once, verified now."""
    badges: dict[str, Considered] = {}
    for address in request.share_links:
        with rooms.database.read() as session:
            opened = open_share_link(session, _token(rooms, address), now=rooms.now())
        badges |= {one.credential_id: one for one in on_link(opened, rooms.verify)}
    for sent in request.credentials:
        report = rooms.verify(sent.encode() if isinstance(sent, str) else orjson.dumps(sent))
        found = of_others(report)
        badges.setdefault(found.credential_id, found)
    return list(badges.values())


def _token(rooms: Rooms, address: str) -> str:
    """Return the token of a share link of ours. Raises `InvalidInput` (``share-link``)."""
    own = own_address(address.strip(), rooms.base_url)
    place, _, token = (
        urlsplit(own).path.removeprefix(urlsplit(rooms.base_url).path).rpartition("/") if own else ("", "", "")
    )
    if place != "/s" or not token:
        raise InvalidInput(
            "share-link", f"A share link of this service begins with {rooms.base_url}/s/.", field="share_links"
        )
    return token


def _answer(found: Picture, badges: list[Considered], now: datetime) -> PreviewAnswer:
    return PreviewAnswer(
        generation=found.generation.generation,
        applies_from=found.generation.applies_from,
        checked_at=now,
        badges=[
            BadgeSeenJson(
                id=one.credential_id,
                name=one.name,
                issuer=one.issuer,
                verdict=one.verdict,
                document_hash=one.document_hash,
            )
            for one in badges
        ],
        areas=[_area(one) for one in found.areas],
        vocational_units=[
            OtherTargetJson(
                uri=one.unit.uri,
                name=_words(one.unit.name),
                goals=[],
                badges=[each.badge.credential_id for each in one.badges],
            )
            for one in found.vocational
            if one.is_recognised
        ],
        tuva_parts=[
            OtherTargetJson(
                uri=one.part.uri,
                name=_words(one.part.name),
                goals=list(one.goals),
                badges=[each.badge.credential_id for each in one.badges],
            )
            for one in found.tuva
            if one.is_recognised
        ],
        left_out=[one.credential_id for one in found.left_out],
        elsewhere=[one.credential_id for one in found.elsewhere],
    )


def _area(found: AreaPicture) -> AreaPictureJson:
    place = found.place
    return AreaPictureJson(
        unit=place.unit.uri,
        area=place.area.uri,
        area_version=place.area.version,
        area_name=_words(place.area.name),
        osp=place.area.osp,
        outlook=found.outlook,
        planning_osp=found.planning_osp,
        outcomes=[
            OutcomeJson(
                id=one.outcome.id,
                words=_words(one.outcome.words),
                extent=one.extent,
                shown_by=[each.badge.credential_id for each in one.shown_by],
            )
            for one in found.outcomes
        ],
        outcomes_of_earlier_text=found.carried_over,
        badges=[_badge(one) for one in found.badges],
    )


def _badge(found: BadgeInArea) -> BadgeInAreaJson:
    return BadgeInAreaJson(
        id=found.badge.credential_id,
        bar=found.bar,
        outcomes=list(found.outcomes),
        extent=found.extent,
        planning_osp=found.planning_osp,
        record=found.record.report_id if found.record else None,
        record_of_other_generation=found.by_other_generation,
        age_days=found.age_days,
    )


def _words(texts: OfficialName | Texts) -> Words:
    given: dict[str, Any] = texts.model_dump()
    return Words(**given)
