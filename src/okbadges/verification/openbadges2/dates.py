"""Whether a badge of 2.0 is within its dates: ``issuedOn`` and ``expires``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from okbadges.credentials.vc_jwt import numeric_date
from okbadges.errors import CredentialError
from okbadges.verification.checks import DATES
from okbadges.verification.openbadges2.outcomes import failed, not_checked, passed
from okbadges.verification.reading import read_time

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from okbadges.credentials.strict_json import Json
    from okbadges.verification.report import Check

_WITHOUT_SECONDS = re.compile(r"(T\d\d:\d\d)(?=Z|[+-])")
_ENVELOPE: Final = ("nbf", "exp")


def read_point(value: object) -> datetime | None:
    """Return a date-time with a zone in UTC, or None; 2.0 allows to leave the seconds out."""
    return read_time(_WITHOUT_SECONDS.sub(r"\g<1>:00", value, count=1)) if isinstance(value, str) else None


def check_dates(assertion: Mapping[str, Json], *, now: datetime, claims: Mapping[str, Json]) -> Check:
    """Check that ``now`` is not before ``issuedOn`` nor after ``expires``.

    ``claims`` are those of the JWS of a signed badge (empty for a hosted one), where ``nbf`` and ``exp`` are minded. Codes: ``malformed-time``,
    ``time-order``, ``not-yet-valid``, ``expired``; not checked: ``revoked`` for one that says nothing but that.
    """
    if assertion.get("revoked") is True and "issuedOn" not in assertion:
        return not_checked(DATES, "revoked", "It was taken back and says nothing more.")
    try:
        begins, ends = _span(assertion, claims)
    except CredentialError as error:
        return failed(DATES, error.code, error.detail)
    if ends is not None and now > ends:
        return failed(DATES, "expired", "The badge has expired.", detail=f"valid until {ends.isoformat()}")
    if now < begins:
        return failed(DATES, "not-yet-valid", "The badge is not valid yet.", detail=f"from {begins.isoformat()}")
    return passed(DATES, "The badge is within its dates.")


def _span(assertion: Mapping[str, Json], claims: Mapping[str, Json]) -> tuple[datetime, datetime | None]:
    """Return the first and last moment (None: without end); raise "malformed-time" or "time-order"."""
    issued, expires = read_point(assertion.get("issuedOn")), read_point(assertion.get("expires"))
    if issued is None or (expires is None and "expires" in assertion):
        raise CredentialError("malformed-time", "issuedOn and expires must be date-times with a zone.")
    if expires is not None and expires < issued:
        raise CredentialError("time-order", "The badge ends before it was issued.")
    not_before, not_after = (numeric_date(claims[name]) if name in claims else None for name in _ENVELOPE)
    ends = [moment for moment in (expires, not_after) if moment is not None]
    return max(issued, not_before or issued), min(ends, default=None)
