"""Embedded proofs: the same hashes and signatures as everybody else's, and nothing half understood is accepted."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from okbadges.credentials.canonical import canonical_nquads
from okbadges.credentials.data_integrity import (
    Canonical,
    hash_data,
    only_proof,
    proof_options,
    read_proof,
    sign,
    signed_value,
    verify_proof,
)
from okbadges.credentials.expansion import Expander
from okbadges.credentials.keys import PublicKey, public_key_from_jwk, public_key_from_multibase
from okbadges.credentials.multibase import (
    decode_multibase_base58,
    encode_base58,
    encode_base64url,
    encode_multibase_base58,
)
from okbadges.credentials.rdfc import canonicalise
from okbadges.credentials.signers import Ed25519Signer
from okbadges.credentials.vocabulary import CONTEXTS
from okbadges.errors import CredentialError
from support.small_badge import SMALL_BADGE as CREDENTIAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from okbadges.credentials.rdfc import Hash
    from okbadges.credentials.strict_json import Json

SIGNER = Ed25519Signer(bytes(range(32)))
METHOD = "did:web:badges.example:issuers:ok#key-1"


@pytest.fixture
def signed() -> dict[str, Any]:
    """Return a signed credential that a test may change."""
    document: dict[str, Any] = deepcopy(sign(CREDENTIAL, signer=SIGNER, verification_method=METHOD))
    return document


@pytest.fixture(scope="module")
def with_every_context() -> Canonical:
    """Return canonicalisation that allows the example context of the W3C vectors too."""
    expander = Expander(CONTEXTS)

    def canonical(document: Mapping[str, Json], *, algorithm: Hash = "sha256") -> str:
        return canonicalise(expander.to_quads(document), algorithm=algorithm).nquads

    return canonical


def _code(call: Callable[..., object], *args: object, **kwargs: object) -> str:
    with pytest.raises(CredentialError) as refused:
        call(*args, **kwargs)
    return refused.value.code


def _load(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def _w3c_signer(pair: dict[str, str]) -> Ed25519Signer:
    return Ed25519Signer(decode_multibase_base58(pair["privateKeyMultibase"], max_characters=80)[2:])


def _stated_key(proof: Mapping[str, Any]) -> PublicKey:
    """Return the key that 1EdTech's samples carry in the name of their verification method."""
    return public_key_from_multibase(proof["verificationMethod"].split("#")[-1].split(":")[-1])


def test_it_works(signed: dict[str, Any]) -> None:
    """A signed credential verifies with the key that signed it."""
    verify_proof(signed, signed["proof"], SIGNER.public_key)


def test_the_proof_says_no_more_than_it_must(signed: dict[str, Any]) -> None:
    """The proof is the last member, names suite, method and purpose, and no time of day."""
    assert list(signed) == [*CREDENTIAL, "proof"]
    assert list(signed["proof"]) == ["type", "cryptosuite", "verificationMethod", "proofPurpose", "proofValue"]
    assert {name: value for name, value in signed.items() if name != "proof"} == CREDENTIAL
    assert signed["proof"]["proofValue"].startswith("z")


def test_a_time_of_signing_can_be_given() -> None:
    """It is written in UTC to the second and is part of what is signed."""
    created = datetime(2026, 3, 1, 14, 5, 6, 7, tzinfo=UTC)
    document: dict[str, Any] = sign(CREDENTIAL, signer=SIGNER, verification_method=METHOD, created=created)
    assert document["proof"]["created"] == "2026-03-01T14:05:06Z"
    verify_proof(document, document["proof"], SIGNER.public_key)
    assert read_proof(document["proof"]).created == created.replace(microsecond=0)
    document["proof"]["created"] = "2026-03-01T14:05:07Z"
    assert _code(verify_proof, document, document["proof"], SIGNER.public_key) == "bad-signature"


def test_signing_is_deterministic(signed: dict[str, Any]) -> None:
    """The same document and key give the same bytes, in whatever order the members stand."""
    turned = dict(reversed(CREDENTIAL.items()))
    assert sign(turned, signer=SIGNER, verification_method=METHOD)["proof"] == signed["proof"]


def test_the_hash_can_be_made_apart(signed: dict[str, Any]) -> None:
    """Whoever signs can verify over the very bytes that were signed."""
    data = hash_data(CREDENTIAL, proof_options(METHOD))
    assert len(data) == 64
    assert data == hash_data(signed, signed["proof"])
    assert data[32:] == sha256(canonical_nquads(CREDENTIAL).encode()).digest()
    assert signed_value(data, SIGNER) == signed["proof"]["proofValue"]


def test_a_signature_that_does_not_hold_is_not_given_out() -> None:
    """When the published key is another one, nothing is signed; when it is not Ed25519, neither."""
    data = hash_data(CREDENTIAL, proof_options(METHOD))
    assert _code(signed_value, data, SIGNER, published_key=Ed25519Signer(bytes(32)).public_key) == "signing-failed"
    assert _code(signed_value, data, SIGNER, published_key=_p256_key()) == "suite-key-mismatch"


def _p256_key() -> PublicKey:
    point = ec.derive_private_key(7, ec.SECP256R1()).public_key().public_numbers()
    x, y = (encode_base64url(part.to_bytes(32)) for part in (point.x, point.y))
    return public_key_from_jwk({"kty": "EC", "crv": "P-256", "x": x, "y": y})


def test_a_second_proof_is_never_added(signed: dict[str, Any]) -> None:
    """Other forms of a credential are other documents."""
    assert _code(sign, signed, signer=SIGNER, verification_method=METHOD) == "already-signed"


def test_what_safe_mode_refuses_is_not_signed() -> None:
    """A member that no context defines would not be covered, so it is refused with its place."""
    with pytest.raises(CredentialError) as refused:
        sign({**CREDENTIAL, "favouriteColour": "blue"}, signer=SIGNER, verification_method=METHOD)
    assert (refused.value.code, refused.value.where) == ("undefined-term", "/favouriteColour")


def _places(value: Any, pointer: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in members:
        yield (*pointer, name)
        yield from _places(inner, (*pointer, name))


@pytest.mark.parametrize("place", [place for place in _places(CREDENTIAL) if place[0] != "@context"])
def test_every_value_is_covered(place: tuple[Any, ...]) -> None:
    """Whatever is removed or changed after signing, the proof does not hold any more."""
    for change in ("remove", "change"):
        document: dict[str, Any] = deepcopy(sign(CREDENTIAL, signer=SIGNER, verification_method=METHOD))
        inner = document
        for step in place[:-1]:
            inner = inner[step]
        value = inner[place[-1]]
        if change == "remove":
            del inner[place[-1]]
        elif isinstance(value, str):
            inner[place[-1]] = value + "x"
        else:
            continue
        with pytest.raises(CredentialError):
            verify_proof(document, document["proof"], SIGNER.public_key)


def test_another_key_did_not_sign(signed: dict[str, Any]) -> None:
    """The signature is by one key."""
    assert _code(verify_proof, signed, signed["proof"], Ed25519Signer(bytes(32)).public_key) == "bad-signature"
    assert _code(verify_proof, signed, signed["proof"], _p256_key()) == "suite-key-mismatch"


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        ({"type": None}, "malformed-proof", "/proof/type"),
        ({"type": ["DataIntegrityProof", "X"]}, "malformed-proof", "/proof/type"),
        ({"type": "Ed25519Signature2020"}, "unsupported-proof", "/proof/cryptosuite"),
        ({"type": "Ed25519Signature2018"}, "unsupported-suite", "/proof"),
        ({"cryptosuite": None}, "malformed-proof", "/proof/cryptosuite"),
        ({"cryptosuite": ["eddsa-rdfc-2022"]}, "malformed-proof", "/proof/cryptosuite"),
        ({"cryptosuite": "foo-2030"}, "unsupported-suite", "/proof"),
        ({"cryptosuite": "Ed25519Signature2020"}, "unsupported-suite", "/proof"),
        ({"cryptosuite": "eddsa-2022"}, "bad-signature", "/proof"),
        ({"cryptosuite": "eddsa-jcs-2022"}, "bad-signature", "/proof"),
        ({"cryptosuite": "ecdsa-rdfc-2019"}, "suite-key-mismatch", ""),
        ({"cryptosuite": "ecdsa-jcs-2019"}, "suite-key-mismatch", ""),
        ({"cryptosuite": "ecdsa-sd-2023"}, "unsupported-suite", "/proof"),
        ({"proofPurpose": None}, "malformed-proof", "/proof/proofPurpose"),
        ({"proofPurpose": ["assertionMethod"]}, "malformed-proof", "/proof/proofPurpose"),
        ({"proofPurpose": "authentication"}, "purpose-mismatch", "/proof/proofPurpose"),
        ({"verificationMethod": None}, "malformed-proof", "/proof/verificationMethod"),
        ({"verificationMethod": {"id": METHOD}}, "malformed-proof", "/proof/verificationMethod"),
        ({"proofValue": None}, "malformed-proof", "/proof/proofValue"),
        ({"proofValue": ""}, "malformed-proof", "/proof/proofValue"),
        ({"proofValue": "0f" * 64}, "malformed-proof", "/proof/proofValue"),
        ({"proofValue": "z0OIl"}, "malformed-proof", "/proof/proofValue"),
        ({"proofValue": "z" + "1" * 90}, "malformed-proof", "/proof/proofValue"),
        ({"proofValue": "z" + "2" * 5000}, "malformed-proof", "/proof/proofValue"),
        ({"proofValue": encode_multibase_base58(b"\x05" * 63)}, "malformed-proof", "/proof/proofValue"),
        ({"proofValue": encode_base58(b"\x05" * 64)}, "malformed-proof", "/proof/proofValue"),
        ({"proofValue": "u" + encode_base64url(b"\x05" * 64)}, "malformed-proof", "/proof/proofValue"),
        ({"proofValue": encode_multibase_base58(bytes(64))}, "bad-signature", "/proof"),
        ({"created": "2026-03-01"}, "malformed-proof", "/proof/created"),
        ({"created": 7}, "malformed-proof", "/proof/created"),
        ({"expires": "never"}, "malformed-proof", "/proof/expires"),
        ({"domain": [7]}, "malformed-proof", "/proof/domain"),
        ({"challenge": ["x"]}, "malformed-proof", "/proof/challenge"),
        ({"nonce": {}}, "malformed-proof", "/proof/nonce"),
        ({"id": 7}, "malformed-proof", "/proof/id"),
        ({"id": "not an IRI"}, "relative-iri", "/proof/id"),
        ({"verificationMethod": "z6Mk"}, "relative-iri", "/proof/verificationMethod"),
        ({"@context": ["https://evil.example/ctx"]}, "context-not-allowed", "/proof/@context"),
        ({"domain": []}, "malformed-proof", "/proof/domain"),
        ({"domain": ["a"] * 17}, "malformed-proof", "/proof/domain"),
        ({"previousProof": "urn:uuid:1"}, "previous-proof-missing", "/proof/previousProof"),
        ({"previousProof": ["urn:uuid:1", "urn:uuid:2"]}, "previous-proof-missing", "/proof/previousProof"),
        ({"previousProof": "the one before"}, "relative-iri", "/proof/previousProof"),
        ({"previousProof": {"id": "urn:uuid:1"}}, "malformed-proof", "/proof/previousProof"),
        ({"previousProof": []}, "malformed-proof", "/proof/previousProof"),
        ({"id": "urn:uuid:1", "previousProof": "urn:uuid:1"}, "malformed-proof", "/proof/previousProof"),
        ({"jws": "eyJ..x"}, "unsupported-proof", "/proof/jws"),
        ({"favouriteColour": "blue"}, "unsupported-proof", "/proof/favouriteColour"),
        ({"nonce": "added"}, "bad-signature", "/proof"),
        ({"domain": "https://added.example"}, "bad-signature", "/proof"),
        ({"expires": "2099-01-01T00:00:00Z"}, "bad-signature", "/proof"),
    ],
)
def test_a_proof_that_is_not_exactly_understood_is_refused(
    signed: dict[str, Any], changes: dict[str, Any], code: str, where: str
) -> None:
    """Every other shape has its code and its place; what is merely added is not covered by the signature."""
    proof = {name: value for name, value in {**signed["proof"], **changes}.items() if value is not None}
    with pytest.raises(CredentialError) as refused:
        verify_proof(signed, proof, SIGNER.public_key)
    assert (refused.value.code, refused.value.where) == (code, where)


@given(
    st.dictionaries(
        st.sampled_from(["type", "cryptosuite", "proofValue", "created", "domain", "x"]), st.text() | st.none()
    )
)
def test_any_change_of_the_proof_is_refused(changes: dict[str, Any]) -> None:
    """No text in any member leads to another exception, and none but the signed ones to acceptance."""
    signed: dict[str, Any] = sign(CREDENTIAL, signer=SIGNER, verification_method=METHOD)
    proof = {**signed["proof"], **changes}
    if proof != signed["proof"]:
        with pytest.raises(CredentialError):
            verify_proof(signed, proof, SIGNER.public_key)


def test_what_a_proof_claims_can_be_read_before_it_is_checked(signed: dict[str, Any]) -> None:
    """Method, times, challenge and domain are there for the caller to judge."""
    proof = {**signed["proof"], "expires": "2026-03-02T00:00:00+02:00", "challenge": "c", "domain": ["a", "b"]}
    unverified = read_proof(proof)
    assert unverified.verification_method == METHOD
    assert (unverified.challenge, unverified.domain, unverified.created) == ("c", ("a", "b"), None)
    assert unverified.expires == datetime(2026, 3, 2, tzinfo=UTC) - timedelta(hours=2)
    assert read_proof({**proof, "domain": "a"}).domain == ("a",)
    assert read_proof(signed["proof"]).domain == ()


def test_a_proof_for_another_purpose_can_be_asked_for(signed: dict[str, Any]) -> None:
    """Presentations are signed for authentication; the purpose that is asked for is the one that must stand there."""
    proof = {**signed["proof"], "proofPurpose": "authentication"}
    assert read_proof(proof, purpose="authentication").purpose == "authentication"
    assert _code(read_proof, signed["proof"], purpose="authentication") == "purpose-mismatch"


def test_the_one_proof_is_found(signed: dict[str, Any]) -> None:
    """Alone or in a list of one; none, several and what is no object are refused."""
    proof = signed["proof"]
    assert only_proof(signed) == only_proof({**signed, "proof": [proof]}) == proof
    assert _code(only_proof, CREDENTIAL) == _code(only_proof, {"proof": []}) == "no-proof"
    assert _code(only_proof, {"proof": [proof, proof]}) == "several-proofs"
    assert _code(only_proof, {"proof": "x"}) == _code(only_proof, {"proof": [["x"]]}) == "malformed-proof"


# The vectors of others.


@pytest.mark.parametrize("folder", ["w3c-di-eddsa/eddsa-rdfc-2022"])
def test_w3c_vector_step_by_step(shared: Path, with_every_context: Canonical, folder: str) -> None:
    """Canonical forms, hashes and the proofValue are those that the specification prints."""
    vectors = shared / "standards/data/vectors"
    steps = vectors / folder
    unsigned = _load(vectors / "w3c-di-eddsa/unsigned.json")
    config = _load(steps / "proofConfigDataInt.json")
    expected = _load(steps / "signedDataInt.json")
    signer = _w3c_signer(_load(vectors / "w3c-di-eddsa/keyPair.json"))
    assert with_every_context(unsigned) == (steps / "canonDocDataInt.txt").read_text()
    assert with_every_context(config) == (steps / "proofCanonDataInt.txt").read_text()
    options = {name: value for name, value in config.items() if name != "@context"}
    data = hash_data(unsigned, options, canonical=with_every_context)
    assert data[:32].hex() == (steps / "proofHashDataInt.txt").read_text()
    assert data[32:].hex() == (steps / "docHashDataInt.txt").read_text()
    assert data.hex() == (steps / "combinedHashDataInt.txt").read_text()
    assert signer.sign(data).hex() == (steps / "sigHexDataInt.txt").read_text()
    assert signed_value(data, signer) == (steps / "sigBTC58DataInt.txt").read_text() == expected["proof"]["proofValue"]
    created = datetime.fromisoformat(config["created"])
    again = sign(
        unsigned,
        signer=signer,
        verification_method=config["verificationMethod"],
        created=created,
        canonical=with_every_context,
    )
    assert again == expected
    verify_proof(expected, expected["proof"], signer.public_key, canonical=with_every_context)


def test_w3c_vector_of_a_foreign_context(shared: Path) -> None:
    """The employment vector uses a context that we do not have: refused as it is, right when its canonical form is given."""
    vectors = shared / "standards/data/vectors/w3c-di-eddsa"
    steps = vectors / "eddsa-rdfc-2022/employ"
    expected = _load(steps / "signedDataInt.json")
    signer = _w3c_signer(_load(vectors / "keyPair.json"))
    assert _code(verify_proof, expected, expected["proof"], signer.public_key) == "context-not-allowed"

    def given(document: Mapping[str, Json], *, algorithm: Hash = "sha256") -> str:
        assert algorithm == "sha256"
        name = "proofCanonDataInt.txt" if "cryptosuite" in document else "canonDocDataInt.txt"
        return (steps / name).read_text()

    data = hash_data(expected, expected["proof"], canonical=given)
    assert data.hex() == (steps / "combinedHashDataInt.txt").read_text()
    assert signed_value(data, signer) == expected["proof"]["proofValue"]


def test_w3c_vector_of_the_earlier_draft(shared: Path, with_every_context: Canonical) -> None:
    """The other copy of the vector, with an https verification method, agrees too."""
    folder = shared / "standards/data/vectors/w3c-eddsa-rdfc-2022"
    expected = _load(folder / "signedDataInt.json")
    signer = _w3c_signer(_load(folder / "keyPair.json"))
    data = hash_data(expected, expected["proof"], canonical=with_every_context)
    assert data.hex() == (folder / "combinedHashDataInt.txt").read_text()
    assert signed_value(data, signer) == expected["proof"]["proofValue"]
    verify_proof(expected, expected["proof"], signer.public_key, canonical=with_every_context)


def test_the_vector_of_the_implementation_guide(shared: Path) -> None:
    """1EdTech's guide prints the canonical forms of a badge and its proof options; the signature holds over them."""
    folder = shared / "standards/data/vectors/ob30-impl-guide"
    document = _load(folder / "signed-credential.json")
    proof = document["proof"]
    bare = {name: value for name, value in document.items() if name != "proof"}
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    document_text = (folder / "obv3p0/document-canon.txt").read_text()
    options_text = (folder / "obv3p0/proof-canon.txt").read_text()
    assert canonical_nquads(bare) == document_text
    assert canonical_nquads({**options, "@context": document["@context"]}) == options_text
    data = sha256(options_text.encode()).digest() + sha256(document_text.encode()).digest()
    assert hash_data(document, proof) == data
    verify_proof(document, proof, _stated_key(proof))


def test_the_samples_of_1edtech(shared: Path) -> None:
    """All their proofs over the whole document that hold, hold; every other sample is refused for its own reason."""
    folder = shared / "standards/data/vectors/1edtech-validator/ob30"
    outcomes: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.json")):
        document = _load(path)
        try:
            proof = only_proof(document)
            read_proof(proof)
            verify_proof(document, proof, _stated_key(proof))
            outcome = "holds"
        except CredentialError as error:
            outcome = error.code
        outcomes.setdefault(outcome, []).append(str(path.relative_to(folder).with_suffix("")))
    assert outcomes["holds"] == [
        "bit-string-list/credential-status-revoked-blank-nodes",
        "bit-string-list/credential-status-revoked",
        "complete",
        "credential-status-revoked",
        "endorsement-valid",
        "simple-context-alias",
        "simple-context-version",
        "simple-did-key-method",
        "simple-did-web-method",
        "simple-eddsa-2022",
        "simple-err-expired",
        "simple-err-issued",
        "simple-err-issuer",
        "simple",
        "simple_v1",
    ]
    assert len(outcomes["undefined-type"]) == 11
    assert outcomes["bad-signature"] == [
        "endorsement-err-schema-status-refresh",
        "simple-err-proof-method-unknown-did-method",
        "simple-err-proof-method-unknown-scheme",
        "simple-err-proof-value",
    ]
    # One is verified by `selective`; the other names a key that is only to be had from its issuer.
    assert outcomes["unsupported-suite"] == ["sd/derivedcredential"]
    assert outcomes["malformed-multibase"] == ["complete_v1"]
    assert outcomes["relative-iri"] == ["simple-err-proof-method-no-scheme"]
    assert outcomes["unsupported-key"] == ["simple-err-proof-method"]
    assert outcomes["several-proofs"] == ["simple-multiple-proofs"]
    assert outcomes["no-proof"] == ["simple-noproof"]


def test_the_signature_of_another_library_is_made_again(shared: Path) -> None:
    """What @digitalbazaar/vc signed verifies here, and a tampered one of theirs does not."""
    folder = shared / "interop/samples"
    for name in ("good-did-key", "good-endorsement", "good-endorsement-jwt-inside", "bad-expired"):
        document = _load(folder / f"{name}.json")
        verify_proof(document, document["proof"], _stated_key(document["proof"]))
    for name in ("bad-tampered-claim", "bad-tampered-hash", "bad-tampered-proof-created", "bad-other-issuer"):
        document = _load(folder / f"{name}.json")
        assert _code(verify_proof, document, document["proof"], _stated_key(document["proof"])) == "bad-signature", name


def test_the_attacks_on_proofs(shared: Path) -> None:
    """Of group C, only credentials whose signature really holds for the key that they name pass here."""
    cases = _load(shared / "attacks/cases.json")["cases"]
    holds, refused = set(), {}
    for case in cases:
        if case["group"] != "C" or case["input"]["kind"] != "json":
            continue
        document = json.loads(case["input"]["payload"])
        try:
            proof = only_proof(document)
            unverified = read_proof(proof)
            key = _stated_key({"verificationMethod": unverified.verification_method})
            verify_proof(document, proof, key)
            holds.add(case["id"])
        except CredentialError as error:
            refused[case["id"]] = error.code
    # These hold for a key that is not the issuer's, or at a time that has not come; `dids` and `verification` refuse them.
    assert holds == {"C-vm-evil", "C-proof-future"}
    assert {refused[name] for name in refused if name.startswith("C-mut")} == {"bad-signature", "undefined-type"}
