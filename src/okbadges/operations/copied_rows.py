"""What an event is about, as rows: what has to be copied with it so that it can be redone after the backup before it is restored.

Rows are copied as they are when the copy is made, so the newest copy of a row is the right one. Labels and notes are left out: they
are deleted on their day, and a copy of them must not outlive that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.operations.redoing import NOT_COPIED
from okbadges.operations.row_look_ups import look_up_of
from okbadges.storage.rows import table_named

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from okbadges.operations.row_look_ups import Event, LookUp, Rows
    from okbadges.storage.rows import Row


def rows_about(connection: Connection, events: Sequence[Event]) -> list[Rows]:
    """Return the rows that each of these events is about, in their order; a few queries for all of them."""
    found: list[Rows] = [{} for _ in events]
    by_kind: dict[LookUp, list[int]] = {}
    for place, event in enumerate(events):
        look_up = look_up_of(event)
        if look_up is not None:
            by_kind.setdefault(look_up, []).append(place)
    for look_up, places in by_kind.items():
        some = [events[place] for place in places]
        for place, rows in zip(places, look_up(connection, some), strict=True):
            found[place] = {name: [_copied(name, row) for row in each] for name, each in rows.items() if each}
    return found


def columns_of(name: str) -> set[str]:
    """Return the columns of a table that are copied."""
    return set(table_named(name).c.keys()) - set(NOT_COPIED.get(name, ()))


def participants_in(rows: Rows) -> set[uuid.UUID]:
    """Return whom these rows are about."""
    others = {row["participant_id"] for each in rows.values() for row in each if "participant_id" in row}
    return {row["id"] for row in rows.get("participants", ()) if not row["stands_for_erased"]} | others


def _copied(table_name: str, row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in NOT_COPIED.get(table_name, ())}
