"""Hostile input of at most 64 kB: every such case of the attack suite and everything that fuzzing found, each with a clear answer.

A case that costs too much is measured again, and its best counts: a busy machine makes everything look slow, and nothing look fast.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fuzz import finding
from material import NOW
from measures import Measure, limit
from okbadges.verification import FetchError, verify
from verification.attacks import Suite, WorldNetwork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from measures import Effort, Row
    from okbadges.verification import Fetched
    from verification.attacks import Case

CHECKOUT: Final = Path(__file__).resolve().parent.parent
ATTACKS: Final = CHECKOUT.parent / "shared" / "attacks"
FOUND: Final = CHECKOUT / "tests" / "fuzz" / "found"
LARGEST: Final = 64 * 1024
MOST_MILLISECONDS: Final = 25.0
_GROUPS: Final = "ABCDEFGHIJ"
_ADDRESSES: Final = "G"
"""The group about addresses that must not be asked: those cases need the real fetcher, on a scripted network."""
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Cost:
    """What one case took, in milliseconds of processor time."""

    case: str
    milliseconds: float


def hostile(effort: Effort) -> Iterator[Row]:
    """Measure every case once, and those that seem to cost too much again."""
    for name, cases in (("attack suite", _attacks()), ("found by fuzzing", _found())):
        costs = sorted((_cost(case, act, effort.rounds) for case, act in cases), key=lambda cost: -cost.milliseconds)
        over = [f"{cost.case} {cost.milliseconds:.0f}" for cost in costs if cost.milliseconds > MOST_MILLISECONDS]
        slowest = [f"{cost.case} {cost.milliseconds:.1f}" for cost in costs[:_SHOWN]]
        told = f"{len(over)} over: {', '.join(over)}" if over else f"slowest: {', '.join(slowest)}"
        title = f"hostile input up to 64 kB: {name}"
        worst = costs[0].milliseconds if costs else None
        note = f"{len(costs)} cases; {told}" if costs else f"not measured: {ATTACKS.name} is not beside the checkout"
        yield limit(title, worst, MOST_MILLISECONDS, unit="ms CPU", note=note)


def _cost(case: str, act: Callable[[], object], rounds: int) -> Cost:
    best = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        act()
        best = min(best, (time.process_time() - begun) * 1000)
        if best <= MOST_MILLISECONDS / 2:
            break
    return Cost(case, best)


def _attacks() -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield the cases of the suite; a case whose answer is none that the suite allows stops the measurement."""
    if not ATTACKS.is_dir():
        return
    suite = Suite(ATTACKS)
    for case in suite.cases(_GROUPS):
        if len(case.received) <= LARGEST:
            fetch = WorldNetwork(suite, case).fetcher() if case.group == _ADDRESSES else suite.fetch(case.world)

            def act(case: Case = case, fetch: Callable[[str], Fetched] = fetch) -> None:
                verdict = case.run(fetch).verdict
                assert verdict in case.verdicts, f"{case.id}: {verdict}"
                assert verdict not in case.never, f"{case.id}: {verdict}"

            yield case.id, act


def _found() -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what fuzzing found: as input of the parser in which it was found, and as something to verify."""
    for file in sorted(FOUND.rglob("*")):
        if file.is_file() and file.stat().st_size <= LARGEST:
            data, target = file.read_bytes(), finding.load(file.parent.name)
            name = f"{file.parent.name}/{file.name[:12]}"
            yield name, partial(target.run, data)
            yield f"{name} as a badge", partial(verify, data, fetch=_nothing, now=NOW)


def _nothing(_url: str) -> Fetched:
    raise FetchError("unreachable", "no answer")


MEASURES = (Measure("hostile", hostile),)
