"""A whole installation of its own behind a real port, for what only a browser or another program shows."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from fastapi.testclient import TestClient

from okbadges.app import create_app
from support.server import running_server
from support.world import Clock, World, prepare, settings_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from fastapi import FastAPI


@contextmanager
def served_world(folder: Path, *, now: Callable[[], datetime] | None = None) -> Iterator[World]:
    """Run the real application on SQLite in this folder until the end of the block, with its world's clock or by ``now``."""
    database_url, clock = f"sqlite:///{folder}/okbadges.sqlite3", Clock()
    worlds: list[World] = []

    def make_app(base_url: str) -> FastAPI:
        keys = prepare(database_url, base_url=base_url)
        app = create_app(settings_for(database_url, base_url=base_url), now=now or clock)
        worlds.append(World(app, TestClient(app, base_url=base_url), clock, keys))
        return app

    with running_server(make_app):
        yield worlds[0]
