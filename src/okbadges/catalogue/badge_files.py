"""What people write in ``badge_definitions``: the models of its files, and the catalogue that they make together.

The models say which fields there are and of what kind; whether a name in one file exists in another is asked in
`okbadges.catalogue.checks` and `okbadges.catalogue.area_checks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - pydantic reads the annotation at run time
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from okbadges.catalogue.published import CommonWords, Coverage, EvidenceKind, Family, Hours, Kind  # noqa: TC001 - the same
from okbadges.catalogue.second_person import SecondPerson  # noqa: TC001 - the same
from okbadges.catalogue.texts import Texts  # noqa: TC001 - the same
from okbadges.catalogue.units import (
    EscoFile,
    Generations,
    NationalFile,
    Osp,
    Reviewed,
    TuvaFile,
    VocationalFile,
    Word,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


class Successor(Reviewed):
    """The area of the next generation that took the place of the one a badge maps to."""

    generation: Word
    unit: Word
    area: Word


class AreaMapping(Reviewed):
    """A badge shows something of this area, in the generation that the mapping was written for."""

    generation: Word
    unit: Word
    area: Word
    outcomes: tuple[str, ...] = ()
    coverage: Coverage
    planning_osp: Osp | None = None
    award_languages: tuple[LanguageCode, ...] = ()
    award_languages_excluded: tuple[LanguageCode, ...] = ()
    successor: Successor | None = None


class TuvaMapping(Reviewed):
    """A badge shows some of the goals of a part of TUVA; goals are counted from 1."""

    part: Word
    goals: tuple[int, ...]


class MapsTo(Reviewed):
    """Everything that a badge maps to; all but the common areas is for teachers only."""

    common_areas: tuple[AreaMapping, ...] = ()
    vocational_units: tuple[str, ...] = ()
    tuva_parts: tuple[TuvaMapping, ...] = ()
    national_badges: tuple[str, ...] = ()


class AllowedWord(Reviewed):
    """A word that the neutrality lint stops at and that is right here all the same."""

    word: Word
    reason: Annotated[str, Field(min_length=10)]


class BadgeDefinition(Reviewed):
    """One badge: the file ``badges/<slug>.yaml``."""

    slug: Slug
    family: Word
    kind: Kind
    name: Texts
    description: Texts
    criteria: tuple[Texts, ...]
    you: SecondPerson | None = None
    collects: tuple[str, ...] = ()
    records_language: bool = False
    maps_to: MapsTo = MapsTo()
    esco: tuple[str, ...] = ()
    evidence: tuple[EvidenceKind, ...]
    hours: Hours | None = None
    suggested_validity_months: Annotated[int, Field(gt=0, le=120)] | None = None
    instructor_notes: Texts | None = None
    allowed_words: tuple[AllowedWord, ...] = ()
    retired: bool = False


class FamiliesFile(Reviewed):
    """The file ``families.yaml``, in the order in which families are shown."""

    families: tuple[Family, ...]


class IssuerDefinition(Reviewed):
    """A neutral name under which one or several organisations issue; everybody sees all of it."""

    slug: Slug
    name: Word
    description: Texts


class IssuersFile(Reviewed):
    """The file ``issuers.yaml``."""

    issuers: tuple[IssuerDefinition, ...]


class RetiredSlug(Reviewed):
    """A slug that is never used again."""

    slug: Slug
    retired_on: date
    reason: Word


class RetiredFile(Reviewed):
    """The file ``retired.yaml``."""

    retired: tuple[RetiredSlug, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The catalogue as it stands in git: badges by slug, and everything that they refer to.

    `okbadges.catalogue.definitions.read_catalogue` gives out only catalogues without mistakes.
    """

    badges: Mapping[str, BadgeDefinition]
    families: tuple[Family, ...]
    issuers: tuple[IssuerDefinition, ...]
    words: CommonWords
    retired: tuple[RetiredSlug, ...]
    generations: Generations
    tuva: TuvaFile
    vocational: VocationalFile
    national: NationalFile
    esco: EscoFile
