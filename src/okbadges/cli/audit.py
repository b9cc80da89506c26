"""The journal of events, and whether its hash chains are whole."""

from __future__ import annotations

import typer

from okbadges.cli.opened import open_rooms
from okbadges.storage.journal import broken_links

commands = typer.Typer(help="The journal of every change.", no_args_is_help=True)


@commands.callback()
def _commands() -> None:
    """Keep ``verify`` a word of its own: there will be more."""


@commands.command("verify")
def verify_chains() -> None:
    """Walk the hash chain of every issuer; exit status 1 and the broken places when one is not whole."""
    with open_rooms() as rooms, rooms.database.read() as session:
        broken = list(broken_links(session))
    for place in broken:
        print(place)
    if broken:
        print("Somebody or something changed the journal. Keep this database as it is and compare it with a backup.")
        raise typer.Exit(1)
    print("Every chain is whole.")
