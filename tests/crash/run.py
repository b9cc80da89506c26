"""Kill the real server with ``kill -9`` at random moments while 16 clients issue, and see that nothing is lost, doubled or reused.

``make crash KILLS=100`` runs this: that many kills on SQLite and that many on PostgreSQL, side by side, half of them with one server
process and half with two; on PostgreSQL the database itself is then stopped a fifth as often, at least twice, and both databases are
held by somebody else for 30 seconds; the server has to find back by itself. In the end eight processes issue 2 000 credentials at
once on each database. Status 1 when anything at all is wrong.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

TESTS: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

from crash.at_once import issue_at_once  # noqa: E402 - found by the line above
from crash.scenario import Outcome, Plan, run  # noqa: E402 - the same

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crash.place import Kind

SECONDS_PER_KILL: Final = 60
"""Long enough for a slow machine; a run that takes longer is ended and has failed."""
BUSY_SECONDS: Final = 30.0
BOTH: Final[tuple[Kind, ...]] = ("SQLite", "PostgreSQL")


def main() -> int:
    """Run and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100, help="kills on each of the two databases (100)")
    parser.add_argument("--issues", type=int, default=2000, help="credentials of the eight processes (2000)")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000, help="chooses the moments")
    parser.add_argument("--only", choices=BOTH, help="one of the databases (both)")
    asked = parser.parse_args()
    chosen = [asked.only] if asked.only else BOTH
    stopping = threading.Event()
    for way in (signal.SIGTERM, signal.SIGINT):
        signal.signal(way, lambda *_: stopping.set())
    _write(f"Seed {asked.seed}")
    outcomes = _crash(chosen, asked.kills, asked.seed, stopping)
    if asked.issues and not stopping.is_set():
        outcomes += [issue_at_once(kind, issues=asked.issues, processes=8) for kind in chosen]
    return _report(outcomes)


def _crash(chosen: Sequence[Kind], kills: int, seed: int, stopping: threading.Event) -> list[Outcome]:
    """Run the databases side by side: starting a server is most of the work, and one core does it."""
    give_up_at = time.monotonic() + SECONDS_PER_KILL * (kills + 10)
    half = kills // 2
    stops = max(2, kills // 5)
    plans: dict[Kind, list[Plan]] = {
        "SQLite": [
            Plan("SQLite", 1, kills - half, 0, BUSY_SECONDS, seed, stopping, give_up_at),
            Plan("SQLite", 2, half, 0, 0, seed + 1, stopping, give_up_at),
        ],
        "PostgreSQL": [
            Plan("PostgreSQL", 1, kills - half, 0, BUSY_SECONDS, seed + 2, stopping, give_up_at),
            Plan("PostgreSQL", 2, half, stops, 0, seed + 3, stopping, give_up_at),
        ],
    }
    with ThreadPoolExecutor(len(chosen)) as pool:
        rows = pool.map(lambda kind: [_told(run(plan)) for plan in plans[kind] if plan.kills], chosen)
        return [outcome for row in rows for outcome in row]


def _told(outcome: Outcome) -> Outcome:
    _write(
        f"{outcome.name}: {outcome.kills} kills, {outcome.stops} stops, {len(outcome.wrong)} wrong, {outcome.seconds:.0f} s"
    )
    return outcome


def _report(outcomes: Sequence[Outcome]) -> int:
    """Write the table and everything that is wrong, and return the exit status."""
    columns = ("kills", "unborn", "stops", "ordered", "answered", "repeats", "refused", "revoked")
    _write("\n" + " " * 28 + "".join(f"{name:>10}" for name in (*columns, "wrong", "s")))
    for one in outcomes:
        figures = [*(getattr(one, name) for name in columns), len(one.wrong), round(one.seconds)]
        _write(f"{one.name:<28}" + "".join(f"{figure:>10}" for figure in figures))
    _write(
        "unborn: killed before it had answered anybody; repeats: answers to orders that were sent again, all of them the same bytes;\n"
        "refused: another order under a used key\n"
    )
    for one in outcomes:
        _write("\n".join(f"{one.name}: {what}" for what in one.wrong[:20]))
        if one.log:
            _write(f"The last words of its server:\n{one.log}\n")
    wrong = any(one.wrong for one in outcomes)
    _write(
        "Broken." if wrong else "0 lost, 0 doubled, 0 indices reused, every chain whole, every repeat byte-identical."
    )
    return 1 if wrong else 0


def _write(text: str) -> None:
    if text:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
