"""Setting an installation up: its database, its settings. No rooms are put together for either: both are asked for before there are any."""

from __future__ import annotations

import os
import secrets as randomness
from datetime import UTC, datetime

from okbadges.settings import described, load_settings, require_chosen_base_url
from okbadges.storage import migrations
from okbadges.storage.database import Database
from okbadges.storage.installation import settle
from okbadges.storage.journal import Stamp
from okbadges.storage.writer import Writer


def migrate() -> None:
    """Bring the database to this version, and fix the base URL of a new one. Doing it again changes nothing."""
    settings = load_settings()
    require_chosen_base_url(settings)
    secrets = settings.secrets()
    database = Database(settings.database_url.get_secret_value())
    writer = Writer(database)
    migrations.migrate(database)
    stamp = Stamp("operator", datetime.now(UTC), randomness.token_bytes)
    settle(database, writer, stamp, secrets, base_url=settings.base_url, demo=False)
    writer.close()
    database.close()
    print(f"The database is up to date; credentials will be issued under {settings.base_url}")


def list_settings() -> None:
    """List every setting with its value, where it came from and what it is for. Secrets are masked."""
    rows = described(load_settings(), os.environ)
    width = max(len(row[0]) for row in rows)
    for variable, value, source, meaning in rows:
        print(f"{variable:<{width}}  {value}  [{source}]\n{'':<{width}}  {meaning}")
