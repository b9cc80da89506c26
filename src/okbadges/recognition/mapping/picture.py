"""The picture: what a set of badges shows in one generation of the requirements, unit by unit and area by area.

Rules (product.md 2, 3, 4 and 5): nothing here is a credit. A lone skill badge is never enough for a proposal; an area is proposed only
on badges from workshops that were found fit for it on the day of the award; what nobody has published is unknown and stays unknown.
Whatever does not count is in the picture too, with the reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from okbadges.recognition.mapping.other_kinds import tuva_pictures, vocational_pictures

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from okbadges.catalogue.published import AreaAlignment
    from okbadges.catalogue.units import Generation, Generations, Outcome, Place
    from okbadges.organisations.workshops import RecognitionRecord
    from okbadges.recognition.mapping.considered import Considered, Earned
    from okbadges.recognition.mapping.other_kinds import TuvaPicture, VocationalPicture


class Outlook(StrEnum):
    """What the badges allow a teacher to think about in an area, the most first."""

    WHOLE = "whole"
    """Every compulsory outcome is evidenced: the whole area can be proposed."""
    PART = "part"
    """Some outcomes are evidenced, by more than one badge or by a summary badge: a part can be proposed."""
    NOT_COMPARED = "not-compared"
    """The texts of this generation are not known here: possible, and nobody has compared it."""
    NOT_ALONE = "not-alone"
    """One skill badge alone: never creditable by itself."""
    NO_RECORD = "no-record"
    """There are badges, and no workshop of theirs was found fit for the area on the day of the award."""
    NOT_COUNTED = "not-counted"
    """There are badges, and none of them counts: each says why."""
    OTHERS_ONLY = "others-only"
    """Only badges of other services point here; what they were earned on is not known."""


class Extent(StrEnum):
    """How much of an outcome a badge shows, by its definition."""

    FULLY = "fully"
    PARTLY = "partly"


class Bar(StrEnum):
    """Why a badge that points at an area does not count towards it."""

    NO_RECORD = "no-record"
    LANGUAGE_UNKNOWN = "language-unknown"
    """The award did not record the language, and the area depends on it."""
    BASIS_ENDED = "basis-ended"
    """A summary badge, and a badge that it rests on was revoked: the workshop has to look at it again."""
    OTHERS = "badge-of-others"
    """Another service issued it: what it was earned on, and where, is not known here."""


@dataclass(frozen=True, slots=True)
class BadgeInArea:
    """One badge at one area. It counts when there is no ``bar``.

    ``record`` is the environment recognition that was valid on the day of the award; ``by_other_generation`` tells that it
    was made for the same area of the generation before or after. ``planning_osp`` is an estimate for planning and never a credit; None where it is unknown, or where
    the badge only collects others. ``age_days`` is None where the day of the award is not known.
    """

    badge: Considered
    bar: Bar | None
    outcomes: tuple[str, ...]
    extent: Extent
    planning_osp: Decimal | None
    record: RecognitionRecord | None
    by_other_generation: bool
    age_days: int | None


@dataclass(frozen=True, slots=True)
class OutcomeShown:
    """One compulsory outcome of an area and the badges that count for it; none of them: it is missing."""

    outcome: Outcome
    shown_by: tuple[BadgeInArea, ...]

    @property
    def extent(self) -> Extent | None:
        """Return how much of it is shown: fully, where one badge shows it fully; None where it is missing."""
        if not self.shown_by:
            return None
        return Extent.FULLY if any(one.extent is Extent.FULLY for one in self.shown_by) else Extent.PARTLY


@dataclass(frozen=True, slots=True)
class AreaPicture:
    """One area of a common unit. ``outcomes`` are empty where they are unknown.

    ``planning_osp`` is the sum over the skill badges that count, never more than the area's own size; None where nothing is known.
    ``carried_over`` tells that the outcomes are those of an earlier text, which a teacher compares with theirs.
    """

    place: Place
    outlook: Outlook
    badges: tuple[BadgeInArea, ...]
    outcomes: tuple[OutcomeShown, ...]
    planning_osp: Decimal | None
    carried_over: bool

    @property
    def missing(self) -> tuple[Outcome, ...]:
        """Return the compulsory outcomes that no badge shows."""
        return tuple(one.outcome for one in self.outcomes if not one.shown_by)

    @property
    def covered(self) -> tuple[Outcome, ...]:
        """Return the compulsory outcomes that a badge shows."""
        return tuple(one.outcome for one in self.outcomes if one.shown_by)

    @property
    def adds_up(self) -> bool:
        """Tell whether the whole rests on badges that each show a part, and on the sum of their estimates."""
        return self.outlook is Outlook.WHOLE and not any(one.extent is Extent.FULLY for one in self.counted)

    @property
    def counted(self) -> tuple[BadgeInArea, ...]:
        """Return the badges that count towards the area."""
        return tuple(one for one in self.badges if one.bar is None)


@dataclass(frozen=True, slots=True)
class Picture:
    """What a set of badges shows in one generation. ``left_out`` are not in force; ``elsewhere`` point at nothing of it."""

    generation: Generation
    areas: tuple[AreaPicture, ...]
    vocational: tuple[VocationalPicture, ...]
    tuva: tuple[TuvaPicture, ...]
    left_out: tuple[Considered, ...]
    elsewhere: tuple[Considered, ...]


def picture(badges: Sequence[Considered], generation: Generation, units: Generations, *, today: date) -> Picture:
    """Return what these badges show in a generation. Of several awards of one badge only the newest in force counts."""
    counting = _newest(badges)
    places = [place for place in units.places() if place.generation is generation]
    areas = tuple(filter(None, (_area(place, counting, units, today) for place in places)))
    vocational, tuva = vocational_pictures(counting), tuva_pictures(counting)
    at_something = [
        *(one.badge for area in areas for one in area.badges),
        *(one.badge for unit in vocational for one in unit.badges),
        *(one.badge for part in tuva for one in part.badges),
    ]
    placed = {badge.credential_id for badge in at_something}
    return Picture(
        generation,
        areas,
        vocational,
        tuva,
        left_out=tuple(one for one in badges if not one.counts),
        elsewhere=tuple(one for one in counting if one.credential_id not in placed),
    )


def _newest(badges: Sequence[Considered]) -> list[Considered]:
    """Return the badges in force, of each of ours the newest award only: a renewed badge is one competence."""
    newest: dict[object, Considered] = {}
    for badge in filter(lambda one: one.counts, badges):
        key = badge.earned.slug if badge.earned else badge.credential_id
        known = newest.get(key)
        if (
            known is None
            or known.earned is None
            or badge.earned is None
            or badge.earned.awarded_on > known.earned.awarded_on
        ):
            newest[key] = badge
    return list(newest.values())


def _area(place: Place, counting: Sequence[Considered], units: Generations, today: date) -> AreaPicture | None:
    """Return the picture of one area; None where no badge points at it."""
    near = (place, *filter(None, (units.before(place), units.after(place))))
    badges = tuple(filter(None, (_at(one, near, today) for one in counting)))
    if not badges:
        return None
    counted = [one for one in badges if one.bar is None]
    outcomes = tuple(
        OutcomeShown(outcome, tuple(one for one in counted if outcome.id in one.outcomes))
        for outcome in units.outcomes(place)
    )
    osp = _planning(counted, place.area.osp)
    outlook = _outlook(badges, outcomes, is_enough=osp is not None and osp == place.area.osp)
    return AreaPicture(place, outlook, badges, outcomes, osp, place.generation.outcomes == "carried-over")


def _at(badge: Considered, near: Sequence[Place], today: date) -> BadgeInArea | None:
    """Return a badge at the first of these places (the others are the same area in its neighbour generations), if it points there."""
    if badge.earned is None:
        is_named = any(_names(code, place) for code in badge.codes for place in near)
        return _of_others(badge) if is_named else None
    earned, here = badge.earned, near[0]
    claim = next((each for each in earned.areas if each.area_uri == here.area.uri and _same(each, here)), None)
    if claim is None or (earned.award_language is not None and not claim.counts_for(earned.award_language)):
        return None
    record, by_other = _record(earned, near)
    return BadgeInArea(
        badge,
        _bar(earned, claim, record),
        claim.outcomes,
        Extent.FULLY if claim.coverage == "full" else Extent.PARTLY,
        claim.planning_osp if earned.kind == "skill" else None,
        record,
        by_other,
        (today - earned.awarded_on).days,
    )


def _bar(earned: Earned, claim: AreaAlignment, record: RecognitionRecord | None) -> Bar | None:
    if not claim.counts_for(earned.award_language):
        return Bar.LANGUAGE_UNKNOWN
    if earned.basis_ended:
        return Bar.BASIS_ENDED
    return None if record else Bar.NO_RECORD


def _of_others(badge: Considered) -> BadgeInArea:
    return BadgeInArea(
        badge,
        Bar.OTHERS,
        outcomes=(),
        extent=Extent.PARTLY,
        planning_osp=None,
        record=None,
        by_other_generation=False,
        age_days=None,
    )


def _same(claim: AreaAlignment, place: Place) -> bool:
    """Tell whether an alignment is of a place's generation: 2018 and 2022 share the codes of most areas."""
    return claim.generation == place.generation.generation


def _record(earned: Earned, near: Sequence[Place]) -> tuple[RecognitionRecord | None, bool]:
    """Return the record that covered the area on the day of the award, and whether it is for the area of another generation."""
    for place in near:
        for target in (place.area.uri, place.unit.uri):
            for record in earned.records:
                if record.covers(target, earned.awarded_on):
                    return record, target not in (near[0].area.uri, near[0].unit.uri)
    return None, False


def _names(code: str, place: Place) -> bool:
    """Tell whether a code or address of an alignment names the area: as its URI in the national code service, or an address of it."""
    return place.area.uri in re.split(r"[/?#&=]", code.strip().casefold())


def _planning(counted: Sequence[BadgeInArea], size: Decimal | None) -> Decimal | None:
    shares = [one.planning_osp for one in counted if one.planning_osp is not None]
    if not shares:
        return None
    total = sum(shares, Decimal(0))
    return total if size is None else min(total, size)


def _outlook(badges: Sequence[BadgeInArea], outcomes: Sequence[OutcomeShown], *, is_enough: bool) -> Outlook:
    counted = [one for one in badges if one.bar is None]
    if not counted:
        if all(one.bar is Bar.OTHERS for one in badges):
            return Outlook.OTHERS_ONLY
        return Outlook.NO_RECORD if any(one.bar is Bar.NO_RECORD for one in badges) else Outlook.NOT_COUNTED
    collects = any(one.badge.earned is not None and one.badge.earned.kind == "summary" for one in counted)
    if len(counted) == 1 and not collects:
        return Outlook.NOT_ALONE
    if not outcomes:
        return Outlook.NOT_COMPARED
    is_whole = all(one.shown_by for one in outcomes)
    # partial badges make a whole only where their estimates do: two of them can name every outcome and still be half an area
    is_full = any(one.extent is Extent.FULLY for one in counted)
    return Outlook.WHOLE if is_whole and (is_full or is_enough) else Outlook.PART
