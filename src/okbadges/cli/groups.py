"""Groups: made, handed over, ended; their participants in and out as CSV. Labels are for leaders: nothing here shows one."""

from __future__ import annotations

import sys
import uuid  # noqa: TC003 - typer reads the annotation at run time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from okbadges.catalogue.neutrality import find_disclosing_words
from okbadges.cli.neutral import warn
from okbadges.cli.opened import OPERATOR, open_rooms
from okbadges.organisations.groups import (
    WantedGroup,
    create_group,
    end_group,
    find_group_by_slug,
    groups_of,
    hand_over,
)
from okbadges.organisations.labels import warnings_for
from okbadges.organisations.rosters import Reader, check_roster, import_roster
from okbadges.organisations.sheets import read_roster, write_roster
from okbadges.organisations.workshops import find_organisation, find_workshop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from okbadges.edge.rooms import Rooms
    from okbadges.organisations.groups import Group
    from okbadges.organisations.rosters import Mistake, Outcome

commands = typer.Typer(help="Groups: a few participants and who leads them.", no_args_is_help=True)

_Organisation = Annotated[str, typer.Argument(help="Slug of the organisation")]
_Group = Annotated[str, typer.Argument(help="Slug of the group")]
_File = Annotated[
    Path,
    typer.Argument(
        exists=True, dir_okay=False, readable=True, help="CSV with the columns label, participant (id), or both"
    ),
]


@commands.command("create")
def create(
    organisation: _Organisation,
    slug: str,
    workshop: Annotated[str, typer.Option(help="Slug of the workshop")],
    leader: Annotated[uuid.UUID, typer.Option(help="Id of the member who leads it: okbadges member list")],
    name: Annotated[str, typer.Option(help="Name the work, not why people are there")],
) -> None:
    """Make a group at a workshop."""
    warn(name)
    with open_rooms() as rooms:
        with rooms.database.read() as session:
            owner = find_organisation(session, organisation)
            place = find_workshop(session, owner, workshop)
        wanted = WantedGroup(place, leader, slug, name)
        create_group(rooms.writer, rooms.stamp(OPERATOR), organisation=owner, wanted=wanted)
    print(f"Created the group {slug} of {organisation}")


@commands.command("list")
def list_all(organisation: _Organisation) -> None:
    """List the groups of an organisation."""
    with open_rooms() as rooms, rooms.database.read() as session:
        for group in groups_of(session, find_organisation(session, organisation)):
            state = f"ended {group.ended_at.date()}" if group.ended_at else f"{group.present} in it"
            print(f"{group.slug}  {group.name}  {group.workshop}  led by {group.leader_id}  {state}")


@commands.command("hand-over")
def hand_group_over(
    organisation: _Organisation,
    group: _Group,
    to: Annotated[uuid.UUID, typer.Option(help="Id of the member who leads it from now on")],
) -> None:
    """Hand a group over to another member of the organisation."""
    with open_rooms() as rooms:
        hand_over(rooms.writer, rooms.stamp(OPERATOR), _found(rooms, organisation, group), to=to)
    print(f"{organisation}/{group} is led by {to} from now on")


@commands.command("end")
def end(organisation: _Organisation, group: _Group) -> None:
    """End a group: everybody in it leaves it."""
    with open_rooms() as rooms:
        end_group(rooms.writer, rooms.stamp(OPERATOR), _found(rooms, organisation, group))
    print(f"{organisation}/{group} has ended")


@commands.command("import")
def import_participants(
    organisation: _Organisation,
    group: _Group,
    file: _File,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing; tell what would happen, and every mistake")
    ] = False,
) -> None:
    """Take in participants from a CSV file, all rows or none; the same file again changes nothing. Exit status 1 for mistakes."""
    with open_rooms() as rooms:
        found, rows = _found(rooms, organisation, group), read_roster(file.read_bytes())
        with rooms.database.read() as session:
            planned, mistakes = check_roster(session, rooms.secrets, group=found, rows=rows, reader=Reader())
        if not dry_run and not mistakes:
            stamp = rooms.stamp(OPERATOR)
            planned = import_roster(rooms.writer, stamp, rooms.secrets, group=found, rows=rows, reader=Reader())
    _tell(planned, mistakes)
    if mistakes:
        print(f"{len(mistakes)} mistakes; nothing was changed", file=sys.stderr)
        raise typer.Exit(1)
    if dry_run:
        print("A dry run: nothing was changed")


@commands.command("export")
def export_participants(
    organisation: _Organisation,
    group: _Group,
    output: Annotated[
        Path | None, typer.Option(dir_okay=False, help="The file to write; without it to the screen")
    ] = None,
) -> None:
    """Write the ids of who is in a group now as CSV. Labels are for its leader: GET /v1/groups/…/participants.csv with their key."""
    with open_rooms() as rooms:
        found = _found(rooms, organisation, group)
        with rooms.database.read() as session:
            written = write_roster(session, rooms.secrets, found, member_id=None)
    if output is None:
        sys.stdout.buffer.write(written)
        return
    output.write_bytes(written)
    print(f"Wrote {output}")


def _found(rooms: Rooms, organisation: str, group: str) -> Group:
    with rooms.database.read() as session:
        return find_group_by_slug(session, find_organisation(session, organisation), group)


def _tell(outcomes: Sequence[Outcome], mistakes: Sequence[Mistake]) -> None:
    """Say what became of each row, by its number and without its label."""
    for outcome in outcomes:
        print(f"row {outcome.number}: {outcome.result}  {outcome.participant_id or ''}".rstrip())
        for warning in warnings_for(outcome.label or ""):
            print(f"warning: row {outcome.number}: {warning.detail}")
        for word in find_disclosing_words(outcome.label or ""):
            print(f"warning: row {outcome.number}: “{word}” could tell why somebody is there")
    for mistake in mistakes:
        print(f"row {mistake.number}, {mistake.column}: {mistake.detail}")
