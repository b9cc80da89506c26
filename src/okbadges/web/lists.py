"""What every list of the API has in common: ``since``, and pages.

``since`` leaves out what was neither made nor changed at or after that time; each list says what counts as a change of it. It is no
cursor: who reads a list again and again asks with the time of the reading before, and may meet again what came at that very moment.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

from fastapi import Query
from pydantic import AfterValidator, AwareDatetime, BeforeValidator

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

_RFC_3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def _written_as_time(value: object) -> object:
    """Let through only what RFC 3339 calls a date-time: a number, or a day without a time, is not guessed into one."""
    if value is None or (isinstance(value, str) and _RFC_3339.fullmatch(value)):
        return value
    msg = "Write a time as 2026-11-21T12:00:00Z, or with an offset (and its + as %2B in an address)"
    raise ValueError(msg)


def _in_utc(value: datetime | None) -> datetime | None:
    try:
        return value.astimezone(UTC) if value else None
    except OverflowError:
        msg = "There is no such time in UTC"
        raise ValueError(msg) from None


Since = Annotated[
    AwareDatetime | None,
    BeforeValidator(_written_as_time),
    AfterValidator(_in_utc),
    Query(
        description="Only what was made or changed at or after this time (RFC 3339)",
        examples=["2026-11-21T12:00:00Z"],
    ),
]
"""The parameter of every list; None is all of it."""

Limit = Annotated[int, Query(ge=1, le=200, description="How many at the most")]
NEXT = "Ask for the next page with `after` set to this; null: the last page"


def cut(found: Sequence[T], limit: int) -> tuple[Sequence[T], T | None]:
    """Return a page of what was found (asked for with one more than ``limit``), and its last one if there is more."""
    page = found[:limit]
    return page, page[-1] if len(found) > limit else None
