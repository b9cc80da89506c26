"""From a definition to a `PublishedBadge`: every code gets its names, its generation and its address, so that nothing points back.

A mapping is written for one generation. Where that generation carries its outcomes over from the one before, the badge relates to the
earlier area in the same way; to an area that took its place later it relates with everything unknown, until a mapping is written for it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from okbadges.catalogue.published import AreaAlignment, Artwork, EscoSkill, PublishedBadge
from okbadges.catalogue.teacher_only import NationalBadge, TeacherOnly, TuvaPart, VocationalUnit
from okbadges.catalogue.units import CODE_ADDRESS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from okbadges.catalogue.badge_files import AreaMapping, BadgeDefinition, Catalogue
    from okbadges.catalogue.pictures import BadgePictures
    from okbadges.catalogue.published import Coverage
    from okbadges.catalogue.units import Place


def publish(
    catalogue: Catalogue, badge: BadgeDefinition, pictures: BadgePictures | None, *, version: int
) -> PublishedBadge:
    """Return the badge as the given version, with all its names resolved from a catalogue without mistakes."""
    family = next(each for each in catalogue.families if each.id == badge.family)
    skills = {skill.id: skill for skill in catalogue.esco.skills}
    return PublishedBadge(
        slug=badge.slug,
        version=version,
        family=family,
        kind=badge.kind,
        name=badge.name,
        description=badge.description,
        criteria=badge.criteria,
        you=badge.you,
        collects=badge.collects,
        words=catalogue.words,
        areas=tuple(area for mapping in badge.maps_to.common_areas for area in _areas(catalogue, mapping)),
        esco=tuple(
            EscoSkill(uri=skills[key].uri, label=skills[key].label, plain=skills[key].plain) for key in badge.esco
        ),
        teacher_only=_teacher_only(catalogue, badge),
        records_language=badge.records_language,
        evidence_kinds=badge.evidence,
        hours=badge.hours,
        suggested_validity_months=badge.suggested_validity_months,
        instructor_notes=badge.instructor_notes,
        emblem_svg=pictures.emblem_svg if pictures else "",
        artwork={
            language: Artwork(svg=picture.svg, alt=picture.alt)
            for language, picture in (pictures.by_language.items() if pictures else ())
        },
    )


def _areas(catalogue: Catalogue, mapping: AreaMapping) -> Iterator[AreaAlignment]:
    """Go through the areas that one mapping relates to, the oldest generation first."""
    generations = catalogue.generations
    place = generations.place(mapping.generation, mapping.area)
    if place is None:
        raise AssertionError(f"a checked catalogue has no mapping to {mapping.area}")
    if place.generation.outcomes == "carried-over" and (before := generations.before(place)):
        yield _area(before, mapping, mapping.coverage)
    yield _area(place, mapping, mapping.coverage)
    while after := generations.after(place):
        yield _area(after, mapping, "unknown")
        place = after


def _area(place: Place, mapping: AreaMapping, coverage: Coverage) -> AreaAlignment:
    generation, unit, area = place.generation, place.unit, place.area
    is_known = coverage != "unknown"
    return AreaAlignment(
        generation=generation.generation,
        generation_from=generation.applies_from,
        unit_code=unit.code,
        unit_uri=unit.uri,
        unit_name=unit.name,
        area_code=area.code,
        area_uri=area.uri,
        area_version=area.version,
        area_name=area.name,
        area_osp=_plain(area.osp),
        coverage=coverage,
        outcomes=mapping.outcomes if is_known else (),
        outcomes_confirmed=is_known and generation.outcomes == "numbered-here",
        planning_osp=_plain(mapping.planning_osp) if is_known else None,
        award_languages=mapping.award_languages,
        award_languages_excluded=mapping.award_languages_excluded,
        url=CODE_ADDRESS + area.uri,
    )


def _teacher_only(catalogue: Catalogue, badge: BadgeDefinition) -> TeacherOnly:
    maps_to = badge.maps_to
    parts = {part.code: part for part in catalogue.tuva.parts}
    national = {each.code: each for theme in catalogue.national.themes for each in theme.badges}
    return TeacherOnly(
        vocational_units=tuple(_vocational(catalogue, code) for code in maps_to.vocational_units),
        tuva_parts=tuple(
            TuvaPart(
                code=mapping.part,
                uri=parts[mapping.part].uri,
                name=parts[mapping.part].name,
                goals=mapping.goals,
                coverage="partial",
            )
            for mapping in maps_to.tuva_parts
        ),
        national_badges=tuple(
            NationalBadge(code=code, uri=national[code].uri, name=national[code].name)
            for code in maps_to.national_badges
        ),
    )


def _vocational(catalogue: Catalogue, code: str) -> VocationalUnit:
    unit = next(each for each in catalogue.vocational.units if each.code == code)
    qualification = next(each for each in catalogue.vocational.qualifications if each.id == unit.qualification)
    return VocationalUnit(
        code=unit.code,
        uri=unit.uri,
        name=unit.name,
        qualification=qualification.name,
        requirements=qualification.requirements,
        superseded_on=qualification.superseded_on,
        osp=_plain(unit.osp),
        coverage="small-part",
    )


def _plain(number: Decimal | None) -> Decimal | None:
    """Return the number without zeros at its end, so that 0.5 and 0.50 are the same content."""
    return None if number is None else Decimal(format(number.normalize(), "f"))
