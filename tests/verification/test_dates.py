"""Validity dates, and the times of proofs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from okbadges.verification.dates import CLOCK_DIFFERENCE, check_dates
from okbadges.verification.report import Outcome
from verification.making import NOW


def outcome(**document: Any) -> str:
    """Return ``passed`` or the code."""
    found = check_dates({"validFrom": "2026-01-01T00:00:00Z", **document}, now=NOW)
    assert (found.outcome is Outcome.PASSED) == (found.code is None)
    return found.code or found.outcome.value


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({}, "passed"),
        ({"validFrom": "2026-11-02T12:00:00Z"}, "passed"),
        ({"validFrom": "2026-11-02T12:00:01Z"}, "not-yet-valid"),
        ({"validFrom": "2026-11-02T14:00:00+02:00"}, "passed"),
        ({"validUntil": "2026-11-02T12:00:00Z"}, "passed"),
        ({"validUntil": "2026-11-02T11:59:59Z"}, "expired"),
        ({"validUntil": "2098-01-01T00:00:00.000-14:00"}, "passed"),
        ({"validUntil": "2025-12-31T23:59:59Z"}, "time-order"),
        ({"validFrom": "2026-01-01"}, "malformed-time"),
        ({"validFrom": "2026-01-01T00:00:00"}, "malformed-time"),
        ({"validFrom": "2026-02-30T00:00:00Z"}, "malformed-time"),
        ({"validFrom": "2026-01-01T24:00:00Z"}, "malformed-time"),
        ({"validFrom": "-2026-01-01T00:00:00Z"}, "malformed-time"),
        ({"validFrom": "yesterday"}, "malformed-time"),
        ({"validFrom": None}, "malformed-time"),
        ({"validUntil": None}, "malformed-time"),
        ({"validUntil": 4070908800}, "malformed-time"),
        ({"proof": {"created": "2026-11-02T12:05:00Z"}}, "passed"),
        ({"proof": {"created": "2026-11-02T12:05:01Z"}}, "proof-time"),
        ({"proof": {"created": "soon"}}, "malformed-time"),
        ({"proof": {"expires": "2026-11-02T11:59:59Z"}}, "proof-expired"),
        ({"proof": [{}, {"created": "2099-01-01T00:00:00Z"}]}, "proof-time"),
    ],
)
def test_dates(dates: dict[str, Any], expected: str) -> None:
    """Both ends count as inside, zones are honoured, and what is no date-time with a zone is refused."""
    assert outcome(**dates) == expected


def test_the_clock_of_a_signer_may_be_a_little_ahead() -> None:
    """Five minutes, as the docstring says."""
    assert timedelta(minutes=5) == CLOCK_DIFFERENCE


def test_the_end_of_the_envelope_counts_where_the_credential_states_none() -> None:
    """A JWT's exp ends a credential that states no end, and changes nothing for one that does."""
    hour = timedelta(hours=1)
    document = {"validFrom": "2026-01-01T00:00:00Z"}
    assert check_dates(document, now=NOW, envelope_ends=NOW - hour).code == "expired"
    assert check_dates(document, now=NOW, envelope_ends=NOW + hour).outcome is Outcome.PASSED


def test_a_status_list_needs_no_begin() -> None:
    """A list without validFrom is fine, a malformed one is not."""
    assert check_dates({}, now=NOW, begin_required=False).outcome is Outcome.PASSED
    assert check_dates({"validFrom": "x"}, now=NOW, begin_required=False).code == "malformed-time"
    assert check_dates({}, now=NOW).code == "malformed-time"
