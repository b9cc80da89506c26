"""``/v1/organisations``: an administrator's own organisations, and their workshops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path, Query
from pydantic import BaseModel, Field

from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.errors import NotFound
from okbadges.organisations.roles import Scope
from okbadges.organisations.workshops import (
    Organisation,
    ask_second_person,
    create_workshop,
    find_organisation,
    organisations_among,
    workshops_of,
)
from okbadges.web.bodies import StrictBody
from okbadges.web.lists import NEXT, Limit, Since, cut
from okbadges.web.warnings import WarningAnswer, disclosures

if TYPE_CHECKING:
    from okbadges.organisations.callers import Caller

router = Router(prefix="/v1/organisations", tags=["organisations"], route_class=StrictRoute)

Slug = Annotated[str, Path(max_length=64, description="Slug of an organisation of yours", examples=["demo-kemi"])]
_After = Annotated[str | None, Query(max_length=64, description="`next` of the page before")]


class OrganisationAnswer(BaseModel):
    """An organisation."""

    slug: str
    name: str = Field(description="Shown to teachers only")
    second_person_for_summary: bool = Field(
        description="Whether a summary badge needs the word of somebody else than who issues it"
    )


class OrganisationsAnswer(BaseModel):
    """The organisations that the access key is for."""

    organisations: list[OrganisationAnswer]
    next: str | None = Field(description=NEXT)


class OrganisationChange(StrictBody):
    """What an organisation can switch."""

    second_person_for_summary: bool = Field(strict=True, examples=[True])


class WorkshopRequest(StrictBody):
    """A workshop to be made."""

    slug: str = Field(max_length=64, examples=["ompelimo"])
    name: str = Field(max_length=200, examples=["Ompelimo"], description="Name the work, not why people are there")


class WorkshopAnswer(BaseModel):
    """A workshop."""

    slug: str
    name: str = Field(description="Shown to teachers only")


class MadeWorkshopAnswer(WorkshopAnswer):
    """A new workshop, and what its name could give away."""

    warnings: list[WarningAnswer]


class WorkshopsAnswer(BaseModel):
    """One page of workshops, by slug."""

    workshops: list[WorkshopAnswer]
    next: str | None = Field(description="Ask for the next page with `after` set to this; null: the last page")


@router.get("", summary="List your organisations", responses=responses(401, 403, 422, 429, 503))
def list_organisations(
    caller: CallerOf, rooms: RoomsOf, since: Since = None, after: _After = None, limit: Limit = 50
) -> OrganisationsAnswer:
    """List the organisations that the access key is for (scope ``organisation:administer``). For ``since`` counts that they were made."""
    caller.require(Scope.ADMINISTER)
    own = caller.organisations.values()
    with rooms.database.read() as session:
        page, last = cut(organisations_among(session, own, since=since, after=after, limit=limit + 1), limit)
    return OrganisationsAnswer(organisations=[_organisation(one) for one in page], next=last.slug if last else None)


@router.patch(
    "/{organisation}", summary="Change an organisation", responses=responses(400, 401, 403, 404, 413, 422, 429, 503)
)
def change_organisation(
    organisation: Slug, request: OrganisationChange, caller: CallerOf, rooms: RoomsOf
) -> OrganisationAnswer:
    """Switch whether summary badges need a second person's word (scope ``organisation:administer``)."""
    own = own_organisation(caller, organisation)
    asks = request.second_person_for_summary
    ask_second_person(rooms.writer, rooms.stamp(caller.actor), own, asks=asks)
    with rooms.database.read() as session:
        return _organisation(find_organisation(session, own.slug))


@router.get("/{organisation}/workshops", summary="List workshops", responses=responses(401, 403, 404, 422, 429, 503))
def list_workshops(
    organisation: Slug,
    caller: CallerOf,
    rooms: RoomsOf,
    since: Since = None,
    after: _After = None,
    limit: Limit = 50,
) -> WorkshopsAnswer:
    """List the workshops of an organisation (scope ``organisation:administer``). For ``since`` counts that they were made."""
    own = own_organisation(caller, organisation)
    with rooms.database.read() as session:
        found = workshops_of(session, own, since=since, after=after, limit=limit + 1)
    page = [WorkshopAnswer(slug=one.slug, name=one.name) for one in found[:limit]]
    return WorkshopsAnswer(workshops=page, next=page[-1].slug if len(found) > limit else None)


@router.post(
    "/{organisation}/workshops",
    status_code=201,
    summary="Make a workshop",
    responses=responses(400, 401, 403, 404, 409, 413, 422, 429, 503),
)
def make_workshop(organisation: Slug, request: WorkshopRequest, caller: CallerOf, rooms: RoomsOf) -> MadeWorkshopAnswer:
    """Make a workshop of an organisation (scope ``organisation:administer``)."""
    own = own_organisation(caller, organisation)
    stamp = rooms.stamp(caller.actor)
    made = create_workshop(rooms.writer, stamp, organisation=own, slug=request.slug, name=request.name)
    return MadeWorkshopAnswer(slug=made.slug, name=made.name, warnings=disclosures(("name", made.name)))


def own_organisation(caller: Caller, slug: str) -> Organisation:
    """Return an organisation that the caller administers. Raises `NotAllowed` for the scope, `NotFound` for any other."""
    caller.require(Scope.ADMINISTER)
    found = caller.organisations.get(slug)
    if found is None:
        raise NotFound("unknown-organisation", "There is no such organisation among yours.", field="organisation")
    return found


def _organisation(found: Organisation) -> OrganisationAnswer:
    return OrganisationAnswer(
        slug=found.slug, name=found.name, second_person_for_summary=found.second_person_for_summary
    )
