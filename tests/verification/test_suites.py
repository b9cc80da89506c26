"""Every way to sign that is out in the world, through the whole verification: one honest badge and one forged word for each."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from okbadges.credentials.selective import derive, open_badges_mandatory, sign_base
from okbadges.verification import Verdict
from verification.making import Maker, check, code_of, credential

ED25519, P256, P384 = Maker.by_key(), Maker.by_curve(ec.SECP256R1()), Maker.by_curve(ec.SECP384R1())
ED25519_2020 = "https://w3id.org/security/suites/ed25519-2020/v1"
EVIDENCE = [{"id": "https://issuer.example/evidence/1", "type": ["Evidence"], "name": "A photo of the counter"}]


def with_context(document: dict[str, Any], context: str) -> dict[str, Any]:
    """Return the document with one more context."""
    return {**document, "@context": [*document["@context"], context]}


@pytest.mark.parametrize(
    ("maker", "suite"),
    [
        (ED25519, "eddsa-rdfc-2022"),
        (ED25519, "eddsa-jcs-2022"),
        (P256, "ecdsa-rdfc-2019"),
        (P384, "ecdsa-rdfc-2019"),
        (P256, "ecdsa-jcs-2019"),
        (P384, "ecdsa-jcs-2019"),
        (ED25519, "Ed25519Signature2020"),
    ],
)
def test_a_badge_of_every_suite_is_valid_and_a_changed_one_is_not(maker: Maker, suite: str) -> None:
    """The suite follows from the proof, the hash from the key; one changed word is enough for each of them."""
    unsigned = credential(maker.did)
    if suite == "Ed25519Signature2020":
        unsigned = with_context(unsigned, ED25519_2020)
    badge = maker.sign(unsigned, suite=suite)
    report = check(badge)
    assert (report.verdict, report.proofs[0].suite) == (Verdict.VALID, suite)
    assert code_of(check({**badge, "name": "Knows everything"}), "content-unaltered") == "bad-signature"
    other_suite = {
        **badge["proof"],
        "cryptosuite": "eddsa-jcs-2022" if suite != "eddsa-jcs-2022" else "eddsa-rdfc-2022",
    }
    assert check({**badge, "proof": other_suite}).verdict is Verdict.INVALID


def test_a_chain_holds_as_a_whole() -> None:
    """A proof over an earlier one needs that one, unchanged, in the same document."""
    first = ED25519.sign(credential(ED25519.did), proof_id="urn:uuid:11111111-1111-4111-8111-111111111111")
    first_id = first["proof"]["id"]
    both = ED25519.sign(first, previous=[first_id])
    assert check(both).verdict is Verdict.VALID
    earlier, later = both["proof"]
    assert later["previousProof"] in (first_id, [first_id])
    alone = check({**both, "proof": later})
    assert code_of(alone, "content-unaltered") == "previous-proof-missing"
    another = ED25519.sign(credential(ED25519.did), proof_id=first_id, challenge="another")["proof"]
    assert code_of(check({**both, "proof": [another, later]}), "content-unaltered") == "bad-signature"
    assert check({**both, "proof": [earlier]}).verdict is Verdict.VALID


def test_a_base_proof_is_for_the_holder_and_a_derived_one_for_everybody() -> None:
    """The report says that the holder chose; the base form is refused with a word that says what it is."""
    document = credential(P256.did, evidence=EVIDENCE)
    base = sign_base(
        document,
        signer=P256.signer,
        verification_method=P256.method,
        mandatory=open_badges_mandatory(document),
        random_bytes=secrets.token_bytes,
    )
    refused = check(dict(base))
    assert (refused.verdict, code_of(refused, "content-unaltered")) == (Verdict.INVALID, "base-proof-not-verifiable")
    shown, hidden = derive(base, reveal=["/evidence/0"]), derive(base, reveal=[])
    for derived, has_evidence in ((shown, True), (hidden, False)):
        report = check(dict(derived))
        assert (report.verdict, report.proofs[0].selective) == (Verdict.VALID, True)
        assert report.credential is not None
        assert report.credential.has_evidence is has_evidence
    forged = {**hidden, "evidence": EVIDENCE}
    assert check(forged).verdict is Verdict.INVALID
    assert check({**shown, "name": "Knows everything"}).verdict is Verdict.INVALID
