"""`okbadges demo`: a whole installation to try, in a folder of its own, that says DEMO everywhere. Running it twice does no harm."""

from __future__ import annotations

import secrets as randomness
import socket
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from okbadges.app import create_app
from okbadges.building import build_rooms, utc_now
from okbadges.cli.catalogue import import_demo_catalogue
from okbadges.cli.demo_story import Story, tell
from okbadges.cli.secret import write_secret
from okbadges.cli.serve import run
from okbadges.edge.logging import configure_logging
from okbadges.errors import ConfigurationError
from okbadges.settings import Settings, load_settings
from okbadges.storage import migrations
from okbadges.storage.database import Database
from okbadges.storage.installation import settle
from okbadges.storage.journal import Stamp
from okbadges.storage.tables import InstallationRow
from okbadges.storage.writer import Writer

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms

KEY_LASTS = timedelta(days=30)


def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its database and its secret")] = Path("demo"),
    port: Annotated[int, typer.Option(help="Port on localhost")] = 8000,
    serve: Annotated[bool, typer.Option(help="Serve it after it is set up")] = True,  # noqa: FBT002 - typer makes --no-serve of it
) -> None:
    """Set up a demo with a passport, three links (valid, revoked, expired) and a school, print the way in, and serve it on localhost."""
    settings = _settings(folder, port)
    if serve:
        _require_free(port)
    anchor = _prepare(settings)
    story = tell(lambda now: build_rooms(settings, demo=True, now=lambda: now), anchor=anchor, now=utc_now())
    print(_welcome(story, settings.base_url))
    if serve:
        configure_logging(settings.log_format)
        run(create_app(settings, demo=True, with_duties=True), settings)


def _settings(folder: Path, port: int) -> Settings:
    folder.mkdir(parents=True, exist_ok=True)
    secret = folder / "secret"
    if not secret.exists():
        write_secret(secret)
    return load_settings(
        base_url=f"http://localhost:{port}",
        database_url=f"sqlite:///{folder.resolve()}/demo.sqlite3",
        secret_file=secret,
        secret=None,
        host="127.0.0.1",
        port=port,
        workers=1,
        allow_loopback_issuers=True,
        log_format="text",
    )


def _prepare(settings: Settings) -> datetime:
    """Migrate, settle and fill the catalogue; return the noon of the day on which this demo began."""
    database = Database(settings.database_url.get_secret_value())
    writer = Writer(database)
    migrations.migrate(database)
    with database.read() as session:
        earlier = session.get(InstallationRow, 1)
    if earlier is not None and earlier.base_url != settings.base_url:
        raise ConfigurationError(
            "demo-moved",
            f"The demo in this folder is at {earlier.base_url}, and its badges say so; start it there again "
            f"(--port {earlier.base_url.rpartition(':')[2]}), or choose another folder: --folder demo2",
        )
    stamp = Stamp("demo", utc_now(), randomness.token_bytes)
    settle(database, writer, stamp, settings.secrets(), base_url=settings.base_url, demo=True)
    with database.read() as session:
        began = session.get_one(InstallationRow, 1).created_at
    writer.close()
    database.close()
    rooms: Rooms = build_rooms(settings, demo=True)
    import_demo_catalogue(rooms)
    rooms.writer.close()
    rooms.database.close()
    return datetime.combine(began.date(), time(), tzinfo=UTC)


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise ConfigurationError(
                "port-taken",
                f"Something already listens on port {port}; stop it, or choose another: "
                f"okbadges demo --folder demo2 --port {port + 1} (make demo ARGS='--folder demo2 --port {port + 1}')",
            ) from None


def _welcome(story: Story, base_url: str) -> str:
    """Return what is printed: readable at a glance, and the curl line ready to copy."""
    body = (
        '{"badge": "digi-turva", "organisation": "demo-kemi", "workshop": "kahvila", "language": "fi", '
        f'"awarded_on": "{story.today}", "criteria_met": true, '
        '"observation": {"observed_by": "instructor", "methods": ["observation"], "occasions": 2}, '
        f'"share": {{"purpose": "study-plan", "expires_on": "{story.in_a_month}", "agreed": true}}}}'
    )
    return f"""
  okbadges DEMO
  ─────────────
  Catalogue     {base_url}/badges
  Valid         {story.valid}
  Revoked       {story.revoked}
  Expired       {story.expired}
  Check a file  {base_url}/verify
  Passport      {story.passport}
  or its code   {story.code} at {base_url}/p
  Instructor    {base_url}/sign-in (Try it as an instructor)
  For a teacher {story.student.link}
  Teacher       {base_url}/sign-in (Try it as a teacher)
  Their student {story.student.passport}
  API docs      {base_url}/docs

  Access key (shown only now, lasts {KEY_LASTS.days} days)
  {story.access_key}
  and an administrator's (webhooks, members, the journal)
  {story.administrators_key}

  Issue one more:
  curl -s -X POST {base_url}/v1/credentials \\
    -H 'Authorization: Bearer {story.access_key}' \\
    -H 'Content-Type: application/json' \\
    -d '{body}'

  Stop it with Ctrl-C. Everything it keeps is in its folder; delete that to start afresh.
"""
