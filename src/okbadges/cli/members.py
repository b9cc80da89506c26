"""Members: who works for an organisation, in which role."""

from __future__ import annotations

import uuid  # noqa: TC003 - typer reads the annotation at run time
from typing import Annotated

import typer

from okbadges.cli.opened import OPERATOR, open_rooms
from okbadges.organisations.members import create_member, leave, members_of
from okbadges.organisations.roles import Role  # noqa: TC001 - typer reads the annotation at run time
from okbadges.organisations.sign_ins import make_sign_in_link, sign_out_everywhere
from okbadges.organisations.workshops import find_organisation

commands = typer.Typer(help="Members: who works for an organisation.", no_args_is_help=True)

_Organisation = Annotated[str, typer.Argument(help="Slug of the organisation")]


@commands.command("add")
def add(
    organisation: _Organisation,
    name: Annotated[str, typer.Option(help="Kept sealed; only administrators see it")],
    role: Annotated[Role, typer.Option(help="What they are to the organisation; a partner is a program, not a member")],
) -> None:
    """Add somebody who works for an organisation; an access key of theirs is made with: okbadges access-key create."""
    with open_rooms() as rooms:
        with rooms.database.read() as session:
            owner = find_organisation(session, organisation)
        stamp = rooms.stamp(OPERATOR)
        made = create_member(rooms.writer, stamp, rooms.secrets, organisation=owner, role=role, name=name)
    print(f"{made.id}\nAdded as {role} of {organisation}")


@commands.command("list")
def list_all(organisation: _Organisation) -> None:
    """List who works and worked for an organisation."""
    with open_rooms() as rooms, rooms.database.read() as session:
        for member in members_of(session, rooms.secrets, find_organisation(session, organisation)):
            left = f"  (left {member.left_at.date()})" if member.left_at else ""
            print(f"{member.id}  {member.role:<13}  {member.name}{left}")


@commands.command("leave")
def let_leave(
    organisation: _Organisation, member: Annotated[uuid.UUID, typer.Argument(help="Id: okbadges member list")]
) -> None:
    """Let a member leave: their access keys open nothing from then on. Their running groups are handed over first."""
    with open_rooms() as rooms:
        with rooms.database.read() as session:
            owner = find_organisation(session, organisation)
        leave(rooms.writer, rooms.stamp(OPERATOR), organisation=owner, member_id=member)
    print(f"{member} has left {organisation}, and their access keys are revoked")


@commands.command("sign-in-link")
def sign_in_link(
    organisation: _Organisation, member: Annotated[uuid.UUID, typer.Argument(help="Id: okbadges member list")]
) -> None:
    """Make a link with which a member signs in on a page, once, within a day. Hand it over in a way that reaches nobody else."""
    with open_rooms() as rooms:
        with rooms.database.read() as session:
            owner = find_organisation(session, organisation)
        made = make_sign_in_link(
            rooms.writer,
            rooms.stamp(OPERATOR),
            rooms.secrets,
            base_url=rooms.base_url,
            organisation=owner,
            member_id=member,
        )
    print(f"{made.address}\nWorks once, until {made.expires_at:%Y-%m-%d %H:%M} UTC")


@commands.command("sign-out")
def sign_out(
    organisation: _Organisation, member: Annotated[uuid.UUID, typer.Argument(help="Id: okbadges member list")]
) -> None:
    """End every sign-in of a member, and a link that is on its way: after a lost phone."""
    with open_rooms() as rooms:
        with rooms.database.read() as session:
            owner = find_organisation(session, organisation)
        count = sign_out_everywhere(rooms.writer, rooms.stamp(OPERATOR), organisation=owner, member_id=member)
    print(f"Signed out: {count}")
