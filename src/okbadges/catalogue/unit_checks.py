"""What must be true of the unit files: the official codes, and how the generations of the common units follow each other."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from okbadges.catalogue.checks import TELMA, check_once
from okbadges.catalogue.mistakes import known
from okbadges.catalogue.reading import ESCO, GENERATION_FILES, NATIONAL, TUVA, VOCATIONAL, generations_are_whole
from okbadges.catalogue.texts import LANGUAGES
from okbadges.catalogue.units import TELMA_CODES

if TYPE_CHECKING:
    from okbadges.catalogue.badge_files import Catalogue
    from okbadges.catalogue.findings import Findings, Spot
    from okbadges.catalogue.units import Generation, Place

UNITS, AREAS = "tutkinnonosat", "ammatillisenoppiaineet"
TUVA_PARTS, NATIONAL_BADGES = "koulutuksenosattuva", "osaamismerkit"


def check_units(catalogue: Catalogue, findings: Findings) -> None:
    """Check the unit files: code URIs, nothing twice, no TELMA, sums of areas, and who follows whom."""
    for generation in catalogue.generations.all:
        _check_generation(catalogue, generation, findings)
    vocational = catalogue.vocational
    national = [each for theme in catalogue.national.themes for each in theme.badges]
    _check_codes([(each.code, each.uri) for each in vocational.units], UNITS, findings.at(VOCATIONAL))
    _check_codes([(each.code, each.uri) for each in catalogue.tuva.parts], TUVA_PARTS, findings.at(TUVA))
    _check_codes([(each.code, each.uri) for each in national], NATIONAL_BADGES, findings.at(NATIONAL))
    qualifications = [each.id for each in vocational.qualifications]
    check_once(qualifications, findings.at(VOCATIONAL, "qualifications"))
    for number, unit in enumerate(vocational.units):
        if unit.qualification not in qualifications:
            spot = findings.at(VOCATIONAL, f"units[{number}].qualification")
            spot.say(known("qualification", unit.qualification, qualifications))
    for number, skill in enumerate(catalogue.esco.skills):
        if skill.label.en is None:
            findings.at(ESCO, f"skills[{number}].label.en").say("is missing")


def _check_generation(catalogue: Catalogue, generation: Generation, findings: Findings) -> None:
    spot = findings.at(GENERATION_FILES[generation.generation])
    places = [each for each in catalogue.generations.places() if each.generation == generation]
    _check_codes([(unit.code, unit.uri) for unit in generation.units], UNITS, spot)
    _check_codes([(place.area.code, place.area.uri) for place in places], AREAS, spot)
    for unit in generation.units:
        total = sum((area.osp or Decimal(0) for area in unit.areas), Decimal(0))
        if unit.osp is not None and all(area.osp for area in unit.areas) and total != unit.osp:
            spot.below(f"{unit.code}.osp").say(f"is {unit.osp}, its areas make {total}")
    for place in places:
        _check_outcomes(place, spot.below(f"{place.area.code}.outcomes"))
        if generations_are_whole(findings):
            _check_follows(catalogue, place, spot.below(f"{place.area.code}.follows"))


def _check_outcomes(place: Place, spot: Spot) -> None:
    numbered = place.generation.outcomes == "numbered-here"
    if numbered != bool(place.area.outcomes):
        spot.say("must be here" if numbered else "belong in the generation that numbers them")
    check_once([outcome.id for outcome in place.area.outcomes], spot)
    for outcome in place.area.outcomes:
        for language in LANGUAGES:
            if getattr(outcome.words, language) is None:
                spot.below(f"{outcome.id}.words.{language}").say("is missing")


def _check_follows(catalogue: Catalogue, place: Place, spot: Spot) -> None:
    generations = catalogue.generations
    at = generations.all.index(place.generation)
    if at == 0:
        return
    if place.area.follows is None:
        if place.generation.outcomes == "carried-over":
            spot.say("is missing: its outcomes are carried over from the area before")
        return
    before = generations.place(generations.all[at - 1].generation, place.area.follows)
    if before is None:
        spot.say(f"there is no area {place.area.follows} in the generation before")
    elif before.unit.code != place.unit.follows:
        spot.say(f"{before.area.code} is in unit {before.unit.code}, not in {place.unit.follows}")


def _check_codes(codes: list[tuple[str, str]], code_set: str, spot: Spot) -> None:
    check_once([code for code, _ in codes], spot)
    for code, uri in codes:
        right = f"{code_set}_{code.lower()}"
        if uri != right:
            spot.below(code).say(f"its uri must be {right}, not {uri}")
        if code_set == UNITS and code in TELMA_CODES:
            spot.below(code).say(TELMA)
