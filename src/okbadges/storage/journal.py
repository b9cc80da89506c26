"""The journal: one row for every change of state, in a hash chain per issuer. It is the audit trail and the outbox both.

The hash of an event covers its number, time, actor, action, subject, details and the hash before it, so that no row can
be altered, removed or put in between without breaking the chain from there on.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import bindparam, func, select, update
from sqlmodel import col

from okbadges.errors import Conflict, Unavailable
from okbadges.storage.ids import uuid7
from okbadges.storage.tables import EventHeadRow, EventRow, IssuerRow
from okbadges.storage.writer import add_all

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

INSTALLATION_CHAIN = "installation"
CLOCKS_DIFFER = timedelta(minutes=5)
"""How far the clocks of two machines on one database may be apart."""
LONGEST_SILENCE = timedelta(days=1100)
"""As long as an access key lasts at the most: after it somebody has to come by anyway."""
_FIRST_HASH = "0" * 64
_HASHED = ("chain", "number", "at", "actor", "action", "subject", "details", "previous_hash")
"""What the hash of an event covers, in this order."""
_HEAD: Final = (
    select(col(EventHeadRow.number), col(EventHeadRow.event_hash), col(EventHeadRow.at), col(IssuerRow.handed_over_at))
    .outerjoin(IssuerRow, col(IssuerRow.slug) == EventHeadRow.chain)
    .where(col(EventHeadRow.chain) == bindparam("of"))
    .with_for_update(of=EventHeadRow)
)
_MOVE_HEAD: Final = update(EventHeadRow).where(col(EventHeadRow.chain) == bindparam("of"))


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who changes something and when (``actor`` is an id such as ``access-key:…``), and the randomness for its row keys."""

    actor: str
    now: datetime
    random_bytes: Callable[[int], bytes]

    def row_id(self) -> uuid.UUID:
        """Return a new row key."""
        return uuid7(self.now, self.random_bytes)


@dataclass(frozen=True, slots=True)
class Event:
    """What happened: ``subject`` is an id (``urn:uuid:…``), ``details`` are codes and numbers only, never personal data."""

    chain: str
    action: str
    subject: str
    details: Mapping[str, str | int | None] = field(default_factory=dict)


def append(connection: Connection, stamp: Stamp, event: Event) -> EventRow:
    """Append one event to its chain inside a change; the head is locked until the commit.

    Raises `Unavailable` when the clock cannot be right (``clock-behind``, ``clock-ahead``), and `Conflict` (``issuer-handed-over``) when
    the issuer's chain goes on in another installation; then nothing of the change stays.
    """
    return EventRow(**append_all(connection, [(stamp, event)])[0])


def append_all(connection: Connection, events: Sequence[tuple[Stamp, Event]]) -> list[dict[str, Any]]:
    """Append events in this order, each to its chain, and return their rows as values by column. Raises what `append` raises."""
    rows: list[dict[str, Any]] = []
    for chain in dict.fromkeys(event.chain for _, event in events):
        its = [(stamp, event) for stamp, event in events if event.chain == chain]
        head = _head(connection, chain)
        if head is not None and head.handed_over_at is not None:
            raise Conflict(
                "issuer-handed-over",
                f"The issuer {chain} was handed over to another installation; nothing of it is changed here any more. Do it there.",
            )
        _require_plausible(connection, min(stamp.now for stamp, _ in its), head.at if head else None)
        rows += _append(connection, its, head)
    return rows


def accept_clock(connection: Connection, stamp: Stamp) -> EventRow:
    """Say that the clock is right although nothing happened for very long, so that changes are taken again."""
    event = Event(chain=INSTALLATION_CHAIN, action="clock.accepted", subject=INSTALLATION_CHAIN)
    return EventRow(**_append(connection, [(stamp, event)], _head(connection, event.chain))[0])


def _head(connection: Connection, chain: str) -> Any:  # noqa: ANN401 - a row of columns has no type of its own
    """Return number, hash and time of a chain's newest event, and when its issuer was handed over; locked until the commit."""
    return connection.execute(_HEAD, {"of": chain}).one_or_none()


def _append(connection: Connection, events: Sequence[tuple[Stamp, Event]], head: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - as `_head` says
    """Put events of one chain behind its head."""
    number, previous = (head.number, head.event_hash) if head else (0, _FIRST_HASH)
    rows = []
    for stamp, event in events:
        number += 1
        details = orjson.dumps(dict(event.details), option=orjson.OPT_SORT_KEYS).decode()
        row = {
            "id": stamp.row_id(),
            "chain": event.chain,
            "number": number,
            "at": stamp.now,
            "actor": stamp.actor,
            "action": event.action,
            "subject": event.subject,
            "details": details,
            "previous_hash": previous,
        }
        previous = row["event_hash"] = _hash_of(row)
        rows.append(row)
    add_all(connection, EventRow, rows)
    newest = {"number": number, "event_hash": previous, "at": rows[-1]["at"]}
    chain = rows[-1]["chain"]
    if head:
        connection.execute(_MOVE_HEAD, {"of": chain, **newest})
    else:
        add_all(connection, EventHeadRow, [{"chain": chain, **newest}])
    return rows


def _require_plausible(connection: Connection, now: datetime, newest: datetime | None) -> None:
    """Refuse a change at a time that cannot be: before the ``newest`` event of its chain, or years after that of any chain.

    Raises `Unavailable` (``clock-behind``, ``clock-ahead``).
    """
    if newest is not None and now < newest - CLOCKS_DIFFER:
        raise Unavailable(
            "clock-behind",
            f"The clock of this machine says {now:%Y-%m-%d %H:%M} UTC, and there is an event of {newest:%Y-%m-%d %H:%M} UTC already. "
            "Nothing was changed; set the clock right and send the request again.",
        )
    if newest is not None and now <= newest + LONGEST_SILENCE:
        return
    of_any = connection.execute(select(func.max(col(EventHeadRow.at)))).scalar()
    if of_any is not None and now > of_any + LONGEST_SILENCE:
        raise Unavailable(
            "clock-ahead",
            f"The clock of this machine says {now:%Y-%m-%d %H:%M} UTC, and the newest event is of {of_any:%Y-%m-%d}. Nothing was "
            "changed; set the clock right, or, if nothing happened for so long, run: okbadges audit accept-clock",
        )


def event_hash(row: EventRow) -> str:
    """Return the SHA-256 (hex) that ties an event to the one before it; times count in whole microseconds."""
    return _hash_of({name: getattr(row, name) for name in _HASHED})


def _hash_of(row: Mapping[str, Any]) -> str:
    at = row["at"].isoformat(timespec="microseconds")
    parts = [str(row[name]) if name != "at" else at for name in _HASHED]
    return hashlib.sha256(orjson.dumps(parts)).hexdigest()
