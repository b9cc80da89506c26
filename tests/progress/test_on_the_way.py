"""Where several people stand at once: what each has begun, what can be awarded now, what they hold."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from okbadges.progress.on_the_way import standpoints
from okbadges.progress.ticking import find_steps, steps_for
from support.corrections import COLLECTED, SUMMARY, correct
from support.learners import new_group, new_participant
from support.work import caller_of, retire, show_steps
from support.world import TODAY

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from okbadges.progress.on_the_way import Standpoint
    from support.world import World

BADGE = "digi-turva"


def stand(world: World, *participants: uuid.UUID) -> list[Standpoint]:
    """Return where these people stand today."""
    with world.rooms.database.read() as session:
        found = standpoints(session, participants, today=TODAY)
    return [found[one] for one in participants]


def begun(at: Standpoint) -> list[str]:
    """Return the slugs of what somebody has begun."""
    return [one.badge.slug for one in at.begun]


def test_it_works(world: World) -> None:
    """Of two people in a group one has begun two badges, and has shown all of one; the other has begun none."""
    group = new_group(world)
    sani, eino = new_participant(world, group), new_participant(world, group, "Eino")
    show_steps(world, sani, "kasi-puu", 1)
    world.clock.move(minutes=1)
    show_steps(world, sani, "arki-ruoka", 1)
    show_steps(world, sani, BADGE)
    at, other = stand(world, sani, eino)
    assert begun(at) == [BADGE, "arki-ruoka", "kasi-puu"]
    assert [one.badge.slug for one in at.ready] == [BADGE]
    assert [len(one.progress.missing) for one in at.unfinished] == [3, 3]
    assert (other.begun, other.held) == ((), ())


def test_what_is_held_is_not_on_its_way(world: World) -> None:
    """After the award the badge is held, with its day and language; what was ticked for it is not shown as begun."""
    sani = new_participant(world)
    show_steps(world, sani, BADGE)
    issued = world.issue(participant=str(sani), badge=BADGE, language="sv")
    [at] = stand(world, sani)
    assert at.begun == ()
    held = at.holds(BADGE)
    assert held is not None
    assert (held.badge, held.language, held.awarded_on.isoformat()) == (BADGE, "sv", "2026-11-20")
    assert at.holds("kasi-puu") is None
    correct(world, issued["id"], "revoke", reason="issued-in-error")
    [at] = stand(world, sani)
    assert (begun(at), at.held) == ([BADGE], ())


def test_what_was_replaced_counts_once(world: World) -> None:
    """A corrected badge is held once, in its newer form."""
    sani = new_participant(world)
    issued = world.issue(participant=str(sani), badge=BADGE)
    answer = correct(world, issued["id"], "reissue", changes={"language": "en"})
    assert answer.status_code == 201, answer.text
    [at] = stand(world, sani)
    assert [one.language for one in at.held] == ["en"]


def test_what_has_ended_is_not_held(world: World) -> None:
    """From the day after its last one a badge is on its way again."""
    sani = new_participant(world)
    world.issue(participant=str(sani), badge=BADGE, valid_until=TODAY.isoformat())
    [at] = stand(world, sani)
    assert at.holds(BADGE)
    with world.rooms.database.read() as session:
        later = standpoints(session, [sani], today=TODAY + timedelta(days=1))[sani]
    assert later.held == ()


def test_a_summary_badge_waits_for_what_it_collects(world: World) -> None:
    """Ticked steps alone are not enough; with every badge that it collects it is begun, ready only when its own steps were seen."""
    sani = new_participant(world)
    show_steps(world, sani, SUMMARY)
    [at] = stand(world, sani)
    assert begun(at) == [SUMMARY]
    assert set(at.begun[0].to_collect) == set(COLLECTED)
    assert at.ready == ()
    eino = new_participant(world, new_group(world, slug="ilta"), "Eino")
    for slug in COLLECTED:
        for one in (sani, eino):
            world.issue(participant=str(one), badge=slug)
    with_steps, without = stand(world, sani, eino)
    assert [one.badge.slug for one in with_steps.ready] == [SUMMARY]
    assert (begun(without), without.ready) == ([SUMMARY], ())


def test_a_retired_badge_is_not_on_its_way(world: World) -> None:
    """What is not awarded any more is not offered; who holds it holds it."""
    group = new_group(world)
    sani, eino = new_participant(world, group), new_participant(world, group, "Eino")
    show_steps(world, sani, BADGE, 1)
    world.issue(participant=str(eino), badge=BADGE)
    retire(world, BADGE)
    at, other = stand(world, sani, eino)
    assert at.begun == ()
    assert [one.badge for one in other.held] == [BADGE]


@pytest.mark.parametrize("others", [0, 5])
def test_a_group_takes_as_many_queries_as_one_person(world: World, others: int) -> None:
    """How many people there are does not matter to the database."""
    group = new_group(world)
    people = [new_participant(world, group, f"Sani {number}") for number in range(others + 1)]
    for one in people:
        show_steps(world, one, BADGE, 1)
    asked: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    engine = world.rooms.database.engine
    event.listen(engine, "before_cursor_execute", count)
    stand(world, *people)
    event.remove(engine, "before_cursor_execute", count)
    assert len([one for one in asked if one.lstrip().startswith("SELECT")]) == 3


def keys(world: World, participant: uuid.UUID, badge: str) -> Sequence[str]:
    """Return the hashes of a badge's criteria, in order."""
    with world.rooms.database.read() as session:
        return [step.criterion_hash for step in steps_for(session, caller_of(world), participant, badge)]


def test_steps_are_found_by_their_words(world: World) -> None:
    """In the order of the badge, whatever the order in which they were chosen."""
    sani = new_participant(world)
    first, second, third = keys(world, sani, BADGE)
    with world.rooms.database.read() as session:
        found = find_steps(session, caller_of(world), sani, BADGE, {third, first})
    assert [step.number for step in found] == [1, 3]
    assert second not in [step.criterion_hash for step in found]
