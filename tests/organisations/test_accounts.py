"""Accounts: connected by a link or by whoever is signed in, one member's at a time, and removed."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from okbadges.errors import Conflict, Gone, NotFound
from okbadges.organisations.accounts import (
    Account,
    accounts_of,
    connect_account,
    connect_with_link,
    member_of_account,
    remove_account,
    sign_in_with_account,
)
from okbadges.organisations.members import leave
from okbadges.organisations.sign_ins import sign_ins_of
from okbadges.organisations.workshops import find_organisation
from support.corrections import side_by_side
from support.groups import Journal
from support.members import new_link

if TYPE_CHECKING:
    from okbadges.organisations.accounts import ConnectedAccount
    from okbadges.organisations.sign_ins import SignIn
    from support.world import World


def account(world: World, subject: str = "iida", provider: str = "oma") -> Account:
    """Return an account that somebody has shown to be theirs."""
    return Account(provider, world.rooms.secrets.account_hash(f"https://{provider}.example", subject))


def connect(world: World, member_id: uuid.UUID, its: Account) -> None:
    """Connect an account to a member."""
    connect_account(world.rooms.writer, world.rooms.stamp("test"), member_id, its)


def connect_by_link(world: World, token: str, its: Account) -> SignIn:
    """Use a link up to connect an account."""
    return connect_with_link(world.rooms.writer, world.rooms.stamp("test"), token, its, own_device=False)


def sign_in(world: World, its: Account) -> SignIn:
    """Sign in with an account."""
    return sign_in_with_account(world.rooms.writer, world.rooms.stamp("test"), its, own_device=False)


def owner(world: World, its: Account) -> uuid.UUID:
    """Return whose an account is."""
    with world.rooms.database.read() as session:
        return member_of_account(session, its)


def listed(world: World, member_id: uuid.UUID) -> list[ConnectedAccount]:
    """Return the accounts of a member."""
    with world.rooms.database.read() as session:
        return accounts_of(session, member_id)


def test_a_link_connects_and_signs_in(world: World) -> None:
    """All at once: the link is used, the account is hers, she is signed in; two things happened, and the journal has both."""
    iida, its, journal = world.keys.iida_id, account(world), Journal(world)
    begun = connect_by_link(world, new_link(world), its)
    assert (begun.member_id, begun.signed_in_with) == (iida, "oma")
    assert owner(world, its) == iida
    assert [(one.provider, one.connected_at) for one in listed(world, iida)] == [("oma", world.clock())]
    assert journal.news()[1:] == [
        ("member.account-connected", f"member:{iida}", {"provider": "oma"}),
        ("sign-in.began", f"member:{iida}", {"signed_in_with": "oma"}),
    ]
    assert sign_in(world, its).member_id == iida
    assert journal.actions() == ["sign-in.began"]


def test_a_link_connects_once(world: World) -> None:
    """What was used, by a button or by an account, connects nothing more; a made-up one never did."""
    token = new_link(world)
    connect_by_link(world, token, account(world))
    with pytest.raises(Gone):
        connect_by_link(world, token, account(world, "another"))
    with pytest.raises(NotFound):
        connect_by_link(world, "nope", account(world, "another"))
    with pytest.raises(NotFound):
        owner(world, account(world, "another"))


def test_an_account_is_one_members(world: World) -> None:
    """Somebody else cannot have it, by link or signed in; the link stays, and nothing is said of whose it is."""
    connect(world, world.keys.iida_id, account(world))
    token, journal = new_link(world, world.keys.aino_id), Journal(world)
    for attempt in (
        lambda: connect_by_link(world, token, account(world)),
        lambda: connect(world, world.keys.aino_id, account(world)),
    ):
        with pytest.raises(Conflict) as refused:
            attempt()
        assert refused.value.code == "account-taken"
        assert str(world.keys.iida_id) not in refused.value.detail
    assert journal.news() == []
    assert connect_by_link(world, token, account(world, "aino")).member_id == world.keys.aino_id


def test_the_same_again_changes_nothing(world: World) -> None:
    """No row and no event are there twice, also when the two come at the same moment."""
    iida, its, journal = world.keys.iida_id, account(world), Journal(world)
    side_by_side([lambda: connect(world, iida, its)] * 6)
    connect(world, iida, its)
    assert journal.actions() == ["member.account-connected"]
    assert len(listed(world, iida)) == 1


def test_two_at_the_same_moment(world: World) -> None:
    """Of two members who connect one account at once one has it."""
    members = [world.keys.iida_id, world.keys.aino_id, world.keys.tuula_id]

    def attempt(member_id: uuid.UUID) -> bool:
        try:
            connect(world, member_id, account(world))
        except Conflict:
            return False
        return True

    won = side_by_side([lambda one=one: attempt(one) for one in members])  # type: ignore[misc]
    assert sorted(won) == [False, False, True]
    assert owner(world, account(world)) == members[won.index(True)]


def test_a_member_has_several(world: World) -> None:
    """At two providers, or two at one; the same name at another provider is somebody else's."""
    iida = world.keys.iida_id
    for its in (account(world), account(world, "iida2"), account(world, provider="toinen")):
        connect(world, iida, its)
        world.clock.move(minutes=1)
    assert [one.provider for one in listed(world, iida)] == ["oma", "oma", "toinen"]
    with pytest.raises(NotFound):
        owner(world, account(world, "iida2", provider="toinen"))


def test_a_removed_account_opens_nothing(world: World) -> None:
    """It can be connected again, by anybody; what began with it goes on."""
    iida, its = world.keys.iida_id, account(world)
    begun = connect_by_link(world, new_link(world), its)
    [one], journal = listed(world, iida), Journal(world)
    for _ in range(2):
        remove_account(world.rooms.writer, world.rooms.stamp("test"), iida, one.id)
    assert journal.news() == [("member.account-removed", f"member:{iida}", {"provider": "oma"})]
    assert listed(world, iida) == []
    for attempt in (lambda: owner(world, its), lambda: sign_in(world, its)):
        with pytest.raises(NotFound):
            attempt()
    with world.rooms.database.read() as session:
        assert [on.id for on in sign_ins_of(session, iida, now=world.clock())] == [begun.id]
    connect(world, world.keys.aino_id, its)
    assert owner(world, its) == world.keys.aino_id


def test_nobody_removes_somebody_elses(world: World) -> None:
    """Nor one that never was."""
    connect(world, world.keys.iida_id, account(world))
    [one], journal = listed(world, world.keys.iida_id), Journal(world)
    for member_id, account_id in ((world.keys.aino_id, one.id), (world.keys.iida_id, uuid.uuid4())):
        remove_account(world.rooms.writer, world.rooms.stamp("test"), member_id, account_id)
    assert journal.news() == []
    assert owner(world, account(world)) == world.keys.iida_id


def test_who_left_has_none(world: World) -> None:
    """Their account opens nothing, and is free for the member that they come back as."""
    rooms, its = world.rooms, account(world)
    connect(world, world.keys.iida_id, its)
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    leave(rooms.writer, rooms.stamp("test"), organisation=kemi, member_id=world.keys.iida_id)
    for attempt in (lambda: owner(world, its), lambda: sign_in(world, its)):
        with pytest.raises(NotFound):
            attempt()
    connect(world, world.keys.tuula_id, its)
    assert owner(world, its) == world.keys.tuula_id
