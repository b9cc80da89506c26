"""What the doctor finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: of what kind, what it is, and what to do about it."""

    about: str
    words: str
    remedy: str
