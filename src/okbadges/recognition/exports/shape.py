"""An export: what is known, by the field names of the system that takes it, and what somebody there still fills in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.errors import Conflict
from okbadges.recognition.record import Decided

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json
    from okbadges.recognition.record import DecisionRecord


@dataclass(frozen=True, slots=True)
class ToFill:
    """A field that is not in the export because nobody here can know it. ``by`` is who can: ``school``, ``student-register``, ``teacher``."""

    field: str
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Export:
    """A decision in the shape of another system: ``content`` holds known values only, ``to_fill`` names every other field it asks for."""

    system: str
    content: Mapping[str, Json]
    to_fill: tuple[ToFill, ...]


def require_whole(record: DecisionRecord, system: str) -> None:
    """Raise `Conflict` (``nothing-to-export``) for a decision that does not recognise the whole: no system takes anything else."""
    if record.decided is not Decided.FULL:
        raise Conflict(
            "nothing-to-export",
            f"{system} takes what was recognised, and this decision is {record.decided.value!r}. Print it, or keep it as JSON.",
            field="decision",
        )
