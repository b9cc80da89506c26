"""What the tests of sharing have in common: Sani with some badges in an open passport, and the links that they make."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from okbadges.issuing.links import Links
from okbadges.organisations.workshops import find_organisation
from okbadges.passport.accepting import Decision
from okbadges.passport.own_links import Shown, WantedLink, make_link
from okbadges.passport.reflections import Reflection, keep_reflection
from okbadges.passport.sharing import Purpose
from okbadges.progress.evidence import NewPiece, keep_evidence
from support.passport import holder_of, new_card, open_with, row_of, say

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from okbadges.passport.cards import Card
    from okbadges.passport.holder import Holder
    from okbadges.progress.evidence import Piece
    from okbadges.progress.evidence_content import Content
    from support.world import World

BADGES = ("digi-turva", "arki-ruoka", "kasi-keittio")
NO_LINK = uuid.UUID(int=7)


@dataclass(frozen=True, slots=True)
class Sharer:
    """Somebody with badges in a passport: ``rows`` are the keys of their credentials, ``issued`` what the API said of them."""

    participant: uuid.UUID
    card: Card
    holder: Holder
    rows: dict[str, uuid.UUID]
    issued: dict[str, dict[str, Any]]


def sharer(world: World, *badges: str, accepted: bool = True) -> Sharer:
    """Let Iida issue badges to somebody new, who takes them into their passport."""
    issued: dict[str, dict[str, Any]] = {}
    participant: str | None = None
    for badge in badges or BADGES:
        issued[badge] = world.issue(badge=badge, participant=participant)
        participant = issued[badge]["participant"]
    one = uuid.UUID(participant)
    rows = {badge: row_of(world, body["id"]) for badge, body in issued.items()}
    for row in rows.values() if accepted else ():
        say(world, one, row, Decision.ACCEPT)
    card = new_card(world, one)
    return Sharer(one, card, holder_of(world, card), rows, issued)


def passport_of(world: World, sani: Sharer) -> TestClient:
    """Return a browser in which their passport is open."""
    return open_with(world, sani.card)


def wanted(world: World, sani: Sharer, **changes: Any) -> WantedLink:
    """Return a link as they want it: all badges, for a workplace, for a month, nothing beside them."""
    usual: dict[str, Any] = {
        "purpose": Purpose.WORKPLACE,
        "credentials": tuple(sani.rows.values()),
        "shows": frozenset(),
        "name": None,
        "expires_on": world.clock().date() + timedelta(days=30),
    }
    return WantedLink(**{**usual, **changes})


def new_link(world: World, sani: Sharer, **changes: Any) -> uuid.UUID:
    """Let them make a link and return its key."""
    rooms = world.rooms
    links = Links(rooms.secrets, rooms.base_url)
    return make_link(rooms.writer, rooms.stamp("holder"), links, sani.holder, wanted(world, sani, **changes))


def address_of(world: World, link: uuid.UUID) -> str:
    """Return the address of a link on this service, without its host."""
    rooms = world.rooms
    return f"/s/{Links(rooms.secrets, rooms.base_url).share_token(link)}"


def write(world: World, sani: Sharer, words: str, *, badge: str = "digi-turva", step: str = "") -> None:
    """Let them write something about a badge or a step, and say how sure they were and are."""
    rooms = world.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    reflection = Reflection(sani.participant, badge, step, words, 2, 5)
    keep_reflection(rooms.writer, rooms.stamp("holder"), rooms.secrets, kemi, reflection)


def keep(world: World, sani: Sharer, content: Content, *, badge: str = "digi-turva") -> Piece:
    """Let Iida keep a piece of evidence of theirs, as they agreed."""
    rooms = world.rooms
    with rooms.database.read() as session:
        kemi = find_organisation(session, "kemi")
    return keep_evidence(
        rooms.writer,
        rooms.stamp("test"),
        rooms.secrets,
        organisation=kemi,
        participant_id=sani.participant,
        new=NewPiece(badge, content, agreed=True),
    )


def everything() -> frozenset[Shown]:
    """Return all that can be shown beside badges."""
    return frozenset(Shown)


def hidden_fields(page: str, action: str) -> dict[str, list[str]]:
    """Return what a form of a page would send without being touched: its hidden fields, by name."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form, f"there is no form to {action}"
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form[1]):
        fields.setdefault(name, []).append(value)
    return fields
