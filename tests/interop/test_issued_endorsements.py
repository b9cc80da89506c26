"""Endorsements that are signed here are accepted by implementations that are not okbadges, alone and inside a badge."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from okbadges.credentials.jwt_signing import sign_vc_jwt
from okbadges.credentials.signers import EcdsaSigner
from okbadges.verification import Kind, Verdict
from verification.making import Maker, World, check, credential

if TYPE_CHECKING:
    from pathlib import Path

    from support.verifier import IndependentVerifiers

pytestmark = pytest.mark.node

ISSUER, ENDORSER = Maker.by_key(), Maker.by_key(5)
PAGE = "https://endorser.example/profile/1"
KEYS = "https://endorser.example/keys"
SIGNER = EcdsaSigner.from_number(7, ec.SECP256R1())
KEY_SET = {"keys": [{**SIGNER.public_key.jwk(), "kid": "es256"}]}
ACHIEVEMENT = "https://issuer.example/badges/counter/v1/en"
VALID = {"validFrom": "2024-01-01T00:00:00Z", "validUntil": "2099-01-01T00:00:00Z"}


def endorsement(endorser: str) -> dict[str, Any]:
    """Return an unsigned endorsement of the achievement."""
    subject = {"id": ACHIEVEMENT, "type": ["EndorsementSubject"], "endorsementComment": "We hire people who have this."}
    return credential(
        endorser,
        id="urn:uuid:d3a4b0e2-1c8f-4f8e-8f0c-0c9a4b1e2f33",
        type=["VerifiableCredential", "EndorsementCredential"],
        name="An employer's word",
        credentialSubject=subject,
        credentialSchema=...,
        **VALID,
    )


def saved(folder: Path, name: str, content: dict[str, Any] | str) -> Path:
    """Write a file for the verifiers."""
    file = folder / name
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def test_it_works(tmp_path: Path, node_verifier: IndependentVerifiers) -> None:
    """As JSON, as a JWT by a key on the web, and with the badge around both: accepted; one changed word: refused."""
    signed = ENDORSER.sign(endorsement(ENDORSER.did))
    jwt = sign_vc_jwt(endorsement(PAGE), signer=SIGNER, key_id=f"{KEYS}#es256")
    document = credential(ISSUER.did, endorsementJwt=[jwt], **VALID)
    document["credentialSubject"]["achievement"]["endorsement"] = [signed]
    badge = ISSUER.sign(document)

    report = check(badge, World({KEYS: KEY_SET}))
    assert report.verdict is Verdict.VALID
    assert [(one.kind, one.verdict) for one in report.endorsements] == [(Kind.ENDORSEMENT, Verdict.VALID)] * 2

    [embedded] = badge["credentialSubject"]["achievement"]["endorsement"]
    [embedded_jwt] = badge["endorsementJwt"]
    head, payload, signature = embedded_jwt.split(".")
    files = [
        saved(tmp_path, "badge.json", badge),
        saved(tmp_path, "endorsement.json", embedded),
        saved(tmp_path, "endorsement.jwt", embedded_jwt),
        saved(tmp_path, "changed.json", {**embedded, "name": "Another word"}),
        saved(tmp_path, "changed.jwt", f"{head}.{payload[:-9]}A{payload[-8:]}.{signature}"),
    ]
    opinions = node_verifier.ask(files, url_map=saved(tmp_path, "map.json", {KEYS: KEY_SET}))
    assert [str(opinion) for opinion in opinions[:3] if not opinion.accepted] == []
    assert [opinion.accepted for opinion in opinions[3:]] == [False, False]


def test_a_key_at_an_address_of_its_own_is_accepted(tmp_path: Path, node_verifier: IndependentVerifiers) -> None:
    """An issuer on the web whose page states its key under another address: a proof by that key is accepted there and here."""
    method = "https://endorser.example/keys/1"
    web = Maker(PAGE, ENDORSER.signer, method)
    key: dict[str, Any] = {"id": method, "type": "Multikey", "controller": PAGE}
    key["publicKeyMultibase"] = ENDORSER.signer.public_key.multibase()
    contexts = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
    page = {"@context": contexts, "id": PAGE, "verificationMethod": [key], "assertionMethod": [method]}
    signed = web.sign(endorsement(PAGE))
    assert check(signed, World({PAGE: page})).verdict is Verdict.VALID
    url_map = saved(tmp_path, "map.json", {PAGE: page, method: {"@context": contexts[1], **key}})
    [opinion] = node_verifier.ask([saved(tmp_path, "endorsement.json", signed)], url_map=url_map)
    assert "@digitalbazaar/vc: proof + issuer + validity + status" in opinion.passed, opinion
