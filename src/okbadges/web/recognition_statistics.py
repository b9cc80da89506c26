"""``/v1/recognition/statistics``: what became of an organisation's badges at schools, in numbers that tell nobody's decision."""

from __future__ import annotations

from pydantic import BaseModel, Field

from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.organisations.roles import Scope
from okbadges.recognition.statistics import badge_statistics

router = Router(prefix="/v1/recognition", tags=["recognition"], route_class=StrictRoute)

_IN_FIVES = "People, in steps of five: 10 says ten or more; null: fewer than five, or not told"


class BadgeStatisticsJson(BaseModel):
    """One badge."""

    badge: str = Field(examples=["digi-turva"])
    considered: int | None = Field(description=_IN_FIVES, examples=[10])
    full: int | None = Field(description=f"It counted, and the whole was recognised. {_IN_FIVES}", examples=[5])
    part: int | None = Field(description=f"It counted, and a part was recognised. {_IN_FIVES}", examples=[None])
    why_not: dict[str, int] = Field(
        description="Why it came to nothing yet, for five people or more: `not-now`, `refer`, or why the badge did not count",
        examples=[{"no-record": 5}],
    )


class OrganisationStatisticsJson(BaseModel):
    """The badges of one organisation. Organisations are never added up: the difference would tell of few."""

    organisation: str = Field(examples=["demo-kemi"])
    badges: list[BadgeStatisticsJson]


class StatisticsAnswer(BaseModel):
    """What schools made of badges, for those who award them."""

    organisations: list[OrganisationStatisticsJson]


@router.get("/statistics", summary="What became of your badges", responses=responses(401, 403, 429, 503))
def statistics(caller: CallerOf, rooms: RoomsOf) -> StatisticsAnswer:
    """Tell how often each badge was considered by a school, recognised, and why not (scope ``progress:manage``: instructors and administrators).

    Each person counts once for each badge, by the best that came of it.
    """
    caller.require(Scope.PROGRESS)
    with rooms.database.read() as session:
        found = {slug: badge_statistics(session, one) for slug, one in sorted(caller.organisations.items())}
    return StatisticsAnswer(
        organisations=[
            OrganisationStatisticsJson(
                organisation=slug,
                badges=[
                    BadgeStatisticsJson(
                        badge=one.badge,
                        considered=one.considered,
                        full=one.full,
                        part=one.part,
                        why_not=dict(one.why_not),
                    )
                    for one in badges
                ],
            )
            for slug, badges in found.items()
        ]
    )
