"""The restore drill, small: `make restore-drill` runs it with ten thousand credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.restore_drill import drill

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.world import Prepared

HOW_MANY = 120


def test_it_works(ground: tuple[str, Prepared], empty_urls: Callable[[str], str], tmp_path: Path) -> None:
    """Nothing acknowledged is lost, doubled or wrong; nobody erased comes back; without the second place the gap is said."""
    kind = "sqlite" if ground[0].startswith("sqlite") else "postgres"
    done = drill(ground, lambda: empty_urls(kind), tmp_path, count=HOW_MANY)
    assert done.whole.faults == 0, done.whole
    assert done.whole.acknowledged == HOW_MANY
    assert done.whole.newer_than_backup == HOW_MANY * 2 // 5
    assert done.whole.revoked == 6
    assert done.whole.erased == 3
    assert done.alone.faults == 0, done.alone
    assert done.gap.replayed is None
    assert done.gap.gap.after == done.gap.backup.newest_event_at
