"""The collection: what a passport shows its holder, and that nothing in it counts what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from okbadges.catalogue.shelf import latest_badge
from okbadges.errors import NotFound
from okbadges.passport.accepting import Decision
from okbadges.passport.collection import Collection, collection_of, held_by, way_to
from support.corrections import correct
from support.learners import new_participant
from support.passport import give_badge, holder_of, new_card, row_of, say, two_people

if TYPE_CHECKING:
    import uuid

    from support.world import World

SEEN = {"observed_by": "instructor", "method": "observation", "observed_on": "2026-11-20"}


def tick(world: World, participant: uuid.UUID, badge: str, step: int) -> None:
    """Let Iida tick a step."""
    address = f"/v1/participants/{participant}/progress/{badge}/{step}"
    assert world.client.post(address, json=SEEN, headers=world.as_iida()).status_code == 201


def collection(world: World, participant: uuid.UUID) -> Collection:
    """Return what somebody's passport holds."""
    holder = holder_of(world, new_card(world, participant))
    with world.rooms.database.read() as session:
        return collection_of(session, holder)


def slugs(held: object) -> list[str]:
    """Return which badges these are."""
    return [one.badge.slug for one in held]  # type: ignore[attr-defined]


def test_it_works(world: World) -> None:
    """New, on the shelf, put away, on its way: each badge stands in one place, the newest first."""
    sani = new_participant(world)
    for badge in ("kasi-puu", "arki-ruoka"):
        give_badge(world, sani, badge)
        world.clock.move(minutes=1)
    away = give_badge(world, sani, "tyo-pelisaannot")
    say(world, sani, away, Decision.HIDE)
    give_badge(world, sani, "digi-turva", accepted=False)
    tick(world, sani, "digi-laite", 1)
    found = collection(world, sani)
    assert slugs(found.new) == ["digi-turva"]
    assert slugs(found.shelf) == ["arki-ruoka", "kasi-puu"]
    assert slugs(found.put_away) == ["tyo-pelisaannot"]
    assert slugs(found.ways) == ["digi-laite"]
    assert 1 not in found.ways[0].progress.missing


def test_an_empty_passport_is_empty(world: World) -> None:
    """Somebody new has nothing yet, and nothing is near."""
    found = collection(world, new_participant(world))
    assert (found.held, found.ways, found.near, found.new, found.shelf) == ((), (), (), (), ())


def test_only_ones_own(world: World) -> None:
    """Nothing of somebody else is in it, and their badge is unknown here."""
    sani, eino = two_people(world)
    theirs = give_badge(world, eino)
    tick(world, eino, "digi-laite", 1)
    found = collection(world, sani)
    assert (found.held, found.ways) == ((), ())
    holder = holder_of(world, new_card(world, sani))
    with world.rooms.database.read() as session:
        with pytest.raises(NotFound):
            held_by(session, holder, theirs)
        assert way_to(session, holder, latest_badge(session, "digi-laite")) == []


def test_a_corrected_badge_is_shown_once(world: World) -> None:
    """The newer one stands in the place of the earlier, with what the holder said to that; the earlier is found by its own address."""
    sani = new_participant(world)
    first = world.issue(participant=str(sani))
    row = take(world, first["id"], sani)
    answer = correct(world, first["id"], "reissue", reason="issued-in-error", changes={"language": "sv"})
    assert answer.status_code == 201, answer.text
    found = collection(world, sani)
    assert len(found.held) == 1
    assert found.held[0].credential_id == answer.json()["id"]
    assert slugs(found.shelf) == ["digi-turva"]
    holder = holder_of(world, new_card(world, sani))
    with world.rooms.database.read() as session:
        assert held_by(session, holder, row).revoked_at is not None


def take(world: World, credential_id: str, participant: uuid.UUID) -> uuid.UUID:
    """Take a badge that was issued, and return its row's key."""
    row = row_of(world, credential_id)
    say(world, participant, row, Decision.ACCEPT)
    return row


def test_a_revoked_badge_does_not_wait_for_a_word(world: World) -> None:
    """Nobody is greeted with a badge that was taken back meanwhile; one that was accepted stays on the shelf and says so."""
    sani = new_participant(world)
    for badge, accepted in (("digi-turva", False), ("kasi-puu", True)):
        issued = world.issue(participant=str(sani), badge=badge)
        if accepted:
            take(world, issued["id"], sani)
        revoked = world.client.post(
            f"/v1/credentials/{issued['id']}/revoke", json={"reason": "issued-in-error"}, headers=world.as_iida()
        )
        assert revoked.status_code == 200
    found = collection(world, sani)
    assert found.new == ()
    assert slugs(found.shelf) == ["kasi-puu"]
    assert found.shelf[0].revoked_at is not None


def test_a_summary_badge_comes_near(world: World) -> None:
    """When few small badges lead to it, those are named; before that it is not spoken of, and a declined badge is not to come."""
    sani = new_participant(world)
    with world.rooms.database.read() as session:
        first, *others = latest_badge(session, "kooste-yhteiskunta").collects
    needed = [first, *others]
    for badge in needed[:-2]:
        assert "kooste-yhteiskunta" not in slugs(collection(world, sani).near)
        give_badge(world, sani, badge)
    near = {one.badge.slug: slugs_of(one.to_come) for one in collection(world, sani).near}
    assert near["kooste-yhteiskunta"] == needed[-2:]
    row = give_badge(world, sani, needed[-2])
    near = {one.badge.slug: slugs_of(one.to_come) for one in collection(world, sani).near}
    assert near["kooste-yhteiskunta"] == needed[-1:]
    say(world, sani, row, Decision.DECLINE)
    near = {one.badge.slug: slugs_of(one.to_come) for one in collection(world, sani).near}
    assert near["kooste-yhteiskunta"] == needed[-1:]


@pytest.mark.parametrize("word", [None, Decision.ACCEPT, Decision.HIDE, Decision.DECLINE])
def test_what_was_awarded_is_not_on_its_way(world: World, word: Decision | None) -> None:
    """Whatever its holder said to it: nobody who declined a badge is told to ask for it."""
    sani = new_participant(world)
    row = give_badge(world, sani, accepted=word is Decision.HIDE)
    tick(world, sani, "digi-turva", 1)
    if word is not None:
        say(world, sani, row, word)
    assert collection(world, sani).ways == ()


@pytest.mark.parametrize("word", [Decision.ACCEPT, Decision.DECLINE])
def test_what_was_revoked_can_be_on_its_way_again(world: World, word: Decision) -> None:
    """A badge that was taken back may be earned anew: then its steps are the person's way, as those of any other."""
    sani = new_participant(world)
    issued = world.issue(participant=str(sani))
    say(world, sani, row_of(world, issued["id"]), word)
    tick(world, sani, "digi-turva", 1)
    assert collection(world, sani).ways == ()
    assert correct(world, issued["id"], "revoke", reason="issued-in-error").status_code == 200
    assert slugs(collection(world, sani).ways) == ["digi-turva"]


def slugs_of(badges: object) -> list[str]:
    """Return which badges these are."""
    return [one.slug for one in badges]  # type: ignore[attr-defined]


def test_what_is_held_is_not_on_its_way(world: World) -> None:
    """Steps of a badge that was given are not shown as a way any more."""
    sani = new_participant(world)
    tick(world, sani, "digi-turva", 1)
    assert slugs(collection(world, sani).ways) == ["digi-turva"]
    give_badge(world, sani)
    assert collection(world, sani).ways == ()
