"""Restoring a backup into an empty database, and what happened after it from the second place: all of it in one change, or nothing.

Afterwards no place in a status list can be given twice: every list that is found is closed, and the next one has a number that no
lost list can have had. Without the second place the gap is said with its dates; nothing pretends that it was not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, inspect, select, update
from sqlmodel import col

from okbadges.errors import ConfigurationError, Conflict, InvalidInput
from okbadges.issuing.status_indices import LIST_SIZE, SHUFFLE_KEY_BYTES
from okbadges.operations.backup import KIND
from okbadges.operations.chain_walk import BEFORE_THE_FIRST
from okbadges.operations.dump import opened_dump
from okbadges.operations.months import Owner
from okbadges.operations.replay import SecondPlace, another_past, replay
from okbadges.operations.second_place import walk_second_place
from okbadges.storage import journal, migrations, version
from okbadges.storage.rows import kept_tables, put, put_references, table_named
from okbadges.storage.tables import EventHeadRow, EventRow, InstallationRow, IssuerRow, StatusListRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from okbadges.operations.chain_walk import Head
    from okbadges.operations.dump import Dump, Manifest
    from okbadges.operations.replay import Replayed
    from okbadges.storage.database import Database
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

_SETTLED = ("installation", "events", "event_heads")


@dataclass(frozen=True, slots=True)
class Gap:
    """A time of which nothing is known: from the newest event that is, to the restore (None: not one event is known)."""

    after: datetime | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. ``replayed`` is None without the second place."""

    backup: Manifest
    rows: int
    closed_lists: int
    replayed: Replayed | None
    gap: Gap


def restore(
    database: Database,
    writer: Writer,
    stamp: Stamp,
    secrets: Secrets,
    backup: Path,
    *,
    second_place: Path | None,
    base_url: str,
) -> Restored:
    """Restore a backup, and redo what the second place knows beyond it. Until everything is looked at nothing is written.

    Raises `InvalidInput` (``file-damaged``, ``chain-broken``, ``second-place-damaged``, …), `ConfigurationError`
    (``base-url-changed``, ``secret-mismatch``, ``other-version``) and `Conflict` (``not-empty``, ``second-place-differs``).
    """
    with opened_dump(backup, KIND) as dump:
        _require_ours(dump.manifest, secrets, base_url)
        dump.check()
        place = _fitting(dump, second_place, secrets) if second_place else None
        with database.engine.connect() as connection:
            _require_empty(connection)
        migrations.migrate(database)

        def change(connection: Connection) -> Restored:
            _require_empty(connection)
            rows = _load(connection, dump)
            replayed = replay(connection, place, random_bytes=stamp.random_bytes) if place else None
            closed = _close_lists(connection, stamp)
            _tell(connection, stamp, dump.manifest, replayed)
            known = [at for at in (dump.manifest.newest_event_at, replayed and replayed.newest_at) if at]
            return Restored(dump.manifest, rows, closed, replayed, Gap(max(known, default=None), stamp.now))

        return writer.write(change)


def _require_ours(manifest: Manifest, secrets: Secrets, base_url: str) -> None:
    if manifest.base_url != base_url:
        raise ConfigurationError(
            "base-url-changed",
            f"The backup is of {manifest.base_url}, and every credential in it says so; set OKBADGES_BASE_URL={manifest.base_url}",
        )
    if manifest.secret_fingerprint != secrets.fingerprint:
        raise ConfigurationError(
            "secret-mismatch",
            "The backup was made under another secret; give that one in OKBADGES_SECRET_FILE, or nothing in it opens.",
        )
    if manifest.demo:
        raise ConfigurationError("demo-mismatch", "The backup is of a demo; a demo is made anew with: okbadges demo")
    needed = version.NEEDED
    if manifest.revision != needed:
        raise ConfigurationError(
            "other-version",
            f"The backup is of okbadges {manifest.okbadges} (database version {manifest.revision}) and this release has version {needed}; "
            "restore it with that release of okbadges, then upgrade.",
        )


def _fitting(dump: Dump, folder: Path, secrets: Secrets) -> SecondPlace:
    """Verify the second place, and that it tells of the same past as the backup."""
    owner = Owner(dump.manifest.base_url, dump.manifest.secret_fingerprint)
    place = SecondPlace(folder, owner, secrets, dump.manifest.heads)
    there, _ = walk_second_place(folder, owner, place.look)
    if not there:
        raise InvalidInput("second-place-empty", f"There is no journal in {folder}; is its disk mounted?")
    _require_known(dump, there)
    return place


def _require_known(dump: Dump, there: dict[str, Head]) -> None:
    """Refuse a second place that is behind the backup in a chain and ends with an event that the backup does not know."""
    for event in dump.rows(EventRow.__tablename__):
        number, hashed = there.get(event["chain"], BEFORE_THE_FIRST)
        if event["number"] == number and event["event_hash"] != hashed:
            raise another_past(event["chain"], number)


def _require_empty(connection: Connection) -> None:
    """Raise `Conflict` unless the database has no rows but those that `okbadges migrate` makes."""
    there = set(inspect(connection).get_table_names())
    for table in kept_tables():
        if table.name in there:
            count = connection.execute(select(func.count()).select_from(table)).scalar_one()
            if count > (table.name in _SETTLED):
                raise Conflict(
                    "not-empty",
                    "The database is not empty, and a restore would mix two pasts; give a new one in OKBADGES_DATABASE_URL.",
                )


def _load(connection: Connection, dump: Dump) -> int:
    for settled in (InstallationRow, EventRow, EventHeadRow):
        connection.execute(delete(settled))
    count = 0
    for table in kept_tables():
        count += put(connection, table, dump.rows(table.name))
        put_references(connection, table, dump.rows(table.name))
    return count


def _close_lists(connection: Connection, stamp: Stamp) -> int:
    """Close every status list and let it be signed again: no place in it is ever given any more.

    An issuer that has none gets a closed one that was never used: its first list may have been opened after the backup.
    """
    without = select(col(IssuerRow.id)).where(col(IssuerRow.id).not_in(select(col(StatusListRow.issuer_id))))
    for (issuer_id,) in connection.execute(without).all():
        row = StatusListRow(
            id=stamp.row_id(),
            issuer_id=issuer_id,
            number=1,
            size=LIST_SIZE,
            shuffle_key=stamp.random_bytes(SHUFFLE_KEY_BYTES),
            created_at=stamp.now,
        )
        add(connection, row)
    lists = table_named(StatusListRow.__tablename__)
    connection.execute(update(lists).values(revision=lists.c.revision + 1))
    is_open = col(StatusListRow.closed_at).is_(None)
    return connection.execute(update(lists).where(is_open).values(closed_at=stamp.now)).rowcount


def _tell(connection: Connection, stamp: Stamp, backup: Manifest, replayed: Replayed | None) -> None:
    details: dict[str, str | int | None] = {
        "backup_made_at": backup.made_at.isoformat(),
        "second_place": "used" if replayed else "none",
        "replayed": replayed.events if replayed else 0,
        "not_redone": sum(one.count for one in replayed.not_redone.values()) if replayed else None,
    }
    event = journal.Event(journal.INSTALLATION_CHAIN, "installation.restored", backup.base_url, details)
    journal.append(connection, stamp, event)
