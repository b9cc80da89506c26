"""Backup, second place and restore from the command line, as an operator meets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.terminal import Terminal, terminal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def operator(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """Return an operator whose installation has an issuer and a second place."""
    someone = terminal(tmp_path, capsys, "http://localhost:8000")
    someone.settings["SECOND_PLACE"] = str(tmp_path / "second")
    someone.run("issuer", "create", "ok", "--name", "OK", "--url", "https://ok.example")
    return someone


def another_database(operator: Terminal) -> None:
    """Go on with a database that is not there yet."""
    operator.settings["DATABASE_URL"] = f"sqlite:///{operator.folder}/second.sqlite3"


def test_it_works(operator: Terminal) -> None:
    """Back up, go on, lose the database, restore: what happened since comes from the second place."""
    assert "mkdir" in operator.run("second-place", "copy", status=2)
    (operator.folder / "second").mkdir()
    said = operator.run("backup", "backup.zip")
    assert "0 credentials" in said
    assert "is whole" in operator.run("backup", "check", "backup.zip")
    assert "--force" in operator.run("backup", "backup.zip", status=2)
    operator.run("backup", "backup.zip", "--force")
    operator.run("organisation", "create", "kemi", "--name", "Kemin taitopaja", "--issuer", "ok")
    assert "okbadges second-place copy" in operator.run("second-place", "check", status=1)
    assert "copied" in operator.run("second-place", "copy")
    assert "agrees with the database" in operator.run("second-place", "check")
    assert "not empty" in operator.run("restore", "backup.zip", status=2)
    another_database(operator)
    said = operator.run("restore", "backup.zip")
    assert "1 times organisation.created: done again" in said
    assert "GAP" not in said
    assert "kemi" in operator.run("organisation", "list")
    assert "Every chain is whole." in operator.run("audit", "verify")
    assert "copied 1 events" in operator.run("second-place", "copy")


def test_without_the_second_place_the_gap_is_said(operator: Terminal) -> None:
    """With its dates, and what has to be done again by hand; also into a database that is migrated already."""
    operator.run("backup", "backup.zip")
    del operator.settings["SECOND_PLACE"]
    another_database(operator)
    operator.run("migrate")
    said = operator.run("restore", "backup.zip")
    assert "GAP: what happened between 20" in said
    assert "have to be done again" in said
    assert "OKBADGES_SECOND_PLACE=" in operator.run("second-place", "check", status=2)


def test_a_file_that_does_not_fit_is_refused(operator: Terminal) -> None:
    """Damage, another address and another secret, each in one sentence; the new database is not even made."""
    operator.run("backup", "backup.zip")
    whole = (operator.folder / "backup.zip").read_bytes()
    (operator.folder / "half.zip").write_bytes(whole[: len(whole) // 2])
    another_database(operator)
    (operator.folder / "second").mkdir()
    assert "not whole" in operator.run("restore", "half.zip", status=2)
    assert "not whole" in operator.run("backup", "check", "half.zip", status=2)
    assert "no file" in operator.run("restore", "missing.zip", status=2)
    operator.settings["BASE_URL"] = "https://other.example"
    assert "OKBADGES_BASE_URL=http://localhost:8000" in operator.run("restore", "backup.zip", status=2)
    operator.settings["BASE_URL"] = "http://localhost:8000"
    operator.run("secret", "create", "other.secret")
    operator.settings["SECRET_FILE"] = str(operator.folder / "other.secret")
    assert "another secret" in operator.run("restore", "backup.zip", status=2)
    assert not (operator.folder / "second.sqlite3").exists()
