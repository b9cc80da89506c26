"""Finding the rows of schools: their decisions are documents that must survive a restore, although whose they were can be erased.

A decision is copied with its badges; what it refers to comes with events of its own. When the participant is erased the copy goes, and what
the erasure left of it is copied with the erasure. An endorsement is the participant's, and is copied and taken out like a credential.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from okbadges.operations.redoing import ERASED
from okbadges.storage.rows import all_rows, table_named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from okbadges.operations.row_look_ups import Event, Rows
    from okbadges.storage.rows import Row


def of_schools(connection: Connection, event: Event) -> Rows:
    """Return the rows of schools that an event is about, those first that others refer to; only tables in which there are any."""
    named = event["subject"].partition(":")[2]
    match event["action"]:
        case "education-provider.noted":
            found = _provider(connection, named)
        case "decision.made":
            found = _decisions(connection, "id", uuid.UUID(named))
        case "endorsement.made":
            found = _endorsement(connection, uuid.UUID(named))
        case action if action == ERASED:
            emptied = _where(connection, "endorsements", "erased_at", [event["at"]])
            found = {**_decisions(connection, "erased_at", event["at"]), **_with_lists(connection, emptied)}
        case _:
            found = {}
    return {name: rows for name, rows in found.items() if rows}


def _provider(connection: Connection, slug: str) -> Rows:
    organisations = _where(connection, "organisations", "slug", [slug])
    noted = _where(connection, "education_providers", "organisation_id", _ids(organisations))
    return {"education_providers": noted}


def _decisions(connection: Connection, column: str, value: object) -> Rows:
    """Find decisions with the badges that they considered."""
    decisions = _where(connection, "decisions", column, [value])
    return {
        "decisions": decisions,
        "decision_badges": _where(connection, "decision_badges", "decision_id", _ids(decisions)),
    }


def _endorsement(connection: Connection, named: uuid.UUID) -> Rows:
    """Find an endorsement, and whose it is: whoever is erased takes it along."""
    found = _where(connection, "endorsements", "id", [named])
    credentials = _where(connection, "credentials", "id", [row["credential_row_id"] for row in found])
    people = _where(connection, "participants", "id", [row["participant_id"] for row in credentials])
    passports = _where(connection, "passports", "id", [row["passport_id"] for row in people])
    return {"passports": passports, "participants": people, **_with_lists(connection, found)}


def _with_lists(connection: Connection, endorsements: list[Row]) -> Rows:
    lists = {row["status_list_id"] for row in endorsements}
    return {"status_lists": _where(connection, "status_lists", "id", lists), "endorsements": endorsements}


def _where(connection: Connection, table_name: str, column: str, values: Iterable[Any]) -> list[Row]:
    table = table_named(table_name)
    wanted = [value for value in values if value is not None]
    return list(all_rows(connection, table, table.c[column].in_(wanted))) if wanted else []


def _ids(rows: Iterable[Row]) -> list[uuid.UUID]:
    return [row["id"] for row in rows]
