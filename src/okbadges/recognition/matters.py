"""Matters: what a teacher can decide about, with the badges at it as they are now. Pure: nothing is read or kept.

A matter is one target (an area of a common unit, a vocational unit, a part of TUVA) in one generation of the requirements. What may be
decided follows from what the badges show (product.md, rules 3 and 5): nothing is recognised on a lone badge, nor without a record of the
learning environment; the whole of an area only where every outcome is shown, or where its text is not known here and the teacher compares.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from okbadges.errors import NotFound
from okbadges.recognition.mapping.picture import Bar, Outlook
from okbadges.recognition.record import BadgeSeen, Decided, Target, TargetKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from okbadges.catalogue.published import GenerationName
    from okbadges.catalogue.teacher_only import TuvaPart, VocationalUnit
    from okbadges.catalogue.units import Generations, Place, TuvaPartFacts, TuvaWeeks
    from okbadges.organisations.workshops import RecognitionRecord
    from okbadges.recognition.mapping.considered import Considered
    from okbadges.recognition.mapping.other_kinds import BadgeAtTarget
    from okbadges.recognition.mapping.picture import Picture
    from okbadges.recognition.record import DecisionRecord

NOT_IN_FORCE = "not-in-force"
"""Why a badge does not count that is revoked, expired, or could not be checked: its verdict says which."""

ALWAYS = (Decided.NOT_NOW, Decided.REFER)
OFFERED: Mapping[Outlook, tuple[Decided, ...]] = {
    Outlook.WHOLE: (Decided.FULL, Decided.PART, *ALWAYS),
    Outlook.PART: (Decided.PART, *ALWAYS),
    Outlook.NOT_COMPARED: (Decided.FULL, Decided.PART, *ALWAYS),
}
"""What may be decided where the badges allow more than "not now"."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What is decided about. ``bars`` say, by credential id, why a badge does not count; the order is that of the badges.

    ``outlook`` is None for a matter that is taken up again from a decision. ``weeks`` are the size of a part of TUVA.
    ``applies_from`` is the first day of a study right in this generation. ``adds_up`` and ``carried_over`` are those of the area's picture.
    """

    target: Target
    generation: GenerationName
    applies_from: date
    outlook: Outlook | None
    offered: tuple[Decided, ...]
    badges: tuple[BadgeSeen, ...]
    bars: Mapping[str, str] = field(default_factory=dict)
    covered: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    planning_osp: Decimal | None = None
    adds_up: bool = False
    carried_over: bool = False
    weeks: TuvaWeeks | None = None

    @property
    def counted(self) -> tuple[BadgeSeen, ...]:
        """Return the badges that count."""
        return tuple(one for one in self.badges if one.counted)


@dataclass(frozen=True, slots=True)
class Ground:
    """What the requirements are known by here: the common units in every generation, and the parts of TUVA by their URI."""

    units: Generations
    tuva: Mapping[str, TuvaPartFacts]


def matter_at(found: Picture, target_uri: str, ground: Ground) -> Matter:
    """Return the matter at a target of a picture, with the badges that point at it, in force or not.

    Raises `NotFound` (``unknown-target``) where no badge of the picture points at it.
    """
    place = next(
        (
            one
            for one in ground.units.places()
            if one.generation is found.generation and one.area.uri == target_uri.casefold()
        ),
        None,
    )
    if place is not None:
        return _area(found, place)
    for unit in found.vocational:
        if unit.unit.uri == target_uri:
            return _vocational(found, unit.unit, unit.badges)
    for part in found.tuva:
        if part.part.uri == target_uri:
            return _tuva(found, part.part, part.badges, ground)
    return _only_left_out(found, target_uri, ground)


def matter_again(record: DecisionRecord, ground: Ground, bars: Mapping[str, str]) -> Matter:
    """Return the matter of a decision that is to be corrected: the badges as they were seen, and nothing more than was decided.

    ``bars`` say why some did not count. To recognise more, a teacher decides anew on what the student shows. What was withdrawn is not corrected any more.
    """
    part = ground.tuva.get(record.target.uri)
    generation = ground.units.named(record.requirements.generation)
    return Matter(
        target=record.target,
        generation=record.requirements.generation,
        applies_from=generation.applies_from if generation else date.min,
        outlook=None,
        offered=_offered_again(record.decided),
        badges=record.badges,
        bars=bars,
        covered=record.outcomes_covered,
        missing=record.outcomes_missing,
        weeks=part.weeks if part else None,
    )


def _offered_again(decided: Decided) -> tuple[Decided, ...]:
    if decided is Decided.WITHDRAWN:
        return ()
    least = min(tuple(Decided).index(decided), tuple(Decided).index(Decided.NOT_NOW))
    return tuple(Decided)[least:]


def _area(found: Picture, place: Place) -> Matter:
    area = next((one for one in found.areas if one.place.area.uri == place.area.uri), None)
    left_out = [one for one in found.left_out if _points_at_area(one, place)]
    if area is None and not left_out:
        raise _unknown(place.area.uri)
    seen = [(one.badge, one.record, one.bar) for one in area.badges] if area else []
    badges, bars = _seen(seen, left_out)
    outlook = area.outlook if area else Outlook.NOT_COUNTED
    return Matter(
        target=Target(
            kind=TargetKind.COMMON_AREA,
            uri=place.area.uri,
            code=place.area.code,
            version=place.area.version,
            name=place.area.name,
            unit_uri=place.unit.uri,
            unit_version=None,
            unit_name=place.unit.name,
            osp=place.area.osp,
            language=_language(area.counted[0].badge if area and area.counted else None, place),
        ),
        generation=found.generation.generation,
        applies_from=found.generation.applies_from,
        outlook=outlook,
        offered=OFFERED.get(outlook, ALWAYS),
        badges=badges,
        bars=bars,
        covered=tuple(one.id for one in area.covered) if area else (),
        missing=tuple(one.id for one in area.missing) if area else (),
        planning_osp=area.planning_osp if area else None,
        adds_up=area is not None and area.adds_up,
        carried_over=area is not None and area.carried_over,
    )


def _vocational(found: Picture, unit: VocationalUnit, at: Sequence[BadgeAtTarget]) -> Matter:
    """Return the matter of a vocational unit. Its whole is never offered: badges show small parts of it."""
    outlook = _outlook_of(at)
    target = Target(
        kind=TargetKind.VOCATIONAL_UNIT,
        uri=unit.uri,
        code=unit.code,
        version=None,
        name=unit.name,
        unit_uri=None,
        unit_version=None,
        unit_name=None,
        osp=unit.osp,
        compulsory=False,
    )
    return _other(found, target, outlook, OFFERED.get(outlook, ALWAYS), at)


def _tuva(found: Picture, part: TuvaPart, at: Sequence[BadgeAtTarget], ground: Ground) -> Matter:
    """Return the matter of a part of TUVA. Its size is agreed for each student, so a teacher may find that the badges are the whole."""
    outlook, facts = _outlook_of(at), ground.tuva.get(part.uri)
    target = Target(
        kind=TargetKind.TUVA_PART,
        uri=part.uri,
        code=part.code,
        version=None,
        name=part.name,
        unit_uri=None,
        unit_version=None,
        unit_name=None,
        osp=None,
    )
    offered = (Decided.PART, Decided.FULL, *ALWAYS) if outlook is Outlook.PART else ALWAYS
    return _other(found, target, outlook, offered, at, weeks=facts.weeks if facts else None)


def _other(
    found: Picture,
    target: Target,
    outlook: Outlook,
    offered: tuple[Decided, ...],
    at: Sequence[BadgeAtTarget],
    *,
    weeks: TuvaWeeks | None = None,
) -> Matter:
    left_out = [one for one in found.left_out if _points_at_other(one, target.uri)]
    badges, bars = _seen([(one.badge, one.record, None if one.record else Bar.NO_RECORD) for one in at], left_out)
    generation = found.generation
    return Matter(target, generation.generation, generation.applies_from, outlook, offered, badges, bars, weeks=weeks)


def _only_left_out(found: Picture, target_uri: str, ground: Ground) -> Matter:
    """Return the matter of a vocational unit or a part of TUVA at which no badge in force points any more."""
    for badge in found.left_out:
        if badge.earned is None:
            continue
        for unit in badge.earned.teacher_only.vocational_units:
            if unit.uri == target_uri:
                return _vocational(found, unit, ())
        for part in badge.earned.teacher_only.tuva_parts:
            if part.uri == target_uri:
                return _tuva(found, part, (), ground)
    raise _unknown(target_uri)


def _outlook_of(at: Sequence[BadgeAtTarget]) -> Outlook:
    """Return what the badges allow at a kind of their own: a part, on two that count or on a summary badge."""
    counted = [one.badge.earned for one in at if one.record is not None and one.badge.earned is not None]
    if not counted:
        return Outlook.NO_RECORD
    is_lone = len(counted) == 1 and counted[0].kind == "skill"
    return Outlook.NOT_ALONE if is_lone else Outlook.PART


def _language(counted: Considered | None, place: Place) -> str | None:
    """Return the language of an award where the area is about it."""
    if counted is None or counted.earned is None:
        return None
    claims = [one for one in counted.earned.areas if one.area_uri == place.area.uri]
    asks = any(one.award_languages or one.award_languages_excluded for one in claims)
    return counted.earned.award_language if asks else None


def _points_at_area(badge: Considered, place: Place) -> bool:
    claims = badge.earned.areas if badge.earned else ()
    return any((one.area_uri, one.generation) == (place.area.uri, place.generation.generation) for one in claims)


def _points_at_other(badge: Considered, target_uri: str) -> bool:
    if badge.earned is None:
        return False
    known = badge.earned.teacher_only
    return target_uri in {*(one.uri for one in known.vocational_units), *(one.uri for one in known.tuva_parts)}


def _seen(
    at: Iterable[tuple[Considered, RecognitionRecord | None, Bar | None]], left_out: Iterable[Considered]
) -> tuple[tuple[BadgeSeen, ...], dict[str, str]]:
    """Return the badges as a decision keeps them, and why those do not count that do not."""
    rows = [(badge, record, bar.value if bar else None) for badge, record, bar in at]
    rows += [(badge, None, NOT_IN_FORCE) for badge in left_out]
    badges = tuple(
        BadgeSeen(
            credential_id=badge.credential_id,
            document_hash=badge.document_hash,
            name=badge.name,
            issuer=badge.issuer,
            badge=badge.earned.slug if badge.earned else None,
            badge_version=badge.earned.version if badge.earned else None,
            verdict=badge.verdict,
            awarded_on=badge.earned.awarded_on if badge.earned else None,
            counted=bar is None,
            report_id=record.report_id if record else None,
            report_url=record.report_url if record else None,
            recognised_by=record.recognised_by if record else None,
        )
        for badge, record, bar in rows
    )
    return badges, {badge.credential_id: bar for badge, _, bar in rows if bar}


def _unknown(target_uri: str) -> NotFound:
    return NotFound("unknown-target", f"None of these badges points at {target_uri[:80]!r} in these requirements.")
