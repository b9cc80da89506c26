"""Try the tests: put small faults into `credentials` and `verification`, one at a time, and see whether a test notices.

``make mutate`` runs this. Of the modules that decide on trust every mutant is tried, of the others a sample that a seed chooses.
The score of each file is printed; what nobody noticed is listed in ``.cache/mutation/survivors.txt``. It can be interrupted and
taken up again. Why it is not a library: docs/decisions/0012-own-mutants.md.
"""

from __future__ import annotations

import argparse
import ast
import marshal
import os
import signal
import sys
import time
import warnings
from collections import Counter, deque
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Final

CHECKOUT: Final = Path(__file__).resolve().parent.parent.parent
for folder in ("tests", "src"):
    sys.path.insert(0, str(CHECKOUT / folder))

from mutation.coverage_map import CoverageMap, observed, split  # noqa: E402 - found by the lines above
from mutation.forked import Fork, Selected, import_beforehand, replace_module, run_tests, start  # noqa: E402 - the same
from mutation.ledger import SURVIVED, Ledger  # noqa: E402 - the same
from mutation.scope import SAMPLE, SEED, TESTS, Module, Trial, modules_of, trials_of  # noqa: E402 - the same

if TYPE_CHECKING:
    import types
    from collections.abc import Iterable, Sequence

KEPT: Final = CHECKOUT / ".cache" / "mutation"
LEAST_PERCENT: Final = 90
PATIENCE: Final = 10
"""Seconds of processor time, as measured under observation: what the quickest tests do not notice in them counts as not noticed."""
SECONDS_AT_MOST: Final = 900
"""Seconds on the wall that one mutant may take when it uses no processor time at all."""


@dataclass(frozen=True, slots=True)
class _Running:
    trial: Trial
    fork: Fork
    tests: Sequence[str]
    later: list[str]
    ends: float


class Runner:
    """Tries mutants in several forks at a time."""

    def __init__(self, checkout: Path, lines: CoverageMap, ledger: Ledger, *, jobs: int, patience: float) -> None:
        """Know which tests run which lines, and where to write what was found; ``patience`` is seconds for one mutant."""
        self._checkout, self._lines, self._ledger, self._jobs, self._patience = checkout, lines, ledger, jobs, patience
        self._running: dict[int, _Running] = {}

    def run(self, trials: Iterable[Trial]) -> None:
        """Try every mutant: first with the tests of its own module, and if those notice nothing with all others."""
        waiting = deque(
            (trial, *split(self._affordable(self._lines.tests_for(trial)), trial.module)) for trial in trials
        )
        total, begun = len(waiting), time.monotonic()
        try:
            while waiting or self._running:
                while waiting and len(self._running) < self._jobs:
                    self._begin(*waiting.popleft())
                for trial, later in self._ended():
                    waiting.appendleft((trial, [], later))
                _progress(total - len(waiting) - len(self._running), total, time.monotonic() - begun)
        finally:
            for running in self._running.values():
                os.killpg(running.fork.pid, signal.SIGKILL)

    def _affordable(self, tests: list[str]) -> list[str]:
        """Return as many tests, in their order, as take no longer together than the patience for one mutant."""
        usual = accumulate(self._lines.seconds[test] for test in tests)
        return [test for test, together in zip(tests, usual, strict=True) if together <= self._patience] or tests[:1]

    def _begin(self, trial: Trial, own: list[str], others: list[str]) -> None:
        tests, later = (own, others) if own else (others, [])
        code = compiled(trial)
        if code is None or not tests:
            self._ledger.write(trial, "import" if code is None else SURVIVED)
            return
        fork = start(lambda: self._try(trial.module, code, tests))
        self._running[fork.pid] = _Running(trial, fork, tests, later, time.monotonic() + SECONDS_AT_MOST)

    def _try(self, module: Module, code: types.CodeType, tests: list[str]) -> str:
        replace_module(module.name, code)
        plugin = Selected(tests, self._lines.seconds, lambda _: None)
        files = list(dict.fromkeys(test.split("::")[0] for test in tests))
        run_tests(self._checkout, files, plugin, stop_at_failure=True)
        return next(iter(plugin.outcome.failed), SURVIVED)

    def _ended(self) -> list[tuple[Trial, list[str]]]:
        """Take in the forks that have ended; return what has to meet its other tests."""
        again = []
        for running in [*self._running.values()]:
            pid, status = os.waitpid(running.fork.pid, os.WNOHANG)
            if not pid:
                if time.monotonic() > running.ends:
                    os.killpg(running.fork.pid, signal.SIGKILL)
                continue
            del self._running[pid]
            answer = running.fork.read()
            if answer == SURVIVED and running.later:
                again.append((running.trial, running.later))
            else:
                in_time = os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGPROF, signal.SIGKILL}
                self._ledger.write(running.trial, answer if answer is not None else "time" if in_time else "crash")
        time.sleep(0.005)
        return again


def compiled(trial: Trial) -> types.CodeType | None:
    """Return the module with the mutant in it, or None when that is no longer Python."""
    tree = trial.mutant.put_in(ast.parse(trial.module.source))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return compile(tree, str(trial.module.file), "exec", dont_inherit=True)
    except (SyntaxError, ValueError, TypeError):
        return None


def changes_something(trial: Trial) -> bool:
    """Say whether the module with the mutant in it is another program at all."""
    code = compiled(trial)
    return code is None or marshal.dumps(code) != marshal.dumps(
        compile(ast.parse(trial.module.source), str(trial.module.file), "exec", dont_inherit=True)
    )


def _progress(done: int, total: int, seconds: float) -> None:
    if sys.stdout.isatty() and total:
        sys.stdout.write(f"\r{done} of {total}, {seconds / 60:.0f} min")
        sys.stdout.flush()


def report(trials: Sequence[Trial], ledger: Ledger, *, least: float) -> bool:
    """Print the score of every file and of the two groups; say whether both groups have at least ``least`` percent."""
    survivors = [trial for trial in trials if ledger.killer(trial) == SURVIVED]
    enough = True
    for title, in_full in (("every mutant", True), ("sample", False)):
        group = [trial for trial in trials if trial.module.in_full is in_full]
        if not group:
            continue
        _write(f"\n{title:<44} mutants  noticed   score")
        tried, missed = Counter(t.module.path for t in group), Counter(t.module.path for t in survivors)
        for path, count in sorted(tried.items()):
            _line(path, count, missed[path])
        left = sum(missed[path] for path in tried)
        _line("together", len(group), left)
        enough = enough and 100 * (len(group) - left) >= least * len(group)
    others = Counter(killer for trial in trials if (killer := ledger.killer(trial)) in {"time", "crash", "import"})
    _write(f"\nNoticed without a test that failed: {dict(others) or 'none'} (no end, no memory, no import)")
    KEPT.mkdir(parents=True, exist_ok=True)
    file = KEPT / "survivors.txt"
    file.write_text("".join(f"{trial}\n" for trial in survivors), encoding="utf-8")
    _write(f"{len(survivors)} were not noticed: {file.relative_to(CHECKOUT)}")
    return enough


def _line(name: str, count: int, missed: int) -> None:
    _write(f"{name:<44} {count:>7} {count - missed:>8} {100 * (count - missed) / count:>6.1f} %")


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many mutants are tried at a time")
    parser.add_argument(
        "--only", action="append", help="modules to try with every mutant, like 'credentials/keys.py' (may hold *)"
    )
    parser.add_argument("--tests", action="append", help="test files or folders to ask (all of both rooms)")
    parser.add_argument("--sample", type=int, default=SAMPLE, help=f"mutants of the other modules ({SAMPLE})")
    parser.add_argument("--seed", type=int, default=SEED, help="chooses the sample")
    parser.add_argument(
        "--least", type=float, default=LEAST_PERCENT, help=f"percent that must be noticed ({LEAST_PERCENT})"
    )
    parser.add_argument(
        "--patience", type=float, default=PATIENCE, help=f"seconds of tests for one mutant ({PATIENCE})"
    )
    parser.add_argument("--fresh", action="store_true", help="forget what earlier runs have found")
    return parser.parse_args()


def main() -> int:
    """Run and return the exit status: 0 when enough was noticed."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the forks end with it, as they do with Ctrl-C
    modules = modules_of(CHECKOUT)
    if asked.only:
        modules = [module for module in modules if any(fnmatch(module.path, pattern) for pattern in asked.only)]
        trials = [Trial(module, mutant) for module in modules for mutant in module.mutants]
    else:
        trials = trials_of(modules, sample=asked.sample, seed=asked.seed)
    tests = asked.tests or [str(folder) for folder in TESTS]
    lines = observed(CHECKOUT, tests, KEPT / "map.json")
    if lines.failed:
        _write(f"These fail without any mutant and are not asked: {', '.join(lines.failed)}")
    import_beforehand(lines.imported)
    trials = [trial for trial in trials if changes_something(trial)]
    ledger = Ledger(KEPT / "results.jsonl", CHECKOUT, lines.digest, fresh=asked.fresh)
    untried = [trial for trial in trials if ledger.killer(trial) is None]
    _write(f"{len(trials)} mutants, {len(untried)} of them to be tried, {asked.jobs} at a time")
    Runner(CHECKOUT, lines, ledger, jobs=asked.jobs, patience=asked.patience).run(untried)
    return 0 if report(trials, ledger, least=asked.least) else 1


if __name__ == "__main__":
    sys.exit(main())
