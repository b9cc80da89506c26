"""What the tests of the repository itself read: the files that belong to it."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def files_of(checkout: Path) -> list[Path]:
    """Return the files that git keeps or would take in (not the ignored ones), those that exist."""
    git = shutil.which("git")
    if git is None or not (checkout / ".git").exists():
        pytest.skip("needs git and a checkout made by it")
    command = [git, "-c", f"safe.directory={checkout}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=checkout, check=True, capture_output=True, text=True).stdout
    return [file for name in listed.split("\0") if name and (file := checkout / name).is_file()]


def links_of(checkout: Path) -> list[str]:
    """Return the symbolic links that git keeps."""
    git = shutil.which("git")
    if git is None or not (checkout / ".git").exists():
        pytest.skip("needs git and a checkout made by it")
    command = [git, "-c", f"safe.directory={checkout}", "ls-files", "-z", "--stage"]
    listed = subprocess.run(command, cwd=checkout, check=True, capture_output=True, text=True).stdout
    return [entry.partition("\t")[2] for entry in listed.split("\0") if entry.startswith("120000 ")]
