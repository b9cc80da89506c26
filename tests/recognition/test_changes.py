"""What changed at a matter since a form was shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from okbadges.recognition.changes import Change, Changed, changes, state_of
from okbadges.recognition.mapping.picture import Outlook
from okbadges.recognition.matters import ALWAYS, Matter
from okbadges.recognition.record import BadgeSeen
from okbadges.verification.report import Verdict
from recognition.exports.making import YTTT

if TYPE_CHECKING:
    from collections.abc import Mapping


def badge(number: int, verdict: Verdict = Verdict.VALID, report: str | None = "R 7") -> BadgeSeen:
    """Return a badge as it was seen."""
    return BadgeSeen(
        credential_id=f"urn:uuid:{number}",
        document_hash="0" * 64,
        name=f"Badge {number}",
        issuer="OK!",
        badge="x",
        badge_version=1,
        verdict=verdict,
        awarded_on=None,
        counted=True,
        report_id=report,
        report_url=None,
        recognised_by=None,
    )


def matter(*badges: BadgeSeen, bars: Mapping[str, str] | None = None, outlook: Outlook = Outlook.WHOLE) -> Matter:
    """Return a matter with these badges."""
    return Matter(YTTT, "2022", date(2022, 8, 1), outlook, ALWAYS, badges, bars or {})


def test_nothing_changed() -> None:
    """What a form carried is what is there: nothing to say."""
    here = matter(badge(1), badge(2), bars={"urn:uuid:2": "no-record"})
    assert changes(state_of(here), here) == ()


BEFORE = matter(badge(1), badge(2))


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (matter(badge(1), badge(2, Verdict.REVOKED)), Change(Changed.ENDED, "urn:uuid:2")),
        (matter(badge(1)), Change(Changed.NOT_SHOWN, "urn:uuid:2")),
        (matter(badge(1), badge(2), badge(3)), Change(Changed.NEW, "urn:uuid:3")),
        (matter(badge(1), badge(2), bars={"urn:uuid:2": "no-record"}), Change(Changed.COUNTS_NO_MORE, "urn:uuid:2")),
        (matter(badge(1), badge(2, report="R 8")), Change(Changed.RECORD, "urn:uuid:2")),
        (replace(BEFORE, outlook=Outlook.PART), Change(Changed.OUTLOOK)),
    ],
)
def test_each_change_is_named(now: Matter, said: Change) -> None:
    """A badge that ended, went, came, or counts otherwise; or only what all of them allow together."""
    assert changes(state_of(BEFORE), now) == (said,)


def test_what_came_back_is_said_too() -> None:
    """A status that could not be reached is there again, and a badge counts again."""
    before = matter(badge(1, Verdict.INDETERMINATE), badge(2), bars={"urn:uuid:2": "no-record"})
    now = matter(badge(1), badge(2))
    assert [one.what for one in changes(state_of(before), now)] == [Changed.BACK, Changed.COUNTS]


@pytest.mark.parametrize("lines", [(), ("",), ("badge",), ("badge x",), ("outlook", "badge  a b c d e")])
def test_lines_that_are_not_ours_say_that_everything_is_new(lines: tuple[str, ...]) -> None:
    """A form that was not shown by us is shown once."""
    assert [one.what for one in changes(lines, BEFORE)] == [Changed.NEW, Changed.NEW]
