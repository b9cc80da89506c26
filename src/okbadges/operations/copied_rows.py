"""What an event is about, as rows: what has to be copied with it so that it can be redone after the backup before it is restored.

Rows are copied as they are when the copy is made, so the newest copy of a row is the right one. Labels and notes are left out: they
are deleted on their day, and a copy of them must not outlive that.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from okbadges.operations.decision_look_ups import of_schools
from okbadges.operations.redoing import NOT_COPIED
from okbadges.operations.row_look_ups import look_up_of
from okbadges.storage.rows import table_named

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    for event, rows in zip(events, found, strict=True):
        for name, each in of_schools(connection, event).items():
            rows.setdefault(name, []).extend(_copied(name, row) for row in each)
    return found


def columns_of(name: str) -> set[str]:
    """Return the columns of a table that are copied."""
    return set(table_named(name).c.keys()) - set(NOT_COPIED.get(name, ()))


def participants_in(rows: Rows) -> set[uuid.UUID]:
    """Return whom these rows are about, be they as in the database or as they are written in a file."""
    about = (_about(name, row) for name, each in rows.items() for row in each)
    return {uuid.UUID(str(one)) for one in about if one is not None}


def without(rows: Rows, is_erased: Callable[[uuid.UUID], bool]) -> Rows:
    """Return what these rows say of everybody else: a passport that was joined stays joined for who remains. Of nobody else nothing stays."""
    gone = {str(one) for one in participants_in(rows) if is_erased(one)}
    left = {name: [row for row in each if str(_about(name, row)) not in gone] for name, each in rows.items()}
    return {name: each for name, each in left.items() if each} if participants_in(left) else {}


def _about(table_name: str, row: Row) -> Any:  # noqa: ANN401 - an id as in the database, or as it is written
    """Return whom a row is about; None for one that is about nobody, or about all who were erased."""
    if table_name == "participants":
        return None if row["stands_for_erased"] else row["id"]
    return row.get("participant_id")


def _copied(table_name: str, row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in NOT_COPIED.get(table_name, ())}
