"""The service over HTTP, under a load that is bounded in count and time: answers per second, how long they take, what they cost.

    python bench/web.py --only issue --requests 2000 --clients 64 --workers 1 --database postgresql

The real server on a prepared installation (SQLite with synchronous=FULL, or a PostgreSQL that flushes every commit), nothing in it replaced,
the limits of calls switched off. A bare ASGI hello with the same options of uvicorn is measured beside it, in turn. The load is a program of
its own (`load.py`); an answer that is not the one expected ends the measure. What counts is processor time of the server for each request:
all its processes, its threads and its duties, from the kernel's books. `TMPDIR` says on which disk the installation is made.
"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

CHECKOUT: Final = Path(__file__).resolve().parent.parent
for folder in ("bench", "tests", "src"):
    sys.path.insert(0, str(CHECKOUT / folder))

from crash.place import prepared_place  # noqa: E402 - found by the lines above
from load import Load, send  # noqa: E402 - the same
from measures import Measure, Row, Spent, Turns, beside, limit  # noqa: E402 - the same
from serving import HELLO, OKBADGES, Memory, Serving, family_cpu_seconds, free_port, serving  # noqa: E402 - the same
from support.world import SECRET  # noqa: E402 - the same
from web_requests import CASES, Ground, laid_ground  # noqa: E402 - the same

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crash.place import Kind, Place
    from measures import Effort
    from web_requests import Case

KINDS: Final[dict[str, Kind]] = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
REQUESTS: Final = 2000
CLIENTS: Final = 64
OF_HELLO: Final = {"share-page": 0.2, "status-list": 0.35}
PER_SECOND: Final = {"issue": 1000, "verify-new": 1000}


@dataclass(frozen=True, slots=True)
class Measured:
    """What one case came to, over one repetition or as the median of several."""

    case: str
    answers: int
    per_second: float
    p50: float
    """Seconds, as `p99`."""
    p99: float
    cpu: float
    """Seconds of processor time of the server for each request."""
    database_cpu: float
    """The same of the database server; 0 for SQLite, which works inside ours."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to send, and how often."""

    requests: int = REQUESTS
    clients: int = CLIENTS
    seconds: float = 30
    repetitions: int = 3
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """What is measured: the service, the hello beside it, and what is known of the installation."""

    service: Serving
    hello: Serving
    ground: Ground
    place: Place


@dataclass(frozen=True, slots=True)
class Found:
    """What a server came to: each case by its name, in every round, the seconds until its first answer, the memory of its largest process."""

    rounds: dict[str, list[Measured]]
    started_in: float
    memory: Memory

    @property
    def cases(self) -> dict[str, Measured]:
        """The median of each case."""
        return {name: _median(found) for name, found in self.rounds.items()}

    def turns(self, name: str) -> Turns:
        """Return what each request of a case cost the server, round by round, and half of them took at the most."""
        return Turns.of(Spent(one.cpu * 1e6, one.p50 * 1e6) for one in self.rounds[name])


@contextmanager
def stage(kind: Kind, *, workers: int, pinned: bool) -> Iterator[Stage]:
    """Prepare an installation and start both servers; end all of it."""
    cpu = 0 if pinned and workers == 1 else None
    with ExitStack() as closing:
        place = closing.enter_context(prepared_place(kind))
        door = place.door()
        environment = {
            "OKBADGES_BASE_URL": place.base_url,
            "OKBADGES_PORT": str(place.port),
            "OKBADGES_DATABASE_URL": place.database_url,
            "OKBADGES_SECRET": SECRET,
            "OKBADGES_WORKERS": str(workers),
            "OKBADGES_RATE_PER_KEY": "off",
            "OKBADGES_RATE_PER_ADDRESS": "off",
        }
        service = closing.enter_context(serving(OKBADGES, environment, folder=place.folder, cpu=cpu))
        of_hello = {**environment, "OKBADGES_PORT": str(free_port()), "OKBADGES_WORKERS": "1"}
        hello = closing.enter_context(serving(HELLO, of_hello, folder=place.folder, cpu=cpu))
        yield Stage(service, hello, laid_ground(door), place)


def measure(on: Stage, case: Case, plan: Plan) -> Measured:
    """Send one repetition of a case and note what it cost. Raises RuntimeError for an answer that is not as expected."""
    server = on.hello if case.of_hello else on.service
    load = Load(
        port=server.port,
        requests=case.make(on.ground, plan.requests * case.times),
        clients=plan.clients,
        seconds=plan.seconds,
        expected=case.expected,
        status=case.status,
        cpu=1 if plan.pinned and (os.cpu_count() or 1) > 1 else None,
    )
    before, database_before = server.cpu_seconds(), database_cpu(on.place)
    seen = send(load)
    cpu, database = server.cpu_seconds() - before, database_cpu(on.place) - database_before
    return Measured(
        case=case.name,
        answers=seen.answers,
        per_second=seen.per_second,
        p50=seen.percentile(0.50),
        p99=seen.percentile(0.99),
        cpu=cpu / seen.answers,
        database_cpu=database / seen.answers,
    )


def measure_all(kind: Kind, cases: Sequence[Case], plan: Plan, *, workers: int = 1) -> Found:
    """Measure alternating repetitions on a fresh installation; a first, short round does not count."""
    with stage(kind, workers=workers, pinned=plan.pinned) as on:
        (rounds,) = _alternating([(on, cases)], plan)
        return Found(rounds, on.service.started_in, on.service.memory())


def _alternating(asked: Sequence[tuple[Stage, Sequence[Case]]], plan: Plan) -> list[dict[str, list[Measured]]]:
    """Return what each stage came to in every round; in a round the stages take turns at a case that several have."""
    found: list[dict[str, list[Measured]]] = [{case.name: [] for case in cases} for _, cases in asked]
    in_turn = list(dict.fromkeys(case for _, cases in asked for case in cases))
    for turn in range(plan.repetitions + 1):
        sent = plan if turn else replace(plan, requests=min(plan.requests, 2 * plan.clients))
        for case in in_turn:
            for (on, cases), seen in zip(asked, found, strict=True):
                if case in cases:
                    seen[case.name] += [measure(on, case, sent)] if turn else _warmed(on, case, sent)
    return found


def _warmed(on: Stage, case: Case, plan: Plan) -> list[Measured]:
    """Send what does not count."""
    measure(on, case, plan)
    return []


def database_cpu(place: Place) -> float:
    """Return the processor time of the PostgreSQL behind an installation, in seconds; 0 without one."""
    return family_cpu_seconds(place.postgres.pid) if place.postgres else 0.0


def _median(found: list[Measured]) -> Measured:
    names = ("per_second", "p50", "p99", "cpu", "database_cpu")
    figures = {name: median(getattr(one, name) for one in found) for name in names}
    return Measured(found[0].case, sum(one.answers for one in found), **figures)


def rows(kind: Kind, effort: Effort) -> Iterator[Row]:
    """Measure every case with one server process, and issuing with two in the same rounds; give what stands in the table."""
    plan = Plan(requests=effort.count(REQUESTS), repetitions=effort.rounds)
    issuing = [case for case in CASES if case.name == "issue"]
    with stage(kind, workers=1, pinned=False) as alone, stage(kind, workers=2, pinned=False) as together:
        of_one, of_two = _alternating([(alone, CASES), (together, issuing)], plan)
        one = Found(of_one, alone.service.started_in, alone.service.memory())
        two = Found(of_two, together.service.started_in, together.service.memory())
    yield from _of_one(kind, one)
    note = f"{two.cases['issue'].per_second:.0f}/s; a tenth is left for what no two runs have in common"
    title = f"issue over HTTP, {kind}, 2 processes"
    yield beside(title, "1 process", two.turns("issue"), one.turns("issue"), target=0.9, note=note)


def _of_one(kind: Kind, found: Found) -> Iterator[Row]:
    hello = found.turns("hello")
    for name, of_hello in OF_HELLO.items():
        told = _rate(found.cases[name])
        yield beside(f"{name} over HTTP, {kind}", "ASGI hello", found.turns(name), hello, target=of_hello, note=told)
    for name, target in PER_SECOND.items():
        one = found.cases[name]
        best = max(each.per_second for each in found.rounds[name])
        told = f"{_rate(one)}; {best:.0f}/s in the best round"
        title = f"{name} over HTTP, {kind}"
        yield limit(title, one.per_second, target, unit="per second", better="higher", note=told)
    p99 = found.cases["issue"].p99 * 1000
    yield limit(f"issue over HTTP, {kind}, 99 of 100 within", p99, 250, unit="ms", note=f"{CLIENTS} clients")
    yield limit(f"start to first answer, {kind}", found.started_in, 1, unit="s")
    yield limit(f"memory of a loaded worker, {kind}", found.memory.peak, 120, unit="MiB")
    for name, one in found.cases.items():
        if name not in OF_HELLO:
            yield Row(f"{name} over HTTP, {kind}, server", "limit", one.cpu * 1e6, None, note=_rate(one))


def _rate(one: Measured) -> str:
    database = f", database {one.database_cpu * 1e6:.0f} µs" if one.database_cpu else ""
    return f"{one.per_second:.0f}/s, p50 {one.p50 * 1000:.1f} ms, p99 {one.p99 * 1000:.1f} ms{database}"


MEASURES: Final = tuple(Measure(f"web-{name}", partial(rows, kind)) for name, kind in KINDS.items())


def _table(found: Found) -> None:
    hello = found.cases.get("hello")
    print(f"{'case':<20}{'answers':>8}{'per s':>8}{'p50 ms':>8}{'p99 ms':>8}{'CPU µs':>8}{'DB µs':>8}{'of hello':>9}")
    for row in found.cases.values():
        ratio = f"{hello.cpu / row.cpu:9.3f}" if hello and row.cpu else ""
        times = f"{row.p50 * 1000:8.1f}{row.p99 * 1000:8.1f}{row.cpu * 1e6:8.0f}{row.database_cpu * 1e6:8.0f}"
        print(f"{row.case:<20}{row.answers:>8}{row.per_second:>8.0f}{times}{ratio}")
    print(
        f"first answer after {found.started_in:.2f} s; memory of the largest process {found.memory.peak:.0f} MiB at its peak"
    )


def main() -> int:
    """Measure what was asked for and print it; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [case.name for case in CASES]
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="which cases")
    parser.add_argument("--requests", type=int, default=REQUESTS, help="requests of each case and repetition (2000)")
    parser.add_argument("--clients", type=int, default=CLIENTS, help="clients at once (64)")
    parser.add_argument("--seconds", type=float, default=30, help="seconds for each case and repetition, at most (30)")
    parser.add_argument("--repetitions", type=int, default=3, help="repetitions, whose medians are shown (3)")
    parser.add_argument("--workers", type=int, default=1, help="server processes (1)")
    parser.add_argument("--database", choices=tuple(KINDS), default="sqlite")
    parser.add_argument("--pin", action="store_true", help="one server process on one processor, the load on another")
    asked = parser.parse_args()
    plan = Plan(asked.requests, asked.clients, asked.seconds, asked.repetitions, asked.pin)
    cases = [case for case in CASES if case.name in asked.only]
    print(f"{asked.database}, {asked.workers} server process(es), {plan.clients} clients")
    try:
        _table(measure_all(KINDS[asked.database], cases, plan, workers=asked.workers))
    except RuntimeError as failed:
        print(failed, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
