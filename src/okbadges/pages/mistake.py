"""What a form that was refused says to whoever filled it in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """What was refused: the sentence, and the field that it stands beside. Without one it stands above the form."""

    field: str | None
    sentence: str
    status: int

    def at(self, field: str) -> str | None:
        """Return the sentence if it belongs beside this field."""
        return self.sentence if self.field == field else None
