"""A school decides once about one person and one matter: whichever link, whichever requirements, however many press at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from okbadges.errors import Conflict
from okbadges.organisations.workshops import find_organisation
from okbadges.passport.erasure import erase_participant
from okbadges.passport.joining import join_passports
from okbadges.recognition.decisions import decisions_about, decisions_of
from okbadges.recognition.recognised import ever_decided, recognised
from okbadges.recognition.record import Requirements
from okbadges.recognition.standing import DecidedMeanwhile, one_matter, standing_decision
from okbadges.storage.writer import Writer
from support.college import new_college
from support.corrections import events, side_by_side
from support.decided import YTTT, YTYK, decide
from support.passport import holder_of
from support.sharing import sharer

if TYPE_CHECKING:
    import uuid

    from okbadges.recognition.record import DecisionRecord
    from support.college import College
    from support.sharing import Sharer
    from support.world import World

IN_2026 = YTTT.model_copy(update={"uri": "ammatillisenoppiaineet_yttt26", "code": "YTTT26"})
REQUIREMENTS_2026 = Requirements(generation="2026", diary_number=None, version=None, begins_on=None)


@pytest.fixture
def college(world: World) -> College:
    """Return the college where Tuula teaches."""
    return new_college(world)


def standing(world: World, college: College, sani: Sharer) -> list[uuid.UUID]:
    """Return what stands of the college about somebody."""
    with world.rooms.database.read() as session:
        return [one.id for one in decisions_about(session, college.provider.organisation, sani.participant)]


def test_an_area_is_one_matter_in_all_requirements(world: World) -> None:
    """By the areas whose place it took; a vocational unit or a part of TUVA is itself."""
    units = world.rooms.units
    whole = {"ammatillisenoppiaineet_yttt", "ammatillisenoppiaineet_yttt26"}
    assert [one_matter(units, one) for one in sorted(whole)] == [whole, whole]
    assert one_matter(units, "koulutuksenosattuva_102") == {"koulutuksenosattuva_102"}
    changed = one_matter(units, "ammatillisenoppiaineet_vvai26")
    assert {"ammatillisenoppiaineet_vvai", "ammatillisenoppiaineet_vvai22"} <= changed


def test_a_second_decision_is_refused_by_the_first(world: World, college: College) -> None:
    """Whoever keeps one learns which stands; in its place the new one is kept."""
    sani = sharer(world, "digi-turva")
    first = decide(world, college, sani)
    with pytest.raises(DecidedMeanwhile) as refused:
        decide(world, college, sani)
    assert refused.value.decision == first.id
    second = decide(world, college, sani, supersedes=first.id, correction="Toinen peruste.")
    assert standing(world, college, sani) == [second.id]
    assert len(events(world, "decision.made")) == 2


def test_other_requirements_are_no_other_matter(world: World, college: College) -> None:
    """What was decided in 2022 stands in 2026; another area does not."""
    sani, same = sharer(world, "digi-turva"), one_matter(world.rooms.units, YTTT.uri)
    first = decide(world, college, sani, matter=same)
    with pytest.raises(DecidedMeanwhile):
        decide(world, college, sani, target=IN_2026, requirements=REQUIREMENTS_2026, matter=same)
    second = decide(world, college, sani, target=YTYK)
    assert set(standing(world, college, sani)) == {first.id, second.id}


def test_other_people_and_other_schools_decide_for_themselves(world: World, college: College) -> None:
    """One decision for each of them."""
    sani, leo = sharer(world, "digi-turva"), sharer(world, "arki-raha")
    other = new_college(world, "saku")
    for school, who in ((college, sani), (college, leo), (other, sani)):
        decide(world, school, who)
    assert len(events(world, "decision.made")) == 3


def test_of_two_at_once_exactly_one_stands(world: World, college: College) -> None:
    """Two programs of two teachers keep a decision in the same moment, each with a writer of its own."""
    sani = sharer(world, "digi-turva")
    writers = [Writer(world.rooms.database), Writer(world.rooms.database)]

    def keep(writer: Writer) -> DecisionRecord | None:
        try:
            return decide(world, college, sani, writer=writer)
        except Conflict:
            return None

    try:
        kept = [one.id for one in side_by_side([partial(keep, writer) for writer in writers]) if one]
    finally:
        for writer in writers:
            writer.close()
    assert standing(world, college, sani) == kept
    assert len(kept) == len(events(world, "decision.made")) == 1


def test_what_was_erased_is_nobodys(world: World, college: College) -> None:
    """A decision of which nobody knows whose it was stands in nobody's way."""
    sani, leo = sharer(world, "digi-turva"), sharer(world, "arki-raha")
    decide(world, college, sani)
    with world.rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    stamp = world.rooms.stamp("test")
    erase_participant(world.rooms.writer, stamp, organisation=kemi, participant_id=sani.participant)
    decide(world, college, leo)
    with world.rooms.database.read() as session:
        assert len(decisions_of(session, college.provider.organisation)) == 2
        found = standing_decision(session.connection(), college.provider.organisation, None, {YTTT.uri})
    assert found is None


def test_of_joined_passports_the_newest_stands(world: World, college: College) -> None:
    """Two cards, two decisions, then one passport: it shows the newest, and a new one comes in the place of that one."""
    sani, also_sani = sharer(world, "digi-turva"), sharer(world, "arki-raha")
    first = decide(world, college, sani)
    world.clock.move(days=1)
    second = decide(world, college, also_sani)
    join_passports(world.rooms.writer, world.rooms.stamp("holder"), sani.holder, also_sani.card.id)
    world.clock.move(days=1)
    participants = holder_of(world, sani.card).participants
    rooms = world.rooms
    with rooms.database.read() as session:
        assert [one.record.id for one in recognised(session, rooms.secrets, participants, rooms.units)] == [second.id]
        assert len(ever_decided(session, rooms.secrets, participants)) == 2
    with pytest.raises(DecidedMeanwhile) as refused:
        decide(world, college, sani, supersedes=first.id, correction="x")
    assert refused.value.decision == second.id
    third = decide(world, college, sani, supersedes=second.id, correction="x")
    with rooms.database.read() as session:
        assert [one.record.id for one in recognised(session, rooms.secrets, participants, rooms.units)] == [third.id]
