"""Who leads whom: the one question that decides who may work with a participant."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from sqlmodel import col

from okbadges.errors import NotFound
from okbadges.organisations.access_keys import caller_of
from okbadges.organisations.groups import end_group, led_by, require_leader
from okbadges.organisations.roles import Role
from okbadges.organisations.stays import leave
from okbadges.storage.tables import ParticipantRow
from support.groups import colleague
from support.learners import new_group, new_participant, pass_on

if TYPE_CHECKING:
    from support.world import World


def may(world: World, headers: dict[str, str], participant: uuid.UUID) -> bool:
    """Tell whether whoever holds this key may work with the participant."""
    key = headers["Authorization"].removeprefix("Bearer ")
    with world.rooms.database.read() as session:
        caller = caller_of(session, world.rooms.secrets, key, now=world.clock())
        try:
            return require_leader(session, caller, participant).slug == "kemi"
        except NotFound:
            return False


def leads(world: World, member: uuid.UUID, participant: uuid.UUID) -> bool:
    """Tell whether the member leads the participant."""
    with world.rooms.database.read() as session:
        return led_by(session, member, participant)


def test_it_works(world: World) -> None:
    """The leader and the administrator may work with a participant; nobody else, whatever their role."""
    participant = new_participant(world)
    assert leads(world, world.keys.iida_id, participant)
    assert may(world, world.as_iida(), participant)
    assert may(world, world.as_aino(), participant)
    others = (world.as_tuula(), world.as_audrey(), world.as_partner(), colleague(world)[1])
    assert not any(may(world, headers, participant) for headers in others)


def test_a_program_that_is_nobodys_leads_nobody(world: World) -> None:
    """A key of an instructor's role without a member opens no participant."""
    assert not may(world, world.key((), role=Role.INSTRUCTOR), new_participant(world))


def test_an_administrator_of_another_organisation_is_a_stranger(world: World) -> None:
    """Administering one organisation says nothing of another."""
    _, ranua = colleague(world, Role.ADMINISTRATOR, "ranua")
    assert not may(world, ranua, new_participant(world))


def test_who_is_not_there_is_unknown(world: World) -> None:
    """An id of nobody is answered like that of somebody else's participant."""
    assert not may(world, world.as_aino(), uuid.uuid4())


@pytest.mark.parametrize("how", ["leaves", "ends", "handed over"])
def test_leading_ends(world: World, how: str) -> None:
    """Who has left, whose group ended or was handed over is led by Iida no more, and still known to the administrator."""
    group = new_group(world)
    participant = new_participant(world, group)
    rooms, stamp = world.rooms, world.rooms.stamp("test")
    other, other_key = colleague(world)
    if how == "leaves":
        leave(rooms.writer, stamp, group=group, participant_id=participant)
    elif how == "ends":
        end_group(rooms.writer, stamp, group)
    else:
        pass_on(world, group, other)
    assert not leads(world, world.keys.iida_id, participant)
    assert not may(world, world.as_iida(), participant)
    assert may(world, world.as_aino(), participant)
    assert may(world, other_key, participant) is (how == "handed over")


def test_one_of_several_groups_is_enough(world: World) -> None:
    """Somebody in two groups is led by both leaders."""
    mine = new_group(world)
    participant = new_participant(world, mine)
    other, other_key = colleague(world)
    theirs = new_group(world, slug="ilta", leader=other)
    answer = world.client.post(f"/v1/groups/{theirs.id}/participants/{participant}/join", headers=world.as_aino())
    assert answer.status_code == 204
    assert may(world, world.as_iida(), participant)
    assert may(world, other_key, participant)


def test_the_one_who_stands_for_the_erased_is_nobodys(world: World) -> None:
    """Nobody works with the row to which the credentials of erased people belong, not even an administrator."""
    participant = new_participant(world)
    its = update(ParticipantRow).where(col(ParticipantRow.id) == participant).values(stands_for_erased=True)
    world.rooms.writer.write(lambda connection: connection.execute(its).rowcount)
    assert not may(world, world.as_iida(), participant)
    assert not may(world, world.as_aino(), participant)
