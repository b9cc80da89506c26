"""A copy of the catalogue that a test may spoil."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.catalogue.definitions import CatalogueMistakes, read_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from okbadges.catalogue.badge_files import Catalogue


@dataclass(frozen=True, slots=True)
class Draft:
    """The folder of the copy, and what tests do with it."""

    folder: Path

    def change(self, file: str, old: str, new: str) -> None:
        """Replace the first ``old`` in a file, which must be there."""
        text = (self.folder / file).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        self.write(file, text.replace(old, new, 1))

    def add(self, file: str, more: str) -> None:
        """Write more at the end of a file."""
        self.write(file, (self.folder / file).read_text(encoding="utf-8") + more)

    def write(self, file: str, text: str) -> None:
        """Write a whole file."""
        (self.folder / file).write_text(text, encoding="utf-8")

    def remove(self, file: str) -> None:
        """Take a file away."""
        (self.folder / file).unlink()

    def read(self) -> Catalogue:
        """Read the copy as it is now."""
        return read_catalogue(self.folder)

    def mistakes(self) -> list[str]:
        """Return every mistake in the copy, in the words of the command line."""
        try:
            self.read()
        except CatalogueMistakes as found:
            return [str(mistake) for mistake in found.mistakes]
        return []


def copy_catalogue(source: Path, target: Path) -> Draft:
    """Copy the definitions without the artwork."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("artwork"))
    return Draft(target)
