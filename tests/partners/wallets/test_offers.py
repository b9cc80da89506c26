"""Offers to wallets: who may make one, how long it lasts, what is kept of it and for how long."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, update
from sqlmodel import select

from okbadges.errors import NotFound
from okbadges.operations import retention
from okbadges.organisations.workshops import find_organisation
from okbadges.partners.wallets.copies import copies_of
from okbadges.partners.wallets.offers import Addresses, end_offer, make_offer
from okbadges.passport.accepting import Decision
from okbadges.passport.erasure import erase_participant
from okbadges.passport.own_data import own_data
from okbadges.storage.tables import IssuerRow, OAuthTokenRow, WalletOfferRow
from support.corrections import correct, events, side_by_side
from support.journal import broken_links
from support.learners import new_group, new_participant
from support.passport import give_badge, holder_of, new_card, say
from support.wallets import LUMI, OTSO, ask, bearer, offer_again, offered, token_for

if TYPE_CHECKING:
    from sqlmodel import SQLModel

    from support.world import World


def counted(world: World, table: type[SQLModel]) -> int:
    """Return how many rows a table has."""
    with world.rooms.database.read() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def test_it_works(world: World) -> None:
    """Made is one row of hashes and one event with ids, on the chain of the operator; the rest is derived, and the same every time."""
    offer = offered(world)
    (event,) = events(world, "wallet-offer.made")
    assert (event.chain, event.subject, event.actor) == ("installation", f"wallet-offer:{offer.its.offer_id}", "holder")
    assert event.details == f'{{"credential":"{offer.credential_id}"}}'
    again = Addresses(world.rooms.secrets, world.rooms.base_url, offer.its.offer_id)
    assert (again.token, again.code, again.digits) == (offer.its.token, offer.its.code, offer.its.digits)
    assert len({again.token, again.code, again.notification}) == 3
    assert len(again.digits) == 6
    assert again.digits.isdecimal()
    with world.rooms.database.read() as session:
        kept = repr(session.get_one(WalletOfferRow, offer.its.offer_id).model_dump())
        assert not list(broken_links(session))
    assert not any(secret in kept for secret in (again.token, again.code, again.digits))


@pytest.mark.parametrize("way", ["new", "declined", "hidden", "revoked", "expired", "others", "handed-over"])
def test_what_cannot_be_offered(world: World, way: str) -> None:
    """Only a badge that its holder has accepted, shows, and that is valid, of an issuer that is still here; of somebody else there is nothing to offer."""
    group = new_group(world)
    sani, eino = new_participant(world, group), new_participant(world, group, "Eino")
    ends = {"valid_until": "2026-11-25"} if way == "expired" else {}
    badge = give_badge(world, sani, accepted=way != "new", **ends)
    holder = holder_of(world, new_card(world, eino if way == "others" else sani))
    if way in ("declined", "hidden"):
        say(world, sani, badge, Decision.DECLINE if way == "declined" else Decision.HIDE)
    elif way == "revoked":
        (issued,) = events(world, "credential.issued")
        correct(world, issued.subject, "revoke", reason="issued-in-error")
    elif way == "expired":
        world.clock.move(days=5)
    elif way == "handed-over":
        ended = update(IssuerRow).values(handed_over_at=world.clock())
        world.rooms.writer.write(lambda connection: connection.execute(ended))
    with pytest.raises(NotFound) as refused:
        offer_again(world, holder, badge)
    assert refused.value.code == "unknown-credential"
    assert events(world, "wallet-offer.made") == []


def test_a_form_that_is_sent_twice_makes_one(world: World) -> None:
    """The same key is the same offer, also when it is sent many times at once; the key of another badge's offer is refused."""
    offer, rooms = offered(world), world.rooms
    wanted = rooms.stamp("holder").row_id()
    make = partial(make_offer, rooms.writer, rooms.stamp("holder"), rooms.secrets, offer.holder, offer.credential)
    assert set(side_by_side([partial(make, offer_id=wanted) for _ in range(8)])) == {wanted}
    assert len(events(world, "wallet-offer.made")) == 2
    other = give_badge(world, offer.holder.participants[0], "arki-ruoka")
    with pytest.raises(NotFound):
        make_offer(rooms.writer, rooms.stamp("holder"), rooms.secrets, offer.holder, other, offer_id=offer.its.offer_id)


def test_a_new_offer_ends_the_one_before(world: World) -> None:
    """Of one badge one code is open; the code of the earlier one opens nothing."""
    offer = offered(world)
    newer = offer_again(world, offer.holder, offer.credential)
    assert token_for(world, offer).json()["error"] == "invalid_grant"
    assert token_for(world, newer).status_code == 200


def test_ending_is_said_once(world: World) -> None:
    """An offer that ended, or was taken, is not ended again."""
    offer, rooms = offered(world), world.rooms
    for _ in range(2):
        end_offer(rooms.writer, rooms.stamp("holder"), offer.its.offer_id, reason="digits")
    assert len(events(world, "wallet-offer.ended")) == 1
    taken = offer_again(world, offer.holder, offer.credential)
    headers = bearer(world, taken)
    assert ask(world, headers, LUMI.proof(world)).status_code == 200
    end_offer(rooms.writer, rooms.stamp("holder"), taken.its.offer_id, reason="digits")
    assert len(events(world, "wallet-offer.ended")) == 1
    assert ask(world, headers, LUMI.proof(world)).status_code == 200


def test_the_holder_sees_their_wallets(world: World) -> None:
    """One line for each wallet, however often it came; with what it said, if it said anything."""
    offer = offered(world)
    headers = bearer(world, offer)
    named = ask(world, headers, LUMI.proof(world)).json()["notification_id"]
    body = {"notification_id": named, "event": "credential_accepted"}
    world.client.post("/oid4vci/notification", json=body, headers=headers)
    for wallet in (LUMI, OTSO):
        world.clock.move(seconds=1)
        ask(world, bearer(world, offer_again(world, offer.holder, offer.credential)), wallet.proof(world))
    with world.rooms.database.read() as session:
        copies = copies_of(session, offer.credential)
        told = own_data(session, world.rooms.secrets, offer.holder)["wallet_offers"]
    assert [one.outcome for one in copies] == ["accepted", None]
    assert [one["outcome"] for one in told] == ["accepted", None, None]
    assert all(one["credential"] == offer.credential_id and one["taken_at"] for one in told)


def test_revoking_revokes_what_wallets_have(world: World) -> None:
    """The copy in a wallet is revoked with its original, and the wallet gets nothing more."""
    offer = offered(world)
    headers = bearer(world, offer)
    copy = ask(world, headers, LUMI.proof(world)).json()["credentials"][0]["credential"]
    correct(world, offer.credential_id, "revoke", reason="issued-in-error")
    assert world.client.post("/v1/verify", json=copy).json()["verdict"] == "REVOKED"
    assert ask(world, headers, LUMI.proof(world)).status_code == 401


def test_revoking_a_copy_ends_the_badge(world: World) -> None:
    """A copy that is revoked takes its original with it: nothing of it is on offer any more."""
    offer = offered(world)
    headers = bearer(world, offer)
    copy = ask(world, headers, LUMI.proof(world)).json()["credentials"][0]["credential"]
    correct(world, copy["id"], "revoke", reason="issued-in-error")
    assert ask(world, headers, LUMI.proof(world)).status_code == 401
    with pytest.raises(NotFound):
        offer_again(world, offer.holder, offer.credential)


def test_erasing_takes_offers_and_tokens(world: World) -> None:
    """Nothing of an erased person is on offer, and no token of theirs is left."""
    offer = offered(world)
    headers = bearer(world, offer)
    ask(world, headers, LUMI.proof(world))
    rooms, (participant,) = world.rooms, offer.holder.participants
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    erase_participant(rooms.writer, rooms.stamp("test"), organisation=kemi, participant_id=participant)
    assert (counted(world, WalletOfferRow), counted(world, OAuthTokenRow)) == (0, 0)
    assert ask(world, headers, LUMI.proof(world)).status_code == 401


def test_what_nobody_took_goes_the_day_after(world: World) -> None:
    """An offer that was not taken is deleted with its token; one that was taken stays with the badge."""
    offer, rooms = offered(world), world.rooms
    assert token_for(world, offer).status_code == 200
    taken = offer_again(world, offer.holder, give_badge(world, offer.holder.participants[0], "arki-ruoka"))
    ask(world, bearer(world, taken), LUMI.proof(world))
    world.clock.move(days=1, minutes=31)
    with rooms.database.read() as session:
        assert retention.due(session, rooms.periods, now=rooms.now()).wallet_offers == 2
    last = rooms.now() - timedelta(days=1)
    assert retention.run(rooms.writer, rooms.stamp("test"), rooms.periods, last_run_at=last).wallet_offers == 2
    with rooms.database.read() as session:
        (left,) = session.exec(select(WalletOfferRow.id))
    assert left == taken.its.offer_id
