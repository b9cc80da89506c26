"""A skip for something missing fails in CI; every other skip stays a skip."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MODULE = """
import pytest

@pytest.fixture
def tool():
    pytest.skip("needs a tool that is not here")

def test_asks_a_fixture(tool): ...

def test_skips_itself():
    pytest.skip("needs another tool")

@pytest.mark.skip(reason="needs a third tool")
def test_is_marked(): ...

def test_does_not_apply():
    pytest.skip("does not apply to SQLite")

@pytest.mark.xfail(reason="needs a rewrite", strict=True)
def test_is_known_to_fail():
    assert False

def test_passes(): ...
"""
WHOLE_MODULE = 'import pytest\npytest.skip("needs a fourth tool", allow_module_level=True)\n'


def _outcomes(folder: Path, tests: Path, *arguments: str, ci: str | None) -> tuple[int, dict[str, int], str]:
    """Run pytest with the plugin on the examples; return its exit status, the counts of its last line and its output."""
    module = folder / "test_example.py"
    module.write_text(MODULE)
    (folder / "test_whole.py").write_text(WHOLE_MODULE)
    (folder / "pytest.ini").write_text("[pytest]\n")
    environment = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("PYTEST_")}
    environment |= {"PYTHONPATH": str(tests)} | ({"CI": ci} if ci else {})
    command = [sys.executable, "-m", "pytest", "-p", "support.skips", "-p", "no:cacheprovider", *arguments]
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    last_line = ran.stdout.strip().splitlines()[-1]
    counts = {word: int(count) for count, word in re.findall(r"(\d+) (\w+)", last_line.split(" in ")[0])}
    return ran.returncode, counts, ran.stdout


def test_outside_ci_everything_missing_is_a_skip(tmp_path: Path, checkout: Path) -> None:
    """On a developer's machine a missing tool skips its tests and the run succeeds."""
    status, counts, _ = _outcomes(tmp_path, checkout / "tests", ci=None)
    assert (status, counts) == (0, {"passed": 1, "skipped": 5, "xfailed": 1})


def test_in_ci_everything_missing_is_a_failure(tmp_path: Path, checkout: Path) -> None:
    """In CI each of them fails, whichever way it was skipped, and the reason is still said."""
    status, counts, said = _outcomes(tmp_path, checkout / "tests", "--continue-on-collection-errors", ci="true")
    assert status == 1
    assert counts == {"failed": 1, "errors": 3, "passed": 1, "skipped": 1, "xfailed": 1}
    for tool in ("a tool that is not here", "another tool", "a third tool", "a fourth tool"):
        assert f"CI must not skip this: needs {tool}" in said


def test_in_ci_with_workers_too(tmp_path: Path, checkout: Path) -> None:
    """The rule holds in the workers of pytest-xdist as well."""
    status, counts, _ = _outcomes(tmp_path, checkout / "tests", "--continue-on-collection-errors", "-n", "1", ci="true")
    assert status == 1
    assert counts.get("skipped") == 1
