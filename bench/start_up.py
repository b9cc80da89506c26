"""From starting the installed server to its first answer, and the memory that it takes when nobody asks anything."""

from __future__ import annotations

import os
import socket
import subprocess
import sysconfig
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from measures import Measure, Row, limit
from support import world

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from measures import Effort

_MOST_SECONDS: Final = 1.0
_GIVE_UP: Final = 60.0
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def start_up(effort: Effort) -> Iterator[Row]:
    """Start `okbadges serve` on an installation that is set up, several times."""
    with tempfile.TemporaryDirectory() as folder:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        base_url, database = f"http://localhost:{port}", f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        world.prepare(database, base_url=base_url)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OKBADGES_")} | {
            "OKBADGES_BASE_URL": base_url,
            "OKBADGES_PORT": str(port),
            "OKBADGES_DATABASE_URL": database,
            "OKBADGES_SECRET": world.SECRET,
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        found = [_started(port, environment, folder) for _ in range(effort.rounds + 1)]
    wall, cpu, memory = (median(values) for values in zip(*found[1:], strict=True))
    yield limit("start-up to the first answer, wall", wall, _MOST_SECONDS, unit="s")
    yield limit("start-up to the first answer, CPU", cpu, _MOST_SECONDS, unit="s CPU")
    yield Row(
        "memory of an idle worker", "nobody", memory, None, "MiB", note="one process, before its first request of work"
    )


def _started(port: int, environment: Mapping[str, str], folder: str) -> tuple[float, float, float]:
    """Start the server once; return seconds on the wall and of the processor until /readyz answers 200, and MiB then."""
    command = [str(Path(sysconfig.get_path("scripts")) / "okbadges"), "serve"]
    begun = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own program
        command, env=dict(environment), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            while not _answers(port):
                if process.poll() is not None or time.perf_counter() - begun > _GIVE_UP:
                    raise RuntimeError("the server did not start")
                time.sleep(0.005)
            return time.perf_counter() - begun, _cpu(process.pid), _memory(process.pid)
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/readyz", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == 200  # noqa: PLR2004 - OK
    except OSError:
        return False
    finally:
        connection.close()


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _memory(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


MEASURES = (Measure("start-up", start_up),)
