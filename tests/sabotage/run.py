"""Break the issuing path on purpose, in a copy, and see that the tests of the invariants notice: eight of eight.

``make sabotage`` runs this. Each copy is asked in a process of its own, on SQLite; a copy without any fault has to pass. Status 1
when a fault is not noticed, when the whole copy fails, or when a fault can not be put in any more because the source has changed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

TESTS: Final = Path(__file__).resolve().parent.parent
CHECKOUT: Final = TESTS.parent
sys.path.insert(0, str(TESTS))

from sabotage.mutants import SABOTAGE  # noqa: E402 - found by the line above

if TYPE_CHECKING:
    from sabotage.mutants import Edit

COPIED: Final = (
    *("src", "alembic", "badge_definitions", "pyproject.toml", "tests/conftest.py"),
    *("tests/support", "tests/crash", "tests/invariants"),
)
ASKED: Final = "tests/invariants/test_promises.py"
WITHIN_SECONDS: Final = 900
PASSED, NOTICED = 0, 1


def main() -> int:
    """Run and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=2, help="copies that are asked at a time (2)")
    parser.add_argument("--only", action="append", choices=SABOTAGE, help="faults to put in (all)")
    asked = parser.parse_args()
    faults = {name: SABOTAGE[name] for name in asked.only or SABOTAGE}
    with tempfile.TemporaryDirectory(prefix="okbadges-sabotage-") as folder, ThreadPoolExecutor(asked.jobs) as pool:
        trials = {"nothing": (), **faults}
        asking = partial(_noticed, Path(folder))
        as_expected = list(pool.map(asking, range(len(trials)), trials, trials.values()))
    _write(
        f"{sum(as_expected[1:])} of {len(faults)} were noticed"
        + ("" if as_expected[0] else ", and a fault where there is none")
    )
    return 0 if all(as_expected) else 1


def _noticed(folder: Path, number: int, name: str, edits: tuple[Edit, ...]) -> bool:
    """Ask the tests of one copy and say whether their answer is the right one."""
    begun, copy = time.monotonic(), folder / str(number)
    _copy(copy)
    for edit in edits:
        edit.put_in(copy)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", "-k", "sqlite", ASKED],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=WITHIN_SECONDS,
    )
    right = ran.returncode == (NOTICED if edits else PASSED)
    by = next((line.split("::")[1].split("[")[0] for line in ran.stdout.splitlines() if line.startswith("FAILED")), "-")
    _write(f"{name:<32} {'right' if right else 'WRONG':<7} {by:<52} {time.monotonic() - begun:>5.0f} s")
    if not right:
        _write((ran.stdout + ran.stderr)[-4000:])
    return right


def _copy(to: Path) -> None:
    for name in COPIED:
        source, target = CHECKOUT / name, to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)


def _write(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
