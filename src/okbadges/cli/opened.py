"""What every administrative command needs: the rooms of this installation, opened for one command and closed again."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from okbadges.building import build_rooms
from okbadges.settings import load_settings
from okbadges.storage.installation import require_same
from okbadges.storage.version import require_current

if TYPE_CHECKING:
    from collections.abc import Iterator

    from okbadges.edge.rooms import Rooms

OPERATOR = "operator"
"""How the person at the command line is named in the journal."""


@contextmanager
def open_rooms() -> Iterator[Rooms]:
    """Open the installation that the settings name. Raises `ConfigurationError` when it is not ready."""
    settings = load_settings()
    rooms = build_rooms(settings, demo=False)
    try:
        require_current(rooms.database)
        require_same(rooms.database, rooms.secrets, base_url=settings.base_url, demo=False)
        yield rooms
    finally:
        rooms.writer.close()
        rooms.database.close()
