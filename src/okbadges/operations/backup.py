"""A backup: everything that is kept, as it was at one moment, in one file that both databases can be restored from.

It is made while the service runs. What is secret is in it as it is in the database: sealed or hashed, of no use without the
installation's secret, which belongs in another place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from okbadges import __version__
from okbadges.errors import ConfigurationError
from okbadges.operations.dump import FORMAT, DumpWriter, Manifest, Plain, new_file, opened_dump
from okbadges.storage.rows import all_rows, kept_tables, snapshot
from okbadges.storage.tables import EventHeadRow, InstallationRow
from okbadges.storage.version import version_of

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from okbadges.operations.dump import Facts
    from okbadges.storage.database import Database

KIND = "backup"


def make_backup(database: Database, file: Path, *, now: datetime, force: bool = False) -> Manifest:
    """Write a backup and return what is in it.

    Raises `Conflict` (``file-exists``) and `Unavailable` (no space, no such folder); then there is no file.
    """
    with new_file(file, force=force) as out, snapshot(database) as connection:
        writer = DumpWriter(out, Plain())
        for table in kept_tables():
            writer.add(table.name, all_rows(connection, table))
        manifest = manifest_of(connection, KIND, writer.tables, now=now)
        writer.close(manifest)
    return manifest


def check_backup(file: Path) -> Manifest:
    """Read a backup from end to end, without a database. Raises `InvalidInput` for one that is not whole."""
    with opened_dump(file, KIND) as dump:
        dump.check()
        return dump.manifest


def manifest_of(
    connection: Connection, kind: str, tables: dict[str, Facts], *, now: datetime, chain: str | None = None
) -> Manifest:
    """Describe a file of these tables of this database, with every chain of the journal or with one."""
    place = connection.execute(select(InstallationRow.__table__)).mappings().first()  # type: ignore[attr-defined]  # SQLModel hides it
    if place is None:
        raise ConfigurationError("not-settled", "The database is not settled yet; run: okbadges migrate")
    every = connection.execute(select(EventHeadRow.__table__)).mappings()  # type: ignore[attr-defined]  # the same
    heads = [head for head in every if chain in (None, head["chain"])]
    return Manifest(
        kind=kind,
        format=FORMAT,
        okbadges=__version__,
        revision=version_of(connection) or "",
        base_url=place["base_url"],
        secret_fingerprint=place["secret_fingerprint"],
        demo=place["demo"],
        made_at=now,
        newest_event_at=max((head["at"] for head in heads), default=None),
        heads={head["chain"]: (head["number"], head["event_hash"]) for head in heads},
        tables=tables,
    )
