"""``/v1/organisations/{organisation}/education-provider``: that an organisation is a school, by its OIDs. Only the operator notes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Path
from pydantic import BaseModel, Field

from okbadges.edge.access import CallerOf  # noqa: TC001 - FastAPI reads the annotation at run time
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.edge.strict_requests import StrictRoute
from okbadges.errors import NotFound
from okbadges.organisations.roles import Scope
from okbadges.recognition.providers import find_provider

if TYPE_CHECKING:
    from okbadges.organisations.callers import Caller
    from okbadges.organisations.workshops import Organisation
    from okbadges.recognition.providers import EducationProvider

router = Router(prefix="/v1/organisations", tags=["organisations"], route_class=StrictRoute)

_Slug = Annotated[str, Path(max_length=64, description="Slug of an organisation of yours", examples=["lappia"])]


class ProviderAnswer(BaseModel):
    """A school."""

    organisation: str
    provider_oid: str = Field(
        description="OID of the education provider (koulutuksen järjestäjä)", examples=["1.2.246.562.10.20516711478"]
    )
    institution_oid: str | None = Field(
        description="OID of the school (oppilaitos)", examples=["1.2.246.562.10.63813695861"]
    )
    process_codes: list[str] = Field(
        description="Codes of the verification process, as the school confirmed them: directly, by assessors, by demonstration; "
        "or none: then exports leave the code to be filled in",
        examples=[[f"osaamisentodentamisenprosessi_000{number}" for number in (1, 2, 3)]],
    )


@router.get(
    "/{organisation}/education-provider", summary="Look a school up", responses=responses(401, 403, 404, 429, 503)
)
def look_up(organisation: _Slug, caller: CallerOf, rooms: RoomsOf) -> ProviderAnswer:
    """Tell by which OIDs an organisation is noted as a school (scope ``organisation:administer``). The operator notes them."""
    own = _own(caller, organisation)
    with rooms.database.read() as session:
        found = find_provider(session, own)
    if found is None:
        raise NotFound("not-a-school", f"{own.slug} is not noted as an education provider.", field="organisation")
    return _answer(found)


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
