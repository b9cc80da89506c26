"""What programs were let in by: told to the holder, gone with the passport, and gone a month after its end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlmodel import func, select

from okbadges.operations import retention
from okbadges.organisations.periods import Periods
from okbadges.organisations.workshops import find_organisation
from okbadges.partners.oauth.programs import programs_let_in
from okbadges.passport.erasure import erase_participant
from okbadges.passport.joining import join_passports
from okbadges.passport.own_data import own_data
from okbadges.storage.tables import OAuthClientRow, OAuthGrantRow, OAuthTokenRow
from support.passport import holder_of, new_card, open_with, two_people
from support.programs import OFFLINE, READ, Backpack, new_program

if TYPE_CHECKING:
    import uuid

    from okbadges.passport.cards import Card
    from support.world import World


@pytest.fixture
def people(world: World) -> tuple[uuid.UUID, uuid.UUID]:
    """Return Sani and Eino."""
    return two_people(world)


@pytest.fixture
def card(world: World, people: tuple[uuid.UUID, uuid.UUID]) -> Card:
    """Return Sani's card."""
    return new_card(world, people[0])


@pytest.fixture
def backpack(world: World) -> Backpack:
    """Return a program that registered itself."""
    return new_program(world)


def counted(world: World) -> tuple[int, int, int]:
    """Return how many programs, grants and tokens are kept."""
    with world.rooms.database.read() as session:
        programs, grants, tokens = (
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (OAuthClientRow, OAuthGrantRow, OAuthTokenRow)
        )
    return programs, grants, tokens


def clean(world: World) -> retention.Deleted:
    """Delete what is old enough, and see that as much was announced."""
    with world.rooms.database.read() as session:
        due = retention.due(session, Periods(), now=world.clock())
    done = retention.run(world.rooms.writer, world.rooms.stamp("duty"), Periods(), last_run_at=None)
    assert done == due
    return done


def test_it_is_told_to_the_holder(world: World, card: Card, backpack: Backpack) -> None:
    """Their own data say which program may do what since when, and hold no token."""
    tokens = backpack.tokens(open_with(world, card))
    with world.rooms.database.read() as session:
        told = own_data(session, world.rooms.secrets, holder_of(world, card))["programs"]
    assert [(one["program"], one["scopes"], one["ended_at"]) for one in told] == [
        ("Backpack", sorted([READ, OFFLINE]), None)
    ]
    assert sorted(one["kind"] for one in told[0]["tokens"]) == ["access", "refresh"]
    assert tokens["access_token"] not in str(told)


def test_it_goes_with_the_person(
    world: World, card: Card, backpack: Backpack, people: tuple[uuid.UUID, uuid.UUID]
) -> None:
    """Erasing somebody ends and deletes what they allowed; the program itself stays."""
    token = backpack.tokens(open_with(world, card))["refresh_token"]
    with world.rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    erase_participant(world.rooms.writer, world.rooms.stamp("test"), organisation=kemi, participant_id=people[0])
    assert counted(world) == (1, 0, 0)
    assert backpack.refresh(token).json()["error"] == "invalid_grant"


def test_joining_ends_what_the_other_card_allowed(
    world: World, card: Card, backpack: Backpack, people: tuple[uuid.UUID, uuid.UUID]
) -> None:
    """What was allowed in the passport that comes along was about its own badges; what was allowed here stays."""
    here = backpack.tokens(open_with(world, card))["refresh_token"]
    other_card = new_card(world, people[1])
    there = backpack.tokens(open_with(world, other_card))["refresh_token"]
    join_passports(world.rooms.writer, world.rooms.stamp("holder"), holder_of(world, card), other_card.id)
    assert backpack.refresh(there).json()["error"] == "invalid_grant"
    assert backpack.refresh(here).status_code == 200


def test_a_new_card_ends_everything(
    world: World, card: Card, backpack: Backpack, people: tuple[uuid.UUID, uuid.UUID]
) -> None:
    """Whoever found the lost card may have let a program in: with the new one nothing of it opens any more."""
    tokens = backpack.tokens(open_with(world, card))
    new = new_card(world, people[0])
    assert backpack.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    with world.rooms.database.read() as session:
        assert programs_let_in(session, holder_of(world, new), now=world.clock()) == []


def test_what_is_used_stays(world: World, card: Card, backpack: Backpack) -> None:
    """While a program comes by, only its expired access tokens go."""
    token = backpack.tokens(open_with(world, card))["refresh_token"]
    for _ in range(3):
        world.clock.move(days=60)
        clean(world)
        token = backpack.refresh(token).json()["refresh_token"]
    assert counted(world)[:2] == (1, 1)


def test_what_ended_goes_after_a_month(world: World, card: Card, backpack: Backpack) -> None:
    """Taken back, or without anybody who came for it: 30 days later nothing of it is kept, but the program that was used once."""
    visit = open_with(world, card)
    token = backpack.tokens(visit)["refresh_token"]
    backpack.ask({"token": token}, at="/oauth/revoke")
    backpack.code(visit)
    world.clock.move(days=29)
    clean(world)
    assert counted(world)[:2] == (1, 2)
    world.clock.move(days=2)
    assert clean(world).grants == 2
    assert counted(world) == (1, 0, 0)


def test_what_nobody_used_goes_after_its_end_and_a_month(world: World, card: Card, backpack: Backpack) -> None:
    """A refresh token holds 90 days; a month after that the grant goes too."""
    backpack.tokens(open_with(world, card))
    world.clock.move(days=119)
    assert clean(world).grants == 0
    world.clock.move(days=2)
    assert (clean(world).grants, counted(world)) == (1, (1, 0, 0))


def test_a_program_that_nobody_let_in_goes_after_a_month(world: World, card: Card, backpack: Backpack) -> None:
    """Registrations that were never used are deleted; one that was used stays for the next person, for a year."""
    used = new_program(world, client_name="Reppu")
    used.tokens(open_with(world, card), READ)
    world.clock.move(days=31)
    assert clean(world).programs == 1
    assert counted(world)[0] == 1
    assert backpack.trade("x").json()["error"] == "invalid_client"
    world.clock.move(days=330)
    clean(world)
    assert counted(world)[0] == 1
    world.clock.move(days=10)
    assert clean(world).programs == 1
    assert counted(world)[0] == 0


def test_a_key_leaves_no_tokens_behind(world: World) -> None:
    """Tokens of access keys go a day after they expired."""
    server = Backpack(world, world.keys.iida.split("_")[1], world.keys.iida)
    server.ask({"grant_type": "client_credentials"})
    world.clock.time += timedelta(hours=2)
    assert clean(world).tokens == 0
    world.clock.time += timedelta(days=1)
    assert clean(world).tokens == 1
