"""The qualification units that badges map to, as reviewed data: common units by generation, and what only teachers see.

The files in ``badge_definitions/units`` are read into these models. `Generations` knows how the generations follow each other:
which area of 2022 an area of 2026 took the place of, whose outcome ids still hold, and which generation a student is in.
What nobody has published is None (sizes of 2026) or has no outcomes; nothing here guesses.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from okbadges.catalogue.published import GenerationName
from okbadges.catalogue.texts import OfficialName, Texts

if TYPE_CHECKING:
    from collections.abc import Iterator

CODE_ADDRESS = "https://virkailija.opintopolku.fi/koodisto-service/rest/codeelement/"
"""Where the national code service describes a code (all its versions), given its URI."""

TELMA_CODES = frozenset({"400005", "400006", "400007"})
"""The units of TELMA (OPH-2659-2017). The programme itself tells why somebody was there, so they never appear."""


def _exact(value: object) -> object:
    """Let a whole number stand for a decimal; a boolean is not a number here."""
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


Osp = Annotated[Decimal, BeforeValidator(_exact), Field(gt=0, le=200, decimal_places=2)]
Word = Annotated[str, Field(min_length=1)]


class Reviewed(BaseModel):
    """What is read from a file that people review: strict, and nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Outcome(Reviewed):
    """One compulsory outcome of an area: its id and our own short words for it (the official text stays with its owner)."""

    id: Word
    words: Texts


class Area(Reviewed):
    """An area (osa-alue) of a common unit. ``osp`` is the size of its compulsory part, None where it is not known."""

    code: Word
    uri: Word
    version: int
    name: OfficialName
    osp: Osp | None = None
    follows: str | None = None
    outcomes: tuple[Outcome, ...] = ()
    variants: tuple[str, ...] = ()


class Unit(Reviewed):
    """A common unit (yhteinen tutkinnon osa) with its areas."""

    code: Word
    uri: Word
    name: OfficialName
    osp: Osp | None = None
    follows: str | None = None
    areas: tuple[Area, ...]


class Generation(Reviewed):
    """The common units of one generation of the requirements, for study rights that begin on ``applies_from`` or later.

    ``outcomes`` says what the outcome ids of this generation are: numbered in this file, carried over from the one before
    (a teacher confirms them), or unknown.
    """

    source: Word
    checked_on: date
    generation: GenerationName
    applies_from: date
    outcomes: Literal["numbered-here", "carried-over", "unknown"]
    units: tuple[Unit, ...]


class TuvaWeeks(Reviewed):
    """The size of a TUVA part, in weeks."""

    least: int
    most: int


class TuvaPartFacts(Reviewed):
    """A part of TUVA; ``goals`` is how many goals its text has."""

    code: Word
    uri: Word
    name: OfficialName
    weeks: TuvaWeeks
    goals: int


class TuvaFile(Reviewed):
    """The file ``units/tuva.yaml``."""

    source: Word
    checked_on: date
    requirements: Word
    eperusteet_id: int
    parts: tuple[TuvaPartFacts, ...]


class Qualification(Reviewed):
    """A vocational qualification, in the requirements of one year."""

    id: Word
    name: OfficialName
    requirements: Word
    diary_number: str | None = None
    eperusteet_id: int | None = None
    superseded_on: date | None = None
    superseded_by: str | None = None


class VocationalUnitFacts(Reviewed):
    """A unit of a vocational qualification. ``osp`` is None where its size is not known."""

    code: Word
    uri: Word
    qualification: Word
    name: OfficialName
    osp: Osp | None = None


class VocationalFile(Reviewed):
    """The file ``units/vocational.yaml``."""

    source: Word
    checked_on: date
    qualifications: tuple[Qualification, ...]
    units: tuple[VocationalUnitFacts, ...]


class NationalBadgeFacts(Reviewed):
    """A national basic-skills badge."""

    code: Word
    uri: Word
    name: OfficialName


class NationalTheme(Reviewed):
    """A theme of the national badges."""

    name: OfficialName
    badges: tuple[NationalBadgeFacts, ...]


class NationalFile(Reviewed):
    """The file ``units/national-badges.yaml``."""

    source: Word
    checked_on: date
    themes: tuple[NationalTheme, ...]


class EscoFacts(Reviewed):
    """An ESCO skill: ESCO's own label, and our wording in languages in which ESCO's is not known here."""

    id: Word
    uri: Annotated[
        str, Field(pattern=r"^http://data\.europa\.eu/esco/skill/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
    ]
    label: OfficialName
    plain: OfficialName | None = None


class EscoFile(Reviewed):
    """The file ``esco.yaml``."""

    source: Word
    checked_on: date
    skills: tuple[EscoFacts, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """An area where it belongs: its generation, its unit, itself."""

    generation: Generation
    unit: Unit
    area: Area


@dataclass(frozen=True, slots=True)
class Generations:
    """All generations of the common units, the oldest first."""

    all: tuple[Generation, ...]

    def named(self, name: str) -> Generation | None:
        """Return the generation called ``name``, or None."""
        return next((generation for generation in self.all if generation.generation == name), None)

    def on(self, begins_on: date) -> Generation | None:
        """Return the generation of a study right that begins on that day; None before the first one that is known."""
        return next((each for each in reversed(self.all) if each.applies_from <= begins_on), None)

    def places(self) -> Iterator[Place]:
        """Go through every area of every generation."""
        for generation in self.all:
            for unit in generation.units:
                for area in unit.areas:
                    yield Place(generation, unit, area)

    def place(self, generation: str, area: str) -> Place | None:
        """Return where the area with that code is in that generation, or None."""
        return next(
            (each for each in self.places() if (each.generation.generation, each.area.code) == (generation, area)), None
        )

    def before(self, place: Place) -> Place | None:
        """Return the area of the generation before, whose place this one took; None if there is none."""
        at = self.all.index(place.generation)
        return self.place(self.all[at - 1].generation, place.area.follows) if at and place.area.follows else None

    def after(self, place: Place) -> Place | None:
        """Return the area of the next generation that took the place of this one; None if there is none yet."""
        return next((each for each in self.places() if self.before(each) == place), None)

    def outcomes(self, place: Place) -> tuple[Outcome, ...]:
        """Return the compulsory outcomes of an area: its own, or those it carries over; none where they are unknown."""
        if place.generation.outcomes == "numbered-here":
            return place.area.outcomes
        earlier = self.before(place) if place.generation.outcomes == "carried-over" else None
        return self.outcomes(earlier) if earlier else ()
