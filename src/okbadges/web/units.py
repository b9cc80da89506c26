"""``/v1/units``: the common units of vocational qualifications, generation by generation, as this release knows them.

They are public facts of the national requirements, checked by people on the day that stands beside them. What nobody has published is not
guessed: it is named in ``not_published``. Sizes in competence points, and what a badge shows of an area, only teachers see: neither is here.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import Path, Response
from pydantic import BaseModel, Field

from okbadges.catalogue.published import GenerationName
from okbadges.catalogue.units import CODE_ADDRESS, Place
from okbadges.edge.badge_json import Words, words_json
from okbadges.edge.problems import responses
from okbadges.edge.rooms import RoomsOf  # noqa: TC001 - the same
from okbadges.edge.routing import Router
from okbadges.errors import NotFound
from okbadges.web.lists import Since  # noqa: TC001 - the same
from okbadges.web.public import NOT_MODIFIED, Known, as_json, public_answer

if TYPE_CHECKING:
    from okbadges.catalogue.units import Area, Generation, Generations, Unit

router = Router(prefix="/v1/units", tags=["units"])

_Generation = Annotated[str, Path(max_length=10, examples=["2026"])]
_Code = Annotated[str, Path(max_length=100, description="Its code, or its code URI", examples=["tutkinnonosat_108357"])]


class OutcomeJson(BaseModel):
    """One compulsory outcome of an area: its id here, and our own short words for it."""

    id: str = Field(examples=["VVAI-1"])
    words: Words


class AreaJson(BaseModel):
    """An area (osa-alue) of a unit."""

    code: str = Field(examples=["VVTD26"])
    uri: str = Field(examples=["ammatillisenoppiaineet_vvtd26"])
    url: str = Field(description="Where the national code service describes it")
    version: int
    name: Words
    follows: str | None = Field(default=None, description="The code of the area whose place it took")
    variants: list[str] = Field(default=[], description="Codes of the same area in other languages")
    outcomes: list[OutcomeJson]
    not_published: list[Literal["outcomes"]] = Field(description="What nobody has published yet")


class UnitInBrief(BaseModel):
    """A common unit (yhteinen tutkinnon osa)."""

    code: str = Field(examples=["108357"])
    uri: str = Field(examples=["tutkinnonosat_108357"])
    url: str = Field(description="Where the national code service describes it")
    name: Words
    follows: str | None = Field(default=None, description="The code of the unit whose place it took")


class UnitJson(UnitInBrief):
    """A common unit with its areas."""

    areas: list[AreaJson]


class GenerationInBrief(BaseModel):
    """One generation of the requirements."""

    generation: GenerationName
    applies_from: date = Field(description="Study rights that begin on this day or later")
    outcomes: Literal["numbered-here", "carried-over", "unknown"] = Field(
        description="Whether the ids of outcomes number this text, or the one before, which a teacher confirms"
    )
    source: str
    checked_on: date = Field(description="When people compared it with its source")
    units: list[UnitInBrief]


class GenerationJson(GenerationInBrief):
    """One generation with its units and their areas."""

    units: list[UnitJson]  # type: ignore[assignment]  # each unit is a brief one, and more


class GenerationsAnswer(BaseModel):
    """Every generation, the oldest first."""

    generations: list[GenerationInBrief]


@router.get(
    "",
    summary="List the generations",
    response_model=GenerationsAnswer,
    responses={**NOT_MODIFIED, **responses(422, 503)},
)
def list_generations(rooms: RoomsOf, since: Since = None, if_none_match: Known = None) -> Response:
    """List the generations of the requirements with their common units. For ``since`` the day counts on which one was last checked."""
    found = [one for one in rooms.units.all if since is None or one.checked_on >= since.date()]
    answer = GenerationsAnswer(generations=[_generation_in_brief(one) for one in found])
    return public_answer(as_json(answer), known=if_none_match)


@router.get(
    "/{generation}",
    summary="Read a generation",
    response_model=GenerationJson,
    responses={**NOT_MODIFIED, **responses(404, 422, 503)},
)
def read_generation(generation: _Generation, rooms: RoomsOf, if_none_match: Known = None) -> Response:
    """Describe one generation: its units, their areas, and the outcomes of each."""
    found = _generation(rooms.units, generation)
    units = [_unit(rooms.units, found, unit) for unit in found.units]
    brief = _generation_in_brief(found).model_dump(exclude={"units"})
    return public_answer(as_json(GenerationJson(**brief, units=units)), known=if_none_match)


@router.get(
    "/{generation}/{unit}",
    summary="Read a unit",
    response_model=UnitJson,
    responses={**NOT_MODIFIED, **responses(404, 422, 503)},
)
def read_unit(generation: _Generation, unit: _Code, rooms: RoomsOf, if_none_match: Known = None) -> Response:
    """Describe one unit of a generation with its areas."""
    its = _generation(rooms.units, generation)
    found = next((one for one in its.units if unit in (one.code, one.uri)), None)
    if found is None:
        raise NotFound("unknown-unit", f"The generation {its.generation} has no such common unit.", field="unit")
    return public_answer(as_json(_unit(rooms.units, its, found)), known=if_none_match)


def _generation(generations: Generations, name: str) -> Generation:
    found = generations.named(name)
    if found is None:
        names = ", ".join(one.generation for one in generations.all)
        raise NotFound("unknown-generation", f"The generations that are known: {names}.", field="generation")
    return found


def _generation_in_brief(generation: Generation) -> GenerationInBrief:
    return GenerationInBrief(
        generation=generation.generation,
        applies_from=generation.applies_from,
        outcomes=generation.outcomes,
        source=generation.source,
        checked_on=generation.checked_on,
        units=[UnitInBrief(**_facts(unit)) for unit in generation.units],
    )


def _unit(generations: Generations, generation: Generation, unit: Unit) -> UnitJson:
    areas = [_area(generations, Place(generation, unit, area)) for area in unit.areas]
    return UnitJson(**_facts(unit), areas=areas)


def _area(generations: Generations, place: Place) -> AreaJson:
    outcomes = [OutcomeJson(id=one.id, words=words_json(one.words)) for one in generations.outcomes(place)]
    return AreaJson(
        **_facts(place.area),
        version=place.area.version,
        variants=list(place.area.variants),
        outcomes=outcomes,
        not_published=[] if outcomes else ["outcomes"],
    )


def _facts(of: Unit | Area) -> dict[str, object]:
    return {
        "code": of.code,
        "uri": of.uri,
        "url": f"{CODE_ADDRESS}{of.uri}",
        "name": words_json(of.name),
        "follows": of.follows,
    }
