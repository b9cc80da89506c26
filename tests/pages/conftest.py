"""What the tests of the pages share: one installation to read from, the words, and one badge of the real catalogue.

Pages hold no SQL. What they ask of the rooms is proved on both databases by the tests of the rooms and of the API, so a test of a
page runs on SQLite; marked with `on_both_databases` are the main flow of every page, and whatever else makes a page send a
statement that no other marked test sends.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from okbadges.catalogue.shelf import latest_badge
from okbadges.pages.site import open_site
from support.world import Clock, Prepared, World, fresh_copy, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from okbadges.catalogue.published import PublishedBadge
    from okbadges.pages.site import Site
    from support.doors import Doors


@pytest.fixture
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Prepared]:
    """Return the URL of a fresh copy of the prepared installation, and its keys: on SQLite, unless a test is marked."""
    return fresh_copy(getattr(request, "param", "sqlite"), request, tmp_path)


@pytest.fixture(scope="module")
def installation(
    prepared_sqlite: tuple[Path, Prepared], tmp_path_factory: pytest.TempPathFactory, doors: Doors
) -> Iterator[World]:
    """Return an installation on SQLite that the tests of one module share: they may add to it, and leave its clock alone."""
    file, keys = prepared_sqlite
    copy = tmp_path_factory.mktemp("pages") / "okbadges.sqlite3"
    shutil.copy(file, copy)
    with opened(f"sqlite:///{copy}", keys, Clock(), doors) as running:
        yield running


@pytest.fixture(scope="session")
def site() -> Site:
    """Return the templates, words and static files."""
    return open_site()


@pytest.fixture
def badge(installation: World) -> Callable[[str], PublishedBadge]:
    """Return a function that finds a badge of the real catalogue."""

    def find(slug: str) -> PublishedBadge:
        with installation.rooms.database.read() as session:
            return latest_badge(session, slug)

    return find
