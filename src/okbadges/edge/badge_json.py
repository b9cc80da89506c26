"""A badge as JSON: what `/v1/badges` answers, and what the badge pages answer to a program. Nothing that only teachers see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from okbadges.catalogue.published import IN_CREDENTIAL

if TYPE_CHECKING:
    from okbadges.catalogue.published import EscoSkill, PublishedBadge
    from okbadges.catalogue.texts import OfficialName, Texts


class Words(BaseModel):
    """A text by language; a language is left out where there is no text."""

    fi: str | None = None
    sv: str | None = None
    en: str | None = None
    se: str | None = None


class AreaJson(BaseModel):
    """A common area that the badge relates to, in one generation of the requirements."""

    generation: str = Field(examples=["2026"])
    applies_from: str = Field(description="Study rights that begin on this day or later", examples=["2026-08-01"])
    unit: str = Field(examples=["tutkinnonosat_108357"])
    unit_name: Words
    area: str = Field(examples=["ammatillisenoppiaineet_vvtd26"])
    area_name: Words
    code: str = Field(examples=["VVTD26"])
    url: str
    award_languages: list[str] | None = Field(
        default=None, description="Only an award that was shown in one of these languages belongs here"
    )
    award_languages_excluded: list[str] | None = Field(
        default=None, description="Only an award that was shown in another language belongs here"
    )


class EscoJson(BaseModel):
    """An ESCO skill that the badge relates to."""

    uri: str
    label: Words


class BadgeJson(BaseModel):
    """A badge definition in its newest version."""

    slug: str = Field(examples=["digi-turva"])
    version: int
    family: str
    family_name: Words
    kind_name: Words
    kind: str = Field(examples=["skill"], description="`skill`, or `summary`: collects the badges of one area")
    name: Words
    description: Words
    criteria: list[Words] = Field(description="The small steps, in order")
    collects: list[str]
    relates_to_areas: list[AreaJson] = Field(description="The issuer's estimate; a school decides what it credits")
    relates_to_esco: list[EscoJson]
    languages: list[str]
    page: str
    achievements: dict[str, str] = Field(description="The immutable Open Badges achievement by language")
    images: dict[str, str] = Field(description="PNG by language")
    drawings: dict[str, str] = Field(description="The same as SVG")
    image_texts: dict[str, str] = Field(description="What the picture shows, in words")
    emblem: str = Field(description="The picture without words, as SVG")


def badge_json(badge: PublishedBadge, base_url: str) -> BadgeJson:
    """Describe a badge to a program; ``base_url`` is where this service answers."""
    page = f"{base_url}/badges/{badge.slug}"
    languages = sorted(badge.artwork)
    return BadgeJson(
        slug=badge.slug,
        version=badge.version,
        family=badge.family.id,
        family_name=words_json(badge.family.name),
        kind=badge.kind,
        kind_name=words_json(badge.words.summary_badge if badge.kind == "summary" else badge.words.skill_badge),
        name=words_json(badge.name),
        description=words_json(badge.description),
        criteria=[words_json(step) for step in badge.criteria],
        collects=list(badge.collects),
        relates_to_areas=[
            AreaJson(
                generation=area.generation,
                applies_from=area.generation_from.isoformat(),
                unit=area.unit_uri,
                unit_name=words_json(area.unit_name),
                area=area.area_uri,
                area_name=words_json(area.area_name),
                code=area.area_code,
                url=area.url,
                award_languages=list(area.award_languages) or None,
                award_languages_excluded=list(area.award_languages_excluded) or None,
            )
            for area in badge.areas
            if area.generation in IN_CREDENTIAL
        ],
        relates_to_esco=[EscoJson(uri=skill.uri, label=_esco_words(skill)) for skill in badge.esco],
        languages=list(languages),
        page=page,
        achievements={language: f"{page}/v{badge.version}/{language}" for language in languages},
        images={language: f"{page}/v{badge.version}/{language}/image.png" for language in languages},
        drawings={language: f"{page}/v{badge.version}/{language}/image.svg" for language in languages},
        image_texts={language: badge.artwork[language].alt for language in languages},
        emblem=f"{page}/emblem.svg?v={badge.version}",
    )


def _esco_words(skill: EscoSkill) -> Words:
    """Return the skill's words in each language in which there are some (ESCO's own, or ours)."""
    found = {language: skill.in_language(language) for language in ("fi", "sv", "en")}
    return Words(**{language: text for language, (text, its) in found.items() if its == language})


def words_json(texts: Texts | OfficialName) -> Words:
    """Return a text in the languages in which there is one."""
    return Words(fi=texts.fi, sv=texts.sv, en=texts.en, se=texts.se)
