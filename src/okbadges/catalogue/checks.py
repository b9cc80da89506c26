"""What must be true of each file of the catalogue beyond its shape: texts, names that exist elsewhere, summary badges.

Mappings to areas and their sums are checked in `okbadges.catalogue.area_checks`.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from okbadges.catalogue.mistakes import known
from okbadges.catalogue.neutrality import Disclosure, find_disclosing_words
from okbadges.catalogue.reading import ESCO, FAMILIES, ISSUERS, NATIONAL, RETIRED, TUVA, VOCATIONAL, WORDS
from okbadges.catalogue.texts import LANGUAGES, Texts
from okbadges.catalogue.units import TELMA_CODES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from okbadges.catalogue.badge_files import BadgeDefinition, Catalogue
    from okbadges.catalogue.findings import Findings, Spot

NAME_LINES = 2
NAME_LINE_LENGTH = 26
"""The band of the badge artwork holds a name of this many lines of this many characters."""

LONGEST_TEXT = 180
"""A description or a small step is read on a phone and listened to: no longer than this many characters, to whomever it is said."""

MOST_CRITERIA = 6
"""The rim of the artwork has room for this many dots, one for each small step."""

TELMA = "is a unit of TELMA, which never appears: the programme itself tells why somebody was there"


def check_common_files(catalogue: Catalogue, findings: Findings) -> None:
    """Check the texts of the files that badges share, and that nothing in them is there twice."""
    families, issuers, retired = (
        findings.at(FAMILIES, "families"),
        findings.at(ISSUERS, "issuers"),
        findings.at(RETIRED, "retired"),
    )
    for number, family in enumerate(catalogue.families):
        _check_text(family.name, families.below(f"[{number}].name"))
    for number, issuer in enumerate(catalogue.issuers):
        _check_text(issuer.description, issuers.below(f"[{number}].description"))
        _check_neutral(issuer.name, issuers.below(f"[{number}].name"))
    if WORDS not in findings.broken:
        for name in ("skill_badge", "summary_badge", "criteria_lead"):
            _check_text(getattr(catalogue.words, name), findings.at(WORDS, name))
    check_once([each.id for each in catalogue.families], families)
    check_once([each.slug for each in catalogue.issuers], issuers)
    check_once([each.slug for each in catalogue.retired], retired)
    skills = findings.at(ESCO, "skills")
    check_once([each.id for each in catalogue.esco.skills], skills)
    check_once([each.uri for each in catalogue.esco.skills], skills)


def check_badge(catalogue: Catalogue, stem: str, badge: BadgeDefinition, findings: Findings) -> None:
    """Check one badge; ``stem`` is the name of its file without ``.yaml``."""
    spot = findings.at(f"badges/{stem}.yaml")
    if badge.slug != stem:
        spot.below("slug").say(f"is {badge.slug!r}, the file is {stem}.yaml: they must be the same")
    if badge.slug in {each.slug for each in catalogue.retired}:
        spot.below("slug").say(f"{badge.slug!r} is retired (see {RETIRED}); a slug is never used again")
    _check_texts(badge, spot)
    _check_references(catalogue, badge, spot)
    _check_tuva(catalogue, badge, spot.below("maps_to.tuva_parts"))
    _check_summary(catalogue, badge, spot.below("collects"))
    if badge.hours and badge.hours.least > badge.hours.most:
        spot.below("hours").say("least is more than most")
    if not badge.evidence:
        spot.below("evidence").say("must name at least one kind")


def check_once(names: Sequence[str], spot: Spot) -> None:
    """Say which names are there more than once."""
    for name in sorted({name for name in names if names.count(name) > 1}):
        spot.say(f"{name!r} is here more than once")


def texts_of(badge: BadgeDefinition) -> Iterator[tuple[str, Texts]]:
    """Go through all texts of a badge with their fields."""
    yield "name", badge.name
    yield "description", badge.description
    yield from ((f"criteria[{number}]", criterion) for number, criterion in enumerate(badge.criteria))
    if badge.you:
        yield "you.description", badge.you.description
        yield from ((f"you.criteria[{number}]", criterion) for number, criterion in enumerate(badge.you.criteria))
    if badge.instructor_notes:
        yield "instructor_notes", badge.instructor_notes


def _check_texts(badge: BadgeDefinition, spot: Spot) -> None:
    allowed = [each.word.casefold() for each in badge.allowed_words]
    for field, texts in texts_of(badge):
        _check_text(texts, spot.below(field), allowed)
    _check_lengths(badge, spot)
    _check_second_person(badge, spot)
    hits = {
        word.casefold()
        for _, texts in texts_of(badge)
        for _, text in _spoken(texts)
        for word in find_disclosing_words(text)
    }
    for number, word in enumerate(allowed):
        if word not in hits:
            spot.below(f"allowed_words[{number}]").say(f"{word!r} is not a word that the lint stops at here; remove it")


def _check_lengths(badge: BadgeDefinition, spot: Spot) -> None:
    for language, name in _spoken(badge.name):
        lines = textwrap.wrap(name, NAME_LINE_LENGTH, break_long_words=False)
        if len(lines) > NAME_LINES or max(map(len, lines), default=0) > NAME_LINE_LENGTH:
            band = f"{NAME_LINES} lines of {NAME_LINE_LENGTH} characters"
            spot.below(f"name.{language}").say(f"is too long for the band of the artwork ({band})")
    if not 1 <= len(badge.criteria) <= MOST_CRITERIA and spot.file not in spot.findings.broken:
        spot.below("criteria").say(f"there must be one to {MOST_CRITERIA} small steps")
    for field, texts in texts_of(badge):
        for language, text in _spoken(texts):
            if len(text) > LONGEST_TEXT and field != "instructor_notes":
                spot.below(f"{field}.{language}").say(f"is too long ({len(text)} characters, at most {LONGEST_TEXT})")


def _check_second_person(badge: BadgeDefinition, spot: Spot) -> None:
    """Check that the holder is told the whole badge; a file whose shape is broken may have lost a part of it on the way here."""
    if spot.file in spot.findings.broken:
        return
    if badge.you is None:
        spot.below("you").say("is missing: the description and each criterion said to the holder")
    elif len(badge.you.criteria) != len(badge.criteria):
        counts = f"{len(badge.you.criteria)} texts for {len(badge.criteria)} criteria"
        spot.below("you.criteria").say(f"must have one text for each criterion, in the same order: there are {counts}")


def _spoken(texts: Texts) -> Iterator[tuple[str, str]]:
    """Go through the texts that there are, with their languages."""
    yield from ((language, text) for language, text in texts.model_dump().items() if text is not None)


def _check_text(texts: Texts, spot: Spot, allowed: Collection[str] = ()) -> None:
    for language in LANGUAGES:
        if getattr(texts, language) is None:
            spot.below(language).say("is missing")
    for spoken, text in _spoken(texts):
        if "<" in text or ">" in text or "\n" in text or text != text.strip():
            spot.below(spoken).say("must be plain words: no < or >, no line breaks, no spaces around it")
        _check_neutral(text, spot.below(spoken), allowed)


def _check_neutral(text: str, spot: Spot, allowed: Collection[str] = ()) -> None:
    for word in find_disclosing_words(text):
        if word.casefold() not in allowed:
            spot.say(Disclosure(spot.path, word).message)


def _check_references(catalogue: Catalogue, badge: BadgeDefinition, spot: Spot) -> None:
    broken = spot.findings.broken
    families = [each.id for each in catalogue.families]
    if badge.family not in families and FAMILIES not in broken:
        spot.below("family").say(known("family", badge.family, families))
    units, national, esco = (
        spot.below("maps_to.vocational_units"),
        spot.below("maps_to.national_badges"),
        spot.below("esco"),
    )
    for number, unit in enumerate(badge.maps_to.vocational_units):
        if unit in TELMA_CODES:
            units.below(f"[{number}]").say(f"{unit} {TELMA}")
        elif VOCATIONAL not in broken:
            _check_name(
                unit, [each.code for each in catalogue.vocational.units], "vocational unit", units.below(f"[{number}]")
            )
    for number, code in enumerate(badge.maps_to.national_badges):
        if NATIONAL not in broken:
            codes = [each.code for theme in catalogue.national.themes for each in theme.badges]
            _check_name(code, codes, "national badge", national.below(f"[{number}]"))
    for number, skill in enumerate(badge.esco):
        if ESCO not in broken:
            _check_name(skill, [each.id for each in catalogue.esco.skills], "ESCO skill", esco.below(f"[{number}]"))
    check_once(badge.maps_to.vocational_units, units)
    check_once(badge.maps_to.national_badges, national)
    check_once(badge.esco, esco)


def _check_name(name: str, there: Collection[str], kind: str, spot: Spot) -> None:
    if name not in there:
        spot.say(known(kind, name, there))


def _check_tuva(catalogue: Catalogue, badge: BadgeDefinition, spot: Spot) -> None:
    parts = {part.code: part for part in catalogue.tuva.parts}
    check_once([mapping.part for mapping in badge.maps_to.tuva_parts], spot)
    for number, mapping in enumerate(badge.maps_to.tuva_parts):
        if TUVA in spot.findings.broken:
            return
        at = spot.below(f"[{number}]")
        part = parts.get(mapping.part)
        if part is None:
            at.below("part").say(known("TUVA part", mapping.part, parts))
            continue
        wrong = [str(goal) for goal in mapping.goals if not 1 <= goal <= part.goals]
        if wrong or not mapping.goals:
            at.below("goals").say(f"part {part.code} has goals 1 to {part.goals}, not {', '.join(wrong) or 'none'}")


def _check_summary(catalogue: Catalogue, badge: BadgeDefinition, spot: Spot) -> None:
    if badge.kind == "skill":
        if badge.collects:
            spot.say("only a summary badge collects others")
        return
    if not badge.collects and spot.file not in spot.findings.broken:
        spot.say("a summary badge must say which badges it collects")
    check_once(badge.collects, spot)
    for number, slug in enumerate(badge.collects):
        message = _why_not_collected(catalogue, slug, spot.findings)
        if message:
            spot.below(f"[{number}]").say(message)


def _why_not_collected(catalogue: Catalogue, slug: str, findings: Findings) -> str | None:
    collected = catalogue.badges.get(slug)
    if collected is None:
        skills = [stem for stem, badge in catalogue.badges.items() if badge.kind == "skill"]
        return None if f"badges/{slug}.yaml" in findings.broken else known("badge", slug, skills)
    if collected.kind == "summary":
        return f"{slug!r} is a summary badge itself; collect skill badges"
    return f"{slug!r} is retired" if collected.retired else None
