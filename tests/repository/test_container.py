"""The image is built from what is there, and runs as nobody in particular."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def dockerfile(checkout: Path) -> str:
    """Return the Dockerfile, continued lines joined."""
    return (checkout / "Dockerfile").read_text().replace("\\\n", " ")


def test_what_is_copied_exists_and_is_sent_to_the_builder(checkout: Path, dockerfile: str) -> None:
    """Each file the Dockerfile copies is in the checkout, and .dockerignore lets it through and nothing more."""
    copied = [words.split()[:-1] for words in re.findall(r"^COPY (?!--from)(.*)$", dockerfile, re.MULTILINE)]
    sources = {source for words in copied for source in words}
    assert {source for source in sources if not (checkout / source).exists()} == set()
    let_through = {line[1:] for line in (checkout / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert let_through == sources


def test_it_runs_without_rights_and_says_whether_it_is_well(dockerfile: str) -> None:
    """The last stage has a user of its own, a health check, and no instruction after USER that would need root."""
    last_stage = dockerfile.rsplit("\nFROM ", 1)[1]
    instructions = re.findall(r"^([A-Z]+) (.*)$", last_stage, re.MULTILINE)
    names = [name for name, _ in instructions]
    assert dict(instructions)["USER"] not in {"root", "0"}
    assert "RUN" not in names[names.index("USER") :]
    assert "/healthz" in dict(instructions)["HEALTHCHECK"]
