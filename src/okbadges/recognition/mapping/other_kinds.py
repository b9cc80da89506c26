"""Vocational units and parts of TUVA in the picture: kinds of their own, never areas, and never enough by themselves.

A badge shows a small part of a vocational unit. A part of TUVA is measured in weeks, and is passed or not. Parts of TELMA are nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from okbadges.catalogue.teacher_only import TeacherOnly, TuvaPart, VocationalUnit
    from okbadges.organisations.workshops import RecognitionRecord
    from okbadges.recognition.mapping.considered import Considered

    Target = TypeVar("Target", VocationalUnit, TuvaPart)


@dataclass(frozen=True, slots=True)
class BadgeAtTarget:
    """One badge at a vocational unit or a part of TUVA; it counts where a ``record`` covered that on the day of the award."""

    badge: Considered
    record: RecognitionRecord | None


@dataclass(frozen=True, slots=True)
class VocationalPicture:
    """One vocational unit of which badges show small parts."""

    unit: VocationalUnit
    badges: tuple[BadgeAtTarget, ...]

    @property
    def is_recognised(self) -> bool:
        """Tell whether a workshop was found fit for it on the day of an award; where not, nothing is offered."""
        return any(one.record for one in self.badges)


@dataclass(frozen=True, slots=True)
class TuvaPicture:
    """One part of TUVA; ``goals`` are the places of the goals that badges point at, in the text of its requirements."""

    part: TuvaPart
    goals: tuple[int, ...]
    badges: tuple[BadgeAtTarget, ...]

    @property
    def is_recognised(self) -> bool:
        """Tell whether a workshop was found fit for it on the day of an award; where not, nothing is offered."""
        return any(one.record for one in self.badges)


def vocational_pictures(counting: Sequence[Considered]) -> tuple[VocationalPicture, ...]:
    """Return the vocational units that badges in force point at."""
    found = _targets(counting, lambda teacher_only: teacher_only.vocational_units)
    return tuple(VocationalPicture(unit, badges) for unit, badges in found)


def tuva_pictures(counting: Sequence[Considered]) -> tuple[TuvaPicture, ...]:
    """Return the parts of TUVA that badges in force point at, each once with the goals of all of them."""
    goals: dict[str, set[int]] = {}
    for badge in counting:
        for part in badge.earned.teacher_only.tuva_parts if badge.earned else ():
            goals.setdefault(part.uri, set()).update(part.goals)
    found = _targets(counting, lambda teacher_only: teacher_only.tuva_parts)
    return tuple(TuvaPicture(part, tuple(sorted(goals[part.uri])), badges) for part, badges in found)


def _targets(
    counting: Sequence[Considered], of: Callable[[TeacherOnly], Iterable[Target]]
) -> list[tuple[Target, tuple[BadgeAtTarget, ...]]]:
    """Return each target once, in the order of its code, with the badges that point at it."""
    targets: dict[str, Target] = {}
    badges: dict[str, list[BadgeAtTarget]] = {}
    for badge in counting:
        if badge.earned is None:
            continue
        for target in of(badge.earned.teacher_only):
            targets.setdefault(target.uri, target)
            record = next(
                (one for one in badge.earned.records if one.covers(target.uri, badge.earned.awarded_on)), None
            )
            badges.setdefault(target.uri, []).append(BadgeAtTarget(badge, record))
    return [(targets[uri], tuple(badges[uri])) for uri in sorted(targets, key=lambda one: targets[one].code)]
