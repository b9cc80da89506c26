"""Every intermediate value of the W3C's ecdsa-sd-2023 vectors: two documents signed, derived and verified, and one verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import pytest

from credentials.selective.making import read, secret_of, value_of, vector_expander
from okbadges.credentials.expansion import Expander
from okbadges.credentials.keys import public_key_from_multibase
from okbadges.credentials.rdfc import canonicalise
from okbadges.credentials.selective import derive, sign_base, verify_derived
from okbadges.credentials.selective.proof_value import read_base
from okbadges.credentials.selective.signatures import base_data, encoded_key
from okbadges.credentials.selective.statements import Whole, without_proof
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from okbadges.credentials.signers import EcdsaSigner

REVEAL: Final = ("/validFrom", "/validUntil", "/credentialSubject/birthCountry")
EXPANDER: Final = vector_expander()


@dataclass(frozen=True)
class Vector:
    """One folder of values: what each step of one document gives."""

    folder: Path
    issuer: EcdsaSigner
    own: EcdsaSigner
    hmac_key: bytes

    def value(self, name: str) -> Any:
        """Return one of the values."""
        return read(self.folder / f"{name}.json")

    def whole(self) -> Whole:
        """Return the statements of the base document."""
        return Whole.of(self.value("addSignedSDBase"), self.hmac_key, EXPANDER)

    def chance(self) -> Callable[[int], bytes]:
        """Return the randomness that makes the keys of the vector."""
        number = self.own._private_key.private_numbers().private_value
        return {32: self.hmac_key, 40: (number - 1).to_bytes(40)}.__getitem__


@pytest.fixture(params=["employ", "prc"])
def vector(shared: Path, request: pytest.FixtureRequest) -> Vector:
    """Return the values of one of the two documents."""
    folder = shared / "standards" / "data" / "vectors" / "w3c-di-ecdsa" / "ecdsa-sd-2023"
    keys = read(folder / "SDKeyMaterial.json")
    issuer, own = (secret_of(keys[f"{name}KeyPair"]["secretKeyMultibase"]) for name in ("base", "proof"))
    assert issuer.public_key.multibase() == keys["baseKeyPair"]["publicKeyMultibase"]
    assert own.public_key.multibase() == keys["proofKeyPair"]["publicKeyMultibase"]
    return Vector(folder / request.param, issuer, own, bytes.fromhex(keys["hmacKeyString"]))


def test_canonical_form_of_the_document(vector: Vector) -> None:
    """The base document has the canonical form that the vector has before the labels are changed."""
    quads = EXPANDER.to_quads(without_proof(vector.value("addSignedSDBase")))
    assert canonicalise(quads).nquads.splitlines(keepends=True) == vector.value("addBaseDocCanon")


def test_statements_under_hmac_labels(vector: Vector) -> None:
    """The HMAC of the canonical labels gives the statements, and their order, of the vector."""
    assert list(vector.whole().lines) == vector.value("addBaseDocHMACCanon")


def test_mandatory_statements(vector: Vector) -> None:
    """The mandatory pointers select the statements of the vector, at their places."""
    transform = vector.value("addBaseTransform")
    part = vector.whole().part(transform["mandatoryPointers"])
    assert [
        list(item) for item in zip(part.positions, (vector.whole().lines[p] for p in part.positions), strict=True)
    ] == (transform["mandatory"]["value"])


def test_what_the_issuer_signs(vector: Vector) -> None:
    """Options and mandatory statements hash to the values of the vector."""
    options = vector.value("addProofConfig")
    canonical = canonicalise(EXPANDER.to_quads(options)).nquads
    assert canonical == (vector.folder / "addProofConfigCanon.txt").read_text()
    whole, hashes = vector.whole(), vector.value("addHashData")
    mandatory = [whole.lines[position] for position in whole.part(["/issuer"]).positions]
    bare = {name: value for name, value in options.items() if name != "@context"}
    key = encoded_key(vector.own.public_key)
    assert base_data(whole.document, bare, key, mandatory, EXPANDER) == (
        bytes.fromhex(hashes["proofHash"]) + key + bytes.fromhex(hashes["mandatoryHash"])
    )
    assert sha256(canonical.encode()).hexdigest() == hashes["proofHash"]


def test_signing_gives_the_signed_document(vector: Vector) -> None:
    """With the keys and the HMAC key of the vector, signing gives its base proof to the last character."""
    expected = vector.value("addSignedSDBase")
    proof = expected["proof"]
    made: dict[str, Any] = sign_base(
        without_proof(expected),
        signer=vector.issuer,
        verification_method=proof["verificationMethod"],
        mandatory=["/issuer"],
        random_bytes=vector.chance(),
        created=datetime(2023, 8, 15, 23, 36, 38, tzinfo=UTC),
        expander=EXPANDER,
    )
    raw = vector.value("addRawBaseSignatureInfo")
    value = read_base(made["proof"]["proofValue"])
    assert value.base_signature.hex() == raw["baseSignature"]
    assert [signature.hex() for signature in value.signatures] == raw["signatures"]
    assert made == expected


def test_what_the_holder_recovers(vector: Vector) -> None:
    """The base proof is read as the vector reads it."""
    expected = vector.value("derivedRecoveredBaseData")
    value = read_base(vector.value("addSignedSDBase")["proof"]["proofValue"])
    assert value.hmac_key.hex() == expected["hmacKey"]
    assert list(value.mandatory_pointers) == expected["mandatoryPointers"]
    assert value.public_key == encoded_key(public_key_from_multibase(expected["proofPublicKey"]))


def test_groups_of_the_disclosure(vector: Vector) -> None:
    """Mandatory, chosen and all disclosed statements stand where the vector has them."""
    whole, expected = vector.whole(), vector.value("derivedGroupIndexes")
    assert list(whole.part(["/issuer"]).positions) == expected["mandatoryIndexes"]
    assert list(whole.part(REVEAL).positions) == expected["selectiveIndexes"]
    assert list(whole.part(["/issuer", *REVEAL]).positions) == expected["combinedIndexes"]


def test_deriving_gives_the_derived_document(vector: Vector) -> None:
    """What the holder hands on is the vector's document with the vector's proof, to the last character."""
    made: dict[str, Any] = derive(
        vector.value("addSignedSDBase"), reveal=REVEAL, public_key=vector.issuer.public_key, expander=EXPANDER
    )
    assert without_proof(made) == vector.value("derivedUnsignedReveal")
    value, expected = value_of(made), vector.value("derivedDisclosureData")
    assert [signature.hex() for signature in value.signatures] == expected["signatures"]
    assert list(value.mandatory_indexes) == expected["mandatoryIndexes"]
    assert made == vector.value("derivedRevealDocument")


def test_verifying_the_derived_document(vector: Vector) -> None:
    """The vector's derived document verifies with its key, and with no other."""
    document = vector.value("derivedRevealDocument")
    verify_derived(document, document["proof"], vector.issuer.public_key, expander=EXPANDER)
    with pytest.raises(CredentialError) as caught:
        verify_derived(document, document["proof"], vector.own.public_key, expander=EXPANDER)
    assert caught.value.code == "bad-signature"


def test_the_windsurf_document(shared: Path) -> None:
    """The older vector, whose terms come from a vocabulary alone, verifies."""
    document = read(shared / "standards/data/vectors/w3c-ecdsa-sd-2023/derivedRevealDocument.json")
    with pytest.raises(CredentialError) as caught:
        Expander().to_quads(document)
    assert caught.value.code == "inline-context"  # no badge may do so
    key = public_key_from_multibase(document["proof"]["verificationMethod"].partition("#")[2])
    verify_derived(document, document["proof"], key, expander=Expander(inline_contexts=True))
