"""``/vc-api/presentations`` in the profile ``any``: a holder's proof on a presentation, in every form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from okbadges.credentials.vc_jwt import read_jwt
from support.conformance import V2, credential, presentation

if TYPE_CHECKING:
    from support.conformance import Run
    from support.world import World

FORMS = (
    ("eddsa-rdfc-2022", "ed25519"),
    ("eddsa-jcs-2022", "ed25519"),
    ("Ed25519Signature2020", "ed25519"),
    ("ecdsa-rdfc-2019", "p-256"),
    ("ecdsa-rdfc-2019", "p-384"),
    ("ecdsa-jcs-2019", "p-256"),
    ("ecdsa-jcs-2019", "p-384"),
)
MEANT_FOR = {"challenge": "n-0S6_WzA2Mj", "domain": "verifier.example"}


@pytest.mark.parametrize(("form", "kind"), FORMS)
@pytest.mark.parametrize("by_address", [True, False])
def test_it_works(conformance_run: Run, form: str, kind: str, *, by_address: bool) -> None:
    """A presentation of a credential is signed as its holder, for the challenge and domain, and verified for these alone."""
    key = conformance_run.conformance.keys[kind]
    held = conformance_run.issued(credential(), form="eddsa-rdfc-2022")
    document = presentation(holder=key.did, verifiableCredential=[held])
    options = MEANT_FOR if by_address else {**MEANT_FOR, "cryptosuite": form}
    signed = conformance_run.presented(document, form=form if by_address else None, **options)
    proof = signed["proof"]
    assert proof.get("cryptosuite", proof["type"]) == form
    assert proof["proofPurpose"] == "authentication"
    assert (proof["challenge"], proof["domain"]) == (MEANT_FOR["challenge"], MEANT_FOR["domain"])
    assert proof["verificationMethod"] == key.verification_method
    answer = conformance_run.verify_presentation(signed, **MEANT_FOR)
    assert answer.status_code == 200, answer.text
    assert conformance_run.verify_presentation(signed, challenge="another", domain="d").status_code == 400
    signed["holder"] = "did:example:other"
    assert conformance_run.verify_presentation(signed, **MEANT_FOR).status_code == 400


@pytest.mark.parametrize("kind", ["ed25519", "p-256", "p-384"])
def test_a_jwt_comes_in_an_envelope(conformance_run: Run, kind: str) -> None:
    """As `vp+jwt` the answer is an EnvelopedVerifiablePresentation, whose claims hold what it is meant for."""
    key = conformance_run.conformance.keys[kind]
    held = conformance_run.issued(credential(issuer=key.did), form="vc+jwt")
    signed = conformance_run.presented(
        presentation(holder=key.did, verifiableCredential=[held]), form="vp+jwt", **MEANT_FOR
    )
    assert (signed["@context"], signed["type"]) == (V2, "EnvelopedVerifiablePresentation")
    media, _, jwt = signed["id"].partition(",")
    assert media == "data:application/vp+jwt"
    claims = read_jwt(jwt).claims
    assert (claims["nonce"], claims["aud"]) == (MEANT_FOR["challenge"], MEANT_FOR["domain"])
    for sent in (signed, jwt):
        answer = conformance_run.verify_presentation(sent, **MEANT_FOR)
        assert answer.status_code == 200, answer.text
        assert conformance_run.verify_presentation(sent, challenge="another", domain="d").status_code == 400


def test_nobody_has_to_be_named(conformance_run: Run) -> None:
    """Without a holder none is added; who signed is who presents, also where nothing was asked for."""
    for form in (None, "vp+jwt"):
        signed = conformance_run.presented(presentation(), form=form)
        assert "holder" not in signed
        answer = conformance_run.verify_presentation(signed)
        assert answer.status_code == 200, answer.text


def test_the_holder_chooses_the_form(conformance_run: Run) -> None:
    """Without a named form a P-384 holder signs ecdsa-rdfc-2019, also where the holder is an object."""
    did = conformance_run.conformance.keys["p-384"].did
    signed = conformance_run.presented(presentation(holder={"id": did}))
    assert signed["proof"]["cryptosuite"] == "ecdsa-rdfc-2019"
    assert conformance_run.verify_presentation(signed).status_code == 200


def test_the_older_data_model_gets_the_context_of_the_proof(conformance_run: Run) -> None:
    """A presentation of VCDM 1.1 is signed like one of 2.0."""
    older = presentation(**{"@context": ["https://www.w3.org/2018/credentials/v1"]})
    signed = conformance_run.presented(older, form="eddsa-rdfc-2022")
    assert signed["@context"][1] == "https://w3id.org/security/data-integrity/v2"
    answer = conformance_run.verify_presentation(signed)
    assert answer.status_code == 200, answer.text


def test_a_second_proof_continues_the_first(conformance_run: Run) -> None:
    """Presentations have chains as well."""
    first = conformance_run.presented(presentation(), proofId="urn:uuid:11111111-1111-4111-8111-111111111111")
    both = conformance_run.presented(first, previousProof=first["proof"]["id"])
    assert both["proof"][1]["previousProof"] == first["proof"]["id"]
    assert conformance_run.verify_presentation(both).status_code == 200


def test_what_is_no_presentation_is_refused(conformance_run: Run) -> None:
    """A credential, an envelope, another holder, a loose credential, a lost term: a problem with its field, and nothing signed."""
    keys = conformance_run.conformance.keys
    enveloped = conformance_run.presented(presentation(), form="vp+jwt")
    proven = conformance_run.presented(presentation())
    cases = (
        (credential(), None, 400, "lint", "presentation.type"),
        (enveloped, None, 400, "already-signed", "presentation.type"),
        (proven, "vp+jwt", 400, "already-signed", "presentation.proof"),
        (presentation(holder="did:example:other"), None, 422, "holder-not-ours", "presentation.holder"),
        (presentation(holder=keys["p-256"].did), "eddsa-jcs-2022", 422, "holder-not-ours", "presentation.holder"),
        (presentation(verifiableCredential=[7]), None, 400, "lint", "presentation.verifiableCredential.0"),
        (presentation(surprise="x"), "vp+jwt", 400, "undefined-term", "presentation.surprise"),
    )
    for document, form, status, code, field in cases:
        answer = conformance_run.present(document, form=form)
        found = answer.json()
        assert (answer.status_code, found["code"], found["field"]) == (status, code, field), answer.text


def test_forms_of_credentials_are_not_those_of_presentations(conformance_run: Run) -> None:
    """A presentation has no selective disclosure and is no `vc+jwt`, and a credential is no `vp+jwt`."""
    for form in ("ecdsa-sd-2023", "vc+jwt", "bogus"):
        assert conformance_run.present(presentation(), form=form).status_code == 404
        named = conformance_run.present(presentation(), cryptosuite=form)
        assert (named.status_code, named.json()["code"]) == (422, "unknown-form")
    assert conformance_run.issue(credential(), form="vp+jwt").status_code == 404


def test_outside_of_a_conformance_run_nothing_is_presented(world: World) -> None:
    """This service holds no badges for anybody: in the profile `openbadges` there is no such address."""
    assert world.client.post("/vc-api/presentations", json={"presentation": presentation()}).status_code == 404
