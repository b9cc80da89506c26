"""Status indices: reserved in blocks in the database before anything is signed, and never given twice.

The counter of a list only goes up, in a transaction of its own; blocks that a crash leaves unused are simply lost. The next block is
reserved while half of the one before is still there, so that nobody waits for it, nor for a new list when one is full. What goes
into a credential is a keyed permutation of the counter, so that neighbours in a list say nothing about a group.

A restore closes every list that it finds. The list after a closed one gets a number that no list can have had which the backup
did not know: lists opened after the backup are lost, and credentials out in the world still name them.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from okbadges.credentials.status_list import permuted_index
from okbadges.errors import OkbadgesError
from okbadges.storage.ids import uuid7
from okbadges.storage.tables import CredentialRow, EndorsementRow, IssuerRow, StatusListRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable
    from concurrent.futures import Future

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.organisations.issuers import Issuer
    from okbadges.storage.writer import Writer

LIST_SIZE = 131_072
BLOCK = 32
"""How many places a process reserves at first; then each time twice as many, up to a small part of a list: what a crash leaves unused is lost."""
_PART_OF_A_LIST = 128
SHUFFLE_KEY_BYTES = 32
_SPACE_FOR_LOST_LISTS = 1000
_FIRST_SECOND = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StatusSlot:
    """One place in one status list of an issuer."""

    list_row_id: uuid.UUID
    list_number: int
    index: int


@dataclass(slots=True)
class _Block:
    """Counters of one list that are reserved for this process: the next, and where they end."""

    list_row_id: uuid.UUID
    list_number: int
    size: int
    shuffle_key: bytes
    next: int
    end: int

    @property
    def left(self) -> int:
        return self.end - self.next

    def take(self) -> StatusSlot:
        index = permuted_index(self.next, key=self.shuffle_key, size=self.size)
        self.next += 1
        return StatusSlot(self.list_row_id, self.list_number, index)


@dataclass(slots=True)
class _Reserved:
    """What a process has of one issuer: the block in hand, the one that was asked for ahead, and how large the next will be."""

    block: _Block | None = None
    ahead: Future[_Block] | None = None
    next_size: int = BLOCK


class StatusIndices:
    """Hands out the places of this process's reserved blocks, one issuer at a time.

    The next block is asked for when half of this one is used, so that nobody waits for a list to be opened either.
    """

    def __init__(
        self,
        writer: Writer,
        *,
        now: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
        list_size: int = LIST_SIZE,
    ) -> None:
        """Reserve through ``writer``; ``list_size`` is smaller only in tests of what happens when a list is full."""
        self._writer = writer
        self._now = now
        self._random_bytes = random_bytes
        self._list_size = list_size
        self._reserved: dict[uuid.UUID, _Reserved] = {}
        self._handing_out = threading.Lock()

    def take(self, issuer: Issuer) -> StatusSlot:
        """Return a place that nobody else has or will have."""
        with self._handing_out:
            reserved = self._reserved.setdefault(issuer.id, _Reserved())
            block = reserved.block
            if block is None or not block.left:
                block = reserved.block = self._next_block(reserved, issuer.id)
            slot = block.take()
            if reserved.ahead is None and block.left < reserved.next_size // 4:
                reserved.ahead = self._ask(reserved, issuer.id)
            return slot

    def _next_block(self, reserved: _Reserved, issuer_id: uuid.UUID) -> _Block:
        """Wait for the block that was asked for; when that failed, or none was, ask again."""
        ahead, reserved.ahead = reserved.ahead, None
        if ahead is not None:
            with suppress(OkbadgesError, DBAPIError):
                return ahead.result()
        return self._ask(reserved, issuer_id).result()

    def _ask(self, reserved: _Reserved, issuer_id: uuid.UUID) -> Future[_Block]:
        count = reserved.next_size
        reserved.next_size = min(2 * count, max(BLOCK, self._list_size // _PART_OF_A_LIST))
        return self._writer.submit(lambda connection: self._reserve(connection, issuer_id, count))

    def _reserve(self, connection: Connection, issuer_id: uuid.UUID, count: int) -> _Block:
        """Reserve the next block; the issuer's row is locked, so that two processes never open the same list."""
        connection.execute(select(col(IssuerRow.id)).where(col(IssuerRow.id) == issuer_id).with_for_update())
        newest = connection.execute(
            select(
                col(StatusListRow.id),
                col(StatusListRow.number),
                col(StatusListRow.size),
                col(StatusListRow.next_counter),
                col(StatusListRow.shuffle_key),
                col(StatusListRow.closed_at),
            )
            .where(col(StatusListRow.issuer_id) == issuer_id)
            .order_by(col(StatusListRow.number).desc())
            .limit(1)
        ).one_or_none()
        if newest is None or newest.closed_at is not None or newest.next_counter >= newest.size:
            next_number = _number_after(newest.number, newest.closed_at) if newest else 1
            row = self._open_list(connection, issuer_id, number=next_number)
            list_id, number, size, first, key = row.id, row.number, row.size, 0, row.shuffle_key
        else:
            list_id, number, size, first, key, _ = newest
        end = min(first + count, size)
        connection.execute(update(StatusListRow).where(col(StatusListRow.id) == list_id).values(next_counter=end))
        return _Block(list_id, number, size, key, first, end)

    def _open_list(self, connection: Connection, issuer_id: uuid.UUID, *, number: int) -> StatusListRow:
        now = self._now()
        row = StatusListRow(
            id=uuid7(now, self._random_bytes),
            issuer_id=issuer_id,
            number=number,
            size=self._list_size,
            shuffle_key=self._random_bytes(SHUFFLE_KEY_BYTES),
            created_at=now,
        )
        add(connection, row)
        return row


def _number_after(number: int, closed_at: datetime | None) -> int:
    """Return the number of the next list: the next number, but after a closed list at least a thousand on.

    The seconds (since 2020) keep two restores of one backup apart: the second does not know of the lists that followed the first.
    """
    if closed_at is None:
        return number + 1
    beyond = number + _SPACE_FOR_LOST_LISTS
    beyond += -beyond % _SPACE_FOR_LOST_LISTS
    return max(beyond, (closed_at - _FIRST_SECOND) // timedelta(seconds=1))


_WITH_A_PLACE = (CredentialRow, EndorsementRow)
"""What has a place in a status list."""


def taken_places(session: Session, list_row_id: uuid.UUID) -> set[int]:
    """Return the places of a status list that something signed names."""
    its = (select(col(one.status_index)).where(col(one.status_list_id) == list_row_id) for one in _WITH_A_PLACE)
    return {place for places in its for place in session.scalars(places)}


def revoked_places(session: Session, list_row_id: uuid.UUID) -> set[int]:
    """Return the places of a status list whose bit is set."""
    its = (
        select(col(one.status_index)).where(col(one.status_list_id) == list_row_id, col(one.revoked_at).is_not(None))
        for one in _WITH_A_PLACE
    )
    return {place for places in its for place in session.scalars(places)}
