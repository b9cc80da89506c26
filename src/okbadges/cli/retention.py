"""Retention by hand: what would be deleted, and deleting it. The server does it daily by itself."""

from __future__ import annotations

from typing import Annotated

import typer

from okbadges.cli.opened import OPERATOR, open_rooms
from okbadges.operations import retention
from okbadges.operations.duties import last_run
from okbadges.operations.plan import RETENTION

commands = typer.Typer(help="What is deleted by itself after its time.", no_args_is_help=True)


@commands.command("plan")
def plan() -> None:
    """Say what a run would delete now."""
    with open_rooms() as rooms, rooms.database.read() as session:
        found = retention.due(session, rooms.periods, now=rooms.now())
        when = last_run(session, RETENTION)
    print(found.in_words().replace("Deleted", "To be deleted"))
    print(f"Last run: {when:%Y-%m-%d %H:%M} UTC" if when else "It never ran yet.")


@commands.command("run")
def run(
    clock_is_right: Annotated[  # noqa: FBT002 - typer makes a flag of it
        bool, typer.Option("--clock-is-right", help="Delete although the last run is very long ago by the clock")
    ] = False,
) -> None:
    """Delete now what is old enough, and say what it was."""
    with open_rooms() as rooms:
        with rooms.database.read() as session:
            when = None if clock_is_right else last_run(session, RETENTION)
        deleted = retention.run(rooms.writer, rooms.stamp(OPERATOR), rooms.periods, last_run_at=when)
    print(deleted.in_words())
