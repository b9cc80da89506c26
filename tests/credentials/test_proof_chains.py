"""Several proofs: a set, whose proofs stand beside each other, and a chain, whose proofs sign those before them."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from okbadges.credentials.data_integrity import (
    UnverifiedProof,
    only_proof,
    previous_proofs,
    proofs_of,
    read_proof,
    sign,
    verify_proof,
)
from okbadges.credentials.expansion import Expander
from okbadges.credentials.keys import public_key_from_multibase
from okbadges.credentials.multibase import decode_multibase_base58
from okbadges.credentials.rdfc import canonicalise
from okbadges.credentials.signers import EcdsaSigner, Ed25519Signer
from okbadges.credentials.vocabulary import CONTEXTS
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from okbadges.credentials.rdfc import Hash
    from okbadges.credentials.signers import Signer
    from okbadges.credentials.strict_json import Json

FIRST, SECOND, THIRD = "urn:uuid:1", "urn:uuid:2", "urn:uuid:3"
TEACHER: Final = Ed25519Signer(bytes(range(32)))
HEAD: Final = EcdsaSigner.from_number(7**60, ec.SECP384R1())
DOCUMENT: Final[dict[str, Any]] = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
    "id": "urn:uuid:0a7b3c52-6a5e-4a5f-9a54-0c0b0a1d2e3f",
    "type": ["VerifiableCredential"],
    "issuer": "did:web:badges.example:issuers:ok",
    "validFrom": "2026-03-01T00:00:00Z",
    "credentialSubject": {"id": "urn:uuid:5f7d5f0e-8f1a-4a59-8f1e-0c0b0a1d2e3f"},
}
both_forms = pytest.mark.parametrize("form", ["rdfc", "jcs"])

_EVERY_CONTEXT: Final = Expander(CONTEXTS)


def with_every_context(document: Mapping[str, Json], *, algorithm: Hash = "sha256") -> str:
    """Return canonical N-Quads where the example context of the W3C vectors is allowed too."""
    return canonicalise(_EVERY_CONTEXT.to_quads(document), algorithm=algorithm).nquads


def _code(call: Callable[..., object], *args: object, **kwargs: object) -> str:
    with pytest.raises(CredentialError) as refused:
        call(*args, **kwargs)
    return refused.value.code


def _load(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def _add(document: Mapping[str, Any], signer: Signer, form: str, **more: Any) -> dict[str, Any]:
    suite = f"eddsa-{form}-2022" if signer.public_key.kind == "ed25519" else f"ecdsa-{form}-2019"
    method = f"did:key:{signer.public_key.multibase()}#{signer.public_key.multibase()}"
    return sign(document, signer=signer, verification_method=method, suite=suite, **more)


def _verify(document: Mapping[str, Any], proof: Mapping[str, Any]) -> None:
    """Verify one proof of ``document`` with the did:key that it names and the proofs that it was signed over."""
    read = read_proof(proof)
    key = public_key_from_multibase(read.verification_method.partition("#")[2])
    previous = previous_proofs(document, read.previous)
    verify_proof(document, proof, key, canonical=with_every_context, previous=previous)


def _chain(form: str) -> dict[str, Any]:
    """Return a document that a teacher signed, then a head over that, then the teacher over both."""
    document = _add(DOCUMENT, TEACHER, form, proof_id=FIRST)
    document = _add(document, HEAD, form, proof_id=SECOND, previous=FIRST)
    return deepcopy(_add(document, TEACHER, form, proof_id=THIRD, previous=[FIRST, SECOND]))


@both_forms
def test_the_proofs_of_a_set_hold_each_by_itself(form: str) -> None:
    """Each signs the document alone: their order says nothing, and one may be taken away."""
    document = _add(DOCUMENT, TEACHER, form)
    document = _add(document, HEAD, form, another=True)
    first, second = proofs_of(document)
    for proofs in ([first, second], [second, first], [second]):
        for proof in proofs:
            _verify({**document, "proof": proofs}, proof)


@both_forms
def test_a_second_proof_is_only_added_when_asked(form: str) -> None:
    """Nothing signs a signed document by accident."""
    signed = _add(DOCUMENT, TEACHER, form)
    assert _code(_add, signed, TEACHER, form) == "already-signed"
    assert _code(_add, {**DOCUMENT, "proof": []}, TEACHER, form) == "already-signed"
    assert _code(_add, {**DOCUMENT, "proof": ["x"]}, TEACHER, form) == "malformed-proof"
    assert list(_add(signed, TEACHER, form, another=True)) == [*DOCUMENT, "proof"]


@both_forms
def test_every_link_of_a_chain_holds(form: str) -> None:
    """Whether ``previousProof`` is a text or a list; it stays as it was written."""
    document = _chain(form)
    assert [proof.get("previousProof") for proof in document["proof"]] == [None, FIRST, [FIRST, SECOND]]
    assert [read_proof(proof).previous for proof in document["proof"]] == [(), (FIRST,), (FIRST, SECOND)]
    for proof in document["proof"]:
        _verify(document, proof)


@both_forms
def test_a_change_of_a_link_breaks_those_behind_it(form: str) -> None:
    """What a proof was signed over, its value included, is part of what it signs."""
    document = _chain(form)
    other = proofs_of(_add({**DOCUMENT, "validFrom": "2027-03-01T00:00:00Z"}, TEACHER, form, proof_id=FIRST))[0]
    document["proof"][0] = other
    for proof in document["proof"]:
        assert _code(_verify, document, proof) == "bad-signature"
    document = _chain(form)
    document["proof"][1]["challenge"] = "added"
    _verify(document, document["proof"][0])
    for proof in document["proof"][1:]:
        assert _code(_verify, document, proof) == "bad-signature"


@both_forms
def test_a_chain_cannot_be_broken_apart(form: str) -> None:
    """A link that is signed over another does not hold without it, with another, or as if it were the first."""
    document = _chain(form)
    first, second, third = document["proof"]
    assert _code(_verify, {**document, "proof": [second]}, second) == "previous-proof-missing"
    assert _code(_verify, {**document, "proof": [first, third]}, third) == "previous-proof-missing"
    alone = {name: value for name, value in second.items() if name != "previousProof"}
    assert _code(_verify, {**document, "proof": [first, alone]}, alone) == "bad-signature"
    late = {**first, "previousProof": SECOND}
    assert _code(_verify, {**document, "proof": [late, second, third]}, late) == "bad-signature"
    swapped = {**third, "previousProof": SECOND}
    assert _code(_verify, {**document, "proof": [first, second, swapped]}, swapped) == "bad-signature"


@both_forms
def test_what_a_link_is_signed_over_must_be_handed_in(form: str) -> None:
    """A caller who forgets the previous proofs gets an error, not a weaker check."""
    document = _chain(form)
    key = HEAD.public_key
    with pytest.raises(CredentialError) as refused:
        verify_proof(document, document["proof"][1], key)
    assert (refused.value.code, refused.value.where) == ("previous-proof-missing", "/proof/previousProof")
    first, second, third = document["proof"]
    assert _code(verify_proof, document, second, key, previous=[third]) == "previous-proof-missing"
    assert _code(verify_proof, document, second, key, previous=[first, third]) == "bad-signature"
    assert _code(verify_proof, document, first, TEACHER.public_key, previous=[second]) == "bad-signature"


def test_two_proofs_of_one_id_name_nobody() -> None:
    """Which of them was meant could not be told, so neither is taken."""
    document = _chain("rdfc")
    document["proof"].append({**document["proof"][0], "proofValue": document["proof"][2]["proofValue"]})
    assert _code(_verify, document, document["proof"][1]) == "malformed-proof"
    assert previous_proofs(document, [SECOND]) == [document["proof"][1]]
    assert previous_proofs(document, []) == []
    assert _code(_add, document, TEACHER, "rdfc", previous=FIRST) == "malformed-proof"
    assert _code(_add, document, TEACHER, "rdfc", previous="urn:uuid:9") == "previous-proof-missing"


def test_all_proofs_are_found() -> None:
    """One or several; what is no object is refused, and so are several where one is wanted."""
    assert proofs_of(DOCUMENT) == []
    document = _chain("rdfc")
    assert proofs_of(document) == document["proof"]
    assert proofs_of({"proof": document["proof"][0]}) == document["proof"][:1]
    malformed: tuple[Any, ...] = (None, "x", ["x"], [document["proof"][0], None], [[]])
    for entries in malformed:
        assert _code(proofs_of, {"proof": entries}) == "malformed-proof"
    assert _code(only_proof, document) == "several-proofs"


def test_the_order_of_the_document_counts_not_that_of_the_names() -> None:
    """Data Integrity 1.0, 4.5, takes the matching proofs as they stand; for jcs their order is signed."""
    document = _add(DOCUMENT, TEACHER, "jcs", proof_id=FIRST)
    document = _add(document, HEAD, "jcs", proof_id=SECOND, another=True)
    document = _add(document, TEACHER, "jcs", proof_id=THIRD, previous=[SECOND, FIRST])
    _verify(document, document["proof"][2])
    assert previous_proofs(document, (SECOND, FIRST)) == document["proof"][:2]
    first, second, third = document["proof"]
    assert _code(_verify, {**document, "proof": [second, first, third]}, third) == "bad-signature"


def test_the_w3c_proof_sets_and_chains(shared: Path) -> None:
    """Every proof of the vectors holds with the proofs that it names, and is made again byte for byte."""
    folder = shared / "standards/data/vectors/w3c-di-eddsa/proof-set-chain"
    read: list[UnverifiedProof] = []
    for name in ("signedProofSet1", "signedProofSet2", "signedProofChain1", "signedProofChain2"):
        document = _load(folder / f"{name}.json")
        for proof in proofs_of(document):
            _verify(document, proof)
            read.append(read_proof(proof))
    assert (len(read), sum(bool(proof.previous) for proof in read)) == (10, 3)
    pairs = _load(folder / "multiKeyPairs.json").values()
    signers = {
        pair["publicKeyMultibase"]: Ed25519Signer(
            decode_multibase_base58(pair["privateKeyMultibase"], max_characters=80)[2:]
        )
        for pair in pairs
    }
    document = _load(folder / "unsigned.json")
    expected = _load(folder / "signedProofChain2.json")
    for made in read[-4:]:
        more: dict[str, Any] = {"proof_id": made.id} if made.id else {}
        if made.previous:
            more["previous"] = made.options["previousProof"]
        document = sign(
            document,
            signer=signers[made.verification_method.partition("#")[2]],
            verification_method=made.verification_method,
            created=made.created,
            canonical=with_every_context,
            another=True,
            **more,
        )
    assert document == expected


def test_a_w3c_chain_without_its_first_proofs_is_refused(shared: Path) -> None:
    """The vectors' intermediate document holds a link whose previous proofs are somewhere else."""
    folder = shared / "standards/data/vectors/w3c-di-eddsa/proof-set-chain"
    document = _load(folder / "proofChainTempDoc2.json")
    assert _code(_verify, document, document["proof"][0]) == "previous-proof-missing"
