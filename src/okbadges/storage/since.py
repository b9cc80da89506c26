"""What is meant by ``since``, wherever something is listed: made, or changed, at or after that time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, true
from sqlmodel import col

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy import ColumnElement


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list is wanted: made or changed ``since``, after the row with that id, and how many. None is all."""

    since: datetime | None = None
    after: uuid.UUID | None = None
    limit: int | None = None


ALL = Part()


def at_or_after(since: datetime | None, *times: Any) -> ColumnElement[bool]:  # noqa: ANN401 - columns of any table
    """Return which rows have one of these ``times`` (columns) at or after ``since``; None: all of them."""
    return true() if since is None else or_(*(col(time) >= since for time in times))
