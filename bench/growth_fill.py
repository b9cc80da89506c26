"""Filling a database: villages that the product made are multiplied, until there are as many credentials as were asked for.

Every copy has new ids, tokens, places in status lists, times and a chain of the journal that holds; the signed bytes and what is
sealed are those of the village. A copied credential is as large and as well indexed as a real one, and is not verified by anybody: what
is measured are landmarks, which the product issues in between.
"""

from __future__ import annotations

import random
import sys
import time
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select, update
from sqlmodel import SQLModel, col

from okbadges.storage.journal import event_hash
from okbadges.storage.tables import EventHeadRow, EventRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Table

    from growth_village import Place
    from okbadges.issuing.status_indices import StatusIndices, StatusSlot
    from okbadges.storage.database import Database

GROWING: Final = (
    "passports",
    "participants",
    "passport_cards",
    "learning_groups",
    "group_participants",
    "credentials",
    "share_links",
    "share_link_items",
    "consents",
    "reflections",
    "ticked_steps",
    "events",
)
"""What is multiplied, those first that others refer to."""
IN_ONE_COMMIT: Final = 50_000
_BLOCK: Final = 1024
AT_ONCE: Final = 10
"""How many copies of a village go to the database in one statement for each table."""
_TOKENS: Final = frozenset({"token_hash", "code_hash", "claim_token_hash", "repeat_hash"})
_ONE_IN: Final = 5
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Village:
    """The rows that the product made for one village, by table, and where it is."""

    place: Place
    rows: Mapping[str, Sequence[Row]]

    @property
    def credentials(self) -> int:
        """Return how many credentials one copy brings."""
        return len(self.rows["credentials"])


def keys_there(database: Database) -> dict[str, set[Any]]:
    """Return the keys of all rows of the growing tables, to tell later which are new."""
    found = {}
    with database.read() as session:
        for name in GROWING:
            keys = SQLModel.metadata.tables[name].primary_key.columns
            found[name] = {tuple(row) for row in session.execute(select(*keys))}
    return found


def village_since(database: Database, place: Place, before: Mapping[str, set[Any]]) -> Village:
    """Return what was made at a place since ``before``, in the order of the keys (of the journal: of its numbers)."""
    rows: dict[str, list[Row]] = {}
    with database.read() as session:
        for name in GROWING:
            table = SQLModel.metadata.tables[name]
            order = (table.c.chain, table.c.number) if name == "events" else tuple(table.primary_key.columns)
            every = session.execute(select(table).order_by(*order)).mappings()
            keys = [column.name for column in table.primary_key.columns]
            new = [dict(row) for row in every if tuple(row[key] for key in keys) not in before[name]]
            # what stands in the place of another comes after it
            rows[name] = sorted(new, key=lambda row: row.get("supersedes_id") is not None)
    return Village(place, rows)


@dataclass(slots=True)
class _Copy:
    """One copy of a village: which new id stands for which old one, what else is put in its place, and how much later it was."""

    later: timedelta
    chance: random.Random
    place: Mapping[uuid.UUID, uuid.UUID]
    mark: str
    ids: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def id_of(self, old: uuid.UUID) -> uuid.UUID:
        """Return what stands for an id that is a row's own: of the same version, and later by as much as the copy is."""
        new = self.ids.get(old)
        if new is None:
            tail = self.chance.getrandbits(74)
            if old.version == 7:  # noqa: PLR2004 - a version of UUIDs
                at = (old.int >> 80) + self.later // timedelta(milliseconds=1)
                whole = (at << 80) | (7 << 76) | ((tail >> 62) << 64) | (0b10 << 62) | (tail & ((1 << 62) - 1))
                new = uuid.UUID(int=whole)
            else:
                new = uuid.UUID(int=self.chance.getrandbits(128), version=4)
            self.ids[old] = new
        return new

    def value(self, name: str, old: Any) -> Any:  # noqa: ANN401 - a column's value is what its column says
        """Return what stands in a column of the copy."""
        if name in _TOKENS:
            return self.chance.randbytes(len(old))
        match old:
            case uuid.UUID():
                return self.ids.get(old) or self.place.get(old, old)
            case datetime() | date():
                return old + self.later
            case str() if name == "credential_id":
                return self.names.setdefault(old, f"urn:uuid:{uuid.UUID(int=self.chance.getrandbits(128), version=4)}")
            case str() if name in ("subject", "slug"):
                return self._subject(old) if name == "subject" else f"{old}-{self.mark}"
        return old

    def _subject(self, old: str) -> str:
        if old in self.names:
            return self.names[old]
        kind, _, last = old.rpartition(":")
        try:
            known = self.ids.get(uuid.UUID(last))
        except ValueError:
            return old
        return f"{kind}:{known}" if known else old


def is_of_the_second(number: int) -> bool:
    """Tell whether an organisation, or a copy, is under the second issuer: every fifth one is."""
    return number % _ONE_IN == _ONE_IN - 1


class Filler:
    """Multiplies villages into one database, through its engine or through COPY."""

    def __init__(self, database: Database, villages: Sequence[Village], indices: StatusIndices) -> None:
        """Fill ``database``; places of status lists come from the product's own ``indices``, block by block."""
        self._database, self._villages, self._indices = database, villages, indices
        # the same rows on every machine: nobody has to be kept from guessing them
        self._chance = random.Random(7)  # noqa: S311
        self._copies = 0
        self._varying = {name: _varying(villages, name) for name in GROWING}

    def fill(
        self,
        until: int,
        places: Sequence[Place],
        *,
        begin: datetime,
        end: datetime,
        between: Callable[[datetime], None] = lambda _: None,
    ) -> None:
        """Add copies until there are so many credentials, spread over the time from ``begin`` to ``end``; ``between`` hears of each commit."""
        there = _count(self._database)
        step = (end - begin) / max(1, (until - there) // min(one.credentials for one in self._villages) + 1)
        progress = _Progress(self._database.engine.dialect.name, there, until)
        at = begin
        while there < until:
            first = there
            with self._database.engine.execution_options(okbadges_writes=True).begin() as connection:
                while there < until and there - first < IN_ONE_COMMIT:
                    village = self._villages[is_of_the_second(self._copies // AT_ONCE)]
                    copies = self._some(connection, village, places, at, step, until - there)
                    there, at = there + copies * village.credentials, at + step * copies
                    progress.show(there)
            between(at)
            there = _count(self._database)

    def _some(
        self,
        connection: Connection,
        village: Village,
        places: Sequence[Place],
        at: datetime,
        step: timedelta,
        room: int,
    ) -> int:
        """Write a few copies of one village with one statement for each table; return how many."""
        own = [one for one in places if one.organisation.issuer_id == village.place.organisation.issuer_id]
        born = min(row["created_at"] for row in village.rows["participants"])
        count = min(AT_ONCE, max(1, room // village.credentials))
        copies = []
        for nth in range(count):
            place = own[(self._copies + nth) % len(own)]
            copies.append(
                _Copy(at + step * nth - born, self._chance, _instead(village.place, place), f"{self._copies + nth}")
            )
        self._copies += count
        for name in GROWING:
            rows = self._rows(connection, village, name, copies)
            put(connection, SQLModel.metadata.tables[name], rows)
        return count

    def _rows(self, connection: Connection, village: Village, name: str, copies: Sequence[_Copy]) -> list[Row]:
        varying = self._varying[name]
        own_key = "id" in SQLModel.metadata.tables[name].primary_key.columns
        rows = []
        for one in copies:
            if own_key:
                for row in village.rows[name]:
                    one.id_of(row["id"])
            rows += [
                {**row, **{key: one.value(key, row[key]) for key in varying if row[key] is not None}}
                for row in village.rows[name]
            ]
        if name == "credentials":
            issuer_id = village.place.organisation.issuer_id
            for row, slot in zip(rows, self._slots(connection, issuer_id), strict=False):
                row["status_list_id"], row["status_index"] = slot.list_row_id, slot.index
        if name == "events":
            _chain(connection, rows)
        return rows

    def _slots(self, connection: Connection, issuer_id: uuid.UUID) -> Iterator[StatusSlot]:
        while True:
            block = self._indices._reserve(connection, issuer_id, _BLOCK)  # noqa: SLF001 - as the product does, in this transaction
            while block.left:
                yield block.take()


def _varying(villages: Sequence[Village], name: str) -> list[str]:
    """Return the columns of a table that a copy changes: ids, tokens, times and what must be there once."""
    by_name = {"credential_id", "subject", "slug"} & set(SQLModel.metadata.tables[name].columns.keys())
    found = [
        key
        for key in (column.name for column in SQLModel.metadata.tables[name].columns)
        if key in _TOKENS | by_name
        or any(isinstance(row[key], (uuid.UUID, date)) for village in villages for row in village.rows[name])
    ]
    return [key for key in found if not (name == "credentials" and key in ("issuer_id", "status_list_id"))]


def _instead(old: Place, new: Place) -> dict[uuid.UUID, uuid.UUID]:
    return {old.organisation.id: new.organisation.id, old.workshop.id: new.workshop.id, old.leader: new.leader}


def _chain(connection: Connection, rows: list[Row]) -> None:
    """Let events follow the newest one of their chain, each with the hash that is right for it."""
    heads = {row.chain: row for row in connection.execute(select(SQLModel.metadata.tables["event_heads"]))}
    newest = {chain: (row.number, row.event_hash, row.at) for chain, row in heads.items()}
    for row in rows:
        number, previous, _ = newest[row["chain"]]
        row["number"], row["previous_hash"] = number + 1, previous
        row["event_hash"] = event_hash(EventRow.model_construct(**row))
        newest[row["chain"]] = (number + 1, row["event_hash"], row["at"])
    for chain, (number, its_hash, at) in newest.items():
        values = {"number": number, "event_hash": its_hash, "at": at}
        connection.execute(update(EventHeadRow).where(col(EventHeadRow.chain) == chain).values(values))


def put(connection: Connection, table: Table, rows: list[Row]) -> None:
    """Insert rows: on PostgreSQL by COPY, which takes the values as they are."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(insert(table), rows)
        return
    columns = list(rows[0])
    driver: Any = connection.connection.driver_connection
    named = ", ".join(f'"{name}"' for name in columns)
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({named}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row([row[name] for name in columns])


def _count(database: Database) -> int:
    with database.read() as session:
        return session.execute(select(func.count()).select_from(SQLModel.metadata.tables["credentials"])).scalar_one()


class _Progress:
    """How many credentials there are, of how many, and how long it will still take: on one line that is written over."""

    def __init__(self, kind: str, there: int, until: int) -> None:
        self._kind, self._first, self._until = kind, there, until
        self._began = self._said = time.monotonic()

    def show(self, there: int) -> None:
        """Say it, once a second and at the end."""
        now = time.monotonic()
        if now - self._said < 1 and there < self._until:
            return
        self._said = now
        speed = (there - self._first) / max(now - self._began, 0.001)
        left = max(0, self._until - there) / max(speed, 1)
        end = "\n" if there >= self._until else "\r"
        line = f"  {self._kind}: {there:>9,} of {self._until:,} credentials, {speed:,.0f} a second, {left:>4.0f} s left"
        sys.stderr.write(f"{line}{end}")
        sys.stderr.flush()
