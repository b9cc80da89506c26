"""What was seen: by whom (in which role), how, how often and when. It stands behind every tick and every award."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from okbadges.errors import InvalidInput

EARLIEST_AWARD = date(2000, 1, 1)
"""Nothing was seen before this day."""

ObservedBy = Literal["instructor", "teacher", "workplace-supervisor", "other-professional"]


@dataclass(frozen=True, slots=True)
class Observation:
    """Who saw the competence: by role, how, on how many occasions and between which days. Never a name, never free text."""

    observed_by: str
    methods: tuple[str, ...]
    occasions: int
    observed_from: date | None = None
    observed_until: date | None = None


def check_observation(observation: Observation, awarded_on: date) -> None:
    """Refuse an observation whose days make no sense for an award on that day. Raises `InvalidInput` (``observation-days``)."""
    until = observation.observed_until or observation.observed_from
    begin = observation.observed_from or until
    if until is not None and begin is not None and not begin <= until <= awarded_on:
        raise InvalidInput(
            "observation-days",
            "observation.observed_from must not be after observed_until, and both not after awarded_on.",
            field="observation.observed_until",
        )
