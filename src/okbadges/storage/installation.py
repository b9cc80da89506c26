"""Which installation a database belongs to: its base URL is part of every signed address, so it is fixed at the first start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from okbadges.errors import ConfigurationError
from okbadges.storage import journal
from okbadges.storage.tables import InstallationRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from okbadges.storage.database import Database
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer


def settle(database: Database, writer: Writer, stamp: Stamp, secrets: Secrets, *, base_url: str, demo: bool) -> None:
    """Fix the base URL and the secret of a new database; for one that is settled, refuse others (`require_same`)."""

    def change(connection: Connection) -> None:
        if connection.execute(select(InstallationRow.id)).first():
            return
        row = InstallationRow(
            base_url=base_url, secret_fingerprint=secrets.fingerprint, demo=demo, created_at=stamp.now
        )
        add(connection, row)
        event = journal.Event(chain=journal.INSTALLATION_CHAIN, action="installation.settled", subject=base_url)
        journal.append(connection, stamp, event)

    writer.write(change)
    require_same(database, secrets, base_url=base_url, demo=demo)


def require_same(database: Database, secrets: Secrets, *, base_url: str, demo: bool) -> None:
    """Raise `ConfigurationError` unless the database was settled with this base URL, this secret and this mode."""
    with database.read() as session:
        row = session.get(InstallationRow, 1)
    if row is None:
        raise ConfigurationError("not-settled", "The database is not settled yet; run: okbadges migrate")
    if row.base_url != base_url:
        raise ConfigurationError(
            "base-url-changed",
            f"This database issues under {row.base_url}, and every signed credential says so; "
            f"set OKBADGES_BASE_URL={row.base_url} (it cannot be changed to {base_url}).",
        )
    if row.secret_fingerprint != secrets.fingerprint:
        raise ConfigurationError(
            "secret-mismatch",
            "This database was settled with another secret; give that one in OKBADGES_SECRET_FILE.",
        )
    if row.demo != demo:
        is_, tried = ("a demo", "for real") if row.demo else ("real", "as a demo")
        raise ConfigurationError(
            "demo-mismatch",
            f"This database is {is_} and was to be used {tried}; give another one in OKBADGES_DATABASE_URL.",
        )
