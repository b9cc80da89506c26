"""Rows in whose place a newer one stands: a corrected credential, a decision that was made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists
from sqlalchemy.orm import aliased
from sqlmodel import col

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from okbadges.storage.tables import CredentialRow, DecisionRow


def is_replaced(table: type[CredentialRow | DecisionRow]) -> ColumnElement[bool]:
    """Return the condition that another row of ``table`` supersedes a row of the query.

    It is asked for each row that the query finds, by the unique index: a list of all that were ever replaced grows with the table.
    """
    later = aliased(table)
    return exists().where(col(later.supersedes_id) == col(table.id))
