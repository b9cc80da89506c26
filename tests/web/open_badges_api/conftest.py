"""A holder with two badges of ours, a program that they allowed everything, and the client that is made of the published file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from support.learners import new_group, new_participant
from support.open_badges_api import OpenBadgesClient
from support.partners import Program, allowed
from support.passport import give_badge

if TYPE_CHECKING:
    import uuid
    from pathlib import Path

    from support.world import World


@dataclass(frozen=True, slots=True)
class Sani:
    """Sani, their badges in the order in which they took them, and the program that they allowed everything."""

    participant: uuid.UUID
    badges: tuple[uuid.UUID, ...]
    program: Program

    @property
    def token(self) -> str:
        """Return the program's access token."""
        return self.program.token


def new_sani(world: World) -> Sani:
    """Let Sani have two badges, and allow a program everything."""
    participant = new_participant(world, new_group(world))
    badges = []
    for badge in ("digi-turva", "kasi-puu"):
        badges.append(give_badge(world, participant, badge))
        world.clock.move(minutes=1)
    return Sani(participant, tuple(badges), allowed(world, participant))


@pytest.fixture
def sani(world: World) -> Sani:
    """Return Sani."""
    return new_sani(world)


@pytest.fixture
def backpack(world: World, shared: Path) -> OpenBadgesClient:
    """Return a client that is made of the published OpenAPI file."""
    return OpenBadgesClient(shared, world.client)
