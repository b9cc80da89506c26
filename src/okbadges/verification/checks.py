"""The checks by name, and the one rule that turns them into a verdict.

`verdict` is pure and fails closed: it looks at nothing but the checks, the worst of them wins, and a required check that is
missing counts as one that could not be made. No other code decides what a credential is worth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.verification.report import Check, Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

READABLE = "readable"
SHAPE = "shape"
ISSUER_KEY = "issuer-key"
CONTENT_UNALTERED = "content-unaltered"
DATES = "dates"
STATUS = "status"
ISSUER_RECOGNISED = "issuer-recognised"
RECIPIENT = "recipient"
CHALLENGE = "challenge"
SCHEMA_REFERENCE = "schema-reference"
STATUS_ENTRIES = "status-entries"
JWT_CLAIMS = "jwt-claims"
ENDORSEMENTS = "endorsements"
ENDORSED = "endorsed"
REFRESH = "refresh"
HOLDER_KEY = "holder-key"
PRESENTED = "presented-credentials"

NECESSARY = (READABLE, SHAPE, ISSUER_KEY, CONTENT_UNALTERED, DATES, STATUS)
"""Without each of these among the checks nothing is ever VALID."""

NECESSARY_TO_PRESENT = (READABLE, SHAPE, HOLDER_KEY, CONTENT_UNALTERED, PRESENTED)
"""The same for a presentation; dates and status are those of the credentials that it holds."""

REFUSED_ADDRESSES = frozenset({"url-not-allowed", "address-not-allowed", "redirect-refused"})
"""Codes of fetching that say something of the address itself, not of the network; checks keep them as their own."""

CLAUSES = {
    READABLE: "Open Badges 3.0, A (serialization) and 5 (document formats)",
    SHAPE: "Open Badges 3.0, data model; 9 (verification), step 1",
    ISSUER_KEY: "Open Badges 3.0, 8.6 (key retrieval); Controlled Identifiers 1.0, retrieve verification method",
    CONTENT_UNALTERED: "Open Badges 3.0, 8 (proofs) and 9, step 2; VC Data Integrity 1.0, verify proof",
    DATES: "Open Badges 3.0, 9, step 4; VC Data Model 2.0, validity period",
    STATUS: "Open Badges 3.0, 9, step 4; Bitstring Status List 1.0, 3.2 (validate algorithm)",
    ISSUER_RECOGNISED: "a decision of this service, not of the specification",
    RECIPIENT: "Open Badges 3.0, 9, step 5",
    CHALLENGE: "VC Data Integrity 1.0, verify proof, domain and challenge",
    SCHEMA_REFERENCE: "Open Badges 3.0, 9, step 1",
    ENDORSEMENTS: "Open Badges 3.0, 9, step 6",
    ENDORSED: "Open Badges 3.0, data model, EndorsementSubject",
    JWT_CLAIMS: "Open Badges 3.0, 8.2 (JSON Web Token proof format)",
    REFRESH: "Open Badges 3.0, 9, step 3",
    HOLDER_KEY: "VC Data Model 2.0, 4.13 (presentations); Controlled Identifiers 1.0, retrieve verification method",
    PRESENTED: "VC Data Model 2.0, 4.13 (presentations) and 7.1 (verification)",
    STATUS_ENTRIES: "Open Badges 3.0, data model, credentialStatus",
}

_VERDICTS_OF_CODES = {
    (STATUS, "revoked"): Verdict.REVOKED,
    (STATUS, "suspended"): Verdict.SUSPENDED,
    (DATES, "expired"): Verdict.EXPIRED,
    (DATES, "not-yet-valid"): Verdict.NOT_YET_VALID,
}
_VERDICTS_OF_CODES |= {
    (PRESENTED, one.value.lower().replace("_", "-")): one for one in Verdict if one is not Verdict.VALID
}
_WORST_FIRST = tuple(Verdict)


def passed(check_id: str, message: str, *, detail: str | None = None, required: bool = True) -> Check:
    """Return a check that ran and found nothing wrong."""
    return Check(check_id, Outcome.PASSED, message, CLAUSES[check_id], detail=detail, required=required)


def failed(check_id: str, code: str, message: str, *, detail: str | None = None, required: bool = True) -> Check:
    """Return a check that ran and found something wrong; ``code`` says what."""
    return Check(check_id, Outcome.FAILED, message, CLAUSES[check_id], code=code, detail=detail, required=required)


def not_checked(check_id: str, code: str, message: str, *, detail: str | None = None, required: bool = True) -> Check:
    """Return a check that could not run, or had nothing to look at; ``code`` says why."""
    return Check(check_id, Outcome.NOT_CHECKED, message, CLAUSES[check_id], code=code, detail=detail, required=required)


def waiting(check_id: str, because_of: str) -> Check:
    """Return the check of a later step that had to wait for an earlier one, which did not pass."""
    return not_checked(check_id, "earlier-step", f"Not looked at, because the check {because_of} did not pass.")


def verdict(checks: Sequence[Check], *, necessary: Sequence[str] = NECESSARY) -> Verdict:
    """Return the worst verdict that any required check gives; ``necessary`` are those that must be there.

    A failed check gives INVALID, unless it is the reading itself (REJECTED) or its code is one of ``revoked``, ``suspended``,
    ``expired``, ``not-yet-valid``; a check that did not run gives INDETERMINATE; so does a necessary one that is not there
    at all, or was declared not required without having a reason of its own (only ``status`` has one: nothing to look up).
    """
    found = {verdict_of(check) for check in checks if check.required or check.id in necessary}
    present = {check.id for check in checks}
    if not present.issuperset(necessary):
        found.add(Verdict.INDETERMINATE)
    return min(found, key=_WORST_FIRST.index)


def verdict_of(check: Check) -> Verdict:
    """Return what one check alone says of the credential."""
    if check.outcome is Outcome.PASSED:
        return Verdict.VALID
    if check.outcome is Outcome.FAILED:
        if check.id == READABLE:
            return Verdict.REJECTED
        return _VERDICTS_OF_CODES.get((check.id, check.code or ""), Verdict.INVALID)
    nothing_to_look_up = check.id == STATUS and not check.required
    return Verdict.VALID if nothing_to_look_up else Verdict.INDETERMINATE
