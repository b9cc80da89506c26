"""When a badge of 2.0 holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from okbadges.verification.openbadges2.dates import read_point
from okbadges.verification.report import Verdict
from verification.making import NOW
from verification.openbadges2.badges import assertion, look, outcome, verdict_of, web


def told(**changes: Any) -> tuple[tuple[str, str | None], Verdict]:
    """Return the check of dates and the verdict of a badge that its host confirms."""
    changed = assertion(**changes)
    found = look(changed, web(assertion=changed))
    return outcome(found, "dates"), verdict_of(found)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"expires": "2026-11-02T12:00:00Z"}, (("passed", None), Verdict.VALID)),
        ({"expires": "2026-11-02T11:59:59Z"}, (("failed", "expired"), Verdict.EXPIRED)),
        ({"issuedOn": "2026-11-02T12:00:00Z"}, (("passed", None), Verdict.VALID)),
        ({"issuedOn": "2026-11-02T12:00:01Z"}, (("failed", "not-yet-valid"), Verdict.NOT_YET_VALID)),
        ({"issuedOn": "2100-01-01T00:00:00Z"}, (("failed", "not-yet-valid"), Verdict.NOT_YET_VALID)),
        ({"expires": "2026-09-30T00:00:00Z"}, (("failed", "time-order"), Verdict.INVALID)),
        ({"issuedOn": "2026-10-01"}, (("failed", "malformed-time"), Verdict.INVALID)),
        ({"issuedOn": "2026-10-01T00:00:00"}, (("failed", "malformed-time"), Verdict.INVALID)),
        ({"expires": "never"}, (("failed", "malformed-time"), Verdict.INVALID)),
        ({"expires": "2026-02-30T00:00:00Z"}, (("failed", "malformed-time"), Verdict.INVALID)),
    ],
)
def test_dates(changes: dict[str, Any], expected: tuple[tuple[str, str | None], Verdict]) -> None:
    """From the moment of issue to the moment of expiry, both included; nothing is guessed."""
    assert told(**changes) == expected


def test_the_time_of_the_check_decides() -> None:
    """The same badge is looked at from another day."""
    assert verdict_of(look(assertion(), web(), NOW - timedelta(days=365))) is Verdict.NOT_YET_VALID


def test_seconds_may_be_left_out() -> None:
    """As ISO 8601 allows; anything else that is not exact reads as nothing."""
    assert read_point("2017-10-01T00:00Z") == read_point("2017-10-01T00:00:00Z") == read_point("2017-10-01T02:00+02:00")
    for text in ("2017-10-01T00Z", "2017-10-01T00:00", "T00:00Z", "", None, 7, ["2017-10-01T00:00Z"]):
        assert read_point(text) is None
