"""Sign-ins: one-time links, and how long somebody is signed in."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from okbadges.errors import Conflict, Gone, NotFound
from okbadges.organisations.members import create_member, leave
from okbadges.organisations.roles import Role, Scope
from okbadges.organisations.sign_ins import (
    end_sign_in,
    make_sign_in_link,
    member_of_link,
    sign_ins_of,
    sign_out_everywhere,
    signed_in,
    use_sign_in_link,
)
from okbadges.organisations.workshops import find_organisation
from support.corrections import events

if TYPE_CHECKING:
    from okbadges.organisations.sign_ins import SignedIn, SignIn
    from okbadges.organisations.workshops import Organisation
    from support.world import World


@pytest.fixture
def kemi(world: World) -> Organisation:
    """Return Iida's organisation."""
    with world.rooms.database.read() as session:
        return find_organisation(session, "kemi")


def new_token(world: World, kemi: Organisation, member_id: uuid.UUID | None = None) -> str:
    """Return the token of a new link for Iida, or for another member."""
    rooms = world.rooms
    link = make_sign_in_link(
        rooms.writer,
        rooms.stamp("test"),
        rooms.secrets,
        base_url=rooms.base_url,
        organisation=kemi,
        member_id=member_id or world.keys.iida_id,
    )
    return link.address.rpartition("/")[2]


def use(world: World, token: str, *, own_device: bool = False) -> SignIn:
    """Use a link."""
    return use_sign_in_link(world.rooms.writer, world.rooms.stamp("test"), token, own_device=own_device)


def here(world: World, sign_in: SignIn) -> SignedIn | None:
    """Return who is signed in with a sign-in now."""
    with world.rooms.database.read() as session:
        return signed_in(session, sign_in.id, now=world.clock())


def test_a_link_signs_its_member_in_with_what_their_role_may(world: World, kemi: Organisation) -> None:
    """Whoever is signed in is a caller in their role, for their organisation, named as a member in the journal."""
    found = here(world, use(world, new_token(world, kemi)))
    assert found is not None
    assert found.caller.actor == f"member:{world.keys.iida_id}"
    assert (found.caller.member_id, found.caller.role) == (world.keys.iida_id, Role.INSTRUCTOR)
    assert list(found.caller.organisations) == ["kemi"]
    assert Scope.PROGRESS in found.caller.scopes
    assert Scope.ADMINISTER not in found.caller.scopes


def test_a_link_works_once(world: World, kemi: Organisation) -> None:
    """A link that was used opens nothing for whoever finds it later."""
    token = new_token(world, kemi)
    use(world, token)
    with pytest.raises(Gone, match="used already"):
        use(world, token)


def test_looking_at_a_link_does_not_use_it_up(world: World, kemi: Organisation) -> None:
    """A chat that opens the link first leaves it as it is."""
    token = new_token(world, kemi)
    for _ in range(2):
        with world.rooms.database.read() as session:
            assert member_of_link(session, token, now=world.clock()) == world.keys.iida_id
    use(world, token)


def test_a_new_link_ends_the_one_before(world: World, kemi: Organisation) -> None:
    """Of two links that are on their way only the newer one works."""
    first, second = new_token(world, kemi), new_token(world, kemi)
    with pytest.raises(Gone):
        use(world, first)
    use(world, second)


def test_a_link_ends_after_a_day(world: World, kemi: Organisation) -> None:
    """A link of yesterday opens nothing."""
    token = new_token(world, kemi)
    world.clock.move(hours=24)
    with pytest.raises(Gone):
        use(world, token)


def test_an_unknown_link_is_not_there(world: World) -> None:
    """A made-up token, however it looks, is a link that is not known."""
    for token in ("x", "ä" * 40, "a" * 5000, ""):
        with pytest.raises(NotFound):
            use(world, token)


def test_somebody_of_another_organisation_gets_no_link(world: World, kemi: Organisation) -> None:
    """A link is made for members of the organisation only."""
    with pytest.raises(NotFound, match="no such member"):
        new_token(world, kemi, uuid.uuid4())


def test_who_left_is_signed_out_and_gets_no_link(world: World, kemi: Organisation) -> None:
    """With the day on which somebody leaves their sign-in ends, and so does a link on its way."""
    rooms = world.rooms
    member = create_member(
        rooms.writer, rooms.stamp("test"), rooms.secrets, organisation=kemi, role=Role.INSTRUCTOR, name="Aki"
    )
    sign_in = use(world, new_token(world, kemi, member.id))
    token = new_token(world, kemi, member.id)
    leave(rooms.writer, rooms.stamp("test"), organisation=kemi, member_id=member.id)
    assert here(world, sign_in) is None
    with pytest.raises(Gone):
        use(world, token)
    with pytest.raises(Conflict, match="has left"):
        new_token(world, kemi, member.id)


@pytest.mark.parametrize(("own_device", "hours"), [(False, 20), (True, 14 * 24)])
def test_a_sign_in_ends_by_itself(world: World, kemi: Organisation, *, own_device: bool, hours: int) -> None:
    """Twenty hours on a shared device, two weeks on a device of one's own; the last second counts."""
    sign_in = use(world, new_token(world, kemi), own_device=own_device)
    world.clock.move(hours=hours, seconds=-1)
    assert here(world, sign_in) is not None
    world.clock.move(seconds=1)
    assert here(world, sign_in) is None


def test_one_sign_in_ends_and_the_others_stay(world: World, kemi: Organisation) -> None:
    """Signing out in one browser leaves the other ones signed in, and nobody ends those of others."""
    phone, computer = use(world, new_token(world, kemi)), use(world, new_token(world, kemi))
    stamp = world.rooms.stamp("test")
    end_sign_in(world.rooms.writer, stamp, world.keys.aino_id, phone.id)
    assert here(world, phone) is not None
    end_sign_in(world.rooms.writer, stamp, world.keys.iida_id, phone.id)
    end_sign_in(world.rooms.writer, stamp, world.keys.iida_id, phone.id)
    assert here(world, phone) is None
    with world.rooms.database.read() as session:
        assert [one.id for one in sign_ins_of(session, world.keys.iida_id, now=world.clock())] == [computer.id]


def test_a_lost_phone_is_signed_out_everywhere(world: World, kemi: Organisation) -> None:
    """Every sign-in ends, and a link that is on its way; how many it were is in the journal once."""
    sign_ins = [use(world, new_token(world, kemi)) for _ in range(2)]
    token = new_token(world, kemi)
    rooms = world.rooms
    ended = [
        sign_out_everywhere(rooms.writer, rooms.stamp("test"), organisation=kemi, member_id=world.keys.iida_id)
        for _ in range(2)
    ]
    assert ended == [2, 0]
    assert [here(world, one) for one in sign_ins] == [None, None]
    with pytest.raises(Gone):
        use(world, token)
    assert len(events(world, "sign-in.ended")) == 1


def test_the_journal_tells_who_signed_in_how(world: World, kemi: Organisation) -> None:
    """A link that was made and one that was used are an event each, without the link."""
    token = new_token(world, kemi)
    use(world, token)
    told = [*events(world, "sign-in-link.made"), *events(world, "sign-in.began")]
    assert [event.action for event in told] == ["sign-in-link.made", "sign-in.began"]
    assert {event.subject for event in told} == {f"member:{world.keys.iida_id}"}
    assert all(token not in event.details for event in told)
