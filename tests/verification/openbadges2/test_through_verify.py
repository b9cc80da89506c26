"""Badges of Open Badges 2.0 through the one way in: the same report as for credentials of 3.0."""

from __future__ import annotations

from okbadges.verification import Verdict
from okbadges.verification.report import IssuerFound, Kind, ProofFound
from verification.making import check, outcome_of
from verification.openbadges2.badges import ASSERTION, HOME, ISSUER, KEY, SignedWorld, assertion, web


def test_hosted() -> None:
    """A hosted badge, as JSON or by its link, is VALID and told of."""
    for received in (assertion(), ASSERTION.encode()):
        report = check(received, web())
        assert (report.verdict, report.kind) == (Verdict.VALID, Kind.OPEN_BADGE_2)
        assert report.proofs == (ProofFound("hosted", None, ASSERTION),)
        assert report.issuer == IssuerFound(ISSUER, "Course House", HOME, recognised=False)
        assert report.credential is not None
        assert report.credential.name == "Café counter"


def test_signed() -> None:
    """A signed badge is VALID; its algorithm and key are told."""
    signed = SignedWorld(header={"alg": "ES256", "typ": "JWT"})
    report = check(signed.sign(), signed.web())
    assert (report.verdict, report.kind) == (Verdict.VALID, Kind.OPEN_BADGE_2)
    assert report.proofs == (ProofFound("jwt", "ES256", KEY),)


def test_the_recipient_and_the_issuer_are_asked_about() -> None:
    """Whom it is about, when somebody asks, is a required check; whether the issuer is known is none."""
    report = check(assertion(), web(), recipient="aino@example.org", recognised=lambda issuer: issuer == ISSUER)
    assert (report.verdict, report.recipient_match) == (Verdict.VALID, True)
    assert outcome_of(report, "issuer-recognised") == ("passed", None)
    report = check(assertion(), web(), recipient="eero@example.org")
    assert (report.verdict, report.recipient_match) == (Verdict.INVALID, False)


def test_an_issuer_in_whose_name_somebody_else_hosts_is_not_recognised() -> None:
    """The name of a known issuer on a stranger's badge earns no recognition."""
    forged = assertion(id="https://stranger.example/a/1")
    report = check(forged, web(**{forged["id"]: forged}), recognised=lambda _: True)
    assert report.verdict is Verdict.INVALID
    assert outcome_of(report, "issuer-recognised")[0] == "not-checked"
