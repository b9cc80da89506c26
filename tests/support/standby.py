"""A read replica of a PostgreSQL of the tests: made by pg_basebackup, kept by streaming, and made slow when somebody wants to see that."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from support.postgres import OWNER, PostgresServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crash.stoppable import StoppablePostgres

_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "120",
    "shared_buffers": "32MB",
    "hot_standby": "on",
    # a primary that is gone, or a line that is cut, is noticed after this
    "wal_receiver_timeout": "5s",
}
_STARTS_WITHIN_SECONDS = 120.0


class Standby:
    """A running replica."""

    def __init__(self, server: PostgresServer) -> None:
        """Know where it is."""
        self.server = server

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of one of its databases."""
        return self.server.url(database)

    def pause(self) -> None:
        """Take what comes, but show none of it."""
        self._execute("SELECT pg_wal_replay_pause()")
        while not self._is("SELECT pg_get_wal_replay_pause_state() = 'paused'"):
            time.sleep(0.01)

    def resume(self) -> None:
        """Go on."""
        self._execute("SELECT pg_wal_replay_resume()")

    def delay(self, seconds: int) -> None:
        """Show every change so much later; 0 is at once."""
        self._execute(f"ALTER SYSTEM SET recovery_min_apply_delay = '{seconds}s'")
        self._execute("SELECT pg_reload_conf()")

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.server.place("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _is(self, statement: str) -> bool:
        with psycopg.connect(self.server.place("postgres"), autocommit=True) as connection:
            return connection.execute(statement.encode()).fetchone() == (True,)


@contextmanager
def standby_of(primary: StoppablePostgres) -> Iterator[Standby]:
    """Copy a running server, follow it, and end with the copy gone. Raises RuntimeError with the words of what failed."""
    folder = Path(tempfile.mkdtemp(prefix="okbadges-standby-"))
    try:
        if primary.account:
            shutil.chown(folder, primary.account["user"], primary.account["group"])
        server = PostgresServer(folder)
        _copy(primary, folder)
        settings = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        command = [str(primary.programs / "bin/postgres"), "-D", str(folder / "data"), "-k", str(folder), *settings]
        with (folder / "log").open("wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out, cwd=folder, **primary.account)
        try:
            _wait(server, process, folder / "log")
            yield Standby(server)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy(primary: StoppablePostgres, folder: Path) -> None:
    place = ("-h", str(primary.server.socket_folder), "-U", OWNER)
    how = ("-D", str(folder / "data"), "--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync")
    command = (str(primary.programs / "bin/pg_basebackup"), *place, *how)
    made = subprocess.run(command, check=False, capture_output=True, cwd=folder, **primary.account)
    if made.returncode != 0:
        raise RuntimeError(f"the copy failed: {made.stderr.decode(errors='replace')}")


def _wait(server: PostgresServer, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up_at = time.monotonic() + _STARTS_WITHIN_SECONDS
    while not server.answers():
        if process.poll() is not None or time.monotonic() > give_up_at:
            raise RuntimeError(f"the replica did not start: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)
