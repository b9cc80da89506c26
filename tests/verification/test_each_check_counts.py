"""Each check is needed: for every one there is something that it alone keeps out, and that gets in as soon as it is switched off.

A check is switched off by letting it pass whatever it finds, with all that waits for it: a check that waits has found nothing.
What only remarks on something (it never changes the verdict) is shown to be the only one that says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from okbadges.credentials.strict_json import dumps
from okbadges.verification import Check, Outcome, Report, Verdict, checks
from verification.jwts import claims_of, compact
from verification.making import Maker, World, check, credential, status_entry, world_of
from verification.test_credential import EMPLOYER, endorsement
from verification.test_presentation import HOLDER, STRANGER, badge, presentation

if TYPE_CHECKING:
    from collections.abc import Callable

MAKER = Maker.by_key()
BY_WEB = Maker.by_web()
DID_URL = "https://issuer.example/issuers/house/did.json"
REFRESH = {"id": "https://issuer.example/refresh/1", "type": "1EdTechCredentialRefresh"}


@dataclass(frozen=True)
class Exhibit:
    """Something to verify, in a world, with what is asked of it."""

    received: Any
    world: World = field(default_factory=World)
    asked: dict[str, Any] = field(default_factory=dict)

    def report(self) -> Report:
        """Verify it."""
        return check(self.received, self.world, **self.asked)


def without_criteria() -> Exhibit:
    """Show a badge that says nothing of what it was awarded for."""
    document = credential(MAKER.did)
    del document["credentialSubject"]["achievement"]["criteria"]
    return Exhibit(MAKER.sign(document))


def of_a_key_for_something_else() -> Exhibit:
    """Show a badge that was signed with a key that the issuer lets sign in, and not assert."""
    document = BY_WEB.did_document()
    moved = {**document, "assertionMethod": [], "authentication": document["assertionMethod"]}
    return Exhibit(BY_WEB.badge(), World({DID_URL: moved}))


def altered() -> Exhibit:
    """Show a badge whose name was changed after it was signed."""
    return Exhibit({**MAKER.badge(), "name": "Runs the whole café"})


def revoked() -> Exhibit:
    """Show a badge that the issuer has taken back."""
    return Exhibit(MAKER.badge(credentialStatus=status_entry()), world_of(status=MAKER.status_list(7)))


def presented(held: dict[str, Any], maker: Maker = HOLDER) -> Exhibit:
    """Show a presentation of somebody's badge."""
    return Exhibit(maker.sign(presentation(held), purpose="authentication"))


REQUIRED: dict[str, Callable[[], Exhibit]] = {
    checks.READABLE: lambda: Exhibit(dumps(MAKER.badge()) + b"}"),
    checks.SHAPE: without_criteria,
    checks.ISSUER_KEY: of_a_key_for_something_else,
    checks.CONTENT_UNALTERED: altered,
    checks.DATES: lambda: Exhibit(MAKER.badge(validUntil="2026-11-01T00:00:00Z")),
    checks.STATUS: revoked,
    checks.RECIPIENT: lambda: Exhibit(MAKER.badge(), asked={"recipient": "somebody@example.com"}),
    checks.CHALLENGE: lambda: Exhibit(MAKER.badge(), asked={"challenge": "an-old-one"}),
    checks.PRESENTED: lambda: presented(badge(STRANGER.did)),
}
"""What each check alone keeps out."""

REMARKS: dict[str, Callable[[], Exhibit]] = {
    checks.ISSUER_RECOGNISED: lambda: Exhibit(MAKER.badge()),
    checks.SCHEMA_REFERENCE: lambda: Exhibit(MAKER.badge(credentialSchema=...)),
    checks.STATUS_ENTRIES: lambda: Exhibit(
        MAKER.badge(credentialStatus=[status_entry(7), status_entry(9)]), world_of(status=MAKER.status_list(8))
    ),
    checks.ENDORSEMENTS: lambda: Exhibit(MAKER.badge(endorsementJwt=["aaa.bbb.ccc"])),
    checks.JWT_CLAIMS: lambda: Exhibit(
        compact({"alg": "EdDSA", "kid": MAKER.method}, claims_of(credential(MAKER.did), jti=...), MAKER.signer.sign)
    ),
    checks.REFRESH: lambda: Exhibit(MAKER.badge(refreshService=REFRESH)),
}
"""What each remark alone says: the credential is valid all the same."""

ELSEWHERE = frozenset({checks.ENDORSED, checks.HOLDER_KEY})
"""These have a test of their own below."""


def switch_off(monkeypatch: pytest.MonkeyPatch, check_id: str) -> None:
    """Let a check pass whatever it finds, and what waits for it too."""

    def deaf(name: str, outcome: Outcome, message: str, clause: str, **more: Any) -> Check:
        off = name == check_id or (more.get("code") == "earlier-step" and check_id in message)
        return Check(name, Outcome.PASSED if off else outcome, message, clause, **more)

    monkeypatch.setattr(checks, "Check", deaf)


def unsettled(report: Report) -> set[str]:
    """Return the required checks that have found something by themselves."""
    return {
        one.id
        for one in report.checks
        if one.required and one.outcome is not Outcome.PASSED and one.code != "earlier-step"
    }


def test_there_is_an_exhibit_for_every_check() -> None:
    """A check that is added needs something that it alone catches."""
    assert REQUIRED.keys() | REMARKS.keys() | ELSEWHERE == checks.CLAUSES.keys()


@pytest.mark.parametrize("check_id", REQUIRED)
def test_each_check_keeps_out_what_no_other_does(check_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this check finds anything; with it switched off the same thing is VALID."""
    exhibit = REQUIRED[check_id]()
    report = exhibit.report()
    assert report.verdict is not Verdict.VALID
    assert unsettled(report) == {check_id}
    switch_off(monkeypatch, check_id)
    assert exhibit.report().verdict is Verdict.VALID


@pytest.mark.parametrize("check_id", REMARKS)
def test_each_remark_says_what_no_other_does(check_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict is VALID with and without it; with it switched off nothing of what it said is left in the report."""
    exhibit = REMARKS[check_id]()
    report = exhibit.report()
    (remark,) = [one for one in report.checks if one.id == check_id]
    assert remark.outcome is not Outcome.PASSED
    assert (remark.required, report.verdict) == (False, Verdict.VALID)
    assert [one for one in report.checks if one.code == remark.code] == [remark]
    switch_off(monkeypatch, check_id)
    silent = exhibit.report()
    assert (silent.verdict, [one.outcome for one in silent.checks if one.id == check_id]) == (
        Verdict.VALID,
        [Outcome.PASSED],
    )


def test_the_key_of_the_holder_is_a_step_before_everything_that_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger's presentation is kept out by this check alone: with it switched off, nothing else has found a fault."""
    exhibit = presented(badge(), STRANGER)
    report = exhibit.report()
    assert report.verdict is not Verdict.VALID
    assert unsettled(report) == {checks.HOLDER_KEY}
    switch_off(monkeypatch, checks.HOLDER_KEY)
    assert unsettled(exhibit.report()) == set()


def test_an_endorsement_of_something_else_is_kept_out_of_the_endorsements(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the check ``endorsed`` sees that good words about another badge were put into this one."""
    exhibit = Exhibit(MAKER.badge(endorsement=[EMPLOYER.sign(endorsement("https://issuer.example/badges/another"))]))
    (kept_out,) = exhibit.report().endorsements
    assert (kept_out.verdict, unsettled(kept_out)) == (Verdict.INVALID, {checks.ENDORSED})
    switch_off(monkeypatch, checks.ENDORSED)
    (taken,) = exhibit.report().endorsements
    assert taken.verdict is Verdict.VALID
