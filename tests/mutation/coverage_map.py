"""Which tests run which lines: made once by running all tests under observation, so that a mutant meets only tests that can notice."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coverage import Coverage

from mutation.forked import Selected, run_tests, start
from mutation.scope import PACKAGE, ROOMS, TESTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mutation.scope import Module, Trial


@dataclass(frozen=True, slots=True)
class CoverageMap:
    """What was observed: the seconds of each test that passed, the tests of each line of each file, and what was imported."""

    seconds: dict[str, float]
    lines: dict[str, dict[str, list[str]]]
    imported: list[str]
    failed: list[str]
    digest: str
    """Stands for all modules and tests as they were."""

    def tests_for(self, trial: Trial) -> list[str]:
        """Return the tests that can notice the mutant, those written for its module first, then the quickest.

        What runs when a module is imported may be noticed by the tests that run any function of the module, and by all that
        were written for it; where there are none, every test is asked.
        """
        lines = self.lines.get(str(trial.module.file), {})
        wanted = {str(line) for line in range(trial.mutant.line, trial.mutant.last_line + 1)}
        found = {test for line, tests in lines.items() if line in wanted or not trial.mutant.function for test in tests}
        if not trial.mutant.function:
            found |= {test for test in self.seconds if _written_for(test, trial.module)}
            found = found or set(self.seconds)
        found &= self.seconds.keys()
        return sorted(found, key=lambda test: (not _written_for(test, trial.module), self.seconds[test], test))


def split(tests: Sequence[str], module: Module) -> tuple[list[str], list[str]]:
    """Split tests into those of the test files that were written for the module, and the rest."""
    own = [test for test in tests if _written_for(test, module)]
    return own, [test for test in tests if not _written_for(test, module)]


def _written_for(test: str, module: Module) -> bool:
    name, stem = Path(test.split("::", maxsplit=1)[0]).stem.removeprefix("test_"), module.file.stem
    parent = module.file.parent.name
    return stem in name or name in stem or (parent not in ROOMS and parent in test)


def digest_of(checkout: Path, tests: Sequence[str]) -> str:
    """Return what changes whenever a module or a test does."""
    found = sha256("\n".join(tests).encode())
    for folder in (*(PACKAGE / room for room in ROOMS), *TESTS):
        for file in sorted((checkout / folder).rglob("*.py")):
            found.update(str(file).encode() + b"\0" + file.read_bytes())
    return found.hexdigest()


def observed(checkout: Path, tests: Sequence[str], kept: Path) -> CoverageMap:
    """Return the map of ``tests`` (files or folders): the one that is kept if nothing has changed, else a new one."""
    digest = digest_of(checkout, tests)
    if kept.exists():
        content = json.loads(kept.read_text(encoding="utf-8"))
        if content["digest"] == digest:
            return CoverageMap(**content)
    sys.stdout.write("Running the tests once to see which lines each of them runs …\n")
    sys.stdout.flush()
    answer = start(lambda: _observe(checkout, tests)).wait()
    if answer is None:
        raise RuntimeError("the tests did not run to their end")
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps({"digest": digest, **answer}), encoding="utf-8")
    return CoverageMap(digest=digest, **answer)


def _observe(checkout: Path, tests: Sequence[str]) -> dict[str, Any]:
    measured = Coverage(
        data_file=None,
        config_file=False,
        messages=False,
        include=[str(checkout / PACKAGE / room / "*") for room in ROOMS],
    )
    measured.start()
    plugin = Selected(None, {}, measured.switch_context)
    run_tests(checkout, tests, plugin, stop_at_failure=False)
    measured.stop()
    data = measured.get_data()
    lines = {
        file: {str(line): [test for test in tests if test] for line, tests in data.contexts_by_lineno(file).items()}
        for file in data.measured_files()
    }
    ours = str(checkout)
    imported = [
        name
        for name, module in sys.modules.items()
        if not name.startswith(("okbadges", "_pytest", "pytest", "__"))
        and (getattr(module, "__file__", None) or "").startswith(sys.prefix)
        and not (getattr(module, "__file__", None) or "").startswith(f"{ours}/src")
    ]
    return {
        "seconds": plugin.outcome.passed,
        "lines": lines,
        "imported": sorted(imported),
        "failed": plugin.outcome.failed,
    }
