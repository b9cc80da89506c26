"""Reading the journal: a page of it, all of it as lines of a file, and whether it is whole.

Whoever can write to the database can also forge a whole chain anew from some event on, or take away its newest events and set the
head back. Heads that were noted in a second place show that: an event that was noted must be there, and be the same.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from sqlalchemy import func
from sqlmodel import col, select

from okbadges.errors import InvalidInput
from okbadges.storage.journal import CLOCKS_DIFFER, event_hash
from okbadges.storage.tables import EventHeadRow, EventRow, IssuerRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from sqlmodel import Session

_FIRST_HASH = "0" * 64
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Head:
    """The newest event of a chain as it was at some time: its number, hash and date, and when that was noted."""

    chain: str
    number: int
    event_hash: str
    at: datetime
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events of a chain; None is all."""

    subject: str | None = None
    action: str | None = None
    since: datetime | None = None


def chains_of(session: Session, issuer_ids: Collection[UUID]) -> list[str]:
    """Return the chains of these issuers, in order."""
    return list(session.exec(select(IssuerRow.slug).where(col(IssuerRow.id).in_(issuer_ids)).order_by(IssuerRow.slug)))


def page_of(session: Session, chain: str, wanted: Wanted, *, after: int, limit: int) -> list[EventRow]:
    """Return the events of a chain with a number above ``after``, oldest first."""
    first = after + 1
    if wanted.since is not None:
        begins = _first_since(session, chain, wanted.since)
        if begins is None:
            return []
        first = max(first, begins)
    rows = select(EventRow).where(EventRow.chain == chain, EventRow.number >= first)
    if wanted.subject is not None:
        rows = rows.where(EventRow.subject == wanted.subject)
    if wanted.action is not None:
        rows = rows.where(EventRow.action == wanted.action)
    if wanted.since is not None:
        rows = rows.where(EventRow.at >= wanted.since)
    return list(session.exec(rows.order_by(col(EventRow.number)).limit(limit)))


def _first_since(session: Session, chain: str, since: datetime) -> int | None:
    """Return the number of the first event that is not older; None where there is none.

    Two clocks may be a little apart: an event that came first may say a time that is a little later than the earliest one does.
    """
    not_older = select(EventRow.at).where(EventRow.chain == chain, EventRow.at >= since)
    earliest = session.exec(not_older.order_by(col(EventRow.at)).limit(1)).first()
    if earliest is None:
        return None
    about_then = col(EventRow.at).between(earliest, earliest + CLOCKS_DIFFER)
    return session.scalar(select(func.min(EventRow.number)).where(EventRow.chain == chain, about_then))


def every_event(session: Session, *, chain: str | None = None, since: datetime | None = None) -> Iterator[EventRow]:
    """Give each event, chain by chain, a thousand in memory at most.

    From ``since`` on means from the first event that is not older, without a gap: two clocks may have been a little apart.
    """
    rows = select(EventRow).order_by(col(EventRow.chain), col(EventRow.number))
    if chain is not None:
        rows = rows.where(EventRow.chain == chain)
    if since is not None:
        starts = (
            select(EventRow.chain, func.min(EventRow.number).label("number"))
            .where(EventRow.at >= since)
            .group_by(EventRow.chain)
            .subquery()
        )
        rows = rows.join(starts, (starts.c.chain == EventRow.chain) & (col(EventRow.number) >= starts.c.number))
    yield from session.scalars(rows.execution_options(yield_per=_AT_ONCE))


def heads(session: Session, *, now: datetime) -> list[Head]:
    """Return the newest event of every chain, to be noted in a second place."""
    rows = session.exec(select(EventHeadRow).order_by(EventHeadRow.chain))
    return [Head(row.chain, row.number, row.event_hash, row.at, now) for row in rows]


def event_line(row: EventRow) -> bytes:
    """Return an event as a line of JSON that holds all that its hash covers, details to the letter."""
    return orjson.dumps(
        {**row.model_dump(mode="json", exclude={"at"}), "at": row.at.isoformat(timespec="microseconds")}
    )


def read_event(line: bytes, number: int) -> EventRow:
    """Return the event of a line; ``number`` is the line's. Raises `InvalidInput` (``not-an-event``)."""
    read = _object(line, EventRow.model_fields, number, "not-an-event", "an event of an exported journal")
    return EventRow(**{**read, "id": UUID(read["id"]), "at": datetime.fromisoformat(read["at"])})


def head_line(head: Head) -> bytes:
    """Return a head as a line of JSON."""
    return orjson.dumps(head, option=orjson.OPT_UTC_Z)


def read_head(line: bytes, number: int) -> Head:
    """Return the head of a line; ``number`` is the line's. Raises `InvalidInput` (``not-a-head``)."""
    read = _object(line, Head.__dataclass_fields__, number, "not-a-head", "a head of a journal")
    times = {name: datetime.fromisoformat(read[name]).astimezone(UTC) for name in ("at", "noted_at")}
    return Head(**{**read, **times})


def _object(line: bytes, members: Collection[str], number: int, code: str, what: str) -> dict[str, Any]:
    """Read one line. Raises `InvalidInput` unless it has these members, each of its kind."""
    try:
        read = orjson.loads(line)
        is_right = isinstance(read, dict) and set(read) == set(members)
        is_right = is_right and all(_is_right(name, value) for name, value in read.items())
    except ValueError:
        is_right = False
    if not is_right:
        raise InvalidInput(code, f"Line {number} is not {what}; is this the right file, and whole?", field="file")
    return dict(read)


def _is_right(name: str, value: object) -> bool:
    """Tell whether a member of this name can have this value. Raises `ValueError` for a time or an id that is none."""
    if name in ("at", "noted_at"):
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    if name == "id":
        return isinstance(value, str) and UUID(value).int >= 0
    return type(value) is (int if name == "number" else str)


def broken_places(
    events: Iterable[EventRow], shown: Mapping[str, Head] | None, noted: Iterable[Head] = ()
) -> Iterator[str]:
    """Walk events and say where a chain is broken; nothing said means that all is whole.

    ``shown`` are the heads of the database that the events come from; None for those of a file, which may begin later than with the
    first event and need not hold every chain. ``noted`` are heads from a second place.
    """
    promised: dict[str, deque[Head]] = {}
    for head in sorted(noted, key=lambda head: (head.number, head.noted_at)):
        promised.setdefault(head.chain, deque()).append(head)
    names = sorted({*shown, *promised}) if shown is not None else []
    chains = {name: _Chain(promised.get(name, deque())) for name in names}
    for row in events:
        if row.chain not in chains:
            chains[row.chain] = _Chain(promised.get(row.chain, deque()), begins_anywhere=shown is None)
        yield from (f"chain {row.chain}: {words}" for words in chains[row.chain].follow(row))
    for name, chain in chains.items():
        yield from (f"chain {name}: {words}" for words in chain.end())
        if shown is not None:
            yield from (f"chain {name}: {words}" for words in chain.compare(shown.get(name)))


class _Chain:
    """One chain while it is walked: the event before, and the noted heads that are still to come."""

    def __init__(self, noted: deque[Head], *, begins_anywhere: bool = False) -> None:
        self._number, self._hash = 0, _FIRST_HASH
        self._begins_anywhere = begins_anywhere
        self._noted = noted
        self._same_until = 0
        self._is_another = False

    def follow(self, row: EventRow) -> Iterator[str]:
        """Take the next event, and say what is wrong with it."""
        if self._begins_anywhere:
            self._number, self._hash, self._begins_anywhere = row.number - 1, row.previous_hash, False
            while self._noted and self._noted[0].number < row.number:
                self._noted.popleft()
        if row.number > self._number + 1:
            yield f"before event {row.number} there are {row.number - self._number - 1} missing, from {self._number + 1} on"
        elif row.number <= self._number:
            yield f"event {row.number} comes after event {self._number}"
        elif row.previous_hash != self._hash:
            yield f"event {row.number} does not follow event {self._number}: one of the two is not what it was"
        if row.event_hash != event_hash(row):
            yield f"event {row.number} is not what it was"
        self._number, self._hash = row.number, row.event_hash
        while self._noted and self._noted[0].number <= row.number:
            yield from self._is_as_noted(self._noted.popleft(), row)

    def _is_as_noted(self, head: Head, row: EventRow) -> Iterator[str]:
        if head.number == row.number and head.event_hash == row.event_hash:
            self._same_until = row.number
        elif head.number == row.number and not self._is_another:
            self._is_another = True
            yield (
                f"event {row.number} is not the one that was noted on {head.noted_at:%Y-%m-%d %H:%M} UTC; "
                f"up to event {self._same_until} it is as it was noted"
            )

    def end(self) -> Iterator[str]:
        """Say what was noted and did not come."""
        if self._noted:
            head = self._noted[-1]
            yield (
                f"event {head.number}, which was noted on {head.noted_at:%Y-%m-%d %H:%M} UTC, is missing; "
                f"the newest that is there is event {self._number}"
            )

    def compare(self, head: Head | None) -> Iterator[str]:
        """Say where the end of the chain is not what the head of the database shows."""
        number = head.number if head else 0
        if number > self._number:
            yield f"the newest events, from {self._number + 1} to {number}, are missing"
        elif number < self._number:
            yield f"it goes on to event {self._number}, and its head shows event {number}"
        elif head is not None and head.event_hash != self._hash:
            yield f"its head does not show event {number} as it is"
