"""``/vc-api`` in the profile ``any``: issuing in every form, and verifying what was issued."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.conformance import V2, credential, presentation

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
    document = credential(issuer=key.did)
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


V1 = "https://www.w3.org/2018/credentials/v1"
ED25519_2020 = "https://w3id.org/security/suites/ed25519-2020/v1"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"


@pytest.mark.parametrize(
    ("form", "contexts", "expected"),
    [
        ("Ed25519Signature2020", [V2], [V2, ED25519_2020]),
        ("Ed25519Signature2020", [V2, ED25519_2020], [V2, ED25519_2020]),
        ("Ed25519Signature2020", [V1], [V1, ED25519_2020]),
        ("eddsa-rdfc-2022", [V1], [V1, DATA_INTEGRITY]),
        ("eddsa-jcs-2022", [V1], [V1, DATA_INTEGRITY]),
        ("ecdsa-rdfc-2019", [V1, DATA_INTEGRITY], [V1, DATA_INTEGRITY]),
        (
            "ecdsa-jcs-2019",
            [V1, "https://w3id.org/security/data-integrity/v1"],
            [V1, "https://w3id.org/security/data-integrity/v1"],
        ),
        ("eddsa-rdfc-2022", [V2], [V2]),
        ("vc+jwt", [V1], None),
    ],
)
def test_the_context_of_the_proof_is_added(
    conformance_run: Run, form: str, contexts: list[str], expected: list[str] | None
) -> None:
    """An ordinary credential of either data model is signed in every form: the context that defines the proof is brought in."""
    older = {"issuanceDate": "2026-01-01T00:00:00Z"} if contexts[0] == V1 else {}
    issued = conformance_run.issued(credential(**{"@context": contexts}, **older), form=form)
    if expected is not None:
        assert issued["@context"] == expected
    answer = conformance_run.verify(issued)
    assert answer.status_code == 200, answer.text


def test_a_selective_credential_of_the_older_model_is_issued(conformance_run: Run) -> None:
    """ecdsa-sd-2023 gets the context of its proof as well."""
    document = credential(**{"@context": [V1]}, issuanceDate="2026-01-01T00:00:00Z")
    assert conformance_run.issued(document, form="ecdsa-sd-2023", mandatoryPointers=["/issuer"])["@context"] == [
        V1,
        DATA_INTEGRITY,
    ]


def test_a_credential_without_contexts_gets_none(conformance_run: Run) -> None:
    """What is no list of contexts is refused, not made into one."""
    wrong: tuple[object, ...] = (None, [], 7, {})
    for contexts in wrong:
        document = {**credential(), "@context": contexts}
        answer = conformance_run.issue(document, form="Ed25519Signature2020")
        assert (answer.status_code, answer.json()["code"]) == (400, "lint"), answer.text


FIRST, SECOND = "urn:uuid:11111111-1111-4111-8111-111111111111", "urn:uuid:22222222-2222-4222-8222-222222222222"


@pytest.mark.parametrize("form", ["eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-rdfc-2019"])
@pytest.mark.parametrize("contexts", [[V2], [V1]])
def test_a_chain_is_issued_link_by_link(conformance_run: Run, form: str, contexts: list[str]) -> None:
    """The new proof names the one before it, is verified with it, and fails when that is gone, or altered."""
    older = {"issuanceDate": "2026-01-01T00:00:00Z"} if contexts == [V1] else {}
    first = conformance_run.issued(credential(**{"@context": contexts}, **older), form=form, proofId=FIRST)
    assert first["proof"]["id"] == FIRST
    second = conformance_run.issued(first, form=form, previousProof=FIRST, proofId=SECOND)
    third = conformance_run.issued(second, form=form, previousProof=[FIRST, SECOND])
    assert third["proof"][0] == first["proof"]
    assert third["proof"][1]["previousProof"] == FIRST
    assert third["proof"][2]["previousProof"] == [FIRST, SECOND]
    answer = conformance_run.verify(third)
    assert answer.status_code == 200, answer.text
    without_first = {**second, "proof": second["proof"][1]}
    assert conformance_run.verify(without_first).status_code == 400
    renamed = {**second, "proof": [{**second["proof"][0], "created": "2026-11-20T00:00:00Z"}, second["proof"][1]]}
    assert conformance_run.verify(renamed).status_code == 400


REFUSED_OPTIONS: tuple[tuple[str | None, dict[str, object], int, str, str], ...] = (
    (None, {"previousProof": FIRST}, 422, "previous-proof-missing", "options.previousProof"),
    (None, {"previousProof": "first"}, 422, "previous-proof-missing", "options.previousProof"),
    (None, {"previousProof": []}, 422, "invalid-field", "options.previousProof"),
    (None, {"previousProof": 7}, 422, "invalid-field", "options.previousProof"),
    (None, {"previousProof": [7]}, 422, "invalid-field", "options.previousProof.0"),
    (None, {"previousProof": [FIRST] * 17}, 422, "invalid-field", "options.previousProof"),
    (None, {"proofId": "no url"}, 422, "relative-iri", "options.proofId"),
    (None, {"mandatoryPointers": ["/issuer"]}, 422, "option-not-supported", "options.mandatoryPointers"),
    ("ecdsa-sd-2023", {"previousProof": FIRST}, 422, "option-not-supported", "options.previousProof"),
    ("ecdsa-sd-2023", {"challenge": "c"}, 422, "option-not-supported", "options.challenge"),
    ("vc+jwt", {"proofId": FIRST}, 422, "option-not-supported", "options.proofId"),
    ("vc+jwt", {"domain": "d"}, 422, "option-not-supported", "options.domain"),
    ("eddsa-jcs-2022", {"cryptosuite": "eddsa-rdfc-2022"}, 422, "unknown-form", "options.cryptosuite"),
    ("Ed25519Signature2020", {"cryptosuite": "bogus"}, 422, "unknown-form", "options.cryptosuite"),
)


@pytest.mark.parametrize(("form", "options", "status", "code", "field"), REFUSED_OPTIONS)
def test_an_option_that_cannot_be_followed_is_refused(
    conformance_run: Run, form: str | None, options: dict[str, object], status: int, code: str, field: str
) -> None:
    """Nothing is signed without what was asked for; the problem names the option."""
    answer = conformance_run.issue(credential(), form=form, **options)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (status, code, field), answer.text


def test_a_link_is_named_once(conformance_run: Run) -> None:
    """A proof does not get the id of another one, and of two that share one nobody can tell which was meant."""
    first = conformance_run.issued(credential(), form="eddsa-rdfc-2022", proofId=FIRST)
    taken = conformance_run.issue(first, form="eddsa-rdfc-2022", proofId=FIRST)
    assert (taken.status_code, taken.json()["code"]) == (409, "proof-exists")
    twice = {**first, "proof": [first["proof"], first["proof"]]}
    assert conformance_run.issue(twice, form="eddsa-rdfc-2022", previousProof=FIRST).status_code == 400


OPTION_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([FIRST, "eddsa-jcs-2022", "/a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
OPTIONS = st.dictionaries(
    st.sampled_from(
        ["cryptosuite", "mandatoryPointers", "challenge", "domain", "credentialStatus", "proofId", "previousProof", "x"]
    ),
    OPTION_VALUES,
    max_size=4,
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(options=OPTIONS, form=st.sampled_from([None, "ecdsa-sd-2023", "vc+jwt", *dict(FORMS)]))
def test_whatever_options_are_sent_it_is_never_a_500(
    conformance_run: Run, options: dict[str, object], form: str | None
) -> None:
    """Any values in any options are followed or refused, for credentials and presentations."""
    assert conformance_run.issue(credential(), form=form, **options).status_code in (201, 400, 422)
    presented = conformance_run.present(
        presentation(), form=None if form in ("ecdsa-sd-2023", "vc+jwt") else form, **options
    )
    assert presented.status_code in (201, 400, 422)


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
