"""Participants in groups, for tests of what happens there: somebody leads them, and somebody else does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.organisations.groups import WantedGroup, create_group, hand_over
from okbadges.organisations.members import create_member
from okbadges.organisations.participants import add_participants
from okbadges.organisations.roles import Role
from okbadges.organisations.workshops import find_organisation, find_workshop

if TYPE_CHECKING:
    import uuid

    from okbadges.organisations.groups import Group
    from support.world import World


def new_group(world: World, *, slug: str = "aamu", leader: uuid.UUID | None = None) -> Group:
    """Make a group of Kemi's café that Iida leads, or somebody else."""
    rooms = world.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
        cafe = find_workshop(session, kemi, "kahvila")
    wanted = WantedGroup(cafe, leader or world.keys.iida_id, slug, slug.title())
    return create_group(rooms.writer, rooms.stamp("test"), organisation=kemi, wanted=wanted)


def new_participant(world: World, group: Group | None = None, label: str = "Sani") -> uuid.UUID:
    """Add somebody to a group, one of Iida's if none is given, and return their id."""
    rooms = world.rooms
    group = group or new_group(world)
    return add_participants(rooms.writer, rooms.stamp("test"), rooms.secrets, group=group, labels=[label])[0].id


def pass_on(world: World, group: Group, to: uuid.UUID) -> None:
    """Let another member lead the group from now on."""
    hand_over(world.rooms.writer, world.rooms.stamp("test"), group, to=to)


def new_member(world: World, role: Role = Role.INSTRUCTOR, *, organisation: str = "kemi") -> uuid.UUID:
    """Add a member to an organisation and return their id."""
    rooms = world.rooms
    with rooms.database.read() as session:
        found = find_organisation(session, organisation)
    stamp = rooms.stamp("test")
    return create_member(rooms.writer, stamp, rooms.secrets, organisation=found, role=role, name="Oiva").id


def as_somebody_else(world: World, *, organisation: str = "kemi") -> dict[str, str]:
    """Return the headers of another instructor, who leads no group."""
    member = new_member(world, organisation=organisation)
    return world.key((), organisation=organisation, role=Role.INSTRUCTOR, member_id=member)
