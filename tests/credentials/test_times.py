"""Points in time: one way to write them, a strict way to read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okbadges.credentials.times import moment_text, read_moment
from okbadges.errors import CredentialError


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants its bounds so
def test_it_works(moment: datetime) -> None:
    """What is written is read again, to the second."""
    assert read_moment(moment_text(moment)) == moment.replace(microsecond=0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01T12:00:00Z", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("2026-03-01T12:00:00+02:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T12:00:00-11:30", datetime(2026, 3, 1, 23, 30, tzinfo=UTC)),
        ("2026-03-01T12:00:00.5Z", datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-03-01T12:00:00.123456789Z", datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)),
        ("2024-02-29T23:59:59Z", datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_zones_and_fractions_are_read(text: str, expected: datetime) -> None:
    """Any zone leads to UTC; digits beyond the microsecond are dropped."""
    assert read_moment(text) == expected
    assert read_moment(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-03-01",
        "2026-03-01T12:00:00",
        "2026-03-01T12:00Z",
        "2026-03-01 12:00:00Z",
        "2026-03-01t12:00:00z",
        "2026-3-1T12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T12:00:60Z",
        "2026-03-01T12:00:00,5Z",
        "2026-03-01T12:00:00.Z",
        "2026-03-01T12:00:00+0200",
        "2026-03-01T12:00:00+15:00",
        "2026-03-01T12:00:00Z\n",
        "-2026-03-01T12:00:00Z",
        "02026-03-01T12:00:00Z",
        "0000-03-01T12:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "٢٠٢٦-03-01T12:00:00Z",
        "20260301T120000Z",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    """No zone, no seconds, no such day, other digits or letters: nothing is guessed."""
    with pytest.raises(CredentialError) as refused:
        read_moment(text)
    assert refused.value.code == "malformed-time"


def test_a_moment_is_written_in_utc() -> None:
    """With its zone turned to UTC and without fractions; without a zone it is refused."""
    assert moment_text(datetime(2026, 3, 1, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=2)))) == "2026-02-28T23:02:03Z"
    with pytest.raises(CredentialError):
        moment_text(datetime(2026, 3, 1))  # noqa: DTZ001 - that it has no zone is the point
