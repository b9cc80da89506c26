"""Which ticks count for which version of a badge, and what they tell together."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from okbadges.catalogue import shelf
from okbadges.catalogue.published import PublishedBadge, Texts
from okbadges.progress.observation import Observation
from okbadges.progress.steps import Progress, Step, Tick, criterion_hash, progress_of, started_badges
from okbadges.storage.ids import uuid4
from okbadges.storage.tables import TickedStepRow
from okbadges.storage.writer import add
from support.learners import new_participant

if TYPE_CHECKING:
    import uuid

    from support.world import World

BADGE = "digi-turva"
WORDS = Texts(fi="Vaihtaa salasanan.", sv="Byter lösenord.", en="Changes a password.")


def step(number: int, *, on: int | None = None, by: str = "instructor", how: str = "observation") -> Step:
    """Return a step that was ticked on a day of November, or not at all."""
    tick = None
    if on is not None:
        tick = Tick(uuid4(bytes), by, how, date(2026, 11, on), None, datetime(2026, 11, 21, tzinfo=UTC))
    return Step(number, WORDS, tick)


def ticked(world: World, participant: uuid.UUID, number: int) -> None:
    """Store a tick of a step of the newest version, as `tick_step` does."""
    rooms = world.rooms
    with rooms.database.read() as session:
        row = shelf.latest_row(session, BADGE)
        criterion = PublishedBadge.model_validate_json(row.definition).criteria[number - 1]
    stamp = rooms.stamp("test")
    tick = TickedStepRow(
        id=stamp.row_id(),
        participant_id=participant,
        badge=BADGE,
        badge_version_id=row.id,
        step=number,
        criterion_hash=criterion_hash(criterion),
        observed_by="instructor",
        method="observation",
        observed_on=date(2026, 11, 20),
        ticked_at=stamp.now,
        ticked_by="test",
    )
    rooms.writer.write(lambda connection: add(connection, tick))


def newer_version(world: World, criteria: tuple[Texts, ...]) -> PublishedBadge:
    """Publish a new version of the badge that says this."""
    rooms = world.rooms
    with rooms.database.read() as session:
        old = shelf.latest_badge(session, BADGE)
    badge = old.model_copy(update={"version": old.version + 1, "criteria": criteria})
    shelf.publish(rooms.writer, rooms.stamp("test"), {BADGE: (badge, {"fi": b"png"})}, frozenset())
    return badge


def test_a_step_is_known_by_its_words() -> None:
    """The same words are the same step; another word, in whichever language, is another one."""
    assert criterion_hash(WORDS) == criterion_hash(Texts.model_validate_json(WORDS.model_dump_json()))
    others = [
        WORDS.model_copy(update={language: text}) for language in ("fi", "sv", "en", "se") for text in ("Muuta.", "x")
    ]
    hashes = {criterion_hash(other) for other in (*others, WORDS, WORDS.model_copy(update={"en": None}))}
    assert len(hashes) == len(others) + 2


def test_languages_do_not_run_into_one_another() -> None:
    """Words that move from one language to another are other words."""
    assert criterion_hash(Texts(fi="a", sv="b")) != criterion_hash(Texts(fi="a", en="b"))


def test_what_is_missing_goes_by_number() -> None:
    """Steps that are not ticked are told by their 1-based numbers."""
    assert Progress((step(1), step(2, on=3), step(3))).missing == (1, 3)
    assert Progress((step(1, on=3),)).missing == ()


def test_without_ticks_there_is_no_observation() -> None:
    """Nothing seen, nothing told."""
    assert Progress((step(1), step(2))).observation() is None


def test_ticks_tell_the_observation_together() -> None:
    """Occasions are distinct days; methods each once; the role is the one that saw the most."""
    progress = Progress(
        (
            step(1, on=9, how="work-sample"),
            step(2, on=5, by="teacher"),
            step(3, on=9),
            step(4),
            step(5, on=12, how="work-sample"),
        )
    )
    assert progress.observation() == Observation(
        observed_by="instructor",
        methods=("observation", "work-sample"),
        occasions=3,
        observed_from=date(2026, 11, 5),
        observed_until=date(2026, 11, 12),
    )


def test_between_two_roles_the_first_to_see_a_step_counts() -> None:
    """The answer does not depend on the order of the steps."""
    for steps in ((step(1, on=9), step(2, on=5, by="teacher")), (step(1, on=5, by="teacher"), step(2, on=9))):
        observation = Progress(steps).observation()
        assert observation is not None
        assert observation.observed_by == "teacher"


@pytest.mark.parametrize("moved", [False, True])
def test_a_tick_counts_for_each_version_that_says_the_same(world: World, *, moved: bool) -> None:
    """Words that stay keep their tick, also at another place; words that change start anew; going back brings the tick back."""
    participant = new_participant(world)
    ticked(world, participant, 1)
    with world.rooms.database.read() as session:
        first = shelf.latest_badge(session, BADGE)
        assert 1 not in progress_of(session, participant, first).missing
    kept, *rest = first.criteria
    second = newer_version(world, (*rest, kept) if moved else (WORDS, *rest))
    with world.rooms.database.read() as session:
        done = [one.number for one in progress_of(session, participant, second).steps if one.tick]
        assert done == ([len(first.criteria)] if moved else [])
        assert 1 not in progress_of(session, participant, first).missing
    third = newer_version(world, first.criteria)
    with world.rooms.database.read() as session:
        assert 1 not in progress_of(session, participant, third).missing


def test_ticks_are_of_one_participant_and_one_badge(world: World) -> None:
    """What somebody else showed, or another badge, says nothing."""
    participant = new_participant(world)
    ticked(world, participant, 1)
    with world.rooms.database.read() as session:
        badge, other = shelf.latest_badge(session, BADGE), shelf.latest_badge(session, "digi-laite")
        same_words = other.model_copy(update={"criteria": badge.criteria})
        assert len(progress_of(session, uuid4(world.rooms.random_bytes), badge).missing) == len(badge.criteria)
        assert len(progress_of(session, participant, same_words).missing) == len(badge.criteria)
        assert started_badges(session, participant) == [BADGE]
