"""`okbadges serve` with two processes: whichever is asked, the numbers are those of both."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sysconfig
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from support.world import SECRET

OKBADGES = str(Path(sysconfig.get_path("scripts")) / "okbadges")
START_WITHIN_SECONDS = 120.0
BADGES = re.compile(
    r'^okbadges_request_seconds_count\{method="GET",route="/v1/badges",status="2xx"\} (\d+)', re.MULTILINE
)


def get(url: str) -> str:
    """Return what the server answers, over a connection of its own."""
    with urlopen(url, timeout=30) as answer:  # noqa: S310 - the test's own server
        text: str = answer.read().decode()
        return text


def wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers."""
    give_up_at = time.monotonic() + START_WITHIN_SECONDS
    while True:
        try:
            get(url)
        except (URLError, ConnectionError):
            if process.poll() is not None or time.monotonic() > give_up_at:
                pytest.fail(f"it did not start: {log.read_text(errors='replace')}")
            time.sleep(0.2)
        else:
            return


def counting(temporary: Path) -> set[str]:
    """Return which processes have counted something, by the ends of the names of their files."""
    return {file.name.rsplit("_", 1)[1] for file in temporary.glob("okbadges-metrics-*/histogram_*.db")}


def wait_for_both(temporary: Path, url: str) -> None:
    """Ask until both processes have answered: which of them gets a connection is chance, and one starts later than the other."""
    give_up_at = time.monotonic() + 60
    while len(counting(temporary)) < 2 and time.monotonic() < give_up_at:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(get, [url] * 16))


@pytest.mark.long
def test_every_scrape_sees_all_processes(tmp_path: Path) -> None:
    """Sixty requests over sixty connections are sixty in every scrape, and the folder between the processes is gone at the end."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    base_url, log, temporary = f"http://localhost:{port}", tmp_path / "serve.log", tmp_path / "temporary"
    temporary.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OKBADGES_")} | {
        "OKBADGES_BASE_URL": base_url,
        "OKBADGES_PORT": str(port),
        "OKBADGES_DATABASE_URL": f"sqlite:///{tmp_path / 'okbadges.sqlite3'}",
        "OKBADGES_SECRET": SECRET,
        "OKBADGES_WORKERS": "2",
        "OKBADGES_METRICS_OPEN": "true",
        "TMPDIR": str(temporary),
    }
    subprocess.run([OKBADGES, "migrate"], env=environment, cwd=tmp_path, check=True, capture_output=True)
    with (
        log.open("wb") as out,
        subprocess.Popen([OKBADGES, "serve"], stdout=out, stderr=out, cwd=tmp_path, env=environment) as process,
    ):
        try:
            wait(f"{base_url}/healthz", process, log)
            wait_for_both(temporary, f"{base_url}/healthz")
            for _ in range(60):
                get(f"{base_url}/v1/badges")
            # a request is counted when its answer is out
            time.sleep(0.5)
            scrapes = [get(f"{base_url}/metrics") for _ in range(10)]
            assert [BADGES.findall(one) for one in scrapes] == [["60"]] * 10
            assert "pid=" not in scrapes[0]
            assert len(re.findall("^okbadges_started_seconds ", scrapes[0], re.MULTILINE)) == 1
            assert len(counting(temporary)) == 2
            with pytest.raises(HTTPError):
                get(f"{base_url}/nothing")
        finally:
            process.terminate()
            process.wait(timeout=60)
    assert list(temporary.glob("okbadges-metrics-*")) == []
