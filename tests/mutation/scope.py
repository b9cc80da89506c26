"""Which modules are tried, and how thoroughly: what decides on trust with every mutant, the rest by a sample that a seed chooses."""

from __future__ import annotations

import random
from dataclasses import dataclass
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path
from typing import Final

from mutation.mutants import Mutant, mutants_of

PACKAGE: Final = Path("src") / "okbadges"
ROOMS: Final = ("credentials", "verification")
TESTS: Final = tuple(Path("tests") / room for room in ROOMS)
"""The tests that have to notice: those of the two rooms. They need no server, no database and no network."""

EVERY_MUTANT: Final = (
    "verification/checks.py",
    "verification/proofs*",
    "credentials/strict_json.py",
    "credentials/multibase.py",
    "credentials/*key*",
    "credentials/pem.py",
    "credentials/signers*",
    "credentials/controllers.py",
    "credentials/data_integrity*",
    "credentials/proof*",
    "credentials/*suite*",
    "credentials/jcs*",
    "credentials/*jw*",
    "credentials/selective/*",
)
"""The checks, the reader of JSON, the proofs and the keys, as patterns over the paths inside the package."""

SAMPLE: Final = 500
SEED: Final = 20261121


@dataclass(frozen=True, slots=True)
class Module:
    """A module under trial: its dotted name, its path inside the package, its file, what it holds and its mutants."""

    name: str
    path: str
    file: Path
    source: str
    mutants: tuple[Mutant, ...]

    @property
    def digest(self) -> str:
        """Return what changes whenever the source does."""
        return sha256(self.source.encode()).hexdigest()[:16]

    @property
    def in_full(self) -> bool:
        """Say whether every mutant of this module is tried."""
        return any(fnmatch(self.path, pattern) for pattern in EVERY_MUTANT)


@dataclass(frozen=True, slots=True)
class Trial:
    """One mutant of one module."""

    module: Module
    mutant: Mutant

    @property
    def key(self) -> str:
        """Return a name that holds as long as the module stays as it is."""
        return f"{self.module.name}|{self.module.digest}|{self.mutant.key}"

    def __str__(self) -> str:
        """Say where the fault is and what it is."""
        where = f"{self.module.path}:{self.mutant.line}"
        return f"{where}  {self.mutant.before}  →  {self.mutant.after}"


def modules_of(checkout: Path) -> list[Module]:
    """Return every module of the rooms under trial, by path."""
    found = []
    for room in ROOMS:
        for file in sorted((checkout / PACKAGE / room).rglob("*.py")):
            path = file.relative_to(checkout / PACKAGE)
            name = ".".join(("okbadges", *(part for part in path.with_suffix("").parts if part != "__init__")))
            source = file.read_text(encoding="utf-8")
            found.append(Module(name, path.as_posix(), file, source, tuple(mutants_of(source))))
    return found


def trials_of(modules: list[Module], *, sample: int = SAMPLE, seed: int = SEED) -> list[Trial]:
    """Return what is tried: all of some modules, and of the others ``sample`` mutants that ``seed`` chooses."""
    full = [Trial(module, mutant) for module in modules if module.in_full for mutant in module.mutants]
    rest = [Trial(module, mutant) for module in modules if not module.in_full for mutant in module.mutants]
    chosen = random.Random(seed).sample(rest, min(sample, len(rest)))  # noqa: S311 - the same for everyone, on purpose
    return full + sorted(chosen, key=lambda trial: (trial.module.name, trial.mutant.line))
