"""A server to measure: `okbadges serve` as an operator starts it, or the bare hello beside it, and what they cost the machine.

Each server is a group of processes of its own; processor time and memory are read from /proc, so Linux only.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

OKBADGES: Final = (str(Path(sysconfig.get_path("scripts")) / "okbadges"), "serve")
HELLO: Final = (sys.executable, str(Path(__file__).with_name("hello.py")))
_STARTS_WITHIN: Final = 60.0
_ENDS_WITHIN: Final = 30.0
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PARENT, _GROUP, _USER, _SYSTEM = 1, 2, 11, 12  # fields of /proc/PID/stat after the name
_ENDED = slice(13, 15)  # the same times of children that ended


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of the largest process of a server, in MiB: at its peak, and now."""

    peak: float
    now: float


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that answers on a port of this machine."""

    port: int
    group: int
    started_in: float
    """Seconds from its start to its first answer."""

    def processes(self) -> list[int]:
        """Return the numbers of its living processes."""
        return [pid for pid, fields in _stat().items() if int(fields[_GROUP]) == self.group]

    def cpu_seconds(self) -> float:
        """Return the processor time that its living processes took so far, in seconds."""
        return sum(_seconds(fields) for fields in _stat().values() if int(fields[_GROUP]) == self.group)

    def memory(self) -> Memory:
        """Return the memory of its largest process."""
        found = [_memory(pid) for pid in self.processes()]
        return max(found, key=lambda one: one.peak)


@contextmanager
def serving(
    command: Sequence[str], environment: Mapping[str, str], *, folder: Path, cpu: int | None = None
) -> Iterator[Serving]:
    """Start a server, give it when it answers, and end it.

    Its port is `OKBADGES_PORT` of the environment; no other setting of ours is inherited. Raises RuntimeError with its last words when it
    does not answer within a minute.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OKBADGES_")}
    log, port = folder / f"serve-{environment['OKBADGES_PORT']}.log", int(environment["OKBADGES_PORT"])
    begun = time.perf_counter()
    with log.open("ab") as out:
        process = subprocess.Popen(  # noqa: S603 - one of our two programs
            command, env={**inherited, **environment}, cwd=folder, stdout=out, stderr=out, start_new_session=True
        )
    try:
        if cpu is not None:
            os.sched_setaffinity(process.pid, {cpu})
        _wait(process, port, log)
        yield Serving(port, process.pid, time.perf_counter() - begun)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(_ENDS_WITHIN)


def family_cpu_seconds(parent: int) -> float:
    """Return the processor time of a process and its children, also of those that ended, in seconds."""
    found = _stat()
    ended = sum(int(time) for time in found[parent][_ENDED]) / _TICKS
    return ended + sum(_seconds(one) for pid, one in found.items() if parent in (pid, int(one[_PARENT])))


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def get(port: int, path: str, *headers: str) -> bytes:
    """Return a whole answer, its head included, over a connection of its own. Raises OSError when nobody answers."""
    with socket.create_connection(("127.0.0.1", port), timeout=_STARTS_WITHIN) as connection:
        connection.sendall(request("GET", path, port, *headers, "Connection: close"))
        came = b""
        while piece := connection.recv(1 << 18):
            came += piece
        return came


def request(method: str, path: str, port: int, *headers: str, body: bytes = b"") -> bytes:
    """Return the bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: localhost:{port}", *headers]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    give_up_at = time.monotonic() + _STARTS_WITHIN
    while True:
        if process.poll() is not None or time.monotonic() > give_up_at:
            raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")
        try:
            if get(port, "/healthz").startswith(b"HTTP/1.1 200"):
                return
        except OSError:
            pass
        time.sleep(0.005)


def _seconds(fields: Sequence[str]) -> float:
    return (int(fields[_USER]) + int(fields[_SYSTEM])) / _TICKS


def _stat() -> dict[int, list[str]]:
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it ended in between
                continue
            if fields[0] not in "ZX":
                found[int(folder.name)] = fields
    return found


def _memory(pid: int) -> Memory:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # it ended in between
        return Memory(0.0, 0.0)
    sizes = {name: value.split()[0] for name, _, value in (line.partition(":") for line in lines) if value.strip()}
    return Memory(int(sizes.get("VmHWM", 0)) / 1024, int(sizes.get("VmRSS", 0)) / 1024)
