"""The demo as a newcomer starts it: `okbadges demo` in a process of its own, known only by what it prints."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sysconfig
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from collections.abc import Iterator

START_WITHIN_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: its address, the three share links, Otto's card, the access key, and all that it printed."""

    base_url: str
    valid: str
    revoked: str
    expired: str
    passport: str
    code: str
    access_key: str
    said: str

    def curl_body(self) -> str:
        """Return the body of the curl line that it prints, which issues one more credential."""
        shown = re.search(r"-d '(\{.*\})'", self.said)
        if shown is None:
            raise RuntimeError(f"the demo printed no curl line: {self.said}")
        return shown.group(1)


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    """Start the demo with its files in `folder` on a free port, wait until it answers, and stop it at the end.

    Raises RuntimeError with what it printed when it stops before it answers.
    """
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    base_url, log = f"http://localhost:{port}", folder / "demo.log"
    command = [
        str(Path(sysconfig.get_path("scripts")) / "okbadges"),
        "demo",
        "--folder",
        str(folder),
        "--port",
        str(port),
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OKBADGES_")}
    environment["PYTHONUNBUFFERED"] = "1"
    with (
        log.open("wb") as out,
        subprocess.Popen(command, stdout=out, stderr=out, cwd=folder, env=environment) as process,
    ):
        try:
            _wait(base_url, process, log)
            yield _read(base_url, log.read_text())
        finally:
            process.terminate()


def get(url: str, accept: str = "application/json") -> tuple[bytes, str]:
    """Return the body and the media type of what the server answers. Raises HTTPError for a refusal."""
    with urlopen(Request(url, headers={"Accept": accept}), timeout=30) as answer:  # noqa: S310 - the test's own server
        return answer.read(), answer.headers.get_content_type()


def _wait(base_url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up_at = time.monotonic() + START_WITHIN_SECONDS
    while True:
        try:
            get(f"{base_url}/healthz")
        except URLError:
            if process.poll() is not None or time.monotonic() > give_up_at:
                raise RuntimeError(f"the demo did not start: {log.read_text(errors='replace')}") from None
            time.sleep(0.1)
        else:
            return


def _read(base_url: str, said: str) -> Demo:
    links = {
        word: re.search(rf"^\s*{word}\s+({re.escape(base_url)}/\S+)$", said, re.MULTILINE)
        for word in ("Valid", "Revoked", "Expired", "Passport")
    }
    key = re.search(r"\bokb_\w+\b", said)
    code = re.search(r"(?<![\w-])(?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}(?![\w-])", said)
    missing = [word for word, link in links.items() if link is None] + ([] if key and code else ["access key or code"])
    if missing:
        raise RuntimeError(f"the demo printed no {', '.join(missing)}: {said}")
    found = {word.lower(): link.group(1) for word, link in links.items() if link is not None}
    return Demo(base_url, **found, code=code.group() if code else "", access_key=key.group() if key else "", said=said)
