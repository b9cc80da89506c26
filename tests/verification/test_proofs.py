"""Embedded proofs: what must hold, what is refused, and what is not supported yet and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from okbadges.credentials.data_integrity import hash_data, proof_options, signed_value
from okbadges.verification import Verdict
from verification.making import Maker, check, code_of, credential, outcome_of, unsettled

if TYPE_CHECKING:
    from okbadges.credentials.strict_json import Json

MAKER = Maker.by_key()


def test_a_member_that_no_context_defines_is_found() -> None:
    """Adding an undefined member leaves the signed statements as they were; safe mode refuses it and says where."""
    report = check({**MAKER.badge(), "grade": "5"})
    assert (report.verdict, code_of(report, "content-unaltered")) == (Verdict.INVALID, "undefined-term")
    detail = next(found.detail for found in report.checks if found.id == "content-unaltered")
    assert detail is not None
    assert "/grade" in detail


def test_an_unsigned_credential_is_invalid() -> None:
    """Nobody's word is no word."""
    report = check(credential(MAKER.did))
    assert (report.verdict, code_of(report, "content-unaltered")) == (Verdict.INVALID, "unsigned")


def test_every_proof_must_hold() -> None:
    """A good proof beside a bad one, or one of somebody else, does not make a credential valid; two good ones do."""
    badge = MAKER.badge()
    good, broken = badge["proof"], {**badge["proof"], "proofValue": MAKER.badge(name="Other")["proof"]["proofValue"]}
    stranger = Maker.by_key(9).sign(credential(MAKER.did))["proof"]
    assert check({**badge, "proof": [good] * 4}).verdict is Verdict.VALID
    assert code_of(check({**badge, "proof": [good, broken]}), "content-unaltered") == "bad-signature"
    assert code_of(check({**badge, "proof": [good, stranger]}), "issuer-key") == "key-not-issuers"
    assert code_of(check({**badge, "proof": [good] * 5}), "content-unaltered") == "too-many-proofs"
    assert code_of(check({**badge, "proof": [good, "text"]}), "content-unaltered") == "malformed-proof"


@pytest.mark.parametrize(
    "changes", [{"cryptosuite": "bbs-2023"}, {"cryptosuite": "foo-2030"}, {"type": "JsonWebSignature2020"}]
)
def test_other_suites_get_an_honest_answer(changes: dict[str, str]) -> None:
    """A suite that is not supported leaves it open and names itself."""
    badge = MAKER.badge()
    report = check({**badge, "proof": {**badge["proof"], **changes}})
    assert report.verdict is Verdict.INDETERMINATE
    assert outcome_of(report, "content-unaltered") == ("not-checked", "unsupported-suite")


def test_a_challenge_that_is_asked_for_is_required() -> None:
    """A proof that was not made for this challenge or domain is not accepted where one was demanded."""
    domain = "https://verifier.example"
    for report in (check(MAKER.badge(), challenge="c1"), check(MAKER.badge(), domain=domain)):
        assert (report.verdict, unsettled(report)) == (Verdict.INVALID, {"challenge"})


def test_a_proof_that_was_made_for_the_challenge_is_accepted() -> None:
    """Challenge and domain are compared with what the proof covers."""
    document = credential(MAKER.did)
    options: dict[str, Json] = {**proof_options(MAKER.method), "challenge": "c1", "domain": "https://verifier.example"}
    value = signed_value(hash_data(document, options), MAKER.signer)
    bound = {**document, "proof": {**options, "proofValue": value}}
    assert check(bound, challenge="c1", domain="https://verifier.example").verdict is Verdict.VALID
    assert check(bound, challenge="c1").verdict is Verdict.VALID
    assert check(bound).verdict is Verdict.VALID
    assert check(bound, challenge="c2").verdict is Verdict.INVALID
    assert check(bound, challenge="c1", domain="https://evil.example").verdict is Verdict.INVALID
