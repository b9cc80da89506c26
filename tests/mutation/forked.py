"""Runs tests in a fork of this process, with one module replaced by a mutant, and says whether they noticed.

The parent has imported pytest and everything from elsewhere that the tests need, but nothing of okbadges: a fork imports that
itself, the mutant among it, as a fresh interpreter would, in a fraction of the time.
"""

from __future__ import annotations

import gc
import importlib
import importlib.machinery
import json
import os
import resource
import signal
import sys
import time
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import Phase, settings

from mutation.scope import TESTS

if TYPE_CHECKING:
    import types
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

MEMORY_BYTES: Final = 4 * 1024**3
SECONDS_TO_BEGIN: Final = 30
"""Seconds of processor time that importing and collecting may take."""
SECONDS_OF_A_TEST: Final = 4
"""Seconds of processor time that any test may take, in addition to several times of what it usually does."""


@dataclass(slots=True)
class Outcome:
    """What became of a run: the tests that failed, in their order, and those that passed."""

    failed: list[str] = field(default_factory=list)
    passed: dict[str, float] = field(default_factory=dict)
    """Seconds of processor time of each test that passed."""


class Selected:
    """A pytest plugin: runs the tests that were chosen, in their order, each within its time, and keeps what became of them."""

    def __init__(self, chosen: Sequence[str] | None, usual: dict[str, float], enter: Callable[[str], object]) -> None:
        """Run all tests when none are chosen; ``enter`` is told which one begins."""
        self._order = {name: position for position, name in enumerate(chosen)} if chosen is not None else None
        self._usual = usual
        self._enter = enter
        self._skipped = False
        self.outcome = Outcome()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the chosen tests and put them in their order."""
        if self._order is not None:
            order = self._order
            items[:] = sorted((item for item in items if item.nodeid in order), key=lambda item: order[item.nodeid])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Give each test a time of its own; a mutant that never ends is ended by the signal."""
        seconds = SECONDS_OF_A_TEST + 5 * self._usual.get(item.nodeid, SECONDS_TO_BEGIN)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        self._enter(item.nodeid)
        begun, self._skipped = time.process_time(), False
        result = yield
        if not self._skipped and item.nodeid not in self.outcome.failed:
            self.outcome.passed[item.nodeid] = time.process_time() - begun
        signal.setitimer(signal.ITIMER_PROF, SECONDS_TO_BEGIN)
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what failed; a test that is skipped has not passed."""
        self._skipped = self._skipped or report.skipped
        if report.failed:
            self.outcome.failed.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep the test files that cannot even be imported."""
        if report.failed:
            self.outcome.failed.append(report.nodeid)


def import_beforehand(names: Sequence[str]) -> None:
    """Import what the forks will need and what no mutant changes; a name that cannot be imported alone is left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            try:
                importlib.import_module(name)
            except Exception:  # noqa: BLE001, S112 - it will be imported, or fail, where it is needed
                continue
    gc.collect()
    gc.freeze()  # forks share what is here only as long as nobody goes through it


def run_tests(checkout: Path, files: Sequence[str], plugin: Selected, *, stop_at_failure: bool) -> None:
    """Run pytest on ``files`` in this process, without the fixtures of a whole installation, which the rooms do not need."""
    settings.register_profile(
        "mutation", deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate]
    )
    os.chdir(checkout)
    # Of the conftest.py files only those inside a room are read: the one above them starts a whole installation.
    arguments = ["-q", "-p", "support.places", f"--confcutdir={checkout / TESTS[0]}", "--hypothesis-profile=mutation"]
    # Modules that were imported beforehand are not rewritten, which pytest would remark; hypothesis looks after its own files.
    arguments += ["-p", "no:cacheprovider", "-p", "no:warnings", "-p", "no:unraisableexception"]
    arguments += ["-x"] if stop_at_failure else ["--continue-on-collection-errors"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = pytest.main([*arguments, *files], [plugin])
    if code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}:
        plugin.outcome.failed.append("import")  # pytest itself could not go on


def replace_module(name: str, code: types.CodeType) -> None:
    """Let the import of ``name`` run ``code`` instead of what is in its file."""
    sys.meta_path.insert(0, _Replaced(name, code))


class _Replaced(importlib.machinery.PathFinder):
    def __init__(self, name: str, code: types.CodeType) -> None:
        self._name = name
        self._code = code

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:  # type: ignore[override]
        """Find the one module, with a loader that has other code."""
        if fullname != self._name:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Loader(fullname, spec.origin, self._code)
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, code: types.CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> types.CodeType:
        """Return the other code."""
        assert fullname == self.name
        return self._code


@dataclass(frozen=True, slots=True)
class Fork:
    """A fork that runs: its process id, and the end of the pipe that its answer comes through."""

    pid: int
    answers: int

    def wait(self) -> Any:
        """Wait for the end and return the answer, or None when the fork was ended before it could give one.

        A long answer fills the pipe, so it is read before the end is waited for.
        """
        with os.fdopen(self.answers, "rb") as pipe:
            written = pipe.read()
        os.waitpid(self.pid, 0)
        return json.loads(written) if written else None

    def read(self) -> Any:
        """Return the short answer of a fork that has ended, or None when it was ended before it could give one."""
        with os.fdopen(self.answers, "rb") as pipe:
            written = pipe.read()
        return json.loads(written) if written else None


def start(work: Callable[[], Any], *, quiet: bool = True) -> Fork:
    """Do ``work`` in a fork, which writes what it returns (JSON) into the pipe. Its own output goes nowhere when ``quiet``."""
    answers, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Fork(pid, answers)
    status = 1
    try:
        os.close(answers)
        _confine(quiet=quiet)
        written = json.dumps(work()).encode()
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(written)
        status = 0
    finally:
        os._exit(status)


def _confine(*, quiet: bool) -> None:
    """Bound time and memory, so that a mutant without a limit harms nobody, and give the fork a process group of its own."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.setitimer(signal.ITIMER_PROF, SECONDS_TO_BEGIN)
    if quiet:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
