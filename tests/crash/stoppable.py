"""Programs that can be ended at any moment: the real server in a process group of its own, and a PostgreSQL that keeps its promises.

Unlike the PostgreSQL of the other tests this one writes through to the disk, because what it says after a crash is the question.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sysconfig
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from support.postgres import OWNER, PostgresServer, _account, _make_cluster, _reachable
from support.world import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator

OKBADGES = Path(sysconfig.get_path("scripts")) / "okbadges"
_SETTINGS = {"listen_addresses": "", "max_connections": "120", "shared_buffers": "32MB"}
_START_WITHIN_SECONDS = 120.0
_END_WITHIN_SECONDS = 60.0


class Server:
    """``okbadges serve`` as an operator starts it; each start is a life, and every life ends by ``kill -9``."""

    def __init__(self, *, database_url: str, base_url: str, port: int, workers: int, folder: Path) -> None:
        """Serve ``database_url`` on ``port``; nothing is started yet."""
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("OKBADGES_")} | {
            "OKBADGES_BASE_URL": base_url,
            "OKBADGES_PORT": str(port),
            "OKBADGES_DATABASE_URL": database_url,
            "OKBADGES_SECRET": SECRET,
            "OKBADGES_WORKERS": str(workers),
            # all clients share one key, and how much the service can take is the question
            "OKBADGES_RATE_PER_KEY": "off",
        }

    @property
    def has_ended(self) -> bool:
        """Say whether the server ended by itself."""
        return self._process is None or self._process.poll() is not None

    def start(self) -> None:
        """Begin a life. It takes some seconds until it answers."""
        with (self._folder / "serve.log").open("ab") as log:
            self._process = subprocess.Popen(
                [OKBADGES, "serve"],
                env=self._environment,
                cwd=self._folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End every process of the group at once, and come back when none of them is left."""
        if self._process is None:
            return
        group = self._process.pid
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        self._process.wait(_END_WITHIN_SECONDS)
        self._process = None
        give_up_at = time.monotonic() + _END_WITHIN_SECONDS
        while any(one.group == group for one in _processes().values()):
            if time.monotonic() > give_up_at:
                raise RuntimeError("a killed process is still there")
            time.sleep(0.01)

    def last_words(self) -> str:
        """Return the end of its log, without the requests."""
        log = self._folder / "serve.log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        return "\n".join([line for line in lines if '"event": "request"' not in line][-20:])


class StoppablePostgres:
    """A PostgreSQL whose stops are immediate."""

    def __init__(self, programs: Path, folder: Path) -> None:
        """Use the programs of ``programs`` and keep everything in ``folder``."""
        self.server = PostgresServer(folder)
        self.account = _account()
        """The account that its programs are started under."""
        self._folder = folder
        if self.account:
            os.chown(folder, self.account["user"], self.account["group"])
        self.programs = _reachable(programs, folder, self.account)
        self._process: subprocess.Popen[bytes] | None = None
        _make_cluster(self.programs, folder, self.account)

    def start(self) -> None:
        """Start it, after a stop as well. Raises RuntimeError with its own words when it does not come up."""
        settings = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        command = [str(self.programs / "bin/postgres"), "-D", str(self._folder / "data"), "-k", str(self._folder)]
        give_up_at = time.monotonic() + _START_WITHIN_SECONDS
        while time.monotonic() < give_up_at:
            with (self._folder / "log").open("ab") as out:
                self._process = subprocess.Popen(
                    [*command, *settings], stdout=out, stderr=out, cwd=self._folder, **self.account
                )
            while self._process.poll() is None and time.monotonic() < give_up_at:
                if self.server.answers():
                    return
                time.sleep(0.05)
            # after a kill the memory of the one before may still be held for a moment
            time.sleep(0.2)
        raise RuntimeError(f"PostgreSQL did not start: {(self._folder / 'log').read_text(errors='replace')[-2000:]}")

    def stop(self, *, immediate: bool = True) -> None:
        """Stop without a word to anybody: its own immediate stop, or ``kill -9`` of each of its processes."""
        if self._process is None:
            return
        if immediate:
            self._process.send_signal(signal.SIGQUIT)
        else:
            postmaster = self._process.pid
            family = [pid for pid, one in _processes().items() if one.parent == postmaster]
            for pid in (postmaster, *family):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self._process.wait(_END_WITHIN_SECONDS)
        self._process = None

    def new_database(self, name: str) -> str:
        """Make an empty database and return its URL; it goes with the server."""
        self.server._execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        return self.server.url(name)

    @property
    def pid(self) -> int:
        """Return the number of its first process, the parent of the others. Raises RuntimeError while it is stopped."""
        if self._process is None:
            raise RuntimeError("PostgreSQL is not running")
        return self._process.pid

    def is_idle(self, database: str) -> bool:
        """Say whether nobody is connected to a database any more."""
        with psycopg.connect(host=str(self.server.socket_folder), user=OWNER, dbname="postgres") as connection:
            found = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [database])
            return found.fetchone() == (0,)


@contextmanager
def stoppable_postgres(programs: Path) -> Iterator[StoppablePostgres]:
    """Make and start a PostgreSQL, and end it with its folder."""
    with tempfile.TemporaryDirectory(prefix="okbadges-crash-", ignore_cleanup_errors=True) as folder:
        postgres = StoppablePostgres(programs, Path(folder))
        postgres.start()
        try:
            yield postgres
        finally:
            postgres.stop()


@dataclass(frozen=True, slots=True)
class _Process:
    """A process as the kernel shows it, by the numbers of others."""

    parent: int
    group: int


def _processes() -> dict[int, _Process]:
    """Return the living processes of this machine by their number; who is dead and not yet buried is not among them."""
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with suppress(OSError):
            state, parent, group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
            if state not in "ZX":
                found[int(folder.name)] = _Process(int(parent), int(group))
    return found
