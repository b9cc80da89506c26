"""What the tests of the invariants ask for: an installation of their own, on SQLite and on PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from invariants.promises import Installation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.doors import Doors
    from support.world import Prepared


@pytest.fixture
def installation(ground: tuple[str, Prepared], doors: Doors) -> Iterator[Installation]:
    """Return an installation of the test's own; no process is started yet."""
    one = Installation(*ground, doors)
    with one.processes:
        yield one
