"""Access keys of programs: made, listed, revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from okbadges.cli.opened import OPERATOR, open_rooms
from okbadges.organisations.access_keys import WantedKey, create_access_key, list_access_keys, revoke_access_key
from okbadges.organisations.roles import Scope  # noqa: TC001 - typer reads the annotation at run time
from okbadges.organisations.workshops import find_organisation

commands = typer.Typer(help="Access keys of programs.", no_args_is_help=True)


@commands.command("create")
def create(
    organisation: Annotated[list[str], typer.Argument(help="Slugs of the organisations it may act for")],
    label: Annotated[str, typer.Option(help="What it is for; never a person's name")],
    scope: Annotated[list[Scope], typer.Option(help="What it may do; can be given several times")],
    days: Annotated[int, typer.Option(min=1, max=1100, help="How long it lasts")] = 365,
) -> None:
    """Make an access key and show it, once."""
    with open_rooms() as rooms:
        with rooms.database.read() as session:
            owners = [find_organisation(session, slug) for slug in organisation]
        now = rooms.now()
        key = create_access_key(
            rooms.writer,
            rooms.stamp(OPERATOR),
            rooms.secrets,
            WantedKey(label=label, organisations=owners, scopes=scope, expires_at=now + timedelta(days=days)),
        )
    print(f"{key}\nThis is the only time it is shown. It lasts until {(now + timedelta(days=days)).date()}.")


@commands.command("list")
def list_all() -> None:
    """List the access keys by prefix."""
    with open_rooms() as rooms, rooms.database.read() as session:
        for line in list_access_keys(session, now=rooms.now()):
            print(line)


@commands.command("revoke")
def revoke(prefix: Annotated[str, typer.Argument(help="The part between okb_ and the next _")]) -> None:
    """Revoke an access key at once."""
    with open_rooms() as rooms:
        revoke_access_key(rooms.writer, rooms.stamp(OPERATOR), prefix)
    print(f"The access key {prefix} is revoked")
