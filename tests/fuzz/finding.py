"""The targets by rule: every module in ``targets`` has a function ``target(data)`` and a function ``seeds(shared)``.

``target`` gives arbitrary bytes to one parser and raises when that does anything but read them or refuse them as it says it does.
``seeds`` yields inputs to begin from; ``shared`` is the folder of shared material, or None where there is none. What a run has
found is put into ``found/<name of the target>/``, under a name that says what it was: those files are tried first, forever.
"""

from __future__ import annotations

import importlib
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

FOLDER: Final = Path(__file__).resolve().parent
_CODE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Target:
    """One parser under fire."""

    name: str
    run: Callable[[bytes], object]
    seeds: Callable[[Path | None], Iterable[bytes]]

    def found(self) -> list[Path]:
        """Return the files that earlier runs have found."""
        return sorted(path for path in (FOLDER / "found" / self.name).glob("*") if path.is_file())

    def beginnings(self, shared: Path | None) -> list[bytes]:
        """Return what was found before, then the seeds, none twice."""
        known = [path.read_bytes() for path in self.found()]
        return list(dict.fromkeys([*known, *self.seeds(shared)]))


def names() -> list[str]:
    """Return the names of all targets."""
    return sorted(file.stem for file in (FOLDER / "targets").glob("[a-z]*.py"))


def load(name: str) -> Target:
    """Return one target."""
    module = importlib.import_module(f"fuzz.targets.{name}")
    return Target(name, module.target, module.seeds)


@contextmanager
def refusals() -> Iterator[None]:
    """Let a documented refusal pass: a `CredentialError` with a code, words, and a JSON pointer or nothing for the place."""
    try:
        yield
    except CredentialError as error:
        _require_documented(error)


def _require_documented(error: CredentialError) -> None:
    assert _CODE.fullmatch(error.code), error.code
    assert error.detail
    assert not error.where or error.where.startswith("/")


def files(shared: Path | None, *patterns: str, largest: int = 64_000) -> Iterator[bytes]:
    """Yield the files of the shared material that match, but for huge ones."""
    if shared is not None:
        for pattern in patterns:
            for file in sorted(shared.glob(pattern)):
                if file.is_file() and file.stat().st_size <= largest:
                    yield file.read_bytes()
