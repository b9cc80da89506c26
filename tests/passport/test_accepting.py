"""Accepting: the holder's word on a badge, which needs no reason and can be changed."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, select

from okbadges.errors import Conflict, NotFound
from okbadges.organisations import consents
from okbadges.organisations.consents import Consenting, How, consents_of
from okbadges.passport.accepting import Decision, can_be_shown
from okbadges.storage.tables import CredentialRow
from support.corrections import correct, row_of
from support.groups import Journal
from support.learners import new_participant
from support.passport import give_badge, say, two_people

if TYPE_CHECKING:
    from support.world import World


def is_shown(world: World, row: uuid.UUID) -> bool:
    """Tell whether a link may show a badge."""
    with world.rooms.database.read() as session:
        found = session.exec(select(CredentialRow.id).where(col(CredentialRow.id) == row, can_be_shown())).all()
    return bool(found)


def test_it_works(world: World) -> None:
    """A new badge is nobody's to show until Sani takes it; her word is one event with codes, and her consent is kept."""
    sani = new_participant(world)
    row = give_badge(world, sani, accepted=False)
    assert not is_shown(world, row)
    journal = Journal(world)
    assert say(world, sani, row, Decision.ACCEPT)
    assert is_shown(world, row)
    [(action, subject, details)] = journal.news()
    assert (action, details) == ("credential.accepted", {"how": "passport"})
    assert subject.startswith("urn:uuid:")
    with world.rooms.database.read() as session:
        [consent] = consents_of(session, [sani])
    assert (consent.purpose, consent.given_how, consent.withdrawn_at) == (Consenting.RECEIVING, How.PASSPORT, None)


@pytest.mark.parametrize("word", [Decision.ACCEPT, Decision.DECLINE])
def test_saying_it_again_changes_nothing(world: World, word: Decision) -> None:
    """A second press is no second event."""
    sani = new_participant(world)
    row = give_badge(world, sani, accepted=False)
    assert say(world, sani, row, word)
    journal = Journal(world)
    assert not say(world, sani, row, word)
    assert journal.news() == []


def test_hiding_and_showing_again(world: World) -> None:
    """What is put away is shown to nobody and stays theirs; taking it out again is as easy."""
    sani = new_participant(world)
    row = give_badge(world, sani)
    journal = Journal(world)
    assert say(world, sani, row, Decision.HIDE)
    assert not is_shown(world, row)
    assert not say(world, sani, row, Decision.HIDE)
    assert say(world, sani, row, Decision.SHOW)
    assert not say(world, sani, row, Decision.SHOW)
    assert is_shown(world, row)
    assert journal.actions() == ["credential.hidden", "credential.shown"]


def test_changing_ones_mind(world: World) -> None:
    """Declined, taken after all, given up again: each is one event, and the last word stands."""
    sani = new_participant(world)
    row = give_badge(world, sani, accepted=False)
    journal = Journal(world)
    for word in (Decision.DECLINE, Decision.ACCEPT, Decision.HIDE, Decision.DECLINE):
        assert say(world, sani, row, word)
    assert not is_shown(world, row)
    assert len(journal.news()) == 4
    assert say(world, sani, row, Decision.ACCEPT)
    assert is_shown(world, row)


@pytest.mark.parametrize("word", [Decision.HIDE, Decision.SHOW])
@pytest.mark.parametrize("declined", [False, True])
def test_what_is_not_theirs_cannot_be_put_away(world: World, word: Decision, *, declined: bool) -> None:
    """Only what was accepted can be hidden."""
    sani = new_participant(world)
    row = give_badge(world, sani, accepted=False)
    if declined:
        say(world, sani, row, Decision.DECLINE)
    with pytest.raises(Conflict) as refused:
        say(world, sani, row, word)
    assert refused.value.code == "not-accepted"


@pytest.mark.parametrize("word", list(Decision))
def test_nobody_speaks_for_another(world: World, word: Decision) -> None:
    """A badge of somebody else, and one that never was, are unknown alike."""
    sani, eino = two_people(world)
    row = give_badge(world, eino, accepted=False)
    journal = Journal(world)
    for foreign in (row, uuid.uuid4()):
        with pytest.raises(NotFound) as refused:
            say(world, sani, foreign, word)
        assert refused.value.code == "unknown-credential"
    assert journal.news() == []


def test_two_presses_at_once_are_one_word(world: World) -> None:
    """A double press, or two open browsers, make one event and one consent."""
    sani = new_participant(world)
    row = give_badge(world, sani, accepted=False)
    journal = Journal(world)
    with ThreadPoolExecutor(8) as pool:
        changed = list(pool.map(lambda _: say(world, sani, row, Decision.ACCEPT), range(8)))
    assert changed.count(True) == 1
    assert journal.actions() == ["credential.accepted"]
    with world.rooms.database.read() as session:
        assert len(consents_of(session, [sani])) == 1


def test_one_word_is_for_a_badge_and_what_took_its_place(world: World) -> None:
    """Renewed, then put away: the earlier credential, which an older link names, is put away too; and so is the new one the other way round."""
    sani = new_participant(world)
    issued = world.issue(participant=str(sani), valid_until="2027-06-30")
    row = row_of(world, issued["id"]).id
    say(world, sani, row, Decision.ACCEPT)
    renewed = correct(world, issued["id"], "renew", valid_until="2028-01-01")
    assert renewed.status_code == 201, renewed.text
    newer = row_of(world, renewed.json()["id"]).id
    assert (is_shown(world, row), is_shown(world, newer)) == (True, True)
    say(world, sani, newer, Decision.HIDE)
    assert (is_shown(world, row), is_shown(world, newer)) == (False, False)
    say(world, sani, row, Decision.SHOW)
    assert (is_shown(world, row), is_shown(world, newer)) == (True, True)


def test_accepting_does_not_give_a_consent_back(world: World) -> None:
    """Who took back their consent to new badges can still take one that waits; nothing new comes for it."""
    sani = new_participant(world)
    first, second = give_badge(world, sani), give_badge(world, sani, accepted=False)
    assert first != second
    withdrawn = world.rooms.writer.write(
        lambda connection: consents.withdraw(connection, world.rooms.stamp("holder"), [sani], Consenting.RECEIVING)
    )
    assert withdrawn == 1
    assert say(world, sani, second, Decision.ACCEPT)
    with world.rooms.database.read() as session:
        assert consents.who_withdrew(session.connection(), [sani], Consenting.RECEIVING) == {sani}
