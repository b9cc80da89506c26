"""What is already known of each mutant, so that a run can be interrupted and taken up again.

A mutant that was noticed stays noticed while its module and the test file that noticed it stay as they are. One that nobody
noticed is tried again as soon as any test has changed.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from mutation.scope import Trial

SURVIVED = ""
"""Stands in the place of the test that noticed."""


class Ledger:
    """A file of lines, one for each mutant that was tried: its key, who noticed, and under which tests."""

    def __init__(self, file: Path, checkout: Path, digest: str, *, fresh: bool) -> None:
        """Read what is there, or begin anew when ``fresh``; ``digest`` stands for all modules and tests as they are now."""
        self._file, self._checkout, self._digest = file, checkout, digest
        self._known: dict[str, str] = {}
        self._digests: dict[str, str] = {}
        file.parent.mkdir(parents=True, exist_ok=True)
        if fresh:
            file.unlink(missing_ok=True)
        if file.exists():
            for line in file.read_text(encoding="utf-8").splitlines():
                self._take(json.loads(line))

    def killer(self, trial: Trial) -> str | None:
        """Return the test that noticed the mutant, `SURVIVED` if none did, None when it has to be tried."""
        return self._known.get(trial.key)

    def write(self, trial: Trial, killer: str) -> None:
        """Keep who noticed the mutant."""
        self._known[trial.key] = killer
        stands_for = self._digest if killer == SURVIVED else self._digest_of(killer)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": trial.key, "killer": killer, "digest": stands_for}) + "\n")

    def _take(self, line: dict[str, str]) -> None:
        now = self._digest if line["killer"] == SURVIVED else self._digest_of(line["killer"])
        if line["digest"] == now:
            self._known[line["key"]] = line["killer"]
        else:
            self._known.pop(line["key"], None)

    def _digest_of(self, test: str) -> str:
        """Return what changes whenever the file of a test does; what is no test (``import``, ``time``) never changes."""
        name = test.split("::", maxsplit=1)[0]
        if name not in self._digests:
            file = self._checkout / name
            self._digests[name] = sha256(file.read_bytes()).hexdigest()[:16] if file.is_file() else ""
        return self._digests[name]
