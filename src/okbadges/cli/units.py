"""The common units: what ePerusteet says about them now, as a difference to the files, for a person to read."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 - typer reads the annotation at run time
from typing import Annotated

import typer

from okbadges.catalogue.eperusteet import API, MOST_BYTES
from okbadges.catalogue.own import own_definitions
from okbadges.catalogue.refreshing import refresh
from okbadges.errors import Unavailable
from okbadges.integrations.fetch import GuardedFetcher

commands = typer.Typer(help="The qualification units that badges map to.", no_args_is_help=True)

_SECONDS = 30.0


@commands.callback()
def _units() -> None:
    """Keep the only command a command of its own: okbadges units refresh."""


@commands.command("refresh")
def show_or_write(
    *,
    write: Annotated[bool, typer.Option("--write", help="Write the files; without it nothing is changed")] = False,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Another folder of definitions than the one that came along")
    ] = None,
    api: Annotated[str, typer.Option(help="Where ePerusteet's API is")] = API,
    loopback: Annotated[bool, typer.Option(help="Also ask localhost, over http too; for development.")] = False,
) -> None:
    """Show how names, versions and sizes of the common units differ from ePerusteet; exit status 1 when a unit could not be read."""
    definitions = folder or own_definitions()
    fetch, unread = GuardedFetcher(seconds=_SECONDS, max_bytes=MOST_BYTES, loopback=loopback), 0
    for one in refresh(definitions, fetch, api.rstrip("/"), today=datetime.now(UTC).date()):
        print(one.diff(), end="")
        for words in (*one.remarks, *(f"could not be read: {each}" for each in one.unread)):
            print(f"{one.file}: {words}", file=sys.stderr)
        unread += len(one.unread)
        if write and one.after != one.before:
            _write(definitions / one.file, one.after)
    if unread:
        raise typer.Exit(1)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8")
    except OSError as refused:
        raise Unavailable("file-unwritable", f"{file} cannot be written: {refused.strerror or refused}.") from refused
    print(f"Wrote {file}; read the difference, then run: okbadges catalogue check", file=sys.stderr)
