"""The tables of rules in ``docs/partners``: each names the test that shows it, and the test is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

NAMED = re.compile(r"`(tests/[\w/.]+\.py)::(\w+)`")


@pytest.fixture(scope="module")
def named(checkout: Path) -> set[tuple[str, str]]:
    """Return the tests that the documents for partners name."""
    files = (checkout / "docs" / "partners").glob("*.md")
    return {match for file in files for match in NAMED.findall(file.read_text("utf-8"))}


def test_every_rule_has_a_test_that_is_there(checkout: Path, named: set[tuple[str, str]]) -> None:
    """Whoever renames a test names it anew in the table."""
    assert named
    missing = {
        f"{file}::{test}"
        for file, test in named
        if not (checkout / file).is_file() or f"def {test}(" not in (checkout / file).read_text("utf-8")
    }
    assert missing == set()


def test_the_tables_have_no_rule_without_a_test(checkout: Path) -> None:
    """Each row of a table of rules ends with a test."""
    for file in (checkout / "docs" / "partners").glob("*.md"):
        _, _, rules = file.read_text("utf-8").partition("## Rule by rule")
        rows = [line for line in rules.splitlines() if line.startswith("| ") and not line.startswith("| clause |")]
        assert [row for row in rows if not NAMED.search(row)] == [], file.name
