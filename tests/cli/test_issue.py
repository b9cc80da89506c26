"""``okbadges issue``: every mistake first, a bar that is true, and the same command again after whatever cut it off."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func
from sqlmodel import select

from okbadges.cli import main
from okbadges.issuing.sheets import OUTCOME_COLUMNS
from okbadges.spreadsheets import read_rows
from okbadges.storage.database import Database
from okbadges.storage.tables import CredentialRow, EventRow
from support.journal import broken_links

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROGRAM = str(Path(sysconfig.get_path("scripts")) / "okbadges")
SAID = (
    "--organisation", "kemi", "--workshop", "kahvila", "--language", "fi", "--awarded-on", "20.9.2026", "--criteria-met",
    "--observed-by", "instructor", "--methods", "observation", "--occasions", "2",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """What a command said, and its exit status."""

    status: int
    said: str
    told: str
    """On stderr."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Someone at a terminal, with an installation."""

    folder: Path
    read: Callable[[], tuple[str, str]]

    def run(self, *words: str) -> Done:
        """Run one okbadges command in this process."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment(self.folder).items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["okbadges", *words])
            with pytest.raises(SystemExit) as ended:
                main()
        return Done(int(ended.value.code or 0), *self.read())

    def file(self, content: str) -> str:
        """Save a file as Finnish Excel does, and return its path."""
        file = self.folder / "group.csv"
        file.write_bytes(content.encode("cp1252"))
        return str(file)

    def issue(self, content: str, *more: str) -> Done:
        """Issue the rows of a file as the batch monday."""
        return self.run("issue", self.file(content), *SAID, "--batch", "monday", *more)

    def issued(self) -> int:
        """Count the credentials, each of which has its event in an unbroken chain."""
        database = Database(f"sqlite:///{self.folder}/okbadges.sqlite3")
        with database.read() as session:
            credentials = session.scalar(select(func.count()).select_from(CredentialRow)) or 0
            told = session.exec(select(EventRow.actor).where(EventRow.action == "credential.issued")).all()
            assert told == ["operator"] * credentials
            assert list(broken_links(session)) == []
        database.close()
        return credentials


def environment(folder: Path) -> dict[str, str]:
    """Return the settings of an installation in a folder."""
    return {
        "OKBADGES_DATABASE_URL": f"sqlite:///{folder}/okbadges.sqlite3",
        "OKBADGES_BASE_URL": "http://localhost:8000",
        "OKBADGES_SECRET_FILE": str(folder / "okbadges.secret"),
    }


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Set up an installation once, as an operator does."""
    folder = tmp_path_factory.mktemp("installed")
    operator = Operator(folder, lambda: ("", ""))
    for words in (
        ("secret", "create", str(folder / "okbadges.secret")),
        ("migrate",),
        ("catalogue", "import"),
        ("organisation", "create", "kemi", "--name", "Kemin taitopaja", "--issuer", "ok"),
        ("workshop", "create", "kemi", "kahvila", "--name", "Kahvila"),
    ):
        assert operator.run(*words).status == 0, words
    return folder


@pytest.fixture
def operator(installed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Operator:
    """Return an operator with an installation of their own."""
    shutil.copytree(installed, tmp_path / "here")

    def read() -> tuple[str, str]:
        captured = capsys.readouterr()
        return captured.out, captured.err

    return Operator(tmp_path / "here", read)


def outcomes(file: Path) -> list[dict[str, str]]:
    """Return the rows of a file of outcomes."""
    return [dict(row.values) for row in read_rows(file.read_bytes(), columns=OUTCOME_COLUMNS)]


def test_it_works(operator: Operator) -> None:
    """Four newcomers get a badge; the outcomes with their claim links are kept in a file that only its owner reads."""
    content, kept = "Badge;Participant\r\n" + "digi-turva;\r\n" * 4, operator.folder / "outcomes.csv"
    done = operator.issue(content, "--out", str(kept))
    assert done.status == 0, done
    assert "Done: 4 issued." in done.said
    assert "100 %: 4 of 4 rows" in done.told
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    rows = outcomes(kept)
    assert [row["row"] for row in rows] == ["2", "3", "4", "5"]
    assert len({row["claim_link"] for row in rows}) == 4
    assert operator.issued() == 4
    again = operator.issue(content, "--out", str(kept))
    assert (again.status, "Done: 4 repeated." in again.said) == (0, True)
    assert [row["id"] for row in outcomes(kept)] == [row["id"] for row in rows]
    assert operator.issued() == 4


def test_every_mistake_is_said_before_anything_is_issued(operator: Operator) -> None:
    """The rows are named as the spreadsheet numbers them; only with --go-on are the right ones issued."""
    content = "badge;language\ndigi-turva;\ndigi-xyz;\n\ndigi-laite;se\ndigi-turva;sv\n"
    for more, status in (((), 1), (("--dry-run",), 1)):
        done = operator.issue(content, *more)
        assert done.status == status
        assert "row 3  badge: " in done.said
        assert "row 5  language: Write one of: fi, sv, en. (invalid-field)" in done.said
        assert "2 ready, 2 refused" in done.said
        assert operator.issued() == 0
    done = operator.issue(content, "--go-on")
    assert done.status == 1
    assert "Done: 2 issued, 2 refused." in done.said
    assert done.said.count("row 3  ") == 1
    assert operator.issued() == 2


def test_a_dry_run_without_mistakes_says_so(operator: Operator) -> None:
    """Nothing is issued, and the outcomes can be kept too."""
    done = operator.issue("badge\ndigi-turva\n", "--dry-run", "--out", str(operator.folder / "looked.csv"))
    assert (done.status, operator.issued()) == (0, 0)
    assert "Looked at: 1 ready." in done.said
    assert b"2;digi-turva;ready" in (operator.folder / "looked.csv").read_bytes()


@pytest.mark.parametrize(
    ("content", "more", "words"),
    [
        ("nimi\nOtto", (), "there is no column"),
        ("", (), "The first row is empty"),
        ("badge\ndigi-turva", ("--language", "xx"), "Write one of: fi, sv, en. (language)"),
        ("badge\ndigi-turva", ("--organisation", "nowhere"), "There is no organisation nowhere"),
        ("badge\ndigi-turva", ("--out", "no/such/folder.csv"), "cannot be written"),
        ("badge\ndigi-turva", ("--batch", "x" * 300), "printable characters"),
        ("badge\n" + "a\n" * 10_001, (), "more than 10000 rows"),
    ],
)
def test_what_is_wrong_as_a_whole_is_one_sentence(
    operator: Operator, content: str, more: tuple[str, ...], words: str
) -> None:
    """Status 2, one sentence, nothing issued."""
    done = operator.issue(content, *more)
    assert done.status == 2, done
    assert done.told.startswith("okbadges: ")
    assert words in done.told
    assert "Traceback" not in done.told
    assert operator.issued() == 0


def test_a_file_that_is_not_there_is_said(operator: Operator) -> None:
    """So is a folder."""
    for file in (operator.folder / "nowhere.csv", operator.folder):
        done = operator.run("issue", str(file), *SAID)
        assert (done.status, "cannot be read" in done.told) == (2, True)


def test_ten_lines_tell_how_far_it_is(operator: Operator) -> None:
    """Away from a terminal there is one line for every tenth, in order, and no bar."""
    done = operator.issue("badge\n" + "digi-turva\n" * 30)
    lines = [line for line in done.told.splitlines() if "%" in line]
    assert lines == [f"{tenth}0 %: {3 * tenth} of 30 rows" for tenth in range(1, 11)]
    assert "\r" not in done.told


def test_on_a_terminal_there_is_a_bar(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """It grows row by row and ends full."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    done = operator.issue("badge\n" + "digi-turva\n" * 6)
    assert done.status == 0, done
    counts = [int(part.split("] ")[1].split(" ")[0]) for part in done.told.split("\r[")[1:]]
    assert counts == [1, 2, 3, 4, 5, 6]
    assert done.told.endswith(f"[{'#' * 30}] 6 of 6 rows\n")


@pytest.fixture
def in_the_foreground() -> Iterator[None]:
    """Let a program that is started from here be interrupted: what a shell starts in the background ignores that, and so do its children."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("in_the_foreground")
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_after_an_interruption_the_same_command_goes_on(operator: Operator, sent: signal.Signals) -> None:
    """What was said to be done is done; run again, it issues what is missing and nothing twice."""
    content, kept = "badge\n" + "digi-turva\n" * 300, operator.folder / "outcomes.csv"
    command = (PROGRAM, "issue", operator.file(content), *SAID, "--batch", "monday", "--out", str(kept))
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment(operator.folder)},
    ) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if line.startswith("20 %"):
                running.send_signal(sent)
                break
        said, _ = running.communicate()
    assert running.returncode in (-signal.SIGKILL, 130)
    before = operator.issued()
    assert 60 <= before <= 300
    if sent is signal.SIGINT:
        assert "Stopped; run the same command again for the rest. Done so far: " in said
        assert 60 <= len(outcomes(kept)) <= before
    done = operator.issue(content)
    assert done.status == 0, done
    counts = f"{300 - before} issued, {before} repeated" if before < 300 else "300 repeated"
    assert f"Done: {counts}." in done.said
    assert operator.issued() == 300
