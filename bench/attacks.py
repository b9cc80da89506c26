"""Seconds and memory of every case of the attack suite, each verified in a process of its own.

``make bench-attacks`` runs this. Prints the slowest and the hungriest cases, and ends with status 1 when one of them takes more than its
case allows (3 s and 300 MB, unless it says otherwise). Nothing is fetched: the suite brings its own world.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

CHECKOUT: Final = Path(__file__).resolve().parent.parent
for folder in ("tests", "src"):
    sys.path.insert(0, str(CHECKOUT / folder))

from verification.attacks import Suite  # noqa: E402 - found by the lines above

if TYPE_CHECKING:
    from verification.attacks import Case

GROUPS: Final = "ABCDEFGHIJ"
MEGABYTE: Final = 1024  # getrusage counts in KiB
MOST_MEGABYTES: Final = 300


@dataclass(frozen=True, slots=True)
class Measured:
    """What one case took: seconds on the wall, and by how many megabytes the process grew at its peak."""

    case: str
    verdict: str
    seconds: float
    megabytes: float
    too_much: bool


def measured(suite: Suite, case: Case) -> Measured:
    """Verify the case in a fork, after one harmless case, so that what is made once for a process does not count."""
    reading, writing = os.pipe()
    if not os.fork():
        status = 1
        try:
            with os.fdopen(writing, "w") as pipe:
                json.dump(_run(suite, case), pipe)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answer = pipe.read()
    os.wait()
    verdict, seconds, megabytes = json.loads(answer) if answer else ("died", 0.0, 0.0)
    too_much = not answer or seconds > case.max_seconds or megabytes > MOST_MEGABYTES
    return Measured(case.id, verdict, seconds, megabytes, too_much)


def _run(suite: Suite, case: Case) -> tuple[str, float, float]:
    fetch = suite.fetch(case.world)
    before, begun = _peak(), time.perf_counter()
    verdict = case.run(fetch).verdict
    return verdict.value, time.perf_counter() - begun, (_peak() - before) / MEGABYTE


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _table(title: str, rows: list[Measured]) -> None:
    print(f"\n{title}")
    for row in rows:
        mark = "  TOO MUCH" if row.too_much else ""
        print(f"  {row.case:<32} {row.verdict:<14} {row.seconds:>7.3f} s {row.megabytes:>8.1f} MB{mark}")


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--groups", default=GROUPS, help=f"groups of cases ({GROUPS})")
    parser.add_argument("--show", type=int, default=10, help="how many of the slowest and hungriest (10)")
    asked = parser.parse_args()
    folder = CHECKOUT.parent / "shared" / "attacks"
    if not folder.is_dir():
        print(f"needs the attack suite: {folder} is not there", file=sys.stderr)
        return 1
    suite = Suite(folder)
    first = next(suite.cases("A"))
    first.run(suite.fetch(first.world))
    found = [measured(suite, case) for case in suite.cases(asked.groups)]
    _table("slowest", sorted(found, key=lambda row: -row.seconds)[: asked.show])
    _table("hungriest", sorted(found, key=lambda row: -row.megabytes)[: asked.show])
    over = [row for row in found if row.too_much]
    if over:
        _table("over what the case allows", over)
    print(f"\n{len(found)} cases, {sum(row.seconds for row in found):.1f} s together, {len(over)} over what they allow")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
