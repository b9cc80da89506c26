"""How long an installation keeps what is about people and not a badge."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Periods:
    """How many months: evidence counts from when it was made, labels and notes from the last thing that happened to the participant.

    ``quiet`` is for what was begun and not used any more: steps without their badge, own words, ended stays in groups, consents to links.
    """

    evidence: int = 24
    labels_and_notes: int = 12
    quiet: int = 36
