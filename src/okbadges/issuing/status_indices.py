"""Status indices: reserved in blocks in the database before anything is signed, and never given twice.

The counter of a list only goes up, in a transaction of its own; a block that a crash leaves unused is simply lost. What goes
into a credential is a keyed permutation of the counter, so that neighbours in a list say nothing about a group.

A restore closes every list that it finds. The list after a closed one gets a number that no list can have had which the backup
did not know: lists opened after the backup are lost, and credentials out in the world still name them.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlmodel import col

from okbadges.credentials.status_list import permuted_index
from okbadges.storage.ids import uuid7
from okbadges.storage.tables import CredentialRow, EndorsementRow, IssuerRow, StatusListRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.organisations.issuers import Issuer
    from okbadges.storage.writer import Writer

LIST_SIZE = 131_072
BLOCK = 32
SHUFFLE_KEY_BYTES = 32
_SPACE_FOR_LOST_LISTS = 1000
_FIRST_SECOND = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StatusSlot:
    """One place in one status list of an issuer."""

    list_row_id: uuid.UUID
    list_number: int
    index: int


class StatusIndices:
    """Hands out the places of this process's reserved blocks, one issuer at a time."""

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
        self._free: dict[uuid.UUID, deque[StatusSlot]] = {}
        self._handing_out = threading.Lock()

    def take(self, issuer: Issuer) -> StatusSlot:
        """Return a place that nobody else has or will have."""
        with self._handing_out:
            free = self._free.setdefault(issuer.id, deque())
            if not free:
                free.extend(self._writer.write(lambda connection: self._reserve(connection, issuer.id)))
            return free.popleft()

    def _reserve(self, connection: Connection, issuer_id: uuid.UUID) -> list[StatusSlot]:
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
        end = min(first + BLOCK, size)
        connection.execute(update(StatusListRow).where(col(StatusListRow.id) == list_id).values(next_counter=end))
        return [
            StatusSlot(list_id, number, permuted_index(counter, key=key, size=size)) for counter in range(first, end)
        ]

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
