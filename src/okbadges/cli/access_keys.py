"""Access keys of people and programs: made, listed, revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID  # noqa: TC003 - typer reads the annotation at run time

import typer

from okbadges.cli.opened import OPERATOR, open_rooms
from okbadges.organisations.access_keys import LONGEST_LIFE, WantedKey, create_access_key
from okbadges.organisations.known_keys import list_access_keys, revoke_access_key
from okbadges.organisations.roles import Role, Scope
from okbadges.organisations.workshops import find_organisation

commands = typer.Typer(help="Access keys of people and programs.", no_args_is_help=True)


@commands.command("create")
def create(
    organisation: Annotated[list[str], typer.Argument(help="Slugs of the organisations it may act for")],
    label: Annotated[str, typer.Option(help="What it is for; never a person's name")],
    scope: Annotated[
        list[Scope] | None,
        typer.Option(
            help="What it may do; can be given several times. Left out: all that its role may (a partner says it)"
        ),
    ] = None,
    role: Annotated[Role, typer.Option(help="A member's role, or what a program is")] = Role.PARTNER,
    member: Annotated[UUID | None, typer.Option(help="Id of the member whose key it is")] = None,
    days: Annotated[int, typer.Option(min=1, max=LONGEST_LIFE.days, help="How long it lasts")] = 365,
) -> None:
    """Make an access key and show it, once."""
    with open_rooms() as rooms:
        with rooms.database.read() as session:
            owners = [find_organisation(session, slug) for slug in dict.fromkeys(organisation)]
        stamp = rooms.stamp(OPERATOR)
        wanted = WantedKey(label, owners, scope or (), stamp.now + timedelta(days=days), role, member)
        key = create_access_key(rooms.writer, stamp, rooms.secrets, wanted)
    print(f"{key}\nThis is the only time it is shown. It lasts until {wanted.expires_at.date()}.")


@commands.command("list")
def list_all() -> None:
    """List the access keys by prefix: role, state, end, last use, organisations, scopes, label."""
    with open_rooms() as rooms, rooms.database.read() as session:
        for key in list_access_keys(session, now=rooms.now()):
            used = f"used {key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never used"
            print(
                f"{key.prefix}  {key.role:<13}  {key.state:<11}  until {key.expires_at.date()}  {used:<21}  "
                f"{','.join(key.organisations)}  {' '.join(key.scopes)}  {key.label}"
            )


@commands.command("revoke")
def revoke(prefix: Annotated[str, typer.Argument(help="The part between okb_ and the next _")]) -> None:
    """Revoke an access key at once."""
    with open_rooms() as rooms:
        revoke_access_key(rooms.writer, rooms.stamp(OPERATOR), prefix)
    print(f"The access key {prefix} is revoked")
