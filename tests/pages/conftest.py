"""What the tests of the pages share: one installation to read from, the words, and one badge of the real catalogue."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from okbadges.app import create_app
from okbadges.catalogue.shelf import latest_badge
from okbadges.pages.site import open_site
from support.world import BASE_URL, Clock, Prepared, World, settings_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from okbadges.catalogue.published import PublishedBadge
    from okbadges.pages.site import Site


@pytest.fixture(scope="module")
def installation(prepared_sqlite: tuple[Path, Prepared], tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return an installation on SQLite that the tests of one module share: they may add to it, and leave its clock alone."""
    file, keys = prepared_sqlite
    copy = tmp_path_factory.mktemp("pages") / "okbadges.sqlite3"
    shutil.copy(file, copy)
    clock = Clock()
    app = create_app(settings_for(f"sqlite:///{copy}"), now=clock)
    with TestClient(app, base_url=BASE_URL, raise_server_exceptions=False) as client:
        yield World(app, client, clock, keys)


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
