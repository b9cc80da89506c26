"""Passports in tests: giving a participant a card, and opening the passport with it in a browser of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.testclient import TestClient
from sqlmodel import select

from okbadges.organisations.consents import How
from okbadges.organisations.workshops import find_organisation
from okbadges.passport.accepting import Decision, decide
from okbadges.passport.cards import issue_card
from okbadges.passport.holder import Holder, holder_of_card, set_pin
from okbadges.storage.tables import CredentialRow
from support.learners import new_group, new_participant
from support.world import BASE_URL

if TYPE_CHECKING:
    import uuid

    from okbadges.passport.cards import Card
    from support.world import World

PAGE = {"Accept": "text/html"}


def two_people(world: World) -> tuple[uuid.UUID, uuid.UUID]:
    """Return Sani and Eino, participants of one group."""
    group = new_group(world)
    return new_participant(world, group), new_participant(world, group, "Eino")


def new_card(world: World, participant: uuid.UUID, *, organisation: str = "kemi") -> Card:
    """Give a participant a card; the one they had before ends."""
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
    )


def browser(world: World) -> TestClient:
    """Return a browser that keeps its own cookies, asks for pages and follows no redirect unless it is told to."""
    return TestClient(world.app, base_url=BASE_URL, raise_server_exceptions=False, headers=PAGE, follow_redirects=False)


def open_with(world: World, card: Card) -> TestClient:
    """Return a browser in which somebody opened a passport with this card."""
    client = browser(world)
    answer = client.get(card.address.removeprefix(BASE_URL))
    assert (answer.status_code, answer.headers["location"]) == (303, "/passport"), answer.text
    return client


def open_passport(world: World, participant: uuid.UUID, *, organisation: str = "kemi") -> TestClient:
    """Give a participant a card and return a browser in which their passport is open."""
    return open_with(world, new_card(world, participant, organisation=organisation))


def holder_of(world: World, card: Card) -> Holder:
    """Return who holds a card."""
    with world.rooms.database.read() as session:
        holder = holder_of_card(session, card.id)
    assert holder is not None
    return holder


def give_pin(world: World, card: Card, pin: str = "2580") -> str:
    """Protect the passport of a card with a PIN, as its holder does, and return it."""
    set_pin(world.rooms.writer, world.rooms.stamp("holder"), world.rooms.secrets, holder_of(world, card), pin)
    return pin


def row_of(world: World, credential_id: str) -> uuid.UUID:
    """Return the row's key of a credential: what names it on its holder's pages."""
    with world.rooms.database.read() as session:
        return session.exec(select(CredentialRow.id).where(CredentialRow.credential_id == credential_id)).one()


def give_badge(
    world: World, participant: uuid.UUID, badge: str = "digi-turva", *, accepted: bool = True, **order: object
) -> uuid.UUID:
    """Let Iida issue a badge to a participant, who takes it unless told otherwise, and return its row's key."""
    row = row_of(world, world.issue(participant=str(participant), badge=badge, **order)["id"])
    if accepted:
        say(world, participant, row, Decision.ACCEPT)
    return row


def say(world: World, participant: uuid.UUID, row: uuid.UUID, decision: Decision) -> bool:
    """Let a participant say something to one of their badges; tell whether that changed anything."""
    return decide(
        world.rooms.writer,
        world.rooms.stamp("holder"),
        decision,
        credential=row,
        participants=[participant],
        how=How.PASSPORT,
    )
