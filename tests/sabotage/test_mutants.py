"""The faults of `make sabotage` can still be put into the source as it is now."""

from __future__ import annotations

import ast
import shutil
from typing import TYPE_CHECKING

import pytest

from sabotage.mutants import SABOTAGE, Edit

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", SABOTAGE)
def test_it_can_be_put_in(name: str, checkout: Path, tmp_path: Path) -> None:
    """Each place is there exactly once, and what stands there instead is Python."""
    for edit in SABOTAGE[name]:
        copy = tmp_path / edit.file
        copy.parent.mkdir(parents=True, exist_ok=True)
        if not copy.exists():
            shutil.copy(checkout / edit.file, copy)
        edit.put_in(tmp_path)
        ast.parse(copy.read_text())


def test_a_place_that_is_gone_is_an_error(tmp_path: Path) -> None:
    """A fault that finds nothing to change must not pass for one that was noticed."""
    (tmp_path / "file.py").write_text("once = 1\n")
    with pytest.raises(ValueError, match="0 times"):
        Edit("file.py", "twice", "").put_in(tmp_path)


def test_there_are_eight() -> None:
    """Answers early, forgets idempotency, random index, index reused, no self-verify, signs twice, audit outside, commit after."""
    assert len(SABOTAGE) == 8
