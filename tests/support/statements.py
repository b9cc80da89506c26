"""The statements that the product sends to its database, and whether the database can answer each of them by an index.

Only what a line of okbadges caused counts; what a test asks for itself does not. A plan is asked for with the statement's own values.
"""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlmodel import SQLModel

import okbadges

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import FrameType

    from sqlalchemy import Connection, Engine

OURS = str(Path(okbadges.__file__).parent)
_BELOW = ("sqlalchemy", "sqlmodel", "contextlib", str(Path(__file__)))
_ALIASED = re.compile(r"\b(?:FROM|JOIN|,)\s+(\w+) AS (\w+)")
_PLANNED = ("SELECT", "UPDATE", "DELETE", "WITH")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as it was sent: its text, the values of its first execution, and the line of okbadges that caused it."""

    text: str
    values: Any
    caused_by: str


@dataclass(frozen=True, slots=True)
class Walk:
    """That a statement goes through a whole table: ``how`` are the words of the plan."""

    table: str
    how: str
    statement: Statement

    def in_words(self) -> str:
        """Return table, place and statement, to be read by whoever has to mend it."""
        return f"{self.table} ({self.how}) by {self.statement.caused_by}\n    {' '.join(self.statement.text.split())[:600]}"


@contextmanager
def statements_of(engine: Engine) -> Iterator[dict[str, Statement]]:
    """Collect the statements that the product sends to this database until the end of the block, each text once."""
    found: dict[str, Statement] = {}

    def note(_connection: Any, _cursor: Any, text: str, values: Any, _context: Any, many: bool) -> None:  # noqa: FBT001 - SQLAlchemy's own arguments
        if text not in found and text.lstrip().upper().startswith(_PLANNED) and (caused_by := _line_of_ours()):
            found[text] = Statement(text, values[0] if many else values, caused_by)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _line_of_ours() -> str | None:
    """Return the innermost line outside the libraries; None when that is not one of okbadges."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if not any(part in file for part in _BELOW):
            return f"{Path(file).relative_to(OURS)}:{frame.f_lineno}" if file.startswith(OURS) else None
        frame = frame.f_back
    return None


def walks(connection: Connection, statement: Statement) -> Iterator[Walk]:
    """Yield each table that the database would go through from end to end for this statement."""
    names = {alias: table for table, alias in _ALIASED.findall(statement.text)}
    found = _sqlite(connection, statement) if connection.dialect.name == "sqlite" else _postgres(connection, statement)
    for name, how in found:
        table = names.get(name, name)
        # a list of values or another query in brackets is no table; what is in it has lines of its own
        if table in SQLModel.metadata.tables:
            yield Walk(table, how, statement)


def _sqlite(connection: Connection, statement: Statement) -> Iterator[tuple[str, str]]:
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement.text}", statement.values)
    for _, _, _, line in plan:
        match line.split():
            case ["SCAN", name, *how]:
                yield name, " ".join(how) or "row by row"
            # without statistics SQLite takes those that have no value for a few, as if they had one: they are nearly all
            case ["SEARCH", name, "USING", *_, "INDEX", index, its] if _is_for_nothing(statement.text, name, its):
                yield name, f"all without a value by {index}"


def _is_for_nothing(text: str, name: str, its: str) -> bool:
    """Tell whether an index is used for nothing but that one column has no value; ``its`` is what the plan says in brackets."""
    return its.endswith("=?)") and f"{name}.{its[1:-3]} IS NULL" in text and f"{name}.{its[1:-3]} =" not in text


def _postgres(connection: Connection, statement: Statement) -> Iterator[tuple[str, str]]:
    """Ask with walking made as dear as can be: where the plan still walks, there is no index to go by.

    Of tables that hold next to nothing it may still read a whole index, and would not of large ones: that an index is used for what
    is asked, the plans of SQLite tell, which do not depend on how much there is.
    """
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    (whole,) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement.text}", statement.values).scalar_one()
    yield from _nodes(whole["Plan"])


def _nodes(plan: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"], "Seq Scan"
    for below in plan.get("Plans", ()):
        yield from _nodes(below)
