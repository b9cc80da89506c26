"""What the documents tell a reader to type exists, and what they point to is there."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from okbadges.cli import command_line
from support.repository import files_of

FENCE = re.compile(r"^```(?:sh|bash|console|shell)\n(.*?)^```", re.MULTILINE | re.DOTALL)
MAKE = re.compile(r"(?:^|`|\$ )make ([a-z][a-z-]*)", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


@pytest.fixture(scope="module")
def documents(checkout: Path) -> dict[Path, str]:
    """Return the texts of the repository's Markdown files."""
    return {file: file.read_text() for file in files_of(checkout) if file.suffix == ".md"}


def _typed(text: str) -> list[str]:
    """Return the command lines of a document's shell blocks, continued lines joined, comments and prompts left out."""
    blocks = "\n".join(FENCE.findall(text)).replace("\\\n", " ")
    lines = [line.strip().removeprefix("$ ") for line in blocks.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def _okbadges(line: str) -> list[str] | None:
    """Return the arguments of a line that runs okbadges, or None; settings before the command and pipes after it are left out."""
    try:
        words = shlex.split(line.split("|", maxsplit=1)[0].split("&&", maxsplit=1)[0], comments=True)
    except ValueError:  # the first line of a quoted text of several lines, such as a curl call
        return None
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words = words[1:]
    return words[1:] if words and Path(words[0]).name == "okbadges" else None


def _unknown_in(words: tuple[str, ...]) -> list[str]:
    """Return the first word that is no command, or the options that the command does not have."""
    command: Any = get_command(command_line([]))
    rest = list(words)
    while hasattr(command, "commands"):
        name = rest.pop(0) if rest else "--help"
        if name.startswith("-"):
            break
        if name not in command.commands:
            return [name]
        command = command.commands[name]
    known = {"--help"} | {
        option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
    }
    return [word for word in rest if word.startswith("--") and word.split("=")[0] not in known]


def test_documented_commands_exist(documents: dict[Path, str]) -> None:
    """Every `okbadges …` that a document shows is a command, and has the options that are shown."""
    lines = {line for text in documents.values() for line in _typed(text)}
    shown = {tuple(words) for line in lines if (words := _okbadges(line)) is not None}
    assert shown
    assert {" ".join(words): unknown for words in shown if (unknown := _unknown_in(words))} == {}


def test_documented_make_targets_exist(checkout: Path, documents: dict[Path, str]) -> None:
    """Every `make …` that a document names is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z][a-z-]*):", (checkout / "Makefile").read_text(), re.MULTILINE))
    assert {target for text in documents.values() for target in MAKE.findall(text)} - targets == set()


def test_every_make_target_is_explained(checkout: Path) -> None:
    """`make` alone lists every target, so each says in a line what it does."""
    makefile = (checkout / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    make = shutil.which("make")
    if make is None:
        pytest.skip("needs make")
    ran = subprocess.run([make, "-s", "help"], cwd=checkout, capture_output=True, text=True, check=True)
    assert set(re.findall(r"make ([a-z-]+) ", ran.stdout)) == targets
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    assert set(phony.group(1).split()) == targets


def test_links_between_documents_lead_somewhere(documents: dict[Path, str]) -> None:
    """Every relative link of a document points to a file of the repository."""
    links = {
        (file.name, link)
        for file, text in documents.items()
        for link in LINK.findall(text)
        if not (file.parent / link).exists()
    }
    assert links == set()
