"""The command line in this process: as an operator uses it, without starting Python for every command."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from okbadges.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(slots=True)
class Terminal:
    """Somebody at a terminal in a folder of their own; ``settings`` are the only ``OKBADGES_…`` variables there are."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    settings: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, status: int = 0) -> str:
        """Run one okbadges command that must end with this status, and return what it said."""
        with pytest.MonkeyPatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("OKBADGES_")]:
                patch.delenv(name)
            for name, value in self.settings.items():
                patch.setenv(f"OKBADGES_{name}", value)
            patch.chdir(self.folder)
            patch.setattr(sys, "argv", ["okbadges", *arguments])
            with pytest.raises(SystemExit) as ended:
                main()
        said = self.capsys.readouterr()
        assert (ended.value.code or 0) == status, said.out + said.err
        return said.out + said.err


def terminal(folder: Path, capsys: pytest.CaptureFixture[str], base_url: str) -> Terminal:
    """Return a terminal with a secret and a migrated SQLite database."""
    one = Terminal(folder, capsys, {"BASE_URL": base_url, "SECRET_FILE": "okbadges.secret"})
    one.settings["DATABASE_URL"] = f"sqlite:///{folder}/first.sqlite3"
    one.run("secret", "create", "okbadges.secret")
    one.run("migrate")
    return one
