"""Every cryptosuite: the same bytes as the specifications print, what is signed verifies, and what is changed does not."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from hashlib import sha256, sha384
from typing import TYPE_CHECKING, Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from okbadges.credentials.cryptosuites import ECDSA_SD_2023, SUITES, hash_of
from okbadges.credentials.data_integrity import hash_data, proof_options, read_proof, sign, signed_value, verify_proof
from okbadges.credentials.expansion import Expander
from okbadges.credentials.jcs import canonical_json
from okbadges.credentials.keys import public_key_from_multibase
from okbadges.credentials.multibase import decode_multibase_base58, encode_multibase_base58
from okbadges.credentials.rdfc import canonicalise
from okbadges.credentials.signers import EcdsaSigner, Ed25519Signer
from okbadges.credentials.vocabulary import CONTEXTS, DATA_INTEGRITY_V2, ED25519_2020_V1
from okbadges.errors import CredentialError
from support.small_badge import SMALL_BADGE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from okbadges.credentials.rdfc import Hash
    from okbadges.credentials.signers import Signer
    from okbadges.credentials.strict_json import Json

METHOD: Final = "did:web:badges.example:issuers:ok#key-1"
ED25519: Final = Ed25519Signer(bytes(range(32)))
P256: Final = EcdsaSigner.from_number(7**40, ec.SECP256R1())
P384: Final = EcdsaSigner.from_number(7**60, ec.SECP384R1())
SIGNED_WITH: Final[tuple[tuple[str, Signer], ...]] = (
    ("eddsa-rdfc-2022", ED25519),
    ("eddsa-jcs-2022", ED25519),
    ("ecdsa-rdfc-2019", P256),
    ("ecdsa-rdfc-2019", P384),
    ("ecdsa-jcs-2019", P256),
    ("ecdsa-jcs-2019", P384),
    ("Ed25519Signature2020", ED25519),
)
NAMES: Final = [f"{name}-{signer.public_key.kind}" for name, signer in SIGNED_WITH]
every_suite = pytest.mark.parametrize(("suite", "signer"), SIGNED_WITH, ids=NAMES)
jcs_suites = pytest.mark.parametrize(("suite", "signer"), [(n, s) for n, s in SIGNED_WITH if "jcs" in n])

CREDENTIAL: Final[dict[str, Any]] = {
    **SMALL_BADGE,
    "@context": [*SMALL_BADGE["@context"], ED25519_2020_V1],
    "credentialSubject": {**SMALL_BADGE["credentialSubject"], "creditsEarned": 2.5},
    "evidence": [{"type": ["Evidence"], "narrative": text} for text in ("Kuva", "Ääni", "Kirje")],
}

# The folders of the specifications' vectors: suite, key file, and how the file names end.
VECTORS: Final = (
    ("w3c-di-eddsa/eddsa-rdfc-2022", "keyPair", "DataInt"),
    ("w3c-di-eddsa/eddsa-jcs-2022", "keyPair", "JCS"),
    ("w3c-di-eddsa/Ed25519Signature2020", "keyPair", "EdSig"),
    ("w3c-di-ecdsa/ecdsa-rdfc-2019-p256", "p256KeyPair", "ECDSAP256"),
    ("w3c-di-ecdsa/ecdsa-rdfc-2019-p384", "p384KeyPair", "ECDSAP384"),
    ("w3c-di-ecdsa/ecdsa-jcs-2019-p256", "p256KeyPair", "JCSECDSAP256"),
    ("w3c-di-ecdsa/ecdsa-jcs-2019-p384", "p384KeyPair", "JCSECDSAP384"),
)
# These use a context that is not known here; their canonical forms are printed and can be handed in.
OF_A_FOREIGN_CONTEXT: Final = (
    ("w3c-di-eddsa/eddsa-rdfc-2022/employ", "keyPair", "DataInt"),
    ("w3c-di-ecdsa/ecdsa-rdfc-2019-p256/employ", "p256KeyPair", "ECDSAP256"),
    ("w3c-di-ecdsa/ecdsa-rdfc-2019-p384/employ", "p384KeyPair", "ECDSAP384"),
)
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


def _signed(suite: str, signer: Signer, document: Mapping[str, Any] = CREDENTIAL, **more: Any) -> dict[str, Any]:
    """Return a signed document that a test may change."""
    signed: dict[str, Any] = deepcopy(sign(document, signer=signer, verification_method=METHOD, suite=suite, **more))
    return signed


def _signer_of(pair: Mapping[str, str]) -> Signer:
    secret = decode_multibase_base58(
        pair.get("secretKeyMultibase", pair.get("privateKeyMultibase", "")), max_characters=80
    )[2:]
    kind = public_key_from_multibase(pair["publicKeyMultibase"]).kind
    if kind == "ed25519":
        return Ed25519Signer(secret)
    return EcdsaSigner.from_number(int.from_bytes(secret), ec.SECP256R1() if kind == "p-256" else ec.SECP384R1())


@every_suite
def test_what_is_signed_verifies(suite: str, signer: Signer) -> None:
    """With the key that signed it, and with no other of its kind."""
    signed = _signed(suite, signer)
    verify_proof(signed, signed["proof"], signer.public_key)
    read = read_proof(signed["proof"])
    assert (read.suite.name, read.proof_value, read.verification_method) == (
        suite,
        signed["proof"]["proofValue"],
        METHOD,
    )
    others = (
        Ed25519Signer(bytes(32)),
        EcdsaSigner.from_number(5, ec.SECP256R1()),
        EcdsaSigner.from_number(5, ec.SECP384R1()),
    )
    for other in others:
        taken = other.public_key.kind in SUITES[suite].key_kinds
        code = "bad-signature" if taken else "suite-key-mismatch"
        assert _code(verify_proof, signed, signed["proof"], other.public_key) == code


@every_suite
def test_the_proof_names_its_suite(suite: str, signer: Signer) -> None:
    """Data Integrity by type and cryptosuite, the older one by its type alone; only the jcs suites repeat the context."""
    proof = _signed(suite, signer)["proof"]
    if suite == "Ed25519Signature2020":
        assert proof["type"] == suite
        assert "cryptosuite" not in proof
    else:
        assert (proof["type"], proof["cryptosuite"]) == ("DataIntegrityProof", suite)
    assert ("@context" in proof) == ("jcs" in suite)
    assert proof["proofValue"].startswith("z")
    assert len(decode_multibase_base58(proof["proofValue"], max_characters=140)) == (96 if signer is P384 else 64)


@every_suite
def test_signing_is_deterministic(suite: str, signer: Signer) -> None:
    """The same document and key give the same proof, in whatever order the members stand."""
    assert _signed(suite, signer, dict(reversed(CREDENTIAL.items())))["proof"] == _signed(suite, signer)["proof"]


@every_suite
def test_every_option_is_signed(suite: str, signer: Signer) -> None:
    """Whatever a proof may say is read back, and a change of it breaks the signature."""
    day = datetime(2026, 3, 1, tzinfo=UTC)
    signed = _signed(
        suite,
        signer,
        created=day,
        expires=day.replace(year=2027),
        purpose="authentication",
        challenge="c1",
        domain=["https://verifier.example", "https://other.example"],
        proof_id="urn:uuid:1",
    )
    proof = signed["proof"]
    read = read_proof(proof, purpose="authentication")
    assert (read.created, read.expires, read.challenge, read.id) == (day, day.replace(year=2027), "c1", "urn:uuid:1")
    assert read.domain == ("https://verifier.example", "https://other.example")
    verify_proof(signed, proof, signer.public_key, purpose="authentication")
    assert _code(verify_proof, signed, proof, signer.public_key) == "purpose-mismatch"
    changes: dict[str, Any] = {
        "created": "2026-03-01T00:00:01Z",
        "expires": "2028-03-01T00:00:00Z",
        "challenge": "c2",
        "domain": ["https://verifier.example"],
        "id": "urn:uuid:2",
        "verificationMethod": METHOD + "1",
    }
    for name, value in changes.items():
        without = {member: kept for member, kept in proof.items() if member != name}
        for changed in ({**proof, name: value}, without):
            code = _code(verify_proof, signed, changed, signer.public_key, purpose="authentication")
            assert code == (
                "malformed-proof" if changed is without and name == "verificationMethod" else "bad-signature"
            )


_POINTS: Final = [
    *(("credentialSubject", "achievement", name) for name in ("id", "name", "description")),
    *(("issuer", name) for name in ("id", "name")),
    *(("credentialSubject", name) for name in ("id", "creditsEarned")),
    *((name,) for name in ("id", "validFrom", "credentialSubject", "evidence", "issuer", "type", "@context")),
    ("credentialSubject", "achievement", "criteria", "narrative"),
    ("evidence", 1, "narrative"),
]


@given(
    chosen=st.sampled_from(SIGNED_WITH),
    path=st.sampled_from(_POINTS),
    value=st.none()
    | st.text(max_size=5)
    | st.integers(-9, 9)
    | st.lists(st.text(max_size=3), max_size=2)
    | st.just({}),
)
def test_any_single_edit_breaks_the_signature(chosen: tuple[str, Signer], path: tuple[Any, ...], value: Any) -> None:
    """One member of the signed content changed or taken away: refused, whatever the suite."""
    changed = deepcopy(_SIGNED[SIGNED_WITH.index(chosen)])
    *way, last = path
    place: Any = changed
    for step in way:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    with pytest.raises(CredentialError):
        verify_proof(changed, changed["proof"], chosen[1].public_key)


_SIGNED: Final = [_signed(suite, signer) for suite, signer in SIGNED_WITH]


@every_suite
def test_a_proof_does_not_pass_for_one_of_another_suite(suite: str, signer: Signer) -> None:
    """Relabelled, it is refused; but for the two names that one suite has had."""
    signed = _signed(suite, signer)
    for name, other in SUITES.items():
        if {name, suite} <= {"eddsa-rdfc-2022", "eddsa-2022"} or name == suite:
            continue
        proof = {member: value for member, value in signed["proof"].items() if member != "cryptosuite"}
        proof["type"] = other.proof_type
        if other.proof_type == "DataIntegrityProof":
            proof["cryptosuite"] = name
        expected = {
            "bad-signature",
            "suite-key-mismatch",
            "context-not-allowed",
            "unsupported-suite",
            "malformed-proof",
        }
        assert _code(verify_proof, signed, proof, signer.public_key) in expected
        without = {member: value for member, value in proof.items() if member != "@context"}
        assert _code(verify_proof, signed, without, signer.public_key) in expected


def test_the_hash_follows_from_the_key() -> None:
    """P-384 goes with SHA-384, in the hashes and in telling blank nodes apart; nothing in the proof can ask for less."""
    assert [hash_of(signer.public_key) for signer in (ED25519, P256, P384)] == ["sha256", "sha256", "sha384"]
    options = proof_options(METHOD, suite=SUITES["ecdsa-rdfc-2019"])
    data = hash_data(CREDENTIAL, options, algorithm="sha384")
    own = with_every_context(CREDENTIAL, algorithm="sha384")
    assert own != with_every_context(CREDENTIAL)
    assert data[48:] == sha384(own.encode()).digest()
    weaker = signed_value(hash_data(CREDENTIAL, options), P384, suite=SUITES["ecdsa-rdfc-2019"])
    forged = {**options, "proofValue": weaker}
    assert _code(verify_proof, CREDENTIAL, forged, P384.public_key) == "bad-signature"


def test_a_signature_of_the_other_curves_length_does_not_hold() -> None:
    """96 bytes with a P-256 key, 64 with a P-384 key: well-formed for the suite, and no signature."""
    for signer, length in ((P256, 96), (P384, 64)):
        signed = _signed("ecdsa-rdfc-2019", signer)
        signed["proof"]["proofValue"] = encode_multibase_base58(b"\x05" * length)
        assert _code(verify_proof, signed, signed["proof"], signer.public_key) == "bad-signature"


@pytest.mark.parametrize(("suite", "length"), [("eddsa-jcs-2022", 96), ("ecdsa-jcs-2019", 80), ("ecdsa-rdfc-2019", 0)])
def test_a_value_of_no_signatures_length_is_malformed(suite: str, length: int) -> None:
    """64 bytes, or 96 where P-384 may sign."""
    proof = {**proof_options(METHOD, suite=SUITES[suite]), "proofValue": encode_multibase_base58(bytes(length))}
    assert _code(read_proof, proof) == "malformed-proof"


@pytest.mark.parametrize("suite", ["eddsa-2022", ECDSA_SD_2023, "foo-2030", ""])
def test_some_names_are_not_signed_with(suite: str) -> None:
    """A legacy name, the suite that signs statement by statement, and what is no suite."""
    assert _code(sign, CREDENTIAL, signer=ED25519, verification_method=METHOD, suite=suite) == "unsupported-suite"


def test_a_key_that_the_suite_does_not_take_signs_nothing() -> None:
    """The algorithm is the key's; a suite that does not fit is refused before anything is signed."""
    for suite, signer in (("eddsa-jcs-2022", P256), ("ecdsa-rdfc-2019", ED25519), ("Ed25519Signature2020", P384)):
        code = _code(sign, CREDENTIAL, signer=signer, verification_method=METHOD, suite=suite)
        assert code == "suite-key-mismatch"


def test_options_that_could_not_be_read_are_not_signed() -> None:
    """What `sign` returns is what `read_proof` takes."""
    unreadable: tuple[dict[str, Any], ...] = ({"proof_id": "first"}, {"domain": []}, {"previous": []})
    for more in unreadable:
        for suite, signer in SIGNED_WITH:
            with pytest.raises(CredentialError) as refused:
                sign(CREDENTIAL, signer=signer, verification_method=METHOD, suite=suite, **more)
            assert refused.value.code in {"relative-iri", "malformed-proof", "undefined-term"}


def test_a_selective_proof_is_read_but_not_verified_here() -> None:
    """Its value is left for the package that knows it; taking it for a proof of the whole would be wrong."""
    proof: dict[str, Json] = {**proof_options(METHOD, suite=SUITES[ECDSA_SD_2023]), "proofValue": "u2V0A"}
    read = read_proof(proof)
    assert (read.suite.canonicalisation, read.proof_value) == ("selective", "u2V0A")
    assert _code(verify_proof, CREDENTIAL, proof, P256.public_key) == "unsupported-suite"
    assert _code(hash_data, CREDENTIAL, proof) == "unsupported-suite"
    assert _code(read_proof, {**proof, "proofValue": 7}) == "malformed-proof"


# The contexts of the jcs suites.


@jcs_suites
def test_contexts_that_nobody_signed_are_refused(suite: str, signer: Signer) -> None:
    """Added, taken away, turned around: the meaning of the document is part of what was signed."""
    signed = _signed(suite, signer)
    contexts = CREDENTIAL["@context"]
    for changed in ([*contexts, DATA_INTEGRITY_V2], contexts[:2], contexts[::-1], contexts[0], [], [contexts]):
        document = {**signed, "@context": changed}
        assert _code(verify_proof, document, signed["proof"], signer.public_key) == "bad-signature"
    bare = {name: value for name, value in signed.items() if name != "@context"}
    assert _code(verify_proof, bare, signed["proof"], signer.public_key) == "bad-signature"


@jcs_suites
def test_contexts_that_another_proof_signed_may_follow(suite: str, signer: Signer) -> None:
    """A later proof of a set may need a context of its own (EdDSA Cryptosuites 1.0, 3.3.2); it has signed it then."""
    first = _signed(suite, signer)
    wider = {**first, "@context": [*CREDENTIAL["@context"], DATA_INTEGRITY_V2]}
    both: dict[str, Any] = sign(wider, signer=ED25519, verification_method=METHOD, another=True)
    verify_proof(both, both["proof"][0], signer.public_key)
    verify_proof(both, both["proof"][1], ED25519.public_key)
    short = _signed(suite, signer, created=datetime(2026, 3, 1, tzinfo=UTC))["proof"]
    nobody: dict[str, Any] = {**wider, "proof": [first["proof"], short]}
    assert _code(verify_proof, nobody, first["proof"], signer.public_key) == "bad-signature"


@jcs_suites
def test_a_jcs_proof_without_a_context_signs_that_of_the_document(suite: str, signer: Signer) -> None:
    """Some signers do not repeat it; then the document's own is hashed as it stands."""
    options = proof_options(METHOD, suite=SUITES[suite])
    data = hash_data(CREDENTIAL, options, algorithm=hash_of(signer.public_key))
    proof = {**options, "proofValue": signed_value(data, signer, suite=SUITES[suite])}
    verify_proof(CREDENTIAL, proof, signer.public_key)
    changed = {**CREDENTIAL, "@context": CREDENTIAL["@context"][:2]}
    assert _code(verify_proof, changed, proof, signer.public_key) == "bad-signature"
    stated = {**proof, "@context": CREDENTIAL["@context"]}
    assert _code(verify_proof, CREDENTIAL, stated, signer.public_key) == "bad-signature"


def test_contexts_are_compared_as_json_not_as_python() -> None:
    """1, 1.0 and true are equal to Python; true is another context."""

    def anything_goes(_document: Mapping[str, Json], *, algorithm: Hash = "sha256") -> str:
        return algorithm

    written: dict[str, Any] = {**CREDENTIAL, "@context": [*CREDENTIAL["@context"], {"@protected": 1}]}
    signed = _signed("eddsa-jcs-2022", ED25519, written, canonical=anything_goes)
    verify_proof(signed, signed["proof"], ED25519.public_key, canonical=anything_goes)
    signed["@context"] = [*CREDENTIAL["@context"], {"@protected": True}]
    code = _code(verify_proof, signed, signed["proof"], ED25519.public_key, canonical=anything_goes)
    assert code == "bad-signature"


@jcs_suites
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"favouriteColour": "blue"}, "undefined-term"),
        ({"@id": "urn:uuid:1"}, "keyword-key"),
        ({"https://schema.org/name": "x"}, "iri-key"),
        ({"name": None}, "null-value"),
        ({"id": "not absolute"}, "relative-iri"),
        ({"@context": ["https://www.w3.org/ns/credentials/v2", {"name": "urn:x"}]}, "inline-context"),
        ({"@context": ["https://www.w3.org/ns/credentials/v2", "https://evil.example/"]}, "context-not-allowed"),
    ],
)
def test_the_jcs_suites_are_in_safe_mode_too(suite: str, signer: Signer, change: dict[str, Any], code: str) -> None:
    """What a JSON-LD reader would drop or read differently is neither signed nor accepted, though every byte is covered."""
    document = {**CREDENTIAL, **change}
    assert _code(_signed, suite, signer, document) == code
    context = {"@context": document["@context"]}
    options = {**proof_options(METHOD, suite=SUITES[suite]), **context}
    digest = sha384 if signer is P384 else sha256
    data = digest(canonical_json(options)).digest() + digest(canonical_json(document)).digest()
    proof = {**options, "proofValue": signed_value(data, signer, suite=SUITES[suite])}
    assert _code(verify_proof, document, proof, signer.public_key) == code


def test_what_has_no_canonical_form_is_not_signed() -> None:
    """A number that readers round differently, in the document or in a context of its proof."""
    big = {**CREDENTIAL, "credentialSubject": {"creditsEarned": 2**53}}
    assert _code(_signed, "eddsa-jcs-2022", ED25519, big) == "number-out-of-range"
    signed = _signed("eddsa-jcs-2022", ED25519)
    signed["proof"]["@context"] = [2**60]
    assert _code(verify_proof, signed, signed["proof"], ED25519.public_key) == "number-out-of-range"


# The vectors of the specifications.


@pytest.mark.parametrize(("folder", "keys", "end"), VECTORS, ids=[folder for folder, _, _ in VECTORS])
def test_w3c_vectors_step_by_step(shared: Path, folder: str, keys: str, end: str) -> None:
    """Canonical forms, hashes, the signature and the signed document are those that the specification prints."""
    steps = shared / "standards/data/vectors" / folder
    pair, unsigned = _load(steps.parent / f"{keys}.json"), _load(steps.parent / "unsigned.json")
    config, expected = _load(steps / f"proofConfig{end}.json"), _load(steps / f"signed{end}.json")
    printed = {
        name: (steps / f"{name}{end}.txt").read_text()
        for name in ("canonDoc", "proofCanon", "docHash", "proofHash", "combinedHash", "sigHex", "sigBTC58")
    }
    signer = _signer_of(pair)
    assert signer.public_key.multibase() == pair["publicKeyMultibase"]
    algorithm = hash_of(signer.public_key)
    unsigned["@context"] = expected["@context"]  # the older suite adds its own
    suite = read_proof(expected["proof"]).suite
    if suite.canonicalisation == "jcs":
        assert canonical_json(unsigned).decode() == printed["canonDoc"]
        assert canonical_json(config).decode() == printed["proofCanon"]
    else:
        assert with_every_context(unsigned, algorithm=algorithm) == printed["canonDoc"]
        assert with_every_context(config, algorithm=algorithm) == printed["proofCanon"]
    data = hash_data(unsigned, expected["proof"], algorithm=algorithm, canonical=with_every_context)
    assert data.hex() == printed["combinedHash"] == printed["proofHash"] + printed["docHash"]
    assert signer.sign(data).hex() == printed["sigHex"]
    assert signed_value(data, signer, suite=suite) == printed["sigBTC58"] == expected["proof"]["proofValue"]
    again = sign(
        unsigned,
        signer=signer,
        verification_method=config["verificationMethod"],
        suite=suite.name,
        created=datetime.fromisoformat(config["created"]),
        canonical=with_every_context,
    )
    assert again == expected
    verify_proof(expected, expected["proof"], signer.public_key, canonical=with_every_context)


@pytest.mark.parametrize(("folder", "keys", "end"), OF_A_FOREIGN_CONTEXT)
def test_w3c_vectors_of_a_foreign_context(shared: Path, folder: str, keys: str, end: str) -> None:
    """Refused as they are, since a context that is not known is never fetched; right when their canonical form is given."""
    steps = shared / "standards/data/vectors" / folder
    expected = _load(steps / f"signed{end}.json")
    signer = _signer_of(_load(steps.parent.parent / f"{keys}.json"))
    assert _code(verify_proof, expected, expected["proof"], signer.public_key) == "context-not-allowed"
    asked: list[Hash] = []

    def as_printed(document: Mapping[str, Json], *, algorithm: Hash = "sha256") -> str:
        asked.append(algorithm)
        return (steps / f"{'proofCanon' if 'cryptosuite' in document else 'canonDoc'}{end}.txt").read_text()

    algorithm = hash_of(signer.public_key)
    data = hash_data(expected, expected["proof"], algorithm=algorithm, canonical=as_printed)
    assert data.hex() == (steps / f"combinedHash{end}.txt").read_text()
    assert signer.sign(data).hex() == (steps / f"sigHex{end}.txt").read_text()
    verify_proof(expected, expected["proof"], signer.public_key, canonical=as_printed)
    assert asked == [algorithm] * 4


def test_the_samples_of_the_older_suites(shared: Path) -> None:
    """1EdTech's VCDM 1.1 samples with Ed25519Signature2020, and the one under the early name of eddsa-rdfc-2022."""
    folder = shared / "standards/data/vectors/1edtech-validator/ob30"
    for name in ("simple_v1", "credential-status-revoked", "simple-eddsa-2022"):
        document = _load(folder / f"{name}.json")
        proof = document["proof"][0] if isinstance(document["proof"], list) else document["proof"]
        key = public_key_from_multibase(proof["verificationMethod"].split("#")[-1])
        verify_proof(document, proof, key)
        document["name"] = "Something else"
        assert _code(verify_proof, document, proof, key) == "bad-signature"
    assert _code(read_proof, {"type": "Ed25519Signature2018", "jws": "e30..x"}) == "unsupported-suite"


def test_ed25519_signature_2020_needs_its_context() -> None:
    """Without it the type of the proof has no meaning, and a signature over nothing is not accepted."""
    document = {**CREDENTIAL, "@context": CREDENTIAL["@context"][:2]}
    with pytest.raises(CredentialError) as refused:
        _signed("Ed25519Signature2020", ED25519, document)
    assert (refused.value.code, refused.value.where) == ("undefined-type", "/proof/type")
