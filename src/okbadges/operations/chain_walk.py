"""Walking hash chains outside a database: event by event, chains in any order, each chain in the order of its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from okbadges.errors import InvalidInput
from okbadges.storage.journal import event_hash
from okbadges.storage.tables import EventRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

BEFORE_THE_FIRST = (0, "0" * 64)
"""Number and hash of what stands before the first event of a chain."""

Head = tuple[int, str]
"""Number and hash of the newest event of a chain."""


class ChainWalk:
    """Takes one event after the other and refuses the first that does not follow the one before it."""

    def __init__(self, heads: Mapping[str, Head], *, where: str) -> None:
        """Go on from these heads; ``where`` says in an error's words what is being read."""
        self.heads = dict(heads)
        self.times: dict[str, datetime] = {}
        self._where = where

    def step(self, event: Mapping[str, Any]) -> None:
        """Take the next event of its chain. Raises `InvalidInput` (``chain-broken``)."""
        row = EventRow(**event)
        number, before = self.heads.get(row.chain, BEFORE_THE_FIRST)
        if row.number != number + 1 or row.previous_hash != before or row.event_hash != event_hash(row):
            raise InvalidInput(
                "chain-broken",
                f"{self._where}: event {row.number} of the chain {row.chain} does not follow event {number}. "
                "It was altered or is damaged; use another copy.",
            )
        self.heads[row.chain] = (row.number, row.event_hash)
        self.times[row.chain] = row.at
