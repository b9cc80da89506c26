"""Joining passports, and taking one participant out again: in person, with a card to a passport of their own."""

from __future__ import annotations

import uuid
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, select

from okbadges.errors import Conflict, NotFound
from okbadges.issuing.links import Links
from okbadges.organisations.workshops import find_organisation
from okbadges.passport.accepting import Decision
from okbadges.passport.cards import issue_card, issue_cards
from okbadges.passport.claiming import open_claim_link
from okbadges.passport.holder import Holder, holder_of_card
from okbadges.passport.joining import join_passports
from okbadges.passport.own_links import WantedLink, make_link, own_links, withdraw_link
from okbadges.passport.sharing import Purpose, open_own_link, open_share_link
from okbadges.storage.tables import CardRow, CredentialRow, ParticipantRow, PassportRow
from support.corrections import side_by_side
from support.groups import Journal
from support.learners import new_group, new_participant
from support.passport import give_badge, give_pin, holder_of, new_card, open_with, say
from support.sharing import address_of
from support.world import order

if TYPE_CHECKING:
    from okbadges.passport.cards import Card
    from support.world import World


def own_card(world: World, participant: uuid.UUID, *, organisation: str = "kemi", repeat: str | None = None) -> Card:
    """Give a participant a card to a passport of their own."""
    rooms = world.rooms
    with rooms.database.read() as session:
        found = find_organisation(session, organisation)
    return issue_card(
        rooms.writer,
        rooms.stamp("test"),
        rooms.secrets,
        base_url=rooms.base_url,
        organisation=found,
        participant_id=participant,
        repeat=repeat,
        own_passport=True,
    )


def joined(world: World) -> tuple[uuid.UUID, uuid.UUID, Card]:
    """Let Otto of Kemi and Ranua bring both together; return both participants and the card that opens them."""
    otto = new_participant(world)
    answer = world.client.post(
        "/v1/credentials",
        json=order(organisation="ranua", workshop="puu", badge="opi-vahvuudet"),
        headers=world.as_partner(),
    )
    other = uuid.UUID(answer.json()["participant"])
    card, ends = new_card(world, otto), new_card(world, other, organisation="ranua")
    join(world, holder_of(world, card), ends)
    return otto, other, card


def join(world: World, holder: Holder, card: Card) -> None:
    """Bring what is behind a card into an open passport."""
    join_passports(world.rooms.writer, world.rooms.stamp("holder"), holder, card.id)


def passports(world: World, *participants: uuid.UUID) -> list[uuid.UUID | None]:
    """Return in which passports these participants are."""
    with world.rooms.database.read() as session:
        return [session.get_one(ParticipantRow, one).passport_id for one in participants]


def test_it_works(world: World) -> None:
    """Joined by mistake: the new card opens what is Kemi's, the old one keeps the rest with its PIN, and it is one event."""
    otto, other, card = joined(world)
    give_pin(world, card)
    visiting = holder_of(world, card)
    assert set(visiting.participants) == {otto, other}
    journal = Journal(world)
    new = own_card(world, otto)
    assert journal.news() == [
        ("card.issued", f"participant:{otto}", {"card": str(new.id), "ended": 0, "own_passport": 1})
    ]
    assert not new.replaces
    mine, rest = holder_of(world, new), holder_of(world, card)
    assert (mine.participants, mine.has_pin) == ((otto,), False)
    assert (rest.participants, rest.has_pin, rest.passport_id) == ((other,), True, visiting.passport_id)
    assert open_with(world, new).get("/passport?at=shelf").status_code == 200


def test_a_passport_of_ones_own_is_not_taken_apart(world: World) -> None:
    """Who shares theirs with nobody gets a card like any other: the one before ends, and the first one makes the passport."""
    otto = new_participant(world)
    first = own_card(world, otto)
    (before,) = passports(world, otto)
    journal = Journal(world)
    second = own_card(world, otto)
    assert second.replaces
    assert passports(world, otto) == [before]
    assert journal.news() == [("card.issued", f"participant:{otto}", {"card": str(second.id), "ended": 1})]
    with world.rooms.database.read() as session:
        assert holder_of_card(session, first.id) is None


def test_a_lost_card_of_a_joined_passport_is_replaced_whole(world: World) -> None:
    """Nobody is taken out without being asked for."""
    otto, other, card = joined(world)
    assert set(holder_of(world, new_card(world, otto)).participants) == {otto, other}
    with world.rooms.database.read() as session:
        assert holder_of_card(session, card.id) is None


def test_both_are_joined_again(world: World) -> None:
    """What was taken out by mistake is brought back with its card."""
    otto, other, card = joined(world)
    new = own_card(world, otto)
    join(world, holder_of(world, card), new)
    assert set(holder_of(world, card).participants) == {otto, other}


def test_a_repeat_takes_apart_once(world: World) -> None:
    """The same request is answered with the same card, and is another one than that for a new card of the whole."""
    otto, _, card = joined(world)
    first = own_card(world, otto, repeat="monday")
    journal = Journal(world)
    assert own_card(world, otto, repeat="monday") == first
    assert journal.actions() == []
    open_with(world, first)
    with pytest.raises(Conflict) as refused:
        own_card(world, otto, repeat="monday")
    assert refused.value.code == "card-in-use"
    assert holder_of(world, card)


def test_only_their_own_organisation_takes_somebody_out(world: World) -> None:
    """And nobody who never was."""
    otto, other, card = joined(world)
    for participant, organisation in ((other, "kemi"), (otto, "ranua"), (uuid.uuid4(), "kemi")):
        with pytest.raises(NotFound):
            own_card(world, participant, organisation=organisation)
    assert set(holder_of(world, card).participants) == {otto, other}


def test_out_of_three_one_is_taken(world: World) -> None:
    """The other two stay together."""
    otto, other, card = joined(world)
    group = new_group(world, slug="ilta")
    third = new_participant(world, group, "Kolmas")
    join(world, holder_of(world, card), new_card(world, third))
    rooms = world.rooms
    (new,) = issue_cards(
        rooms.writer,
        rooms.stamp("test"),
        rooms.secrets,
        base_url=rooms.base_url,
        group=group,
        participants=[third],
        own_passport=True,
    )
    assert holder_of(world, new).participants == (third,)
    assert set(holder_of(world, card).participants) == {otto, other}


def test_two_at_once_leave_one_open_card_each(world: World) -> None:
    """Whoever asks at the same time: every passport has somebody in it and one card that opens it."""
    otto, other, _ = joined(world)
    side_by_side(
        [
            partial(own_card, world, otto),
            partial(own_card, world, other, organisation="ranua"),
            partial(own_card, world, otto),
        ]
    )
    with world.rooms.database.read() as session:
        still = session.exec(select(CardRow.passport_id).where(col(CardRow.ended_at).is_(None))).all()
        made = set(session.exec(select(PassportRow.id)))
    mine, theirs = passports(world, otto, other)
    assert mine != theirs
    assert {mine, theirs} <= made
    assert sorted(still) == sorted(one for one in (mine, theirs) if one is not None)


def test_a_link_shows_what_is_in_one_passport(world: World) -> None:
    """A link of both shows after the taking apart what is its owner's, also to its owner; the other can take it back."""
    otto, other, card = joined(world)
    rooms, now = world.rooms, world.clock()
    with rooms.database.read() as session:
        theirs = session.exec(select(CredentialRow.id).where(CredentialRow.participant_id == other)).one()
    say(world, other, theirs, Decision.ACCEPT)
    rows = [give_badge(world, otto, "digi-turva"), theirs]
    links, holder = Links(rooms.secrets, rooms.base_url), holder_of(world, card)
    wanted = WantedLink(Purpose.OTHER, tuple(rows), frozenset(), None, now.date())
    link = make_link(rooms.writer, rooms.stamp("holder"), links, holder, wanted)
    token = links.share_token(link)

    def badges() -> tuple[list[str], list[int]]:
        with rooms.database.read() as session:
            opened = open_share_link(session, token, now=now)
            assert open_own_link(session, [otto], link, now=now).credentials == opened.credentials
            own = own_links(session, [otto], now=now)
        return [one.badge.slug for one in opened.credentials], [one.badges for one in own]

    assert badges() == (["digi-turva", "opi-vahvuudet"], [2])
    new = own_card(world, otto)
    assert badges() == (["digi-turva"], [1])
    join(world, holder_of(world, new), card)
    assert badges() == (["digi-turva", "opi-vahvuudet"], [2])
    own_card(world, otto)
    withdraw_link(rooms.writer, rooms.stamp("holder"), [other], link)
    assert world.client.get(address_of(world, link), headers={"Accept": "text/html"}).status_code == 410


def test_a_link_without_a_passport_shows_its_badge(world: World) -> None:
    """Made at issue, for somebody who has no card."""
    issued = world.issue(share={"purpose": "workplace", "expires_on": "2027-01-01"})
    token = issued["claim_link"].rpartition("/")[2]
    with world.rooms.database.read() as session:
        claimed = open_claim_link(session, token, now=world.clock())
    assert [one.badges for one in claimed.open_links] == [1]
    assert world.client.get(issued["share_link"]).status_code == 200
