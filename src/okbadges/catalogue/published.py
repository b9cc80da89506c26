"""A published badge: one immutable version, self-contained, exactly as it is stored and shown for ever.

`PublishedBadge` is made by `okbadges.catalogue.importing.plan` from the definitions in git, stored as JSON
(``model_dump_json`` / ``model_validate_json``), and read by issuing, pages, API and recognition. Every name is resolved:
nothing in it points back to a file, so what somebody earned keeps its meaning when the catalogue moves on.

Who may see what (``design/decisions.md``, "What is public"):

- anyone: slug, version, family, kind, name, description, criteria, collects, artwork, and what `credential_alignments`
  gives: common areas and ESCO skills, by code and official name, as "relates to";
- a teacher (signed in, or behind a link of purpose "study plan"): everything in ``teacher_only`` and the fields
  ``coverage``, ``outcomes`` and ``planning_osp`` of `AreaAlignment`;
- the holder: ``you``, on pages that speak to them (`okbadges.catalogue.second_person`);
- an instructor: ``instructor_notes`` and ``evidence_kinds``. Nothing of these three ever enters a credential.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from okbadges.catalogue.second_person import SecondPerson
from okbadges.catalogue.teacher_only import TeacherOnly
from okbadges.catalogue.texts import LANGUAGES, Language, OfficialName, Texts

__all__ = [
    "IN_CREDENTIAL",
    "LANGUAGES",
    "AreaAlignment",
    "Artwork",
    "CommonWords",
    "Coverage",
    "CredentialAlignment",
    "EscoSkill",
    "EvidenceKind",
    "Family",
    "GenerationName",
    "Hours",
    "Kind",
    "Language",
    "OfficialName",
    "PublishedBadge",
    "Texts",
]

Kind = Literal["skill", "summary"]
GenerationName = Literal["2018", "2022", "2026"]
Coverage = Literal["full", "partial", "unknown"]
"""How much of an area's compulsory outcomes a badge shows. ``unknown``: the texts of that generation are not in yet."""

EvidenceKind = Literal[
    "observation", "work-sample", "work-diary", "discussion", "self-assessment", "task", "external-certificate"
]

IN_CREDENTIAL: tuple[GenerationName, ...] = ("2022", "2026")
"""The generations whose areas a credential names. 2018 is for students in transition: a teacher sees it, a credential does
not carry it (its area codes are those of 2022, so it would only say the same twice)."""


class _Stored(BaseModel):
    """What is stored is never changed, and nothing unknown is ever read back."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Family(_Stored):
    """The family a badge belongs to; ``id`` is also the name of its colour."""

    id: str
    name: Texts


class CommonWords(_Stored):
    """The words that every badge of this version shares. They are part of the version and of its hash."""

    skill_badge: Texts
    summary_badge: Texts
    criteria_lead: Texts
    """The words before the list of criteria ("The holder of this badge:")."""
    common_units: OfficialName
    """The official name of the framework of the common units."""
    esco: OfficialName


class AreaAlignment(_Stored):
    """One area (osa-alue) of a common unit in one generation of the requirements.

    ``area_osp`` is the size of the compulsory area in that generation and ``planning_osp`` this badge's share of it, an
    estimate for planning and never a credit; None is unknown (all of 2026). ``outcomes`` are ids like ``YTYK-2``, numbered
    by the text of 2018; ``outcomes_confirmed`` is False where that numbering is carried over to a later generation.
    """

    kind: Literal["common-area"] = "common-area"
    generation: GenerationName
    generation_from: date
    """The generation applies to study rights that begin on this day or later."""
    unit_code: str
    unit_uri: str
    unit_name: OfficialName
    area_code: str
    area_uri: str
    area_version: int
    area_name: OfficialName
    area_osp: Decimal | None
    coverage: Coverage
    outcomes: tuple[str, ...]
    outcomes_confirmed: bool
    planning_osp: Decimal | None
    award_languages: tuple[str, ...] = ()
    """Only for badges that record the language of the award (``vuoro-kielet``): the languages that count to this area."""
    award_languages_excluded: tuple[str, ...] = ()
    """The same the other way round: every language but these counts to this area."""
    url: str

    def counts_for(self, award_language: str | None) -> bool:
        """Tell whether an award in ``award_language`` (lower-case code) counts to this area; without a language, only if none is asked."""
        if not self.award_languages and not self.award_languages_excluded:
            return True
        if award_language is None:
            return False
        return award_language in self.award_languages or (
            bool(self.award_languages_excluded) and award_language not in self.award_languages_excluded
        )


class EscoSkill(_Stored):
    """An ESCO skill that the badge relates to; ``uri`` is also its address.

    ``label`` is ESCO's own name; ``plain`` is our wording for languages in which ESCO's is not known here.
    """

    uri: str
    label: OfficialName
    plain: OfficialName | None = None

    def in_language(self, language: str) -> tuple[str, str]:
        """Return ESCO's name in ``language``, else our wording in it, else ESCO's name in another; and the language it is in."""
        for names in filter(None, (self.label, self.plain)):
            text, found = names.in_language(language)
            if found == language:
                return text, found
        return self.label.in_language(language)


class Hours(_Stored):
    """How many hours of activity a badge typically takes. An estimate for instructors."""

    model_config = ConfigDict(strict=True)

    least: int
    most: int


class Artwork(_Stored):
    """The picture of the badge in one language: the SVG and what it shows in words. The PNG is stored apart."""

    svg: str
    alt: str


class CredentialAlignment(_Stored):
    """One alignment as a credential may carry it (OB 3.0 `Alignment`): no coverage, no outcomes, no osp.

    ``name`` → ``targetName``, ``url`` → ``targetUrl``, ``code`` → ``targetCode``, ``framework`` → ``targetFramework``.
    ``name_language`` tells pages which language the name really is in.
    """

    kind: Literal["common-area", "esco"]
    name: str
    name_language: str
    url: str
    code: str
    framework: str


class PublishedBadge(_Stored):
    """One version of a badge; see the module for who may see which part."""

    slug: str
    version: int
    family: Family
    kind: Kind
    name: Texts
    description: Texts
    criteria: tuple[Texts, ...]
    """The small steps, in order; each is one thing the holder does."""
    you: SecondPerson | None = None
    """The same, said to the holder; pages ask `okbadges.catalogue.second_person.to_holder`. None: published before there was any."""
    collects: tuple[str, ...] = ()
    """Slugs of the skill badges that a summary badge brings together."""
    words: CommonWords
    areas: tuple[AreaAlignment, ...] = ()
    esco: tuple[EscoSkill, ...] = ()
    teacher_only: TeacherOnly = TeacherOnly()
    records_language: bool = False
    """True: the award records which language it was shown in, and counts to one area only."""
    evidence_kinds: tuple[EvidenceKind, ...] = ()
    hours: Hours | None = None
    suggested_validity_months: int | None = None
    instructor_notes: Texts | None = None
    emblem_svg: str = ""
    """The picture without words, for lists and small sizes."""
    artwork: dict[Language, Artwork] = {}

    def areas_in(self, generation: GenerationName) -> tuple[AreaAlignment, ...]:
        """Return the areas of the one ``generation`` that a teacher chose."""
        return tuple(area for area in self.areas if area.generation == generation)

    def kind_words(self, language: str) -> tuple[str, str]:
        """Return what kind of badge this is in words, and their language."""
        return (self.words.summary_badge if self.kind == "summary" else self.words.skill_badge).in_language(language)

    def criteria_narrative(self, language: str) -> str:
        """Return the criteria as the Markdown of `Criteria.narrative`: a lead and one list item for each small step."""
        lead, _ = self.words.criteria_lead.in_language(language)
        return "\n".join([lead, "", *(f"- {criterion.in_language(language)[0]}" for criterion in self.criteria)])

    def credential_alignments(self, language: str) -> tuple[CredentialAlignment, ...]:
        """Return the alignments that a credential in ``language`` carries: common areas of 2022 and 2026, then ESCO skills.

        Nothing that the visibility rules keep for teachers is in here (product.md, rule 1 and 5; decisions.md, "What is public").
        """
        framework, _ = self.words.common_units.in_language(language)
        areas = [
            CredentialAlignment(
                kind="common-area",
                name=area.area_name.in_language(language)[0],
                name_language=area.area_name.in_language(language)[1],
                url=area.url,
                code=area.area_uri,
                framework=f"{framework} {area.generation}: {area.unit_name.in_language(language)[0]}",
            )
            for area in self.areas
            if area.generation in IN_CREDENTIAL
        ]
        esco = [
            CredentialAlignment(
                kind="esco",
                name=skill.in_language(language)[0],
                name_language=skill.in_language(language)[1],
                url=skill.uri,
                code=skill.uri,
                framework=self.words.esco.in_language(language)[0],
            )
            for skill in self.esco
        ]
        return (*areas, *esco)

    def content_hash(self) -> str:
        """Return the SHA-256 in hex of everything but the version, as canonical JSON: equal content, equal hash."""
        # A field that says nothing is left out: a later okbadges may add one without making new versions of everything.
        content = self.model_dump(mode="json", exclude={"version"}, exclude_defaults=True)
        canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()
