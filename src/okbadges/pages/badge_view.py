"""From a published badge to what a page shows of it, in one language; each text knows which language it is really in.

Only what anyone may see (decisions.md, "What is public"). What teachers see beside it is in `okbadges.pages.study_plan`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from okbadges.catalogue.published import IN_CREDENTIAL
from okbadges.catalogue.texts import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from okbadges.catalogue.published import AreaAlignment, PublishedBadge
    from okbadges.catalogue.texts import Language
    from okbadges.pages.words import Phrase, Words


_HEADINGS = ("belongs.from", "belongs.between")


@dataclass(frozen=True, slots=True)
class Artwork:
    """The picture of a badge: where it is, what it shows, and in which language it is drawn."""

    address: str
    alt: str
    language: str


@dataclass(frozen=True, slots=True)
class BadgeCard:
    """A badge in a list: its emblem, its name and one sentence."""

    slug: str
    family: str
    name: Phrase
    description: Phrase
    address: str
    emblem: str


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area that the badge relates to; ``notes`` are conditions, ``credit`` is for teachers only."""

    area: Phrase
    unit: Phrase
    code: str
    address: str
    notes: tuple[str, ...]
    credit: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GenerationTable:
    """The areas of one generation of the requirements, under the studies it applies to."""

    heading: str
    rows: tuple[AreaRow, ...]


@dataclass(frozen=True, slots=True)
class BadgeView:
    """A badge as a page shows it."""

    slug: str
    version: int
    family: str
    family_name: Phrase
    kind: Phrase
    is_summary: bool
    name: Phrase
    description: Phrase
    criteria: tuple[Phrase, ...]
    artwork: Artwork
    address: str
    generations: tuple[GenerationTable, ...]
    esco: tuple[tuple[Phrase, str], ...]


def badge_view(badge: PublishedBadge, words: Words) -> BadgeView:
    """Return what a page shows of a badge version."""
    language = words.language
    return BadgeView(
        slug=badge.slug,
        version=badge.version,
        family=badge.family.id,
        family_name=words.phrase(badge.family.name.in_language(language)),
        kind=words.phrase(badge.kind_words(language)),
        is_summary=badge.kind == "summary",
        name=words.phrase(badge.name.in_language(language)),
        description=words.phrase(badge.description.in_language(language)),
        criteria=tuple(words.phrase(step.in_language(language)) for step in badge.criteria),
        artwork=artwork(badge, language),
        address=version_address(badge, language),
        generations=generation_tables(badge, words),
        esco=tuple((words.phrase(skill.in_language(language)), skill.uri) for skill in badge.esco),
    )


def badge_card(badge: PublishedBadge, words: Words) -> BadgeCard:
    """Return what a list shows of a badge."""
    return BadgeCard(
        slug=badge.slug,
        family=badge.family.id,
        name=words.phrase(badge.name.in_language(words.language)),
        description=words.phrase(badge.description.in_language(words.language)),
        address=f"/badges/{badge.slug}",
        emblem=f"/badges/{badge.slug}/emblem.svg?v={badge.version}",
    )


def drawn_language(badge: PublishedBadge, language: str) -> Language:
    """Return the language whose artwork is shown: the asked one where it is drawn, else Finnish."""
    return next((drawn for drawn in LANGUAGES if drawn == language and drawn in badge.artwork), "fi")


def version_address(badge: PublishedBadge, language: str) -> str:
    """Return the address of this version in a language it is published in."""
    return f"/badges/{badge.slug}/v{badge.version}/{drawn_language(badge, language)}"


def artwork(badge: PublishedBadge, language: str) -> Artwork:
    """Return the picture of a badge in a language, or the Finnish one."""
    drawn = drawn_language(badge, language)
    return Artwork(f"{version_address(badge, drawn)}/image.svg", badge.artwork[drawn].alt, drawn)


def generation_tables(badge: PublishedBadge, words: Words) -> tuple[GenerationTable, ...]:
    """Return the public areas, the newest generation first."""
    public = [area for area in badge.areas if area.generation in IN_CREDENTIAL]
    return tuple(
        GenerationTable(studies_heading(begins, badge.areas, words), tuple(area_row(area, words) for area in areas))
        for begins, areas in by_generation(public)
    )


def by_generation(areas: Iterable[AreaAlignment]) -> list[tuple[date, list[AreaAlignment]]]:
    """Group areas by the day from which their generation applies, the newest first."""
    groups: dict[date, list[AreaAlignment]] = {}
    for area in areas:
        groups.setdefault(area.generation_from, []).append(area)
    return sorted(groups.items(), reverse=True, key=lambda group: group[0])


def studies_heading(
    begins: date, areas: Iterable[AreaAlignment], words: Words, texts: tuple[str, str] = _HEADINGS
) -> str:
    """Return which studies a generation applies to: from a day on, until the day before the next generation begins.

    ``texts`` are the keys of what is said: without an end, and with one.
    """
    next_begins = min((area.generation_from for area in areas if area.generation_from > begins), default=None)
    if next_begins is None:
        return words(texts[0], from_day=words.day(begins))
    return words(texts[1], from_day=words.day(begins), until_day=words.day(next_begins - timedelta(days=1)))


def area_row(area: AreaAlignment, words: Words, *, credit: tuple[str, ...] = ()) -> AreaRow:
    """Return one area with its conditions."""
    return AreaRow(
        area=words.phrase(area.area_name.in_language(words.language)),
        unit=words.phrase(area.unit_name.in_language(words.language)),
        code=area.area_code,
        address=area.url,
        notes=tuple(_conditions(area, words)),
        credit=credit,
    )


def _conditions(area: AreaAlignment, words: Words) -> Iterable[str]:
    def names(codes: tuple[str, ...]) -> str:
        return ", ".join(words.language_name(code) for code in codes)

    if area.award_languages:
        yield words("belongs.languages", languages=names(area.award_languages))
    if area.award_languages_excluded:
        yield words("belongs.languages_excluded", languages=names(area.award_languages_excluded))
