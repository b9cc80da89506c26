"""What `growth.py` multiplies and what it measures, all of it made by the product's own functions.

A village is a workshop with two groups of twelve, their cards, badges, steps, own words and links. A landmark is a group of twelve
whose badges, links and cards are measured later: landmarks are made again and again while the database is filled, so that they lie all
over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from okbadges.issuing.links import Links
from okbadges.organisations.callers import Caller
from okbadges.organisations.consents import How
from okbadges.organisations.groups import WantedGroup, create_group
from okbadges.organisations.members import create_member
from okbadges.organisations.participants import add_participants
from okbadges.organisations.roles import ALLOWED, Role
from okbadges.organisations.workshops import (
    Organisation,
    Workshop,
    create_organisation,
    create_workshop,
    find_organisation,
    find_workshop,
)
from okbadges.passport.accepting import Decision, decide
from okbadges.passport.cards import issue_card
from okbadges.passport.holder import holder_of_card
from okbadges.passport.own_links import WantedLink, make_link
from okbadges.passport.reflections import Reflection, keep_reflection
from okbadges.passport.sharing import Purpose
from okbadges.progress.ticking import Sighting, steps_for, tick_steps
from support.passport import row_of
from support.world import order

if TYPE_CHECKING:
    import uuid

    from okbadges.passport.cards import Card
    from support.world import World

BADGES: Final = ("digi-turva", "arki-ruoka", "kasi-keittio", "arki-palvelut")
BEGUN: Final = "kasi-puu"
GROUP_SIZE: Final = 12
GROUPS: Final = 2
SHOWN_BADGES: Final = 3
REVOKED, CORRECTED, NOT_SHARED = 3, 2, 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where badges are awarded: an organisation, its workshop and the member who leads the groups there."""

    organisation: Organisation
    workshop: Workshop
    leader: uuid.UUID
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Landmark:
    """A group that is measured: its id, who leads it, the ids of its badges, the addresses of links and cards."""

    group: uuid.UUID
    place: Place
    participants: tuple[uuid.UUID, ...]
    credentials: tuple[str, ...]
    links: tuple[str, ...]
    cards: tuple[Card, ...]


def first_place(world: World) -> Place:
    """Return the place that every prepared installation has: Iida's café in Kemi."""
    with world.rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
        return Place(kemi, find_workshop(session, kemi, "kahvila"), world.keys.iida_id, world.as_iida())


def new_place(world: World, issuer_id: uuid.UUID, slug: str) -> Place:
    """Make another organisation with a workshop, and somebody who leads there."""
    rooms, stamp = world.rooms, world.rooms.stamp("bench")
    organisation = create_organisation(rooms.writer, stamp, issuer_id=issuer_id, slug=slug, name=f"Paja {slug}")
    workshop = create_workshop(rooms.writer, stamp, organisation=organisation, slug="kahvila", name="Kahvila")
    leader = create_member(
        rooms.writer, stamp, rooms.secrets, organisation=organisation, role=Role.INSTRUCTOR, name="Iida"
    ).id
    key = world.key((), organisation=slug, lasts=timedelta(days=365), role=Role.INSTRUCTOR, member_id=leader)
    return Place(organisation, workshop, leader, key)


def make_village(world: World, place: Place, slug: str) -> None:
    """Let two groups come to a place and learn."""
    issued: list[str] = []
    for number in range(GROUPS):
        group, people = _group(world, place, f"{slug}-{number}")
        del group
        for nth, participant in enumerate(people):
            badges = [_issue(world, place, participant, badge) for badge in BADGES]
            issued += badges
            card = _card(world, place, participant)
            _accept(world, participant, badges)
            _learn(world, place, participant)
            if nth >= NOT_SHARED:
                _share(world, card, badges[:SHOWN_BADGES])
    for credential in issued[:REVOKED]:
        _post(world, place, f"/v1/credentials/{credential}/revoke", reason="issued-in-error")
    for credential in issued[-CORRECTED:]:
        _post(world, place, f"/v1/credentials/{credential}/reissue", changes={"language": "sv"})


def make_landmark(world: World, place: Place, slug: str) -> Landmark:
    """Make a group in which everybody has one badge, a link that shows it, and a card."""
    group, people = _group(world, place, slug)
    badges = tuple(_issue(world, place, one, BADGES[0]) for one in people)
    cards = tuple(_card(world, place, one) for one in people)
    for one, badge in zip(people, badges, strict=True):
        _accept(world, one, [badge])
    links = tuple(_share(world, card, [badge]) for card, badge in zip(cards, badges, strict=True))
    return Landmark(group, place, people, badges, links, cards)


def _group(world: World, place: Place, slug: str) -> tuple[uuid.UUID, tuple[uuid.UUID, ...]]:
    rooms, stamp = world.rooms, world.rooms.stamp("bench")
    wanted = WantedGroup(place.workshop, place.leader, slug, slug)
    group = create_group(rooms.writer, stamp, organisation=place.organisation, wanted=wanted)
    labels = [f"Sani {number}" for number in range(GROUP_SIZE)]
    made = add_participants(rooms.writer, stamp, rooms.secrets, group=group, labels=labels)
    return group.id, tuple(one.id for one in made)


def wanted_badge(world: World, place: Place, participant: uuid.UUID | None, badge: str) -> dict[str, Any]:
    """Return the JSON of an order of today."""
    return order(
        badge=badge,
        organisation=place.organisation.slug,
        workshop=place.workshop.slug,
        participant=str(participant) if participant else None,
        awarded_on=world.clock().date().isoformat(),
    )


def _issue(world: World, place: Place, participant: uuid.UUID, badge: str) -> str:
    name: str = _post(world, place, "/v1/credentials", **wanted_badge(world, place, participant, badge))["id"]
    return name


def _post(world: World, place: Place, path: str, **body: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    answer = world.client.post(path, json=body, headers=place.headers)
    assert answer.is_success, answer.text
    said: dict[str, Any] = answer.json()
    return said


def _card(world: World, place: Place, participant: uuid.UUID) -> Card:
    rooms = world.rooms
    return issue_card(
        rooms.writer,
        rooms.stamp("bench"),
        rooms.secrets,
        base_url=rooms.base_url,
        organisation=place.organisation,
        participant_id=participant,
    )


def _accept(world: World, participant: uuid.UUID, badges: list[str]) -> None:
    for badge in badges:
        decide(
            world.rooms.writer,
            world.rooms.stamp("holder"),
            Decision.ACCEPT,
            credential=row_of(world, badge),
            participants=[participant],
            how=How.PASSPORT,
        )


def _learn(world: World, place: Place, participant: uuid.UUID) -> None:
    """Let two steps of another badge be seen, and let them write something of their own."""
    rooms, seen = world.rooms, Sighting("instructor", "observation", world.clock().date())
    by_leader = {place.organisation.slug: place.organisation}
    caller = Caller(f"member:{place.leader}", by_leader, ALLOWED[Role.INSTRUCTOR], Role.INSTRUCTOR, place.leader)
    with rooms.database.read() as session:
        steps = steps_for(session, caller, participant, BEGUN)
    tick_steps(rooms.writer, rooms.stamp("bench"), rooms.secrets, steps[:2], seen)
    words = Reflection(participant, BEGUN, "", "Sain hyllyn valmiiksi.", 2, 4)
    keep_reflection(rooms.writer, rooms.stamp("holder"), rooms.secrets, place.organisation, words)


def _share(world: World, card: Card, badges: list[str]) -> str:
    """Make a link of the holder's own and return its address on this service."""
    rooms = world.rooms
    links = Links(rooms.secrets, rooms.base_url)
    with rooms.database.read() as session:
        holder = holder_of_card(session, card.id)
    assert holder is not None
    last_day = world.clock().date() + timedelta(days=360)
    rows = tuple(row_of(world, badge) for badge in badges)
    wanted = WantedLink(Purpose.OTHER, rows, frozenset(), None, last_day)
    return f"/s/{links.share_token(make_link(rooms.writer, rooms.stamp('holder'), links, holder, wanted))}"
