"""What the pages of teachers say at a glance: how much is shown, of whom, and how long ago. Words and a shape, never a colour alone.

A tick on a page is a check that ran; what badges cover is no check, so it has a shape of its own: a circle that is full, half full,
empty, or open at one side where nobody knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from okbadges.recognition.mapping.picture import Extent, Outlook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from okbadges.organisations.workshops import RecognitionRecord
    from okbadges.pages.words import Words
    from okbadges.recognition.record import Decided

_COMPARED = (Outlook.WHOLE, Outlook.PART)
_MONTH_DAYS, _YEAR_MONTHS = 30.44, 12
_MANY_MONTHS = 24


class Fill(StrEnum):
    """How full the circle is."""

    WHOLE = "whole"
    HALF = "half"
    NONE = "none"
    UNKNOWN = "unknown"


FILLS: Mapping[Outlook, Fill] = {
    Outlook.WHOLE: Fill.WHOLE,
    Outlook.PART: Fill.HALF,
    Outlook.NOT_COMPARED: Fill.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Glance:
    """What the badges allow, in a few words, and what to know about it."""

    fill: Fill
    headline: str
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """One of the ways to decide: its name, where it leads, and whether it is the first among them."""

    decided: Decided
    name: str
    address: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A record of the learning environment, in a sentence, and the address of its report."""

    sentence: str
    address: str | None


def glance_at(words: Words, outlook: Outlook, *, adds_up: bool, carried_over: bool) -> Glance:
    """Return what the badges allow in an area; that outcomes are those of an earlier text, where something can be proposed on them."""
    key = f"recognition.outlook.{outlook}"
    about = [words("recognition.outlook.whole.adds_up") if adds_up else words(f"{key}.about")]
    if carried_over and outlook in _COMPARED:
        about.append(words("recognition.outlook.carried"))
    return Glance(FILLS.get(outlook, Fill.NONE), words(f"{key}.title"), tuple(about))


def fill_of(extent: Extent | None) -> Fill:
    """Return how full the circle of an outcome is."""
    return {Extent.FULLY: Fill.WHOLE, Extent.PARTLY: Fill.HALF, None: Fill.NONE}[extent]


def age(words: Words, days: int) -> str:
    """Return how long ago something was, as people say it."""
    months = int(days / _MONTH_DAYS)
    if months < 1:
        return words("recognition.age.new")
    if months < _MANY_MONTHS:
        return words.counted("recognition.age.months", months)
    return words.counted("recognition.age.years", months // _YEAR_MONTHS)


def osp(words: Words, number: Decimal | None) -> str:
    """Return a number of competence points; that nobody published it, where it is not known."""
    if number is None:
        return words("recognition.size.unknown")
    return words.counted("recognition.size.osp", 1) if number == 1 else _several(words, number)


def record_line(record: RecognitionRecord, words: Words) -> RecordLine:
    """Return who found a workshop fit, by which report, from when to when."""
    facts = {"report": record.report_id, "by": record.recognised_by, "from_day": words.day(record.valid_from)}
    address = record.report_url if (record.report_url or "").startswith("https://") else None
    if record.valid_until is None:
        return RecordLine(words("study.record", **facts), address)
    return RecordLine(words("study.record_until", until_day=words.day(record.valid_until), **facts), address)


def span(words: Words, begin: date | None, end: date | None) -> str:
    """Return when the study rights begin that some requirements are for; ``end`` is the first day of the next ones."""
    if end is None:
        return words("recognition.begins.from", day=words.day(begin)) if begin else ""
    if begin is None:
        return words("recognition.begins.before", day=words.day(end))
    return words("recognition.begins.between", begin=words.day(begin), end=words.day(end - timedelta(1)))


def _several(words: Words, number: Decimal) -> str:
    return words("recognition.size.osp.other", number=words.number(number.normalize()))
