"""The tests of Project Wycheproof that are beside the project."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def wycheproof(shared: Path, name: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield every test of one file, with its group before it."""
    suite = json.loads((shared / "attacks/external" / f"wycheproof_{name}.json").read_text())
    for group in suite["testGroups"]:
        for test in group["tests"]:
            yield group, test
