"""Whether a credential is within its dates, and its proofs were not made in the future."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from okbadges.verification.checks import DATES, failed, passed
from okbadges.verification.reading import items, members, read_time, validity_members

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from okbadges.verification.report import Check

CLOCK_DIFFERENCE = timedelta(minutes=5)
"""How far ahead of ours the clock of a signer may be; the credential's own dates get no such allowance."""


def check_dates(
    document: Mapping[str, object],
    *,
    now: datetime,
    envelope_begins: datetime | None = None,
    envelope_ends: datetime | None = None,
    begin_required: bool = True,
) -> Check:
    """Check the first and last moment (both inclusive) and the times of the proofs against ``now``.

    These are ``validFrom`` and ``validUntil``, or ``issuanceDate`` and ``expirationDate`` in VCDM 1.1. ``envelope_begins`` and
    ``envelope_ends`` are what a JWT states besides: the later beginning and the earlier end count; a beginning is required by Open Badges, not by the data model
    of a status list. Codes: ``malformed-time``, ``time-order``, ``proof-time``, ``proof-expired``, ``not-yet-valid``, ``expired``.
    """
    begin, end = validity_members(document)
    begins, ends = read_time(document.get(begin)), read_time(document.get(end))
    missing = begins is None and (begin_required or begin in document)
    if missing or (ends is None and end in document):
        return failed(DATES, "malformed-time", f"{begin} and {end} must be date-times with a zone.")
    if begins is not None and ends is not None and ends < begins:
        return failed(DATES, "time-order", "The credential ends before it begins.")
    begins = max((moment for moment in (begins, envelope_begins) if moment), default=None)
    ends = min((moment for moment in (ends, envelope_ends) if moment), default=None)
    for proof in items(document.get("proof")):
        mistake = _proof_mistake(members(proof), now)
        if mistake is not None:
            return mistake
    if ends is not None and now > ends:
        return failed(DATES, "expired", "The credential has expired.", detail=f"valid until {ends.isoformat()}")
    if begins is not None and now < begins:
        return failed(DATES, "not-yet-valid", "The credential is not valid yet.", detail=f"from {begins.isoformat()}")
    return passed(DATES, "The credential is within its dates.")


def _proof_mistake(proof: Mapping[str, object], now: datetime) -> Check | None:
    for name in ("created", "expires"):
        if name in proof and read_time(proof[name]) is None:
            return failed(DATES, "malformed-time", f"The proof's {name} must be a date-time with a zone.")
    created, expires = read_time(proof.get("created")), read_time(proof.get("expires"))
    if created is not None and created > now + CLOCK_DIFFERENCE:
        return failed(DATES, "proof-time", "The proof says that it was made in the future.")
    if expires is not None and now > expires:
        return failed(DATES, "proof-expired", "The proof says that it has expired.")
    return None
