"""The checks of a badge of 2.0: the same identifiers as for 3.0, with the clauses of the specification that they follow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from okbadges.credentials.fetching import FetchError
from okbadges.verification import checks

if TYPE_CHECKING:
    from okbadges.errors import CredentialError
    from okbadges.verification.report import Check

_CLAUSES: Final = {
    checks.SHAPE: "Open Badges 2.0, Open Badges Vocabulary and Data Validation",
    checks.ISSUER_KEY: "Open Badges 2.0, VerificationObject; SignedBadge Verification, steps 4 and 5",
    checks.CONTENT_UNALTERED: "Open Badges 2.0, HostedBadge Verification; SignedBadge Verification, step 6",
    checks.DATES: "Open Badges 2.0, Assertion (issuedOn, expires) and Verification",
    checks.STATUS: "Open Badges 2.0, Revoking Hosted Assertions; Revocation List",
    checks.RECIPIENT: "Open Badges 2.0, IdentityObject",
    checks.ENDORSEMENTS: "Open Badges 2.0, Endorsement",
}
_LONGEST_DETAIL: Final = 400


def passed(check_id: str, message: str, *, detail: str | None = None) -> Check:
    """Return a check that ran and found nothing wrong."""
    return of_2_0(checks.passed(check_id, message, detail=detail))


def failed(check_id: str, code: str, message: str, *, detail: str | None = None, required: bool = True) -> Check:
    """Return a check that ran and found something wrong; ``code`` says what."""
    return of_2_0(checks.failed(check_id, code, message, detail=detail, required=required))


def not_checked(check_id: str, code: str, message: str, *, detail: str | None = None, required: bool = True) -> Check:
    """Return a check that could not run, or had nothing to look at; ``code`` says why."""
    return of_2_0(checks.not_checked(check_id, code, message, detail=detail, required=required))


def waiting(check_id: str, because_of: str) -> Check:
    """Return the check of a later step that had to wait for an earlier one, which did not pass."""
    return of_2_0(checks.waiting(check_id, because_of))


def open_or_failed(
    check_id: str, error: CredentialError, message: str, *, unreachable: str, open_codes: frozenset[str]
) -> Check:
    """Return what ``error`` makes of a check: open when nothing came back or when it is one of ``open_codes``, else failed.

    What could not be fetched has the code ``unreachable``, but a refused address keeps its own.
    """
    detail = (f"{error.detail} (at {error.where})" if error.where else error.detail)[:_LONGEST_DETAIL]
    if isinstance(error, FetchError):
        code = error.code if error.code in checks.REFUSED_ADDRESSES else unreachable
        return not_checked(check_id, code, message, detail=detail)
    if error.code in open_codes:
        return not_checked(check_id, error.code, message, detail=detail)
    return failed(check_id, error.code, message, detail=detail)


def of_2_0(check: Check) -> Check:
    """Return the check with the clause of Open Badges 2.0."""
    return replace(check, clause=_CLAUSES[check.id])
