"""The benchmark of growth runs, with databases that are small: what it multiplies is taken by the product, and its figures are kept."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.long


def test_a_small_database_grows(checkout: Path, tmp_path: Path) -> None:
    """From 300 to 500 credentials on SQLite: every operation works among copies, the journal is whole, and a list rolls over."""
    small = ("--sizes", "300,500", "--database", "sqlite", "--rounds", "1", "--each", "1", "--lists", "1")
    command = [sys.executable, "bench/growth.py", *small, "--into", str(tmp_path), "--results", str(tmp_path)]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False, timeout=600)
    # status 1 says that something took longer than it may: two repetitions on a busy machine tell nothing
    assert done.returncode in (0, 1), done.stderr[-2000:]
    (file,) = tmp_path.glob("growth-*.json")
    first, second = json.loads(file.read_text())["measured"]
    assert (first["credentials"], second["credentials"]) == (300, 500)
    assert {"issue", "share page", "revoke"} < set(second["operations"])
    assert {"backup", "journal", "retention", "doctor"} < set(second["long"])
    assert second["rollover"]["issue that opens a list"] > 0
    assert not list(tmp_path.glob("okbadges-growth-*"))
