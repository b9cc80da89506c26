"""``/vc-api`` in the profile ``any``: issuing in every form, and verifying what was issued."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.conformance import V2, credential

if TYPE_CHECKING:
    from support.conformance import Run

FORMS = (
    ("eddsa-rdfc-2022", "ed25519"),
    ("eddsa-jcs-2022", "ed25519"),
    ("Ed25519Signature2020", "ed25519"),
    ("ecdsa-rdfc-2019", "p-256"),
    ("ecdsa-rdfc-2019", "p-384"),
    ("ecdsa-jcs-2019", "p-256"),
    ("ecdsa-jcs-2019", "p-384"),
)


def test_it_works(conformance_run: Run) -> None:
    """A credential that names no issuer gets our DID, a proof and a status entry, keeps the rest, and is verified."""
    issued = conformance_run.issued(credential())
    assert issued["issuer"] == conformance_run.conformance.keys["ed25519"].did
    assert issued["credentialSubject"] == {"id": "did:example:subject"}
    assert issued["proof"]["cryptosuite"] == "eddsa-rdfc-2022"
    answer = conformance_run.verify(issued)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["verified"] is True
    assert body["errors"] == []
    assert body["checks"] == ["proof", "credentialStatus"]
    assert body["report"]["verdict"] == "VALID"


@pytest.mark.parametrize(("form", "kind"), FORMS)
@pytest.mark.parametrize("by_address", [True, False])
def test_every_form_is_issued_and_verified(conformance_run: Run, form: str, kind: str, *, by_address: bool) -> None:
    """Each suite signs by its address or by its name in the options, with the key of the issuer that is named, and verifies."""
    key = conformance_run.conformance.keys[kind]
    suite_context = ["https://w3id.org/security/suites/ed25519-2020/v1"] if form == "Ed25519Signature2020" else []
    document = credential(issuer=key.did, **{"@context": [V2, *suite_context]})
    options = {} if by_address else {"cryptosuite": form}
    issued = conformance_run.issued(document, form=form if by_address else None, **options)
    proof = issued["proof"]
    assert proof.get("cryptosuite", proof["type"]) == form
    assert proof["verificationMethod"] == key.verification_method
    assert "credentialStatus" not in issued
    answer = conformance_run.verify(issued)
    assert answer.status_code == 200, answer.text
    issued["credentialSubject"]["id"] = "did:example:other"
    assert conformance_run.verify(issued).status_code == 400


def test_the_issuer_chooses_the_suite(conformance_run: Run) -> None:
    """Without a named form a P-384 issuer signs ecdsa-rdfc-2019."""
    key = conformance_run.conformance.keys["p-384"]
    issued = conformance_run.issued(credential(issuer={"id": key.did, "name": "Someone"}))
    assert issued["proof"]["cryptosuite"] == "ecdsa-rdfc-2019"
    assert issued["issuer"] == {"id": key.did, "name": "Someone"}
    assert conformance_run.verify(issued).status_code == 200


def test_a_selective_credential_is_derived_and_then_verified(conformance_run: Run) -> None:
    """The base proof is refused, what is derived from it is verified, and a pointer to nowhere is refused at both ends."""
    document = credential(credentialSubject={"id": "did:example:subject", "name": "Ada"})
    base = conformance_run.issued(document, form="ecdsa-sd-2023", mandatoryPointers=["/issuer"])
    assert base["proof"]["proofValue"].startswith("u2V0A")
    assert conformance_run.verify(base).status_code == 400
    derived = conformance_run.client.post(
        "/vc-api/credentials/derive",
        json={"verifiableCredential": base, "options": {"selectivePointers": ["/credentialSubject/name"]}},
    )
    assert derived.status_code == 201, derived.text
    shown = derived.json()["verifiableCredential"]
    assert shown["credentialSubject"]["name"] == "Ada"
    assert conformance_run.verify(shown).status_code == 200
    nowhere = conformance_run.issue(document, form="ecdsa-sd-2023", mandatoryPointers=["/non/existent/path"])
    assert nowhere.status_code == 400
    beside = conformance_run.client.post(
        "/vc-api/credentials/derive",
        json={"verifiableCredential": base, "options": {"selectivePointers": ["/evidence"]}},
    )
    assert beside.status_code == 400


@pytest.mark.parametrize("kind", ["ed25519", "p-256", "p-384"])
def test_a_jwt_comes_in_an_envelope(conformance_run: Run, kind: str) -> None:
    """As `vc+jwt` the answer is an EnvelopedVerifiableCredential, and it is verified as such and as the bare JWT."""
    key = conformance_run.conformance.keys[kind]
    issued = conformance_run.issued(credential(issuer=key.did), form="vc+jwt")
    assert issued["type"] == "EnvelopedVerifiableCredential"
    assert issued["@context"] == V2
    media, _, jwt = issued["id"].partition(",")
    assert media == "data:application/vc+jwt"
    bare = conformance_run.verify(jwt)
    assert bare.status_code == 200, bare.text
    enveloped = conformance_run.verify(issued)
    assert enveloped.status_code == 200, enveloped.text
    assert conformance_run.verify({**issued, "@context": []}).status_code == 400
    assert conformance_run.verify({**issued, "id": jwt}).status_code == 400
    assert conformance_run.verify({**issued, "type": "VerifiableCredential"}).status_code == 400
    assert conformance_run.issue({**issued, "issuer": key.did}).json()["code"] == "already-signed"


def test_a_second_proof_joins_the_first(conformance_run: Run) -> None:
    """A credential that brings a proof is signed beside it, and both are verified."""
    first = conformance_run.issued(credential(), form="eddsa-rdfc-2022")
    both = conformance_run.issued(first, form="eddsa-jcs-2022")
    assert [proof["cryptosuite"] for proof in both["proof"]] == ["eddsa-rdfc-2022", "eddsa-jcs-2022"]
    answer = conformance_run.verify(both)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "json-malformed"),
        (b"[]", 422, "invalid-field"),
        (b'{"credential": null}', 422, "invalid-field"),
        (b'{"credential": {}, "options": {"mandatoryPointers": "/issuer"}}', 422, "invalid-field"),
        (b'{"credential": {"a": 1, "a": 2}}', 400, "json-duplicate-key"),
    ],
)
def test_a_malformed_request_is_refused(conformance_run: Run, body: bytes, status: int, code: str) -> None:
    """What is not such a request gets a problem, never a 500."""
    headers = {"Content-Type": "application/json"}
    answer = conformance_run.client.post("/vc-api/credentials/issue", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_issuer_that_is_not_ours_is_refused(conformance_run: Run) -> None:
    """Nothing is signed for another issuer, for one of another kind of key, or for null."""
    strange = conformance_run.issue(credential(issuer="did:example:other"))
    assert (strange.status_code, strange.json()["code"]) == (422, "issuer-not-ours")
    p256 = conformance_run.conformance.keys["p-256"].did
    assert conformance_run.issue(credential(issuer=p256), form="eddsa-rdfc-2022").status_code == 422
    null = conformance_run.client.post(
        "/vc-api/credentials/issue", json={"credential": {**credential(), "issuer": None}}
    )
    assert null.status_code == 422
    assert conformance_run.issue(credential(issuer={"id": None})).status_code == 422


def test_an_unknown_form_is_refused(conformance_run: Run) -> None:
    """A form that there is not is a problem that names those there are."""
    named = conformance_run.issue(credential(), cryptosuite="bbs-2023")
    assert (named.status_code, named.json()["code"]) == (422, "unknown-form")
    assert conformance_run.issue(credential(), form="bbs-2023").status_code == 404


def test_the_keys_are_the_same_in_every_run(conformance_run: Run) -> None:
    """A manifest that was written for one run fits the next: the DIDs follow from the installation's secret."""
    assert {kind: key.did for kind, key in conformance_run.conformance.keys.items()} == {
        kind: conformance_run.issued(credential(issuer=key.did))["issuer"]
        for kind, key in conformance_run.conformance.keys.items()
    }


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text(max_size=8)
    | st.sampled_from([V2, "did:example:a", "@id"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "@value", "x"]), inner),
    max_leaves=6,
)
MEMBERS = st.sampled_from(
    [
        "@context",
        "id",
        "type",
        "issuer",
        "credentialSubject",
        "credentialStatus",
        "validFrom",
        "proof",
        "name",
        "holder",
    ]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(MEMBERS, VALUES, min_size=1, max_size=3), form=st.sampled_from([None, *dict(FORMS)]))
def test_whatever_is_sent_is_never_a_500(conformance_run: Run, changes: dict[str, object], form: str | None) -> None:
    """Any values in any members are issued, verified or refused, and a refusal is 400 or 422."""
    document = {**credential(), **changes}
    assert conformance_run.issue(document, form=form).status_code in (201, 400, 422)
    assert conformance_run.verify(document).status_code in (400, 422)
    assert conformance_run.verify_presentation(document).status_code in (400, 422)
