"""The fuzz targets hold on what they begin with, on what was found before, and on a little that is drawn; `make fuzz` goes on for longer."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.finding import FOLDER, load, names, refusals
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from pathlib import Path

MOST_SEEDS = 60


@pytest.mark.parametrize("name", names())
def test_a_target_holds_on_what_it_begins_with(name: str, shared: Path) -> None:
    """Every input that was found before passes, and so do the seeds (of many, a part that is spread over all)."""
    target = load(name)
    for file in target.found():
        target.run(file.read_bytes())
    seeds = list(target.seeds(shared))
    assert seeds
    for data in seeds[:: 1 + len(seeds) // MOST_SEEDS]:
        target.run(data)


@pytest.mark.parametrize("name", names())
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_target_holds_on_what_is_drawn(name: str, data: st.DataObject) -> None:
    """Random bytes, and seeds with a piece cut out and another put in."""
    target = load(name)
    target.run(data.draw(st.binary(max_size=200)))
    seed = data.draw(st.sampled_from(list(target.seeds(None))))
    begin = data.draw(st.integers(0, len(seed)))
    end = data.draw(st.integers(begin, len(seed)))
    target.run(seed[:begin] + data.draw(st.binary(max_size=8)) + seed[end:])


def test_every_folder_of_findings_belongs_to_a_target() -> None:
    """What was found is tried: no folder is left over from a target that has another name now."""
    assert {folder.name for folder in (FOLDER / "found").iterdir() if folder.is_dir()} <= set(names())


@pytest.mark.parametrize(
    "error",
    [
        ValueError("x"),
        CredentialError("Not A Code", "x"),
        CredentialError("code", ""),
        CredentialError("a", "b", where="x"),
    ],
)
def test_only_a_documented_refusal_passes(error: Exception) -> None:
    """Another exception, a code that is none, no words, a place that is no JSON pointer: each breaks the target."""
    with pytest.raises((ValueError, AssertionError)), refusals():
        raise error
    with refusals():
        raise CredentialError("malformed-key", "It is no key.", where="/proof")


def test_fuzzing_runs(checkout: Path) -> None:
    """One target for a second: the command ends well and says how many inputs it has tried."""
    pytest.importorskip("atheris", reason="needs atheris from pip: pip install atheris")
    command = [
        sys.executable,
        str(checkout / "tests/fuzz/run.py"),
        "--seconds",
        "1",
        "--only",
        "multibase",
        "--seed",
        "1",
    ]
    ran = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 targets, none broken" in ran.stdout
