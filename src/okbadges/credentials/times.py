"""Points in time as credentials write them: ``DateTimeZ`` of Open Badges 3.0, always with a zone, never guessed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from okbadges.errors import CredentialError

DATE_TIME: Final = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)"
_DATE_TIME = re.compile(DATE_TIME, re.ASCII)


def read_moment(text: str) -> datetime:
    """Return the aware UTC datetime of ``text``; raise "malformed-time".

    Read is what xsd:dateTimeStamp and RFC 3339 both allow: date, capital T, time to the second or finer (digits beyond the
    microsecond are dropped), then ``Z`` or an offset. A leap second and a day that the calendar does not have are refused.
    """
    if not _DATE_TIME.fullmatch(text):
        raise CredentialError("malformed-time", "not a date and time with its zone, like 2026-03-01T12:00:00Z")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise CredentialError("malformed-time", "there is no such day") from None


def moment_text(moment: datetime) -> str:
    """Return ``moment`` in UTC to the second, like 2026-03-01T12:00:00Z; raise "malformed-time" when it has no zone."""
    if moment.tzinfo is None:
        raise CredentialError("malformed-time", "a point in time without a zone")
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
