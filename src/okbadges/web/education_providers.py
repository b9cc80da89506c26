"""``/v1/organisations/{organisation}/education-provider``: that an organisation is a school, by its OIDs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.strict_requests import StrictRoute
from okbadges.errors import NotFound
from okbadges.organisations.roles import Scope
from okbadges.recognition.providers import find_provider, note_provider
from okbadges.web.bodies import StrictBody

if TYPE_CHECKING:
    from okbadges.organisations.callers import Caller
    from okbadges.organisations.workshops import Organisation
    from okbadges.recognition.providers import EducationProvider

router = APIRouter(prefix="/v1/organisations", tags=["organisations"], route_class=StrictRoute)

_Slug = Annotated[str, Path(max_length=64, description="Slug of an organisation of yours", examples=["lappia"])]
_Oid = Annotated[str, Field(max_length=60, examples=["1.2.246.562.10.20516711478"])]
_Code = Annotated[str, Field(max_length=60, examples=["osaamisentodentamisenprosessi_0001"])]
_CODES = (
    "Codes of the verification process, as the school confirmed them: directly, by assessors, by demonstration; or none"
)


class ProviderRequest(StrictBody):
    """What is noted of a school."""

    provider_oid: _Oid = Field(description="OID of the education provider (koulutuksen järjestäjä)")
    institution_oid: _Oid | None = Field(default=None, description="OID of the school (oppilaitos)")
    process_codes: list[_Code] = Field(default=[], max_length=3, description=_CODES)


class ProviderAnswer(BaseModel):
    """A school."""

    organisation: str
    provider_oid: str
    institution_oid: str | None
    process_codes: list[str] = Field(description=f"{_CODES}: then exports leave the code to be filled in")


@router.get(
    "/{organisation}/education-provider", summary="Look a school up", responses=responses(401, 403, 404, 429, 503)
)
def look_up(organisation: _Slug, caller: CallerOf, rooms: RoomsOf) -> ProviderAnswer:
    """Tell by which OIDs an organisation is noted as a school (scope ``organisation:administer``)."""
    own = _own(caller, organisation)
    with rooms.database.read() as session:
        found = find_provider(session, own)
    if found is None:
        raise NotFound("not-a-school", f"{own.slug} is not noted as an education provider.", field="organisation")
    return _answer(found)


@router.put(
    "/{organisation}/education-provider",
    summary="Note a school",
    responses=responses(400, 401, 403, 404, 413, 422, 429, 503),
)
def note(organisation: _Slug, request: ProviderRequest, caller: CallerOf, rooms: RoomsOf) -> ProviderAnswer:
    """Note that an organisation is an education provider, or correct it (scope ``organisation:administer``); its teachers may decide then."""
    own = _own(caller, organisation)
    noted = note_provider(
        rooms.writer,
        rooms.stamp(caller.actor),
        own,
        provider_oid=request.provider_oid,
        institution_oid=request.institution_oid,
        process_codes=request.process_codes,
    )
    return _answer(noted)


def _own(caller: Caller, slug: str) -> Organisation:
    """Return an organisation that the caller administers. Raises `NotAllowed` for the scope, `NotFound` for any other."""
    caller.require(Scope.ADMINISTER)
    found = caller.organisations.get(slug)
    if found is None:
        raise NotFound("unknown-organisation", "There is no such organisation among yours.", field="organisation")
    return found


def _answer(found: EducationProvider) -> ProviderAnswer:
    return ProviderAnswer(
        organisation=found.organisation.slug,
        provider_oid=found.provider_oid,
        institution_oid=found.institution_oid,
        process_codes=list(found.process_codes),
    )
