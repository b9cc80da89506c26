"""What every benchmark gives back, and how it is measured: the record type, the effort, and medians of alternating repetitions.

A module of benchmarks has ``MEASURES``, a tuple of `Measure`; `run` knows the modules. A measure takes an `Effort` and gives `Row`s:
one for each peer or limit that our figure is held against.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Better = Literal["lower", "higher"]
MICROSECONDS: Final = "µs CPU"
"""The unit of most rows: processor time of one operation."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: our figure and the peer's in the same unit, or a limit in that unit.

    ``name`` and ``against`` together are how `check` finds the row again in an earlier result, so they stay as they are from release
    to release. ``ours`` is None when nothing could be measured, and ``note`` says why. With a peer, ``target`` is the least ratio
    (how many times better than the peer); without one it is the limit itself, in ``unit``. Without ``target`` the row only tells.
    """

    name: str
    against: str
    """Who the peer is, or "limit"."""
    ours: float | None
    peer: float | None
    unit: str = MICROSECONDS
    target: float | None = None
    better: Better = "lower"
    """Whether a lower figure (a time) or a higher one (so many each second) is better."""
    note: str = ""

    @property
    def key(self) -> str:
        """How the row is known from one release to the next."""
        return f"{self.name} | {self.against}"

    @property
    def ratio(self) -> float | None:
        """How many times better than the peer (or, without one, than the limit) we are; None when one of them is missing."""
        other = self.peer if self.against != LIMIT else self.target
        if not self.ours or not other:
            return None
        return other / self.ours if self.better == "lower" else self.ours / other

    @property
    def wanted(self) -> float | None:
        """The least ratio that meets the target: 1 for a limit."""
        return 1.0 if self.against == LIMIT and self.target is not None else self.target

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None when there is none or nothing was measured."""
        if self.ratio is None or self.wanted is None:
            return None
        return self.ratio >= self.wanted


LIMIT: Final = "limit"


def limit(name: str, ours: float | None, target: float, *, unit: str, better: Better = "lower", note: str = "") -> Row:
    """Return a row for a figure that has no peer but a limit, in ``unit``: at most (or, when higher is better, at least) ``target``."""
    return Row(name, LIMIT, ours, None, unit, target, better, note)


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure: so many alternating rounds, and every count times ``scale``."""

    rounds: int = 7
    scale: float = 1.0

    def count(self, full: int) -> int:
        """Return how many operations one repetition has, of ``full`` ones in an unhurried run; at least one."""
        return max(1, round(full * self.scale))


QUICK: Final = Effort(rounds=3, scale=0.1)


@dataclass(frozen=True, slots=True)
class Measure:
    """One benchmark: ``name`` is what ``--only`` picks it by."""

    name: str
    run: Callable[[Effort], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class Spent:
    """What one operation took, in microseconds: processor time of the whole process with its threads, and time on the wall."""

    cpu: float
    wall: float


def timed(operation: Callable[[], object], times: int) -> Callable[[], Spent]:
    """Return a repetition that does ``operation`` so many times in this process and gives what one of them took."""

    def repetition() -> Spent:
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(times):
            operation()
        spent = Spent(time.process_time() - cpu, time.perf_counter() - wall)
        return Spent(spent.cpu * 1e6 / times, spent.wall * 1e6 / times)

    return repetition


def alternating(contenders: Mapping[str, Callable[[], Spent]], rounds: int) -> dict[str, Spent]:
    """Let the contenders take turns (one repetition each, then the next round) and return the median of each.

    A first round is not counted: it fills caches and lets a just-in-time compiler work. Whatever else the machine does in the
    meantime meets all of them alike, which is why ratios of one run can be believed where times cannot.
    """
    seen: dict[str, list[Spent]] = {name: [] for name in contenders}
    for turn in range(rounds + 1):
        for name, repetition in contenders.items():
            spent = repetition()
            if turn:
                seen[name].append(spent)
    return {
        name: Spent(median(one.cpu for one in all_), median(one.wall for one in all_)) for name, all_ in seen.items()
    }
