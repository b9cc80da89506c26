"""The manual of the library is one program, and it runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_pieces_of_the_manual_run_one_after_the_other(checkout: Path) -> None:
    """Whatever it shows works as it is printed, with its own asserts."""
    pieces = PYTHON.findall((checkout / "docs" / "library.md").read_text())
    names: dict[str, Any] = {}
    for piece in pieces:
        exec(compile(piece, "docs/library.md", "exec"), names)  # noqa: S102 - our own manual
    assert len(pieces) >= 9
    assert names["overheard"].verdict == "INVALID"
