"""The rooms of a running service, put together once by `okbadges.app.create_app` and handed to every route."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends, Request

from okbadges.storage.journal import Stamp

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from okbadges.edge.turns import Turns
    from okbadges.issuing.issue import Issuing
    from okbadges.issuing.keyring import Keyring
    from okbadges.issuing.publishing import Publishing
    from okbadges.storage.database import Database
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer
    from okbadges.verification import Report


@dataclass(frozen=True, slots=True)
class Rooms:
    """Everything a route may use; nothing else is reachable from a route."""

    base_url: str
    demo: bool
    database: Database
    writer: Writer
    secrets: Secrets
    keyring: Keyring
    issuing: Issuing
    publishing: Publishing
    verify: Callable[[bytes], Report]
    verify_turns: Turns
    now: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]

    def stamp(self, actor: str) -> Stamp:
        """Return the stamp for a change that ``actor`` makes now."""
        return Stamp(actor, self.now(), self.random_bytes)


def rooms_of(request: Request) -> Rooms:
    """Return the rooms of the service that answers this request."""
    return cast("Rooms", request.app.state.rooms)


RoomsOf = Annotated[Rooms, Depends(rooms_of)]
