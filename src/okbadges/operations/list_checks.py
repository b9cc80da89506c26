"""Whether every status list shows what the rows say (I8), and gives no place twice (I3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from sqlmodel import col, select

from okbadges.credentials.status_list import decode_list, permuted_index
from okbadges.issuing.status_indices import revoked_places, taken_places
from okbadges.operations.findings import Finding
from okbadges.storage.tables import IssuerRow, StatusListRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from okbadges.edge.rooms import Rooms


def list_findings(rooms: Rooms) -> Iterator[Finding]:
    """Yield what is wrong with each status list."""
    with rooms.database.read() as session:
        lists = session.execute(
            select(StatusListRow.id, IssuerRow.slug, StatusListRow.number, StatusListRow.size)
            .join(IssuerRow, col(IssuerRow.id) == StatusListRow.issuer_id)
            .order_by(IssuerRow.slug, col(StatusListRow.number))
        ).all()
    for list_id, slug, number, size in lists:
        name = f"{slug}/status/{number}"
        published = rooms.publishing.status_list(slug, number)
        with rooms.database.read() as session:
            revoked, used = revoked_places(session, list_id), taken_places(session, list_id)
            row = session.get_one(StatusListRow, list_id)
        yield from _bits(name, _shown(published.body), revoked, size)
        given = {permuted_index(counter, key=row.shuffle_key, size=size) for counter in range(row.next_counter)}
        if used - given:
            yield Finding(
                "status-list",
                f"The status list {name} has given out {row.next_counter} places, and {len(used - given)} documents have others.",
                "The list could give these places a second time. Stop the server, make a backup and restore it: a restore closes "
                "every list, so that new credentials get a new one.",
            )


def _bits(name: str, shown: set[int], revoked: set[int], size: int) -> Iterator[Finding]:
    missing, surplus = revoked - shown, shown - revoked
    if missing or surplus:
        yield Finding(
            "status-list",
            f"The status list {name} ({size} places) misses {len(missing)} revocations and shows {len(surplus)} too many.",
            "Somebody changed rows by hand: a change of okbadges signs the list again. Revoke anew what the journal says is revoked.",
        )


def _shown(document: bytes) -> set[int]:
    bits = decode_list(orjson.loads(document)["credentialSubject"]["encodedList"]).to_bytes()
    return {place * 8 + bit for place, byte in enumerate(bits) if byte for bit in range(8) if byte & (0x80 >> bit)}
