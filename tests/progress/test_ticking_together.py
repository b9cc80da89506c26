"""Several steps that were seen at once, of one participant or of several: one observation, one event for each."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from okbadges.errors import Conflict, InvalidInput, NotFound
from okbadges.progress.ticking import Sighting, find_steps, steps_for, tick_steps
from support.groups import Journal
from support.learners import new_group, new_member, new_participant
from support.work import caller_of, retire
from support.world import TODAY

if TYPE_CHECKING:
    from okbadges.progress.ticking import ParticipantStep
    from support.world import World

BADGE = "digi-turva"
SEEN = Sighting("instructor", "observation", TODAY, note="Teki itse.")


def steps(world: World, participant: uuid.UUID) -> list[ParticipantStep]:
    """Return the steps of the badge for one of Iida's participants."""
    with world.rooms.database.read() as session:
        return steps_for(session, caller_of(world), participant, BADGE)


def tick(world: World, wanted: list[ParticipantStep], seen: Sighting = SEEN) -> int:
    """Tick steps and return how many are new."""
    rooms = world.rooms
    return tick_steps(rooms.writer, rooms.stamp("test"), rooms.secrets, wanted, seen)


def test_it_works(world: World) -> None:
    """Two steps of two people are four events; the same again is none, and what is new beside it is one."""
    group = new_group(world)
    sani, eino = new_participant(world, group), new_participant(world, group, "Eino")
    journal = Journal(world)
    wanted = [*steps(world, sani)[:2], *steps(world, eino)[:2]]
    assert tick(world, wanted) == 4
    assert journal.actions() == ["step.ticked"] * 4
    assert tick(world, wanted) == 0
    assert journal.actions() == []
    assert tick(world, steps(world, sani)) == 1
    assert journal.actions() == ["step.ticked"]


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        (replace(SEEN, observed_on=TODAY + timedelta(days=1)), "observed-in-future"),
        (replace(SEEN, note="soita 040 123 4567"), "note-personal-details"),
        (replace(SEEN, note="x" * 501), "note-too-long"),
        (replace(SEEN, badge_version=7), "badge-changed"),
    ],
)
def test_what_is_refused_is_refused_for_all(world: World, seen: Sighting, code: str) -> None:
    """A day, a note or a version that is not taken leaves no step ticked."""
    sani = new_participant(world)
    wanted, journal = steps(world, sani), Journal(world)
    with pytest.raises((InvalidInput, Conflict)) as refused:
        tick(world, wanted, seen)
    assert refused.value.code == code
    assert journal.news() == []


def test_none_is_ticked_of_a_retired_badge(world: World) -> None:
    """What is not awarded any more is not ticked either."""
    sani = new_participant(world)
    retire(world, BADGE)
    with pytest.raises(InvalidInput, match="retired"):
        tick(world, steps(world, sani))


def test_what_there_is_not_is_not_found(world: World) -> None:
    """No step, a step of another version, a badge that there is not, somebody else's participant."""
    sani = new_participant(world)
    key = steps(world, sani)[0].criterion_hash
    other = caller_of(world, new_member(world))
    with world.rooms.database.read() as session:
        with pytest.raises(InvalidInput, match="Choose the steps"):
            find_steps(session, caller_of(world), sani, BADGE, [])
        with pytest.raises(Conflict, match="have changed"):
            find_steps(session, caller_of(world), sani, BADGE, [key, "0" * 64])
        with pytest.raises(NotFound, match="no badge"):
            find_steps(session, caller_of(world), sani, "digi-xyz", [key])
        for caller, participant in ((other, sani), (caller_of(world), uuid.uuid4())):
            with pytest.raises(NotFound, match="None of your groups"):
                find_steps(session, caller, participant, BADGE, [key])
