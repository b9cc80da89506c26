"""What an environment recognition record may say: a report that can be found, codes of areas and units, days in their order."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from okbadges.errors import Conflict, InvalidInput
from okbadges.organisations.wording import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from okbadges.organisations.workshops import RecognitionRecord

LONGEST_ID, LONGEST_ROLE, LONGEST_URL = 80, 120, 500
MOST_TARGETS = 60
_TARGET = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:#-]{0,99}")


def checked_records(record: RecognitionRecord, also: Sequence[str] = ()) -> list[RecognitionRecord]:
    """Return one record for each area or unit that the report covers, each named once.

    Raises `InvalidInput`: ``text``, ``report-address``, ``target``, ``target-count``, ``dates``.
    """
    if record.valid_until is not None and record.valid_until < record.valid_from:
        raise InvalidInput("dates", "A recognition record cannot end before it begins.", field="valid_until")
    targets = list(dict.fromkeys((record.target_uri, *also)))
    if len(targets) > MOST_TARGETS:
        raise InvalidInput(
            "target-count", f"One record covers at most {MOST_TARGETS} areas and units.", field="targets"
        )
    for target in targets:
        if not _TARGET.fullmatch(target):
            raise InvalidInput(
                "target",
                "Name an area or unit by its code URI, for example ammatillisenoppiaineet_vvtd.",
                field="targets",
            )
    inside, diaari, address = record.recognised_inside, record.diaari, record.report_url
    said = replace(
        record,
        report_id=one_line(record.report_id, longest=LONGEST_ID, field="report_id"),
        report_url=_report_address(address) if address is not None else None,
        recognised_by=one_line(record.recognised_by, longest=LONGEST_ROLE, field="recognised_by"),
        recognised_inside=one_line(inside, longest=LONGEST_ROLE, field="recognised_inside") if inside else None,
        diaari=one_line(diaari, longest=LONGEST_ID, field="diaari") if diaari else None,
    )
    return [replace(said, target_uri=target) for target in targets]


def require_no_overlap(record: RecognitionRecord, there: Iterable[RecognitionRecord]) -> None:
    """Raise `Conflict` (``recognition-exists``) where the same report is kept for the same target on some of these days."""
    for other in there:
        is_same = (other.report_id, other.target_uri) == (record.report_id, record.target_uri)
        if is_same and _overlap(record, other):
            until = f" to {other.valid_until}" if other.valid_until else ""
            raise Conflict(
                "recognition-exists",
                f"The report {record.report_id} is kept for {record.target_uri} from {other.valid_from}{until}; "
                "begin after that, or end that record first.",
                field="valid_from",
            )


def _overlap(one: RecognitionRecord, other: RecognitionRecord) -> bool:
    """Tell whether the days of two records overlap."""
    ends_before = one.valid_until is not None and one.valid_until < other.valid_from
    begins_after = other.valid_until is not None and one.valid_from > other.valid_until
    return not ends_before and not begins_after


def _report_address(url: str) -> str:
    """Return a public address: teachers follow it, so it is https, names a host, and carries no password."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
    if parts.scheme != "https" or not host or "." not in host or parts.username is not None or not is_plain:
        raise InvalidInput(
            "report-address",
            "Give the public address of the report: https://, a host, no password in it.",
            field="report_url",
        )
    return url
