"""Results as they are kept: one JSON file for each release, with the machine that they were measured on."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from measures import Row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RESULTS: Final = Path(__file__).resolve().parent / "results"
_LIBRARIES: Final = ("cryptography", "pynacl", "pyld", "orjson", "pydantic", "sqlalchemy", "starlette", "uvicorn")


@dataclass(frozen=True, slots=True)
class Result:
    """Everything of one run. ``effort`` says how long was measured: quick results are not to be compared with others."""

    release: str
    measured_on: str
    effort: str
    machine: Mapping[str, Any]
    rows: Sequence[Row]

    def write(self, file: Path) -> None:
        """Write the result as JSON, each row with the ratio that follows from it."""
        kept = asdict(self)
        kept["rows"] = [{**asdict(row), "ratio": row.ratio, "met": row.met} for row in self.rows]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(file: Path) -> Result:
    """Read a result that was kept."""
    kept = json.loads(file.read_text(encoding="utf-8"))
    rows = [Row(**{name: value for name, value in row.items() if name not in {"ratio", "met"}}) for row in kept["rows"]]
    return Result(kept["release"], kept["measured_on"], kept["effort"], kept["machine"], rows)


def machine() -> dict[str, Any]:
    """Describe this machine and the programs that were measured; nothing in it says whose machine it is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory": f"{memory:.0f} GiB",
        "system": platform.system(),
        "Python": platform.python_version(),
        "Node": _said(["node", "--version"]),
        "OpenSSL": _openssl(),
        "libraries": {name: version(name) for name in _LIBRARIES},
    }


def busy() -> float:
    """Return how many programs wanted a processor in the last minute, on the average."""
    return os.getloadavg()[0]


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    lines = about.read_text(encoding="utf-8").splitlines() if about.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def _openssl() -> str:
    from cryptography.hazmat.backends.openssl import backend  # noqa: PLC0415 - for the description only

    return backend.openssl_version_text()


def _said(command: list[str]) -> str | None:
    if shutil.which(command[0]) is None:
        return None
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - one of ours
