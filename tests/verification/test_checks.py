"""The verdict: pure, fail closed, the worst wins."""

from __future__ import annotations

import itertools

import pytest

from okbadges.verification.checks import (
    CLAUSES,
    DATES,
    ISSUER_KEY,
    ISSUER_RECOGNISED,
    NECESSARY,
    READABLE,
    RECIPIENT,
    STATUS,
    failed,
    not_checked,
    passed,
    verdict,
    waiting,
)
from okbadges.verification.report import Check, Verdict


def all_passed() -> dict[str, Check]:
    """Return every necessary check, passed."""
    return {check_id: passed(check_id, "fine") for check_id in NECESSARY}


def with_checks(*checks: Check) -> Verdict:
    """Return the verdict when these checks replace or join those that passed."""
    return verdict([*(all_passed() | {check.id: check for check in checks}).values()])


def test_it_works() -> None:
    """When every necessary check has passed, the credential is valid."""
    assert with_checks() is Verdict.VALID


def test_no_checks_at_all_prove_nothing() -> None:
    """An empty list of checks is not a valid credential."""
    assert verdict([]) is Verdict.INDETERMINATE


@pytest.mark.parametrize("missing", NECESSARY)
def test_a_necessary_check_that_is_missing_is_not_passed(missing: str) -> None:
    """Leaving a necessary check out leaves the verdict open."""
    checks = all_passed()
    del checks[missing]
    assert verdict([*checks.values()]) is Verdict.INDETERMINATE


@pytest.mark.parametrize("check_id", NECESSARY)
def test_a_necessary_check_cannot_be_declared_not_required(check_id: str) -> None:
    """Calling a necessary check not required does not hide that it failed."""
    assert with_checks(failed(check_id, "anything", "wrong", required=False)) is not Verdict.VALID


@pytest.mark.parametrize("check_id", NECESSARY)
def test_a_necessary_check_that_did_not_run_leaves_it_open(check_id: str) -> None:
    """A check that could not run makes the verdict indeterminate, never valid."""
    assert with_checks(not_checked(check_id, "unreachable", "no answer")) is Verdict.INDETERMINATE
    assert with_checks(waiting(check_id, READABLE)) is Verdict.INDETERMINATE


@pytest.mark.parametrize("check_id", [check_id for check_id in NECESSARY if check_id not in {READABLE, STATUS}])
def test_a_failed_check_makes_it_invalid(check_id: str) -> None:
    """Any failure without a verdict of its own makes the credential invalid."""
    assert with_checks(failed(check_id, "anything", "wrong")) is Verdict.INVALID


@pytest.mark.parametrize(
    ("check_id", "code", "expected"),
    [
        (READABLE, "json-malformed", Verdict.REJECTED),
        (STATUS, "revoked", Verdict.REVOKED),
        (STATUS, "suspended", Verdict.SUSPENDED),
        (STATUS, "anything", Verdict.INVALID),
        (DATES, "expired", Verdict.EXPIRED),
        (DATES, "not-yet-valid", Verdict.NOT_YET_VALID),
        (DATES, "time-order", Verdict.INVALID),
        (ISSUER_KEY, "expired", Verdict.INVALID),
        (RECIPIENT, "recipient-mismatch", Verdict.INVALID),
    ],
)
def test_some_codes_have_a_verdict_of_their_own(check_id: str, code: str, expected: Verdict) -> None:
    """The word follows from the check and its code together."""
    assert with_checks(failed(check_id, code, "wrong")) is expected


def test_the_worst_wins() -> None:
    """Of any two findings the worse one is the verdict, in whatever order they stand."""
    findings = {
        Verdict.REJECTED: failed(READABLE, "x", "x"),
        Verdict.INVALID: failed(ISSUER_KEY, "x", "x"),
        Verdict.REVOKED: failed(STATUS, "revoked", "x"),
        Verdict.SUSPENDED: failed(STATUS, "suspended", "x"),
        Verdict.EXPIRED: failed(DATES, "expired", "x"),
        Verdict.NOT_YET_VALID: failed(DATES, "not-yet-valid", "x"),
        Verdict.INDETERMINATE: not_checked(RECIPIENT, "x", "x"),
    }
    rest = [*all_passed().values()]
    order = [*Verdict]
    for (one, first), (other, second) in itertools.permutations(findings.items(), 2):
        assert verdict([first, *rest, second]) is min(one, other, key=order.index)


def test_what_is_not_required_never_changes_the_verdict() -> None:
    """An issuer that is not recognised, or no status list to look at, leaves a valid credential valid."""
    assert with_checks(failed(ISSUER_RECOGNISED, "issuer-not-recognised", "x", required=False)) is Verdict.VALID
    assert with_checks(not_checked(STATUS, "no-status", "none", required=False)) is Verdict.VALID


def test_every_check_names_its_clause() -> None:
    """A check made by these functions says which rule it is about."""
    for check_id, clause in CLAUSES.items():
        assert passed(check_id, "fine").clause == clause
