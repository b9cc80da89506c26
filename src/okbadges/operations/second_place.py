"""The second place: a folder on another disk to which the journal is copied as it grows, with what is needed to redo each event.

A restored backup is as old as it is. What was issued, revoked and erased after it is redone from here, so nothing acknowledged is
lost, nothing revoked holds again, and nobody erased comes back. Rows are sealed for their event; when the erasure of a participant
is copied, their rows are taken out of what was copied before, and a crash in between is made up for by the next run. What these
events say of others stays.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import select
from sqlmodel import col

from okbadges.errors import ConfigurationError, Conflict, InvalidInput
from okbadges.operations.chain_walk import BEFORE_THE_FIRST, ChainWalk, Head
from okbadges.operations.copied_rows import columns_of, participants_in, rows_about, without
from okbadges.operations.months import Months, Owner
from okbadges.operations.redoing import ERASED
from okbadges.operations.row_look_ups import named_id
from okbadges.storage.rows import read_back, snapshot, table_named, written
from okbadges.storage.sealing import Sealed
from okbadges.storage.tables import EventHeadRow, EventRow, InstallationRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from okbadges.operations.months import Line
    from okbadges.operations.row_look_ups import Event, Rows
    from okbadges.storage.database import Database
    from okbadges.storage.sealing import Secrets

_AT_ONCE = 500
_EVENTS = table_named(EventRow.__tablename__)
_EVENT_COLUMNS = tuple(_EVENTS.c.keys())


@dataclass(frozen=True, slots=True)
class Copied:
    """What one run copied: how many events, and the number of the newest event of each chain that is there now."""

    events: int
    heads: Mapping[str, int]

    def in_words(self) -> str:
        """Return it as a sentence for the log."""
        return (
            f"copied {self.events} events; there up to {', '.join(f'{c} {n}' for c, n in sorted(self.heads.items()))}"
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the second place goes: each chain's newest event there, its time, and how many events the database has beyond."""

    heads: Mapping[str, Head]
    newest_at: datetime | None
    missing: int


@dataclass(frozen=True, slots=True)
class CopiedEvent:
    """One event of the second place, and the file it is in.

    ``tables`` says of which tables there are rows, ``of`` marks whom they are about; an erased event had rows and has none.
    """

    file: str
    event: Event
    tables: tuple[str, ...]
    of: frozenset[str]
    is_erased: bool
    sealed: bytes

    def rows(self, secrets: Secrets) -> Rows:
        """Open the rows. Raises `ConfigurationError` when the secret is another one, or they belong to another event or version."""
        if not self.sealed:
            return {}
        try:
            return {
                name: [read_back(table_named(name), row, columns_of(name)) for row in rows]
                for name, rows in _opened(secrets, self.event, self.sealed).items()
            }
        except (KeyError, ValueError):
            raise ConfigurationError(
                "other-version",
                f"{self.file} was written by another version of okbadges; restore with that version, then upgrade.",
            ) from None


def copy_new(
    database: Database,
    secrets: Secrets,
    folder: Path,
    *,
    now: datetime,
    random_bytes: Callable[[int], bytes],
) -> Copied:
    """Copy every event that the second place does not have yet; with nothing new there it writes nothing.

    Safe from several processes at once, and after any crash. Raises `Conflict` (``second-place-differs``) when the folder knows
    another past than the database, `ConfigurationError` when it is missing or belongs to another installation, `Unavailable` when
    it cannot be written.
    """
    months = Months(folder, _owner(database, secrets))
    # the database is looked at when no other process copies any more: it must know what is there by then
    with months.alone(), snapshot(database) as connection:
        there = _there(months, secrets)
        _require_same_past(connection, there.heads)
        known, marks = dict(there.heads), set(there.marks)
        count, events = 0, _new_events(connection, there.heads)
        while some := list(islice(events, _AT_ONCE)):
            known |= {event["chain"]: (event["number"], event["event_hash"]) for event in some}
            marks |= _erased(secrets, some)
            months.append([*_lines(connection, secrets, some, random_bytes), _heads(known, marks)], now=now)
            count += len(some)
        if marks:
            _take_out(months, marks, secrets, random_bytes)
            months.append([_heads(known, ())], now=now)
    return Copied(count, {chain: number for chain, (number, _) in known.items()})


def check_second_place(database: Database, secrets: Secrets, folder: Path) -> Reach:
    """Read the second place from end to end and compare it with the database.

    Raises `InvalidInput` (``second-place-damaged``, ``chain-broken``) and `Conflict` (``second-place-differs``).
    """
    heads, newest_at = walk_second_place(folder, _owner(database, secrets))
    with snapshot(database) as connection:
        _require_same_past(connection, heads)
        there = connection.execute(select(col(EventHeadRow.chain), col(EventHeadRow.number)))
        missing = sum(number - heads.get(chain, BEFORE_THE_FIRST)[0] for chain, number in there)
    return Reach(heads, newest_at, missing)


def walk_second_place(
    folder: Path, owner: Owner, look: Callable[[CopiedEvent], object] = lambda _: None
) -> tuple[dict[str, Head], datetime | None]:
    """Verify every chain of a second place, show each event to ``look``, and return the heads and the time of the newest event."""
    walk = ChainWalk({}, where=str(folder))
    for copied in copied_events(folder, owner):
        walk.step(copied.event)
        look(copied)
    return walk.heads, max(walk.times.values(), default=None)


def copied_events(folder: Path, owner: Owner, since: str = "") -> Iterator[CopiedEvent]:
    """Go through the events of a second place, those of a chain in their order; from the file ``since`` on. The chains are mixed."""
    for file, line in Months(folder, owner).lines(since):
        if line["kind"] == "event":
            yield _copied_event(file, line)


def mark_of(secrets: Secrets, participant: uuid.UUID) -> str:
    """Return the mark by which a participant's rows are found again, of no use without the secret."""
    return secrets.repeat_hash("second place", participant.hex).hex()


def _copied_event(file: str, line: Line) -> CopiedEvent:
    try:
        event = read_back(_EVENTS, {name: line[name] for name in _EVENT_COLUMNS})
        sealed = base64.b64decode(line.get("rows", ""), validate=True)
    except (KeyError, ValueError, binascii.Error):
        raise InvalidInput(
            "second-place-damaged", f"{file} has an event that cannot be read; another version of okbadges wrote it."
        ) from None
    of = frozenset(line.get("of", ()))
    return CopiedEvent(file, event, tuple(line.get("tables", ())), of, bool(line.get("erased")), sealed)


def _owner(database: Database, secrets: Secrets) -> Owner:
    with database.read() as session:
        base_url = session.scalars(select(col(InstallationRow.base_url))).one_or_none()
    if base_url is None:
        raise ConfigurationError("not-settled", "The database is not settled yet; run: okbadges migrate")
    return Owner(base_url, secrets.fingerprint)


@dataclass(frozen=True, slots=True)
class _There:
    """What is in the second place when a run begins: the newest events, and the marks of those whose rows are still to be taken out."""

    heads: dict[str, Head]
    marks: frozenset[str]


def _there(months: Months, secrets: Secrets) -> _There:
    """Find it in the newest line of heads, and in the events that a crash left after it."""
    after: list[Line] = []
    before = _There({}, frozenset())
    for line in months.from_the_end():
        if line["kind"] == "heads":
            heads = {chain: (number, hashed) for chain, (number, hashed) in line["heads"].items()}
            before = _There(heads, frozenset(line["to_take_out"]))
            break
        after.append(line)
    newer = {line["chain"]: (line["number"], line["event_hash"]) for line in reversed(after)}
    return _There(before.heads | newer, before.marks | _erased(secrets, after))


def _heads(heads: Mapping[str, Head], marks: Iterable[str]) -> Line:
    return {"kind": "heads", "heads": heads, "to_take_out": sorted(marks)}


def _require_same_past(connection: Connection, heads: Mapping[str, Head]) -> None:
    """Raise `Conflict` unless the database has every event that is the newest of its chain in the second place."""
    for chain, (number, hashed) in sorted(heads.items()):
        same = select(col(EventRow.event_hash)).where(col(EventRow.chain) == chain, col(EventRow.number) == number)
        if connection.execute(same).scalar_one_or_none() != hashed:
            raise Conflict(
                "second-place-differs",
                f"The second place has an event {number} of the chain {chain} that this database does not have: the database is older, "
                "or was restored without the second place. Restore with: okbadges restore BACKUP --second-place FOLDER, or give "
                "OKBADGES_SECOND_PLACE a new folder and keep this one.",
            )


def _new_events(connection: Connection, known: Mapping[str, Head]) -> Iterator[Event]:
    """Go through the events that are not known, chain by chain."""
    heads = connection.execute(select(col(EventHeadRow.chain), col(EventHeadRow.number)))
    for chain, newest in sorted((head.chain, head.number) for head in heads):
        first = known.get(chain, BEFORE_THE_FIRST)[0] + 1
        for start in range(first, newest + 1, _AT_ONCE):
            some = (_EVENTS.c.chain == chain) & _EVENTS.c.number.between(start, min(start + _AT_ONCE - 1, newest))
            yield from map(dict, connection.execute(select(_EVENTS).where(some).order_by(_EVENTS.c.number)).mappings())


def _erased(secrets: Secrets, events: Iterable[Event]) -> set[str]:
    """Return the marks of the participants whom these events erased."""
    ids = (named_id(event["subject"]) for event in events if event["action"] == ERASED)
    return {mark_of(secrets, participant) for participant in ids if participant is not None}


def _take_out(months: Months, marks: set[str], secrets: Secrets, random_bytes: Callable[[int], bytes]) -> None:
    """Take the rows about erased participants out of what was copied: what stays is what happened, not to whom."""

    def change(line: Line) -> Line:
        if marks.isdisjoint(line.get("of", ())):
            return line
        # as they are written: they may be of an earlier version, whose rows nobody reads back any more
        rows = without(
            _opened(secrets, line, base64.b64decode(line["rows"])), lambda one: mark_of(secrets, one) in marks
        )
        bare = {name: value for name, value in line.items() if name not in {"rows", "of", "tables"}}
        return bare | (_with_rows(secrets, line, rows, random_bytes) or {"erased": True})

    months.rewrite(change, holding=marks)


def _lines(
    connection: Connection, secrets: Secrets, events: Sequence[Event], random_bytes: Callable[[int], bytes]
) -> Iterator[Line]:
    for event, rows in zip(events, rows_about(connection, events), strict=True):
        plain = {name: [written(row) for row in each] for name, each in rows.items()}
        yield {"kind": "event", **written(event), **_with_rows(secrets, event, plain, random_bytes)}


def _with_rows(secrets: Secrets, event: Event, rows: Rows, random_bytes: Callable[[int], bytes]) -> Line:
    """Return what the line of an event has for its rows, as they are written: nothing, where there are none."""
    if not rows:
        return {}
    plain = zlib.compress(orjson.dumps(rows))
    sealed = secrets.seal(plain, bound_to=_bound_to(event), random_bytes=random_bytes, kind=Sealed.COPY)
    return {
        "rows": base64.b64encode(sealed).decode(),
        "tables": sorted(rows),
        "of": sorted(mark_of(secrets, participant) for participant in participants_in(rows)),
    }


def _opened(secrets: Secrets, event: Event, sealed: bytes) -> Rows:
    """Return rows as they were written. Raises `ConfigurationError` when the secret is another one, or they belong to another event."""
    plain = secrets.unseal(sealed, bound_to=_bound_to(event), kind=Sealed.COPY)
    rows: Rows = orjson.loads(zlib.decompress(plain))
    return rows


def _bound_to(event: Event) -> str:
    return f"second-place:{event['event_hash']}"
