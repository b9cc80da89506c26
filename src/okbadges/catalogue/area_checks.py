"""What must be true of the mappings to areas: unit, area and outcomes that exist and belong together, the right successor, fair sums.

The planning shares of all skill badges together may not pass the size of an area. Summary badges only collect and have no share.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from okbadges.catalogue.checks import TELMA, check_once
from okbadges.catalogue.mistakes import known
from okbadges.catalogue.reading import GENERATION_FILES, generations_are_whole
from okbadges.catalogue.units import TELMA_CODES

if TYPE_CHECKING:
    from okbadges.catalogue.badge_files import AreaMapping, BadgeDefinition, Catalogue
    from okbadges.catalogue.findings import Findings, Spot
    from okbadges.catalogue.units import Generation, Place


def check_areas(catalogue: Catalogue, findings: Findings) -> None:
    """Check every mapping of every badge to an area, and the sums of their planning shares."""
    for stem, badge in catalogue.badges.items():
        spot = findings.at(f"badges/{stem}.yaml", "maps_to.common_areas")
        check_once([f"{each.area} ({each.generation})" for each in badge.maps_to.common_areas], spot)
        for number, mapping in enumerate(badge.maps_to.common_areas):
            _check_mapping(catalogue, badge, mapping, spot.below(f"[{number}]"))
    _check_sums(catalogue, findings.at("badges", "maps_to.common_areas.planning_osp"))


def _check_sums(catalogue: Catalogue, spot: Spot) -> None:
    shares: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
    for stem, badge in catalogue.badges.items():
        for mapping in badge.maps_to.common_areas:
            if mapping.planning_osp and badge.kind == "skill" and not badge.retired:
                shares[mapping.generation, mapping.area][stem] = mapping.planning_osp
    for (generation, area), by_badge in shares.items():
        place = catalogue.generations.place(generation, area)
        total = sum(by_badge.values(), Decimal(0))
        if place and place.area.osp is not None and total > place.area.osp:
            parts = ", ".join(f"{slug} {osp}" for slug, osp in sorted(by_badge.items()))
            spot.say(f"{area} ({generation}) is {place.area.osp} osp, the planning shares make {total}: {parts}")


def _check_mapping(catalogue: Catalogue, badge: BadgeDefinition, mapping: AreaMapping, spot: Spot) -> None:
    if bool(mapping.award_languages or mapping.award_languages_excluded) != badge.records_language:
        spot.below("award_languages").say("must be said if, and only if, records_language is true")
    if mapping.planning_osp is not None and badge.kind == "summary":
        spot.below("planning_osp").say("leave it out: a summary badge only collects")
    place = _place(catalogue, mapping, spot)
    if place is None:
        return
    if mapping.planning_osp is not None and place.area.osp is None:
        spot.below("planning_osp").say(f"leave it out: the size of {place.area.code} is not known")
    if generations_are_whole(spot.findings):
        _check_outcomes(mapping, [outcome.id for outcome in catalogue.generations.outcomes(place)], spot)
        _check_successor(catalogue, mapping, place, spot.below("successor"))
    if badge.kind == "summary":
        _check_collected(catalogue, badge, mapping, spot.below("outcomes"))


def _place(catalogue: Catalogue, mapping: AreaMapping, spot: Spot) -> Place | None:
    """Return where the mapping points, or None after saying which of its three names is wrong."""
    generations = catalogue.generations
    if mapping.unit in TELMA_CODES:
        spot.below("unit").say(f"{mapping.unit} {TELMA}")
        return None
    generation = generations.named(mapping.generation)
    if generation is None:
        if GENERATION_FILES.get(mapping.generation) not in spot.findings.broken:
            names = [each.generation for each in generations.all]
            spot.below("generation").say(known("generation", mapping.generation, names))
        return None
    fits = _check_unit_and_area(generation, mapping, spot)
    return generations.place(mapping.generation, mapping.area) if fits else None


def _check_unit_and_area(generation: Generation, mapping: AreaMapping, spot: Spot) -> bool:
    areas = {area.code: unit.code for unit in generation.units for area in unit.areas}
    units = [unit.code for unit in generation.units]
    if mapping.unit not in units:
        spot.below("unit").say(known(f"unit of generation {mapping.generation}", mapping.unit, units))
    if mapping.area not in areas:
        spot.below("area").say(known(f"area of generation {mapping.generation}", mapping.area, areas))
    elif mapping.unit in units and areas[mapping.area] != mapping.unit:
        spot.below("area").say(f"{mapping.area} is in unit {areas[mapping.area]}, not in {mapping.unit}")
    return areas.get(mapping.area) == mapping.unit


def _check_outcomes(mapping: AreaMapping, ids: list[str], spot: Spot) -> None:
    """Check the outcomes and the coverage against the outcome ids of the area (none: they are not known)."""
    check_once(mapping.outcomes, spot.below("outcomes"))
    for number, outcome in enumerate(mapping.outcomes):
        if outcome not in ids:
            spot.below(f"outcomes[{number}]").say(known(f"outcome of {mapping.area}", outcome, ids))
    if (mapping.coverage == "unknown") == bool(ids):
        words = "full or partial: its outcomes are known" if ids else "unknown: its outcomes are not known"
        spot.below("coverage").say(f"must be {words}")
    elif ids and not mapping.outcomes:
        spot.below("outcomes").say("is missing")
    missing = [outcome for outcome in ids if outcome not in mapping.outcomes]
    if mapping.coverage == "full" and missing:
        spot.below("coverage").say(f"is full, but {', '.join(missing)} is not among the outcomes")


def _check_collected(catalogue: Catalogue, badge: BadgeDefinition, mapping: AreaMapping, spot: Spot) -> None:
    """Check that every outcome of a summary badge is shown by a badge that it collects."""
    broken = spot.findings.broken
    if any(slug not in catalogue.badges or f"badges/{slug}.yaml" in broken for slug in badge.collects):
        return
    shown = {
        outcome
        for slug in badge.collects
        for each in catalogue.badges[slug].maps_to.common_areas
        if (each.generation, each.area) == (mapping.generation, mapping.area)
        for outcome in each.outcomes
    }
    missing = [outcome for outcome in mapping.outcomes if outcome not in shown]
    if missing:
        spot.say(f"no collected badge shows {', '.join(missing)}")


def _check_successor(catalogue: Catalogue, mapping: AreaMapping, place: Place, spot: Spot) -> None:
    after, successor = catalogue.generations.after(place), mapping.successor
    if after is None:
        if successor:
            spot.say(f"{place.area.code} ({mapping.generation}) has no successor yet")
        return
    right = (after.generation.generation, after.unit.code, after.area.code)
    if successor is None or (successor.generation, successor.unit, successor.area) != right:
        spot.say(f"must be {{generation: '{right[0]}', unit: '{right[1]}', area: {right[2]}}}")
