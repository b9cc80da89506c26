"""The lines of a batch, one award each, and what became of every one of them.

A line that could not be read is an outcome at once: it takes nothing else with it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from okbadges.errors import InvalidInput, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from okbadges.errors import OkbadgesError
    from okbadges.issuing.answers import Issued
    from okbadges.issuing.order import Order


class Result(StrEnum):
    """What became of a line."""

    ISSUED = "issued"
    REPEATED = "repeated"
    """An earlier run issued it, and nothing changed."""
    READY = "ready"
    """It could be issued; only a dry run says so."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Line:
    """One award that is asked for: ``number`` is its row, as people count them where they wrote it.

    For whom: the order's participant, or whoever has the ``label`` in the caller's ``group``, or somebody new.
    """

    number: int
    order: Order
    group: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a line was not issued, in the words of the error; ``retry`` says that the same line may succeed later."""

    code: str
    detail: str
    field: str | None
    retry: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one line. ``issued`` is None where it was refused, and in a dry run."""

    number: int
    badge: str
    result: Result
    issued: Issued | None = None
    refusal: Refusal | None = None


def refused(number: int, badge: str, error: OkbadgesError) -> Outcome:
    """Return the outcome of a line that an error stopped."""
    retry = isinstance(error, Unavailable) or error.code == "idempotency-key-in-flight"
    return Outcome(number, badge, Result.REFUSED, refusal=Refusal(error.code, error.detail, error.field, retry))


def counted(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Return how many lines had each result; every result is named."""
    found = Counter(outcome.result for outcome in outcomes)
    return {result.value: found[result] for result in Result}


def check_line(line: Line) -> None:
    """Refuse a line that says twice, or only half, for whom it is. Raises `InvalidInput` with the field."""
    if line.group is None and line.label is None:
        return
    if line.order.participant is not None:
        raise InvalidInput(
            "participant-twice", "Give either participant, or group and label; not both.", field="participant"
        )
    missing = "group" if line.group is None else "label" if line.label is None else None
    if missing:
        raise InvalidInput(
            "row-incomplete", "A label is known within its group only: give both group and label.", field=missing
        )
