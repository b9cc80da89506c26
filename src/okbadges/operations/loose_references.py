"""What schools keep and others own: references of decisions and endorsements to rows that can be gone, or elsewhere.

A decision is about what others issued. Where it arrives without that (a restore, a handover of its issuer), it stands all the same and the
reference is empty, as it is after an erasure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select, true, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from okbadges.storage.rows import batches, put_over, put_references, table_named
from okbadges.storage.tables import CredentialRow, DecisionBadgeRow, DecisionRow, EndorsementRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sqlalchemy import ColumnElement, Connection, Table

    from okbadges.storage.rows import Row

_LOOSE: Final[Mapping[str, Mapping[str, str]]] = {
    "decisions": {"participant_id": "participants", "share_link_id": "share_links"},
    "decision_badges": {"credential_row_id": "credentials"},
    "endorsements": {"credential_row_id": "credentials"},
}
"""By table, which columns refer to rows of others, and in which table those are."""


def without_what_is_not_there(
    connection: Connection,
    name: str,
    rows: Iterable[Row],
    among: Callable[[Table], ColumnElement[bool]] = lambda _: true(),
) -> Iterator[Row]:
    """Go through rows of a table, each without its references to rows that are not in the database, or not ``among`` those given."""
    loose = _LOOSE.get(name)
    if loose is None:
        yield from rows
        return
    for some in batches(rows):
        there = {column: _there(connection, table_named(owner), some, column, among) for column, owner in loose.items()}
        for row in some:
            gone = {column for column in loose if row[column] not in there[column]}
            yield {**row, **dict.fromkeys(gone)}


def is_of_schools(name: str) -> bool:
    """Tell whether rows of this table refer to what others own."""
    return name in _LOOSE


def put_over_of_schools(connection: Connection, table: Table, rows: Callable[[], Iterable[Row]]) -> None:
    """Bring rows of such a table to this state; one may refer to another of the same table, in any order."""
    known = without_what_is_not_there(connection, table.name, rows())
    own = {key.parent.name for key in table.foreign_keys if key.column.table is table}
    put_over(connection, table, ({name: value for name, value in row.items() if name not in own} for row in known))
    put_references(connection, table, rows())


def settle_what_schools_keep(connection: Connection) -> None:
    """Do again, after a restore, what a change at a credential or a decision does to the rows that are about it.

    A badge of a decision forgets a credential that was erased; what was endorsed by a decision is revoked with it.
    """
    erased = select(col(CredentialRow.id)).where(col(CredentialRow.erased_at).is_not(None))
    of_erased = col(DecisionBadgeRow.credential_row_id).in_(erased)
    connection.execute(update(DecisionBadgeRow).where(of_erased).values(credential_row_id=None))
    later = aliased(DecisionRow)
    when = (
        select(col(later.decided_at))
        .where(col(later.supersedes_id) == col(EndorsementRow.decision_id))
        .scalar_subquery()
    )
    superseded = select(col(DecisionRow.supersedes_id)).where(col(DecisionRow.supersedes_id).is_not(None))
    standing = col(EndorsementRow.decision_id).in_(superseded) & col(EndorsementRow.revoked_at).is_(None)
    connection.execute(update(EndorsementRow).where(standing).values(revoked_at=when))


def _there(
    connection: Connection,
    owners: Table,
    rows: Iterable[Row],
    column: str,
    among: Callable[[Table], ColumnElement[bool]],
) -> set[object]:
    wanted = {row[column] for row in rows} - {None}
    return {None, *connection.scalars(select(owners.c.id).where(owners.c.id.in_(wanted), among(owners)))}
