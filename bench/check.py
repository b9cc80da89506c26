"""Measure again and compare with the result that is kept: ``make bench-check``. Exit status 1 when a ratio fell by more than a fifth.

Compared are ratios, since times depend on the machine: how many times better than the peer, and how far within a limit. A row that
was measured then and cannot be now is a fault too. With ``--fresh FILE`` nothing is measured: two kept results are compared.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).resolve().parent))

import kept
import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from measures import Row

MOST_LOST: Final = 0.2


@dataclass(frozen=True, slots=True)
class Fallen:
    """A row whose ratio fell too far; ``now`` is None when it could not be measured."""

    key: str
    then: float
    now: float | None

    def __str__(self) -> str:
        """Say what fell, and by how much."""
        if self.now is None:
            return f"{self.key}: {self.then:.3g} × then, and not measured now"
        return f"{self.key}: {self.then:.3g} × then, {self.now:.3g} × now, {1 - self.now / self.then:.0%} less"


def fallen(then: Sequence[Row], now: Sequence[Row], *, only_those_measured: bool = False) -> list[Fallen]:
    """Return the rows of ``then`` whose ratio is more than a fifth lower ``now``, or missing unless only a part was measured."""
    ratios = {row.key: row.ratio for row in now}
    found = []
    for row in then:
        if row.ratio is None or (only_those_measured and row.key not in ratios):
            continue
        ratio = ratios.get(row.key)
        if ratio is None or ratio < row.ratio * (1 - MOST_LOST):
            found.append(Fallen(row.key, row.ratio, ratio))
    return found


def newest(results: Path) -> Path | None:
    """Return the kept result of the newest release, None when there is none."""
    files = sorted(
        results.glob("*.json"), key=lambda file: [int(part) for part in file.stem.split(".") if part.isdigit()]
    )
    return files[-1] if files else None


def main(words: Sequence[str] | None = None) -> int:
    """Measure, compare and say what fell."""
    parser = run.arguments(__doc__)
    parser.add_argument("--against", type=Path, help="the kept result (that of the newest release)")
    parser.add_argument("--fresh", type=Path, help="a result that was just written, in place of measuring")
    asked = parser.parse_args(words)
    against = asked.against or newest(asked.results or kept.RESULTS)
    if against is None:
        print("there is no result to compare with; make bench keeps one", file=sys.stderr)
        return 2
    then = kept.read(against)
    now = kept.read(asked.fresh) if asked.fresh else run.from_arguments(asked, parser)
    lost = fallen(then.rows, now.rows, only_those_measured=bool(asked.only))
    if then.machine["processor"] != now.machine["processor"]:
        print(f"the kept result is of another machine ({then.machine['processor']})")
    if then.effort != now.effort:
        print(f"measured with another effort (then {then.effort}, now {now.effort}): what falls here may stand")
    for one in lost:
        print(f"FELL {one}")
    print(f"{len(lost)} of {len(then.rows)} ratios fell by more than a fifth since {then.release} ({then.measured_on})")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
