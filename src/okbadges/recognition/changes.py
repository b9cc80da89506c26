"""What changed at a matter between the moment a form was shown and the moment it was sent. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from okbadges.verification.report import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from okbadges.recognition.matters import Matter

_PARTS = 5
_BADGE, _OUTLOOK, _NOTHING = "badge", "outlook", "-"


class Changed(StrEnum):
    """What can have changed."""

    ENDED = "ended"
    """A badge is not in force any more."""
    BACK = "back"
    """A badge is in force again."""
    NOT_SHOWN = "not-shown"
    """A badge is not shown here any more."""
    NEW = "new"
    """A badge came that was not shown before."""
    COUNTS = "counts"
    """A badge counts that did not count before."""
    COUNTS_NO_MORE = "counts-no-more"
    """A badge is in force and does not count any more."""
    RECORD = "record"
    """The record of the learning environment is another one."""
    OUTLOOK = "outlook"
    """The badges allow more or less than before."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change, with the credential id of the badge that it is about; None for what is about all of them."""

    what: Changed
    badge: str | None = None


def state_of(matter: Matter) -> tuple[str, ...]:
    """Return how a matter stands, as lines that a form can carry: one for the outlook, one for each badge."""
    lines = [f"{_OUTLOOK} {matter.outlook or _NOTHING}"]
    for one in matter.badges:
        bar = matter.bars.get(one.credential_id, _NOTHING)
        record = (one.report_id or _NOTHING).replace(" ", "_")
        lines.append(f"{_BADGE} {one.credential_id} {one.verdict} {bar} {record}")
    return tuple(lines)


def changes(before: Sequence[str], matter: Matter) -> tuple[Change, ...]:
    """Return what changed since a form carried these lines. Lines that are none of ours say that everything is new."""
    now = _read(state_of(matter))
    then = _read(before)
    found = [
        Change(what, credential_id)
        for credential_id in dict.fromkeys([*then, *now])
        if (what := _of_badge(then.get(credential_id), now.get(credential_id)))
    ]
    if not found and _outlook(before) != _outlook(state_of(matter)):
        found.append(Change(Changed.OUTLOOK))
    return tuple(found)


def _of_badge(then: tuple[str, ...] | None, now: tuple[str, ...] | None) -> Changed | None:
    """Return what changed of one badge: its verdict, why it does not count, its record."""
    if then == now:
        return None
    if now is None:
        return Changed.NOT_SHOWN
    if then is None:
        return Changed.NEW
    if then[0] != now[0]:
        return Changed.BACK if now[0] == Verdict.VALID else Changed.ENDED
    if then[1] != now[1]:
        return Changed.COUNTS if now[1] == _NOTHING else Changed.COUNTS_NO_MORE
    return Changed.RECORD


def _read(lines: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return verdict, bar and record of each badge by its id."""
    badges = [line.split(" ") for line in lines]
    return {parts[1]: tuple(parts[2:]) for parts in badges if len(parts) == _PARTS and parts[0] == _BADGE}


def _outlook(lines: Iterable[str]) -> str:
    return next((line for line in lines if line.startswith(f"{_OUTLOOK} ")), "")
