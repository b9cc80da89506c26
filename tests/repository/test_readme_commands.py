"""What the README and the manual tell a reader to type works, in the order in which it is told, and says what the text around it says."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sysconfig
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from okbadges.cli import command_line

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

    from support.demo import Demo

FENCE = re.compile(r"^```(?:sh|sql)\n(.*?)^```", re.MULTILINE | re.DOTALL)
BASE_URL = "http://localhost:8000"


def blocks(document: Path, heading: str) -> list[str]:
    """Return the shell (and SQL) blocks of one section of a document."""
    text = re.split(r"^## ", document.read_text(), flags=re.MULTILINE)
    section = next(part for part in text if part.startswith(f"{heading}\n"))
    return FENCE.findall(section)


def run(script: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run shell lines as a reader would whose virtual environment is active, and stop at the first that fails."""
    bash = shutil.which("bash")
    if bash is None or shutil.which("curl") is None:
        pytest.skip("needs bash and curl: apt-get install bash curl")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OKBADGES_")}
    environment |= {"PATH": f"{sysconfig.get_path('scripts')}:{environment['PATH']}", "HOME": str(folder), **settings}
    command = [bash, "-euo", "pipefail", "-c", script]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def invoke(words: list[str]) -> Result:
    """Run one okbadges command in this process."""
    return CliRunner().invoke(command_line(words), words, catch_exceptions=False)


def test_the_calls_work(checkout: Path, demo: Demo, tmp_path: Path) -> None:
    """The README's calls list, issue one and many, verify, look up and revoke against a demo, each with what the one before it left."""
    script = "\n".join(blocks(checkout / "README.md", "The API in six calls"))
    assert script.count("curl ") == 6
    script = script.replace(BASE_URL, demo.base_url).replace("okb_…", demo.access_key)
    ran = run(script, tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert len(json.loads((tmp_path / "badges.json").read_text())) == 40
    assert json.loads((tmp_path / "report.json").read_text())["verdict"] == "VALID"
    issued, found, revoked = (
        json.loads((tmp_path / f"{name}.json").read_text()) for name in ("issued", "found", "revoked")
    )
    assert found["credential"] == issued["credential"]
    assert (found["revoked_at"], revoked["revocation_reason"]) == (None, "issued-in-error")
    assert ran.stdout.splitlines()[-1].startswith("Checked as of")
    assert "REVOKED" in ran.stdout


def test_line_that_the_demo_prints_works(demo: Demo, tmp_path: Path) -> None:
    """The curl line that the demo prints can be copied and issues one more badge, with a share link."""
    line = demo.said[demo.said.index("curl ") : demo.said.index("Stop it")]
    ran = run(line, tmp_path)
    assert ran.returncode == 0, ran.stderr
    issued = json.loads(ran.stdout)
    assert issued["credential"]["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert issued["share_link"].startswith(f"{demo.base_url}/s/")


def test_setting_up_for_real_works(checkout: Path, tmp_path: Path) -> None:
    """The README's commands for a real installation leave one that could serve, and an access key."""
    script = next(block for block in blocks(checkout / "README.md", "For real") if "secret create" in block)
    ran = run(script.replace("/data/", f"{tmp_path}/"), tmp_path, **_settings(tmp_path))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"^okb_\w+$", ran.stdout, re.MULTILINE)


def test_manual_works(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands of the manual work one after the other: secret, setting up, catalogue, backup, a new key; and the SQL runs.

    They run in this process, because starting okbadges is most of their time; the README's run in a shell.
    """
    monkeypatch.chdir(tmp_path)
    for name, value in _settings(tmp_path).items():
        monkeypatch.setenv(name, value)
    manual = checkout / "docs" / "operations.md"
    headings = (
        *("The secret", "Setting up", "People and groups", "The catalogue", "Backup and restore", "The doctor"),
        *("Retention", "The journal", "Keys"),
    )
    lines = (
        "\n".join(block for heading in headings for block in blocks(manual, heading)).replace("\\\n", " ").splitlines()
    )
    said = []
    for line in filter(None, lines):
        if line.startswith("okbadges "):
            said.append(invoke(shlex.split(line)[1:]))
            assert said[-1].exit_code == 0, line
        else:
            assert run(line, tmp_path).returncode == 0, line
    assert "key-3 (ed25519) is published and signs from" in said[-1].output


def test_settings_of_the_manual_are_those_of_the_code(checkout: Path) -> None:
    """The manual names every setting that `okbadges settings` lists, and no other."""
    listed = set(re.findall(r"^(OKBADGES_\w+) ", invoke(["settings"]).output, re.MULTILINE))
    manual = (checkout / "docs" / "operations.md").read_text()
    table = [line.split("|")[1] for line in manual.splitlines() if line.startswith("| `OKBADGES_")]
    assert {name for cell in table for name in re.findall(r"OKBADGES_\w+", cell)} == listed


def _settings(folder: Path) -> dict[str, str]:
    return {
        "OKBADGES_BASE_URL": "https://badges.example.org",
        "OKBADGES_DATABASE_URL": f"sqlite:///{folder}/okbadges.sqlite3",
        "OKBADGES_SECRET_FILE": f"{folder}/okbadges.secret",
    }
