"""What every benchmark gives back, and how it is measured: the record type, the effort, and medians of alternating turns.

A module of benchmarks has ``MEASURES``, a tuple of `Measure`; `run` knows the modules. A measure takes an `Effort` and gives `Row`s:
one for each peer or limit that our figure is held against.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median, quantiles
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
    in_turn: float | None = None
    """How many times better turn by turn (the median of the turns) where both took turns; None: the ratio of the two figures."""

    @property
    def key(self) -> str:
        """How the row is known from one release to the next."""
        return f"{self.name} | {self.against}"

    @property
    def ratio(self) -> float | None:
        """How many times better than the peer (or, without one, than the limit) we are; None when one of them is missing."""
        if self.in_turn is not None:
            return self.in_turn
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
    """How long to measure: so many alternating rounds of what takes seconds, and every count times ``scale``."""

    rounds: int = 7
    scale: float = 1.0

    @property
    def turns(self) -> int:
        """How many turns what takes microseconds has: short ones, for a machine with neighbours changes its speed within a second."""
        return self.rounds * TURNS_IN_A_ROUND

    def count(self, full: int) -> int:
        """Return how many operations one repetition has, of ``full`` ones in an unhurried run; at least one."""
        return max(1, round(full * self.scale))


TURNS_IN_A_ROUND: Final = 5
_WARMING: Final = TURNS_IN_A_ROUND
"""Turns that do not count: they fill caches and let a just-in-time compiler work."""
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


@dataclass(frozen=True, slots=True)
class Turns:
    """What one operation took in each turn, in microseconds, in the order of the turns: those of several contenders fit together."""

    cpus: tuple[float, ...]
    walls: tuple[float, ...]

    @classmethod
    def of(cls, spent: Iterable[Spent]) -> Turns:
        """Return what was spent in each turn."""
        every = tuple(spent)
        return cls(tuple(one.cpu for one in every), tuple(one.wall for one in every))

    @property
    def cpu(self) -> float:
        """The median of the processor time."""
        return median(self.cpus)

    @property
    def wall(self) -> float:
        """The median of the time on the wall."""
        return median(self.walls)

    @property
    def quickest_tenth(self) -> float:
        """Processor time that a tenth of the turns did not exceed: what it takes while nothing else disturbs this machine."""
        return quantiles(self.cpus, n=10, method="inclusive")[0] if len(self.cpus) > 1 else self.cpu

    def without(self, part: Turns) -> Turns:
        """Return what is left when a part of the work that was measured apart is taken off, turn by turn."""
        cpus = tuple(whole - less for whole, less in zip(self.cpus, part.cpus, strict=True))
        return Turns(cpus, tuple(whole - less for whole, less in zip(self.walls, part.walls, strict=True)))

    def times_better_than(self, other: Turns) -> float:
        """Return how many times the other one's processor time ours goes into: the median of what each turn says."""
        return median(theirs / ours for ours, theirs in zip(self.cpus, other.cpus, strict=True))


def alternating(contenders: Mapping[str, Callable[[], Spent]], effort: Effort) -> dict[str, Turns]:
    """Let the contenders take short turns, one after the other and round again, and return what each took in every turn.

    A few first turns are not counted. Whatever else the machine does in the meantime meets all of a turn alike, which is why ratios of one
    turn can be believed where times cannot.
    """
    seen: dict[str, list[Spent]] = {name: [] for name in contenders}
    for _ in range(warming_and(effort.turns)):
        for name, repetition in contenders.items():
            seen[name].append(repetition())
    return {name: Turns.of(every[_WARMING:]) for name, every in seen.items()}


def warming_and(turns: int) -> int:
    """Return how many turns are taken in all, for so many that count."""
    return _WARMING + turns


def beside(
    name: str, against: str, ours: Turns, peer: Turns | None, *, target: float | None = None, note: str = ""
) -> Row:
    """Return the row for an operation that took turns with a peer's; without a peer its figure stands alone."""
    if peer is None:
        return Row(name, against, ours.cpu, None, target=target, note=note)
    quickest = peer.quickest_tenth / ours.quickest_tenth
    told = f"{note}; in the quickest tenth {ours.quickest_tenth:.0f} µs, {quickest:.3g} ×"
    return Row(name, against, ours.cpu, peer.cpu, target=target, note=told, in_turn=ours.times_better_than(peer))
