"""The house keeps its own rules: size, names, direction of imports, and nothing of a developer's machine in it."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import sysconfig
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from support.repository import files_of, links_of

LONGEST_MODULE, LONGEST_FUNCTION, LONGEST_DECISION = 300, 40, 40
# Data, kept in one place on purpose: the tables, the terms of the JSON-LD contexts, the shapes of the pictograms.
DATA_MODULES = frozenset({"tables.py", "vocabulary.py", "pictograms.py"})
# Names that say nothing of what is inside.
EMPTY_NAMES = frozenset(
    {"utils", "util", "helpers", "helper", "common", "core", "manager", "managers", "service", "services", "misc"}
)
# Tools of the workshop that have no place in the product, as the hashes of their names, so that this list does not bring them in.
FOREIGN_NAMES = frozenset(
    {
        "fbb8037df8cc9050",
        "8cf10d1b0e07c1d8",
        "94a168d2da574b00",
    }
)

# Folders that are the same on every machine: they may be named, even when this checkout happens to lie in one.
EVERYBODYS_PLACES = frozenset(
    ("/", "//", "/usr", "/usr/local", "/app/", "/data/", "/opt/", "/src/", "/srv/", "/tmp/", "/var/")  # noqa: S108 - named only
)


@pytest.fixture(scope="module")
def modules(checkout: Path) -> list[Path]:
    """Return the product's own modules."""
    return sorted((checkout / "src").rglob("*.py"))


@pytest.fixture(scope="module")
def texts(checkout: Path) -> dict[str, str]:
    """Return every text file of the repository by its path; pictures and the like are left out."""
    found = {}
    for file in files_of(checkout):
        content = file.read_bytes()
        if b"\0" not in content:
            found[str(file.relative_to(checkout))] = content.decode("utf-8")
    return found


def test_modules_are_short(modules: list[Path]) -> None:
    """No module is longer than 300 lines, but those that are data."""
    lengths = {str(file): len(file.read_text().splitlines()) for file in modules if file.name not in DATA_MODULES}
    assert {file: lines for file, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_functions_are_short(modules: list[Path]) -> None:
    """No function is longer than 40 lines, from its `def` to its end."""
    too_long = {}
    for file in modules:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    too_long[f"{file.name}:{node.lineno} {node.name}"] = lines
    assert too_long == {}


def test_modules_have_names_that_say_something(modules: list[Path]) -> None:
    """No room or module is called utils, helpers, common, core, manager or service."""
    assert [str(file) for file in modules if EMPTY_NAMES & {file.stem, file.parent.name}] == []


def test_no_module_is_an_island(checkout: Path, modules: list[Path]) -> None:
    """Every folder with modules is a package, so that import contracts and the wheel see it; alembic's must not be one."""
    assert [str(file.parent) for file in modules if not (file.parent / "__init__.py").exists()] == []
    assert list((checkout / "alembic").rglob("__init__.py")) == []


def test_imports_go_one_way(checkout: Path) -> None:
    """The import contracts of pyproject.toml are kept."""
    lint = Path(sysconfig.get_path("scripts")) / "lint-imports"
    ran = subprocess.run([lint, "--no-cache"], cwd=checkout, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert " 0 broken" in ran.stdout


def test_decisions_are_short(checkout: Path) -> None:
    """A decision record has at most 40 lines."""
    records = sorted((checkout / "docs" / "decisions").glob("*.md"))
    assert {r.name for r in records if len(r.read_text().splitlines()) > LONGEST_DECISION} == set()


def test_nothing_is_left_for_later_in_a_comment(texts: dict[str, str]) -> None:
    """What is left to do stands in the issues, not in the files."""
    marks = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    assert {name for name, text in texts.items() if marks.search(text)} == set()


def test_no_link_leads_out_of_the_repository(checkout: Path) -> None:
    """Git keeps no symbolic link: each would name a place of one machine."""
    assert links_of(checkout) == []


def test_no_place_of_a_developers_machine_is_named(checkout: Path, texts: dict[str, str]) -> None:
    """No file names a home folder, nor the place where this checkout, its interpreter or its package index happens to be."""
    places = {str(checkout), f"{checkout.parent}/", str(Path.home()), sys.base_prefix, *_indexes()} - EVERYBODYS_PLACES
    pattern = re.compile("|".join([r"/(?:home|Users)/[a-z]", *(rf"(?<![\w.]){re.escape(place)}" for place in places)]))
    assert {(name, found.group()) for name, text in texts.items() if (found := pattern.search(text))} == set()


def _indexes() -> set[str]:
    """Return the hosts of the package indexes that this machine is set up with, but the public ones."""
    settings = [
        value
        for name, value in os.environ.items()
        if re.fullmatch(r"(?i)(pip_(extra_)?index_url|npm_config_registry)", name)
    ]
    hosts = {urlsplit(url).hostname for setting in settings for url in setting.split()}
    return {host for host in hosts if host} - {"pypi.org", "registry.npmjs.org"}


def test_no_foreign_tool_is_named(texts: dict[str, str]) -> None:
    """No file names a tool of the workshop in which it was made."""
    named = {
        (name, word)
        for name, text in texts.items()
        for word in set(re.findall(r"[a-z][a-z-]+[a-z]", text.lower()))
        if sha256(word.encode()).hexdigest()[:16] in FOREIGN_NAMES
    }
    assert named == set()
