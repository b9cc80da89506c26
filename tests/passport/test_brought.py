"""What programs brought into a passport: it goes with the person, comes along when passports are joined, and is theirs to take."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import orjson
import pytest
from sqlmodel import select

from okbadges.organisations.workshops import find_organisation
from okbadges.partners.open_badges_api.putting import Put
from okbadges.passport.brought import program_name
from okbadges.passport.erasure import erase_participant
from okbadges.passport.joining import join_passports
from okbadges.passport.own_data import own_data
from okbadges.passport.profiles import profile_of
from okbadges.storage.tables import BroughtCredentialRow, EventRow, HolderProfileRow, OAuthGrantRow, OAuthTokenRow
from support.brought import PROFILE, brought_into, put, put_profile, strangers_badge
from support.learners import new_group, new_participant
from support.partners import allowed
from support.passport import holder_of, new_card

if TYPE_CHECKING:
    import uuid

    from sqlalchemy import Connection

    from okbadges.passport.cards import Card
    from okbadges.passport.holder import Holder
    from support.partners import Program
    from support.world import World


def somebody(world: World, name: str = "Sani") -> tuple[uuid.UUID, Card, Program]:
    """Return somebody with a card, and a program that they allowed to put things."""
    participant = new_participant(world, new_group(world, slug=name.lower()), name)
    card = new_card(world, participant)
    return participant, card, allowed(world, participant)


def end_grants(world: World) -> None:
    """End every grant and token: whoever ends a passport does that too, and it is not what these tests are about."""

    def change(connection: Connection) -> None:
        for table in (OAuthTokenRow, OAuthGrantRow):
            connection.execute(table.metadata.tables[str(table.__tablename__)].delete())

    world.rooms.writer.write(change)


def test_it_goes_with_the_person(world: World) -> None:
    """After the last participant of a passport was erased nothing is left of what was brought into it, and of others all is."""
    (sani, _, program), (_, _, other) = somebody(world), somebody(world, "Eino")
    for one in (program, other):
        assert put(world, one, strangers_badge()) is Put.CREATED
        put_profile(world, one)
    end_grants(world)
    with world.rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    erase_participant(world.rooms.writer, world.rooms.stamp("holder"), organisation=kemi, participant_id=sani)
    with world.rooms.database.read() as session:
        assert session.exec(select(BroughtCredentialRow.passport_id)).all() == [other.passport_id]
        assert session.exec(select(HolderProfileRow.passport_id)).all() == [other.passport_id]


def test_it_is_theirs_to_take(world: World) -> None:
    """Own data has each badge as it came, which program brought it, and the profile."""
    _, card, program = somebody(world)
    badge = strangers_badge()
    put(world, program, badge)
    put_profile(world, program)
    with world.rooms.database.read() as session:
        data = own_data(session, world.rooms.secrets, holder_of(world, card))
    assert json.loads(json.dumps(data)) == data
    [brought] = data["brought_badges"]
    assert brought["document"] == orjson.loads(badge)
    assert (brought["brought_by"], brought["media_type"]) == ("Reppu", "application/json")
    assert data["passport"]["profile"]["document"] == orjson.loads(PROFILE)


def join(world: World, mine: Card, theirs: Card) -> Holder:
    """Join the passport of another card into the open one."""
    holder = holder_of(world, mine)
    join_passports(world.rooms.writer, world.rooms.stamp("holder"), holder, theirs.id)
    return holder_of(world, mine)


def test_it_comes_along_when_passports_are_joined(world: World) -> None:
    """Everything is in the one passport and still opens; of what was in both, what was put last stays."""
    (_, mine, program), (_, theirs, other) = somebody(world), somebody(world, "Eino")
    put(world, program, strangers_badge(1))
    put(world, program, strangers_badge(2))
    world.clock.move(minutes=1)
    newer = strangers_badge(2, validFrom="2026-10-02T00:00:00Z")
    put(world, other, newer)
    put(world, other, strangers_badge(3))
    put_profile(world, program)
    put_profile(world, other, PROFILE.replace(b"Sani", b"Eino"))
    holder = join(world, mine, theirs)
    found = {one.document for one in brought_into(world, holder.passport_id)}
    assert found == {strangers_badge(1), newer, strangers_badge(3)}
    assert brought_into(world, other.passport_id) == []
    with world.rooms.database.read() as session:
        kept = profile_of(session, world.rooms.secrets, holder.passport_id)
        assert profile_of(session, world.rooms.secrets, other.passport_id) is None
    assert kept is not None
    assert b"Sani" in kept.document


def test_what_was_in_the_open_passport_later_stays(world: World) -> None:
    """The same the other way round."""
    (_, mine, program), (_, theirs, other) = somebody(world), somebody(world, "Eino")
    put(world, other, strangers_badge(2))
    world.clock.move(minutes=1)
    newer = strangers_badge(2, validFrom="2026-10-02T00:00:00Z")
    put(world, program, newer)
    assert [one.document for one in brought_into(world, join(world, mine, theirs).passport_id)] == [newer]


def test_the_journal_says_no_more_than_keys(world: World) -> None:
    """Of what was put, by what issuer, under which name, nothing is in it."""
    _, _, program = somebody(world)
    put(world, program, strangers_badge())
    put_profile(world, program)
    with world.rooms.database.read() as session:
        said = "".join(f"{event.action} {event.subject} {event.details}" for event in session.exec(select(EventRow)))
    for word in ("did:key", "00000000-0000-4000-8000", "Sani", "Course House", "posti.example"):
        assert word not in said


def test_auditors_of_an_issuer_read_nothing_of_it(world: World) -> None:
    """What a holder brought along, and their profile, stands in the operator's chain alone."""
    _, _, program = somebody(world)
    put(world, program, strangers_badge())
    put_profile(world, program)
    with world.rooms.database.read() as session:
        chains = {event.action: event.chain for event in session.exec(select(EventRow))}
    brought = {action for action in chains if "brought" in action or "profile" in action}
    assert len(brought) == 2
    assert {chains[action] for action in brought} == {"installation"}


@pytest.mark.parametrize(
    ("registration", "name"),
    [
        ('{"client_name": "Reppu"}', "Reppu"),
        (None, None),
        ("{}", None),
        ("nonsense", None),
        ("[]", None),
        ('{"client_name": 7}', None),
        ('{"client_name": "  "}', None),
    ],
)
def test_the_name_of_a_program(registration: str | None, name: str | None) -> None:
    """It is what the program said when it registered; what is not there is not made up."""
    assert program_name(registration) == name
