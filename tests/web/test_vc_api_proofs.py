"""``/vc-api`` and W3C's suites for proofs (di-eddsa, di-ecdsa and what both assert of Data Integrity), question by question."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from okbadges.credentials.data_integrity import sign
from okbadges.credentials.multibase import decode_multibase_base58, encode_multibase_base58
from okbadges.credentials.selective import derive, sign_base
from okbadges.credentials.signers import EcdsaSigner
from okbadges.verification.profile import ANY
from support.conformance import V2, credential, signed_by_suite, suite_signer
from support.world import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.conformance import Run

REFUSED = (400, 422)
SUITES = (
    ("eddsa-rdfc-2022", "ed25519"),
    ("eddsa-jcs-2022", "ed25519"),
    ("ecdsa-rdfc-2019", "p-256"),
    ("ecdsa-rdfc-2019", "p-384"),
    ("ecdsa-jcs-2019", "p-256"),
    ("ecdsa-jcs-2019", "p-384"),
)


def _by_suite(**options: Any) -> dict[str, Any]:
    _, did = suite_signer()
    return signed_by_suite(
        credential(issuer=did, credentialSubject={"id": "did:example:s", "name": "claim"}), **options
    )


@pytest.mark.parametrize(("form", "kind"), [*SUITES, ("ecdsa-sd-2023", "p-256")])
def test_the_proof_that_is_issued_has_what_data_integrity_asks(conformance_run: Run, form: str, kind: str) -> None:
    """One proof of the type DataIntegrityProof, with its suite, method, purpose, time and a value in multibase; its method is a Multikey."""
    key = conformance_run.conformance.keys[kind]
    proof = conformance_run.issued(credential(issuer=key.did), form=form)["proof"]
    assert proof["type"] == "DataIntegrityProof"
    assert proof["cryptosuite"] == form
    assert proof["proofPurpose"] == "assertionMethod"
    assert proof["created"] == "2026-11-21T12:00:00Z"
    assert proof["verificationMethod"] == f"{key.did}#{key.did.removeprefix('did:key:')}"
    assert key.did.startswith({"ed25519": "did:key:z6Mk", "p-256": "did:key:zDna", "p-384": "did:key:z82L"}[kind])
    if form == "ecdsa-sd-2023":
        assert proof["proofValue"].startswith("u2V0A")
    else:
        length = {"ed25519": 64, "p-256": 64, "p-384": 96}[kind]
        assert len(decode_multibase_base58(proof["proofValue"], max_characters=200)) == length


def test_what_the_suites_sign_is_verified(conformance_run: Run) -> None:
    """A credential by the suite's own key is verified, with and without a time."""
    assert conformance_run.verify(_by_suite()).status_code == 200
    assert conformance_run.verify(_by_suite(created=None)).status_code == 200
    assert conformance_run.verify(_by_suite(created=NOW - timedelta(days=365))).status_code == 200


def _without(member: str) -> Callable[[dict[str, Any]], object]:
    return lambda document: document["proof"].pop(member)


def _with(member: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda document: document["proof"].update({member: value})


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.pop("proof"),
        lambda document: document.update(proof=None),
        lambda document: document.update(proof=[]),
        lambda document: document.update(proof="z"),
        _without("type"),
        _with("type", "UnknownProofType"),
        _with("type", ""),
        _without("cryptosuite"),
        _with("cryptosuite", "UnknownCryptosuite"),
        _with("cryptosuite", ""),
        _with("cryptosuite", "eddsa-jcs-2022"),
        _with("cryptosuite", "ecdsa-rdfc-2019"),
        _without("verificationMethod"),
        _with("verificationMethod", "did:key:invalidVm"),
        _without("proofPurpose"),
        _with("proofPurpose", "invalidPurpose"),
        _with("proofPurpose", "authentication"),
        _without("proofValue"),
        _with("proofValue", None),
        _with("proofValue", "a"),
        _with("created", "invalidDate"),
        _with("created", "2026-11-21T12:00:00"),
        _with("expires", "2026-11-21T11:00:00"),
        _with("expires", "invalidDate"),
        lambda document: document["credentialSubject"].update(undefinedTerm="IfDroppedWillVerify"),
        lambda document: document["type"].append("UndefinedType"),
        lambda document: document["credentialSubject"].update(id="urn:invalid"),
        lambda document: document["@context"].append({"@base": "https://invalid.example.com/"}),
    ],
)
def test_a_proof_that_is_not_what_it_must_be_is_refused(
    conformance_run: Run, change: Callable[[dict[str, Any]], object]
) -> None:
    """Whatever is missing, unknown or other than it was signed makes the answer 400 or 422."""
    document = _by_suite()
    change(document)
    assert conformance_run.verify(document).status_code in REFUSED


def test_a_proof_value_of_another_length_or_spelling_is_refused(conformance_run: Run) -> None:
    """Bytes behind the signature, and a value without its multibase header, are refused."""
    document = _by_suite()
    value = document["proof"]["proofValue"]
    longer = encode_multibase_base58(decode_multibase_base58(value, max_characters=200) + bytes(32))
    for other in (longer, value[1:], "u" + value[1:]):
        document["proof"]["proofValue"] = other
        assert conformance_run.verify(document).status_code in REFUSED


def test_an_expired_proof_is_refused_and_one_that_lasts_is_not(conformance_run: Run) -> None:
    """`expires` counts when it was signed."""
    assert conformance_run.verify(_by_suite(expires=NOW + timedelta(days=1))).status_code == 200
    assert conformance_run.verify(_by_suite(expires=NOW - timedelta(seconds=1))).status_code in REFUSED


def test_purpose_domain_and_challenge_are_what_was_asked_for(conformance_run: Run) -> None:
    """Another expected purpose is refused; challenge and domain must be those that were signed."""
    document = _by_suite()
    assert conformance_run.verify(document, expectedProofPurpose="assertionMethod").status_code == 200
    assert conformance_run.verify(document, expectedProofPurpose="authentication").status_code == 400
    assert conformance_run.verify(document, domain="domain.example").status_code == 400
    meant = _by_suite(domain="domain.example", challenge="1235abcd6789")
    both = {"domain": "domain.example", "challenge": "1235abcd6789"}
    assert conformance_run.verify(meant, **both).status_code == 200
    assert conformance_run.verify(meant, **{**both, "domain": "invalid-vc-domain.example.com"}).status_code == 400
    assert conformance_run.verify(meant, **{**both, "challenge": "invalid-challenge"}).status_code == 400


def test_a_check_that_is_not_made_cannot_be_asked_for(conformance_run: Run) -> None:
    """`options.checks` names what is always made; any other name is refused rather than passed over."""
    body = {"verifiableCredential": _by_suite(), "options": {"checks": ["proof", "horoscope"]}}
    assert conformance_run.client.post("/vc-api/credentials/verify", json=body).status_code == 422


def _two_proofs(**second: Any) -> dict[str, Any]:
    first = _by_suite(proof_id="urn:uuid:test:first:proof")
    return signed_by_suite(first, another=True, **second)


def test_chains_and_sets_of_proofs(conformance_run: Run) -> None:
    """A set is verified; a chain by one name or a list too; a link that is missing or does not hold spoils all."""
    assert conformance_run.verify(_two_proofs()).status_code == 200
    for previous in ("urn:uuid:test:first:proof", ["urn:uuid:test:first:proof"]):
        chain = _two_proofs(previous=previous)
        assert conformance_run.verify(chain).status_code == 200
        for member, value in (("id", "urn:uuid:other"), ("proofValue", "invalidProofValue")):
            broken = copy.deepcopy(chain)
            broken["proof"][0][member] = value
            assert conformance_run.verify(broken).status_code in REFUSED
        for missing in ("urn:uuid:test:missing:proof", ["urn:uuid:test:missing:proof"]):
            broken = copy.deepcopy(chain)
            broken["proof"][1]["previousProof"] = missing
            assert conformance_run.verify(broken).status_code in REFUSED


@pytest.mark.parametrize(("curve", "suite"), [(ec.SECP256R1(), "ecdsa-rdfc-2019"), (ec.SECP384R1(), "ecdsa-jcs-2019")])
@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_ecdsa_by_a_suites_key_is_verified_in_both_data_models(
    conformance_run: Run, curve: ec.EllipticCurve, suite: str, version: str
) -> None:
    """P-256 and P-384, with contexts of the data models 1.1 and 2.0."""
    signer = EcdsaSigner.from_number(7, curve)
    did = f"did:key:{signer.public_key.multibase()}"
    document = credential(issuer=did, id="urn:uuid:86294362-4254-4f36-854f-3952fe42555d")
    if version == "1.1":
        document["@context"] = ["https://www.w3.org/2018/credentials/v1", "https://w3id.org/security/data-integrity/v2"]
        document["issuanceDate"] = "2026-01-01T00:00:00Z"
    method = f"{did}#{did.removeprefix('did:key:')}"
    signed = sign(
        document, signer=signer, verification_method=method, suite=suite, created=NOW, canonical=ANY.canonical
    )
    answer = conformance_run.verify(signed)
    assert answer.status_code == 200, answer.text
    issued = conformance_run.issued({**document, "issuer": conformance_run.conformance.keys["p-256"].did}, form=suite)
    assert conformance_run.verify(issued).status_code == 200


def test_selective_disclosure_by_a_suites_key(conformance_run: Run) -> None:
    """What is derived with nested, missing and whole parts is verified; the base proof and what was altered are refused."""
    signer = EcdsaSigner.from_number(9, ec.SECP256R1())
    did = f"did:key:{signer.public_key.multibase()}"
    subject = {
        "id": "did:example:s",
        "degree": {"type": "ExampleDegree", "name": "BSc"},
        "tags": [{"n": "1"}, {"n": "2"}],
    }
    contexts = [V2, "https://www.w3.org/ns/credentials/examples/v2"]
    document = credential(issuer=did, credentialSubject=subject, **{"@context": contexts})
    base = sign_base(
        document,
        signer=signer,
        verification_method=f"{did}#{did.removeprefix('did:key:')}",
        mandatory=["/issuer"],
        random_bytes=lambda length: bytes(range(1, length + 1)),
        created=NOW,
        expander=ANY.expander,
    )
    assert conformance_run.verify(base).status_code in REFUSED
    for reveal in (["/credentialSubject"], ["/credentialSubject/degree/name"], ["/credentialSubject/tags/1"]):
        derived: dict[str, Any] = derive(base, reveal=reveal, expander=ANY.expander)
        answer = conformance_run.verify(derived)
        assert answer.status_code == 200, answer.text
        derived["credentialSubject"]["id"] = "urn:invalid"
        assert conformance_run.verify(derived).status_code in REFUSED
