"""Several processes of the service on one database, each with its own writer and its own blocks of status indices.

Run as a program it is one such process: it says that it is ready, waits for a line on its standard input, issues one credential
for each of its keys from several threads, and writes the answers down. `issue_from_many` starts them and collects.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_TESTS = Path(__file__).resolve().parent.parent
_WITHIN_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Task:
    """What one process is to do: an order, the keys under which it is sent, and how many of them are sent at a time."""

    database_url: str
    base_url: str
    now: str
    access_key: str
    order: dict[str, Any]
    keys: tuple[str, ...]
    threads: int = 4


def issue_from_many(tasks: Sequence[Task], folder: Path) -> list[tuple[str, int, bytes]]:
    """Run a process for each task, all at the same time, and return (key, status, answer) of every request."""
    files = [folder / f"answers-{number}.json" for number in range(len(tasks))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(Path(__file__))]
    running = [
        subprocess.Popen(
            [*command, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd=folder, text=True
        )
        for file in files
    ]
    try:
        for process, task in zip(running, tasks, strict=True):
            _say(process, json.dumps(asdict(task)))
        for process in running:
            _wait_until_ready(process)
        for process in running:
            _say(process, "go")
        for process in running:
            if process.wait(_WITHIN_SECONDS) != 0:
                raise RuntimeError(f"a process of the service ended with {process.returncode}")
    finally:
        for process in running:
            process.kill()
            process.communicate()
    return [
        (key, status, base64.b64decode(body)) for file in files for key, status, body in json.loads(file.read_text())
    ]


def _say(process: subprocess.Popen[str], line: str) -> None:
    if process.stdin is None:
        raise RuntimeError("a process without an ear")
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    if process.stdout is None or process.stdout.readline().strip() != "ready":
        raise RuntimeError("a process of the service did not start")


def main() -> None:
    """Be one process of the service."""
    from fastapi.testclient import TestClient  # noqa: PLC0415 - only in the process of its own

    from okbadges.app import create_app  # noqa: PLC0415 - the same
    from support.world import settings_for  # noqa: PLC0415 - the same

    given = json.loads(sys.stdin.readline())
    task = Task(**{**given, "keys": tuple(given["keys"])})
    now = datetime.fromisoformat(task.now)
    app = create_app(settings_for(task.database_url, base_url=task.base_url), now=lambda: now)
    with TestClient(app, base_url=task.base_url, raise_server_exceptions=False) as client:

        def issue(key: str) -> tuple[str, int, str]:
            headers = {"Authorization": f"Bearer {task.access_key}", "Idempotency-Key": key}
            answer = client.post("/v1/credentials", json=task.order, headers=headers)
            return key, answer.status_code, base64.b64encode(answer.content).decode()

        sys.stdout.write("ready\n")
        sys.stdout.flush()
        # what is logged from here on is nobody's, and must not fill the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.stdin.readline()
        with ThreadPoolExecutor(task.threads) as pool:
            answers = list(pool.map(issue, task.keys))
    Path(sys.argv[1]).write_text(json.dumps(answers))


if __name__ == "__main__":
    # the folder of this file is not the top of the tests
    sys.path[:] = [place for place in sys.path if Path(place) != Path(__file__).parent]
    sys.path.insert(0, str(_TESTS))
    main()
