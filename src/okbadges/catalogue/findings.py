"""Where the mistakes are gathered while a catalogue is read, so that one never hides another."""

from __future__ import annotations

from dataclasses import dataclass, field

from okbadges.catalogue.mistakes import Mistake


@dataclass(slots=True)
class Findings:
    """What was found so far: the mistakes, and the files whose shape is broken (rules that need the whole of one are not applied)."""

    mistakes: list[Mistake] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    def at(self, file: str, path: str = "") -> Spot:
        """Return a place to say something about: a field of a file, or the whole file."""
        return Spot(self, file, path)


@dataclass(frozen=True, slots=True)
class Spot:
    """A field of a file."""

    findings: Findings
    file: str
    path: str

    def say(self, message: str) -> None:
        """Remember a mistake in this field."""
        self.findings.mistakes.append(Mistake(self.file, self.path, message))

    def below(self, inner: str) -> Spot:
        """Return a field inside this one; ``[2]`` is a place in a list."""
        joint = "" if not self.path or inner.startswith("[") else "."
        return Spot(self.findings, self.file, f"{self.path}{joint}{inner}")
