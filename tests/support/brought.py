"""Badges of other issuers in a passport, put there as a program puts them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from okbadges.partners.grants import granted_to
from okbadges.partners.open_badges_api.putting import Put, Putting
from okbadges.passport.brought import Brought, brought_of
from okbadges.passport.profiles import keep_profile
from verification.making import Maker

if TYPE_CHECKING:
    import uuid

    from support.partners import Program
    from support.world import World

PROFILE = b'{"@context":[],"id":"urn:x:sani","type":["Profile"],"name":"Sani Salainen","email":"sani@posti.example"}'


def strangers_badge(number: int = 1, **changes: Any) -> bytes:
    """Return a badge of somebody whom nobody here knows, one of many."""
    changes = {"id": f"urn:uuid:00000000-0000-4000-8000-{number:012d}", **changes}
    return orjson.dumps(Maker.by_key().badge(**changes))


def put(world: World, program: Program, document: bytes, *, is_jwt: bool = False) -> Put:
    """Let a program put a badge."""
    rooms = world.rooms
    with rooms.database.read() as session:
        granted = granted_to(session, program.token, now=world.clock())
    putting = Putting(rooms.writer, rooms.secrets, granted, rooms.verify)
    return putting.put(rooms.stamp(granted.actor), document, is_jwt=is_jwt)


def put_profile(world: World, program: Program, document: bytes = PROFILE) -> None:
    """Let a program put the profile of its holder."""
    rooms = world.rooms
    keep_profile(rooms.writer, rooms.stamp("test"), rooms.secrets, program.passport_id, document, still=lambda _: None)


def brought_into(world: World, passport_id: uuid.UUID) -> list[Brought]:
    """Return what was brought into a passport, the newest first."""
    with world.rooms.database.read() as session:
        return brought_of(session, world.rooms.secrets, passport_id)
