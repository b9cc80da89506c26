"""The claim link of a badge that was just awarded: shown to whoever awarded it, while its holder has nothing else to open it with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlmodel import select

from okbadges.errors import Gone
from okbadges.passport.accepting import Decision
from okbadges.passport.cards import open_cards
from okbadges.passport.claiming import decide_on_claimed, open_claim_link, to_hand_over, withdraw
from okbadges.storage.tables import CredentialRow
from support.corrections import correct
from support.groups import Journal
from support.learners import new_group, new_participant
from support.passport import give_badge, new_card, row_of, say

if TYPE_CHECKING:
    import uuid

    from support.world import World

BADGE = "digi-turva"
SHARE = {"purpose": "workplace", "expires_on": "2027-05-31"}


def shown(world: World, participant: uuid.UUID, *, badge: str = BADGE, to: str | None = None) -> uuid.UUID | None:
    """Return the credential whose link may be shown to Iida's program, or to somebody else."""
    with world.rooms.database.read() as session:
        return to_hand_over(session, participant, badge, awarded_by=to or actor(world))


def actor(world: World) -> str:
    """Return as whom Iida issues through the API."""
    with world.rooms.database.read() as session:
        return session.exec(select(CredentialRow.issued_by).limit(1)).one()


def test_it_works(world: World) -> None:
    """Whoever awarded the badge may show it, nobody else; and of several the newest."""
    sani = new_participant(world)
    first = give_badge(world, sani, accepted=False)
    assert shown(world, sani) == first
    assert shown(world, sani, to="member:x") is None
    assert shown(world, sani, badge="kasi-puu") is None
    world.clock.move(minutes=1)
    assert shown(world, sani) == first
    assert shown(world, sani) != give_badge(world, sani, accepted=False) == shown(world, sani)


@pytest.mark.parametrize("decision", [Decision.ACCEPT, Decision.DECLINE])
def test_not_after_its_holder_said_something(world: World, decision: Decision) -> None:
    """A badge that was taken or declined is theirs to open."""
    sani = new_participant(world)
    say(world, sani, give_badge(world, sani, accepted=False), decision)
    assert shown(world, sani) is None


def test_not_to_who_has_a_card(world: World) -> None:
    """Whoever has a card finds the badge in their passport."""
    sani = new_participant(world)
    give_badge(world, sani, accepted=False)
    new_card(world, sani)
    assert shown(world, sani) is None


def test_the_card_may_come_while_somebody_decides(world: World) -> None:
    """Between the look at the claim link and the change: then nothing is changed, and no event tells of it."""
    sani = new_participant(world)
    issued = world.issue(participant=str(sani), share=SHARE)
    rooms, token = world.rooms, issued["claim_link"].rpartition("/")[2]
    with rooms.database.read() as session:
        link = open_claim_link(session, token, now=world.clock()).open_links[0].id
        new_card(world, sani)
        journal = Journal(world)
        with pytest.raises(Gone) as ended:
            decide_on_claimed(session, rooms.writer, rooms.stamp("holder"), token, Decision.DECLINE)
        assert ended.value.code == "claim-in-passport"
        with pytest.raises(Gone) as ended:
            withdraw(session, rooms.writer, rooms.stamp("holder"), token, link)
    assert ended.value.code == "claim-in-passport"
    assert journal.news() == []
    assert world.client.get(issued["share_link"]).status_code == 200


def test_not_what_was_taken_back(world: World) -> None:
    """A revoked badge is handed over to nobody."""
    sani = new_participant(world)
    issued = world.issue(participant=str(sani))
    assert shown(world, sani) == row_of(world, issued["id"])
    correct(world, issued["id"], "revoke", reason="issued-in-error")
    assert shown(world, sani) is None


def test_the_cards_of_several_are_looked_up_at_once(world: World) -> None:
    """Who has no card is not among them, nor anybody who was not asked for."""
    group = new_group(world)
    sani, eino, otto = (new_participant(world, group, label) for label in ("Sani", "Eino", "Otto"))
    cards = {one: new_card(world, one) for one in (sani, otto)}
    with world.rooms.database.read() as session:
        found = open_cards(session, [sani, eino])
    assert {one: card.issued_at for one, card in found.items()} == {sani: cards[sani].issued_at}
