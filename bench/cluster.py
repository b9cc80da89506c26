"""Two server processes on one PostgreSQL, a third on its read replica, and nginx in front, set up as `docs/scaling.md` says."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crash.place import prepared_place
from serving import OKBADGES, free_port, get, serving
from support.standby import standby_of
from support.world import SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crash.place import Place
    from serving import Serving
    from support.standby import Standby

NGINX: Final = Path("/usr/sbin/nginx")
SCALING: Final = Path(__file__).resolve().parent.parent / "docs" / "scaling.md"
AT_MOST_BEHIND: Final = 5  # seconds, as in the document
_STARTS_WITHIN: Final = 20.0
_CACHE: Final = "/var/cache/nginx/okbadges"


@dataclass(frozen=True, slots=True)
class Cluster:
    """What runs: the installation, whose port is nginx's, its replica, and the three server processes."""

    place: Place
    standby: Standby
    primary: tuple[Serving, Serving]
    reader: Serving


def documented_configuration() -> str:
    """Return the configuration of nginx that the document shows."""
    found = re.search(r"```nginx\n(.*?)```", SCALING.read_text(encoding="utf-8"), re.DOTALL)
    if found is None:
        raise RuntimeError(f"{SCALING.name} shows no configuration of nginx")
    return found[1]


def whole_configuration(folder: Path, ports: dict[int, int]) -> str:
    """Return the document's configuration at other ports, with what nginx needs around it to run from a folder."""
    inner = documented_configuration().replace(_CACHE, str(folder / "cache"))
    for documented, real in ports.items():
        inner = inner.replace(f"127.0.0.1:{documented}", f"127.0.0.1:{real}")
    user = "user root;\n" if os.geteuid() == 0 else ""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "\n".join(f"{kind}_temp_path {folder / kind};" for kind in kinds)
    around = f"{user}worker_processes 1;\npid {folder / 'pid'};\nerror_log {folder / 'error.log'};\nevents {{ worker_connections 1024; }}\n"
    return f"{around}http {{\naccess_log off;\n{folders}\n{inner}\n}}\n"


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Start everything, and end it. Raises RuntimeError with the last words of what does not start."""
    with ExitStack() as closing:
        place = closing.enter_context(prepared_place("PostgreSQL"))
        assert place.postgres is not None
        standby = closing.enter_context(standby_of(place.postgres))
        ports = [free_port() for _ in range(3)]
        of_replica = {"OKBADGES_DATABASE_URL": standby.url("crash"), "OKBADGES_REPLICA_SECONDS": str(AT_MOST_BEHIND)}
        first, second, reader = [
            closing.enter_context(serving(OKBADGES, {**_environment(place, port), **different}, folder=place.folder))
            for port, different in zip(ports, ({}, {}, of_replica), strict=True)
        ]
        closing.enter_context(_nginx(place, dict(zip((8001, 8002, 8003, 8000), (*ports, place.port), strict=True))))
        yield Cluster(place, standby, (first, second), reader)


def _environment(place: Place, port: int) -> dict[str, str]:
    return {
        "OKBADGES_BASE_URL": place.base_url,
        "OKBADGES_PORT": str(port),
        "OKBADGES_DATABASE_URL": place.database_url,
        "OKBADGES_SECRET": SECRET,
        "OKBADGES_RATE_PER_KEY": "off",
        "OKBADGES_RATE_PER_ADDRESS": "off",
    }


@contextmanager
def _nginx(place: Place, ports: dict[int, int]) -> Iterator[None]:
    folder = place.folder / "nginx"
    folder.mkdir()
    configuration = folder / "nginx.conf"
    configuration.write_text(whole_configuration(folder, ports), encoding="utf-8")
    command = [str(NGINX), "-p", str(folder), "-c", str(configuration), "-g", "daemon off;"]
    process = subprocess.Popen(command, stderr=(folder / "said").open("wb"))  # noqa: S603 - Debian's nginx
    try:
        give_up_at = time.monotonic() + _STARTS_WITHIN
        while not _answers(place.port):
            if process.poll() is not None or time.monotonic() > give_up_at:
                raise RuntimeError(f"nginx did not start: {(folder / 'said').read_text(errors='replace')}")
            time.sleep(0.02)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_STARTS_WITHIN)


def _answers(port: int) -> bool:
    try:
        return get(port, "/healthz").startswith(b"HTTP/1.1 200")
    except OSError:
        return False
