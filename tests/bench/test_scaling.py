"""That the configuration of nginx in the document is the one that is run, and that nginx takes it."""

from __future__ import annotations

import importlib
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

BENCH = Path(__file__).resolve().parents[2] / "bench"
PORTS = {8000: 20_000, 8001: 20_001, 8002: 20_002, 8003: 20_003}


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the module that starts nginx."""
    monkeypatch.syspath_prepend(str(BENCH))
    return importlib.import_module("cluster")


def test_what_runs_is_what_the_document_shows(cluster: ModuleType, tmp_path: Path) -> None:
    """Only ports and the place of the cache are others."""
    shown, runs = cluster.documented_configuration(), cluster.whole_configuration(tmp_path, PORTS)
    for documented, real in PORTS.items():
        assert f"127.0.0.1:{documented}" in shown
        shown = shown.replace(f"127.0.0.1:{documented}", f"127.0.0.1:{real}")
    assert shown.replace("/var/cache/nginx/okbadges", str(tmp_path / "cache")) in runs
    assert "127.0.0.1:800" not in runs


def test_nginx_takes_it(cluster: ModuleType, tmp_path: Path) -> None:
    """As it is written, with the cache in a folder of the test's own."""
    if not cluster.NGINX.exists():
        pytest.skip("needs Debian's nginx: tests/tools/nginx.sh")
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(cluster.whole_configuration(tmp_path, PORTS), encoding="utf-8")
    command = [str(cluster.NGINX), "-t", "-p", str(tmp_path), "-c", str(configuration)]
    tried = subprocess.run(command, check=False, capture_output=True, text=True)
    assert tried.returncode == 0, tried.stderr
