"""Setting up and running an installation from the command line, as the README says."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog

from okbadges.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Operator:
    """Someone at a terminal, in a folder of their own. Starting okbadges takes longer than most commands, so it is not started anew for each."""

    folder: Path
    setting: pytest.MonkeyPatch
    screen: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one okbadges command in this process, from the start script's own door."""
        self.setting.setattr(sys, "argv", ["okbadges", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        said = self.screen.readouterr()
        return subprocess.CompletedProcess(arguments, int(ended.value.code or 0), said.out, said.err)

    def start(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one okbadges command as a program of its own."""
        program = Path(sysconfig.get_path("scripts")) / "okbadges"
        return subprocess.run((program, *arguments), check=False, capture_output=True, text=True)

    def must(self, *arguments: str) -> str:
        """Run one command that must work and return what it said."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Operator]:
    """Return an operator with nothing set up; what `serve` changes in the log is as it was afterwards."""
    for name in [name for name in os.environ if name.startswith("OKBADGES_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("OKBADGES_DATABASE_URL", f"sqlite:///{tmp_path}/okbadges.sqlite3")
    monkeypatch.setenv("OKBADGES_BASE_URL", "http://localhost:8000")
    monkeypatch.setenv("OKBADGES_SECRET_FILE", str(tmp_path / "okbadges.secret"))
    monkeypatch.chdir(tmp_path)
    log = structlog.get_config()
    yield Operator(tmp_path, monkeypatch, capsys)
    structlog.configure(**log)


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one sentence with which a command was refused."""
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("okbadges: ")
    return done.stderr


def refused(operator: Operator, *arguments: str) -> str:
    """Run a command that must be refused and return its one sentence."""
    return one_sentence(operator.run(*arguments))


def test_an_installation_is_set_up_step_by_step(operator: Operator) -> None:
    """Each step refuses to go ahead of the one before, and says which command is missing."""
    assert "okbadges secret create" in refused(operator, "serve")
    operator.must("secret", "create", "okbadges.secret")
    assert "okbadges migrate" in refused(operator, "serve")
    operator.must("migrate")
    imported = operator.must("catalogue", "import")
    assert "40 new" in imported
    assert "did:web:localhost%3A8000:issuers:ok" in imported
    assert "0 new, 0 new versions, 0 retired, 40 unchanged" in operator.must("catalogue", "plan")
    operator.must("organisation", "create", "kemi", "--name", "Kemin taitopaja", "--issuer", "ok")
    operator.must("workshop", "create", "kemi", "kahvila", "--name", "Kahvila")
    operator.must(
        "workshop", "recognise", "kemi", "kahvila", "--target", "ammatillisenoppiaineet_vvtd", "--report", "OTT-1",
        "--recognised-by", "Opettaja", "--valid-from", "2026-01-01",
    )  # fmt: skip
    key = operator.must(
        "access-key", "create", "kemi", "--label", "taulukko", "--scope", "credentials:issue", "--days", "30"
    ).splitlines()[0]
    assert key.startswith("okb_")
    listed = operator.must("access-key", "list")
    assert "taulukko" in listed
    assert key not in listed
    operator.must("access-key", "revoke", key.split("_")[1])
    assert "revoked" in operator.must("access-key", "list")
    assert "#key-3" in operator.must("issuer", "add-key", "ok")
    assert "OK! osaamismerkit" in operator.must("issuer", "list")
    assert operator.must("organisation", "list") == "kemi  Kemin taitopaja\n"
    assert "ammatillisenoppiaineet_vvtd" in operator.must("workshop", "list", "kemi")
    assert operator.must("audit", "verify") == "Every chain is whole.\n"


def test_an_address_that_nobody_chose_is_refused(operator: Operator) -> None:
    """The base URL can never be changed, so neither migrate nor serve takes one by default."""
    operator.must("secret", "create", "okbadges.secret")
    operator.setting.delenv("OKBADGES_BASE_URL")
    assert "OKBADGES_BASE_URL is not set" in refused(operator, "migrate")
    assert "OKBADGES_BASE_URL is not set" in refused(operator, "serve")


def test_a_secret_is_private_and_never_overwritten(operator: Operator) -> None:
    """The secret's file is its owner's alone, and a second `create` leaves it as it is; told by the program as it is started."""
    made = operator.start("secret", "create", "okbadges.secret")
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.startswith("Wrote okbadges.secret. ")
    file = operator.folder / "okbadges.secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_text()
    again = operator.start("secret", "create", "okbadges.secret")
    assert "not overwritten" in one_sentence(again)
    assert again.stdout == ""
    assert file.read_text() == before


def test_a_readable_secret_stops_the_start(operator: Operator) -> None:
    """A secret that others can read is refused with the command that mends it."""
    operator.must("secret", "create", "okbadges.secret")
    operator.must("migrate")
    (operator.folder / "okbadges.secret").chmod(0o644)
    assert "chmod 600" in refused(operator, "serve")


def test_settings_are_listed_without_secrets(operator: Operator) -> None:
    """`okbadges settings` shows value, source and meaning."""
    said = operator.must("settings")
    assert "OKBADGES_BASE_URL" in said
    assert "[environment]" in said
    assert "[default]" in said


def test_disclosing_words_are_warned_of(operator: Operator) -> None:
    """A workshop name that would tell why somebody is there is warned of, not forbidden."""
    operator.must("secret", "create", "okbadges.secret")
    operator.must("migrate")
    operator.must("catalogue", "import")
    operator.must("organisation", "create", "kemi", "--name", "Kemin taitopaja", "--issuer", "ok")
    assert "warning" in operator.must("workshop", "create", "kemi", "a", "--name", "Kuntouttava työpaja")
    assert "warning" not in operator.must("workshop", "create", "kemi", "b", "--name", "Kahvila")


def test_what_is_wrong_is_said_in_one_sentence(operator: Operator) -> None:
    """An unknown issuer, a taken slug and a loopback setting in earnest are refused in words."""
    operator.must("secret", "create", "okbadges.secret")
    operator.must("migrate")
    assert "no issuer nowhere" in refused(operator, "organisation", "create", "x", "--name", "X", "--issuer", "nowhere")
    operator.setting.setenv("OKBADGES_BASE_URL", "http://localhost:9999")
    assert "OKBADGES_BASE_URL=http://localhost:8000" in refused(operator, "serve")
    operator.setting.setenv("OKBADGES_BASE_URL", "https://badges.example.org")
    operator.setting.setenv("OKBADGES_ALLOW_LOOPBACK_ISSUERS", "true")
    assert "for development" in refused(operator, "serve")


def test_the_catalogue_is_checked_with_every_mistake(operator: Operator, checkout: Path) -> None:
    """`catalogue check` passes our own definitions, and names file and field of each mistake in others."""
    assert "40 badges in 8 families: no mistakes" in operator.must("catalogue", "check")
    copy = operator.folder / "definitions"
    shutil.copytree(checkout / "badge_definitions", copy)
    file = copy / "badges" / "digi-turva.yaml"
    file.write_text(
        file.read_text("utf-8").replace("area: VVTD ", "area: VVXX ").replace("  fi: Turvallisesti verkossa\n", "")
    )
    done = operator.run("catalogue", "check", "--folder", str(copy))
    assert done.returncode == 1
    assert "badges/digi-turva.yaml: name.fi" in done.stdout
    assert "VVXX" in done.stdout
