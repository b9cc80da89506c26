"""Every kind of key in every form, against what is written down here: names, prefixes, lengths, the one algorithm of each."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from okbadges.credentials.keys import PublicKey, public_key_from_jwk, public_key_from_multibase
from okbadges.credentials.multibase import decode_base58, decode_base64url, encode_base64url, encode_multibase_base58
from okbadges.credentials.signers import EcdsaSigner, Ed25519Signer, RsaSigner, Signer, generate_seed, signer_from_der
from okbadges.errors import CredentialError

SEED = bytes(range(32))
RSA_KEY = rsa.generate_private_key(65537, 2048)
SIGNERS: dict[str, Signer] = {
    "ed25519": Ed25519Signer(SEED),
    "p-256": EcdsaSigner.from_number(7, ec.SECP256R1()),
    "p-384": EcdsaSigner.from_number(7, ec.SECP384R1()),
    "p-521": EcdsaSigner.from_number(7, ec.SECP521R1()),
    "rsa": RsaSigner(RSA_KEY),
}
ALGORITHMS = {
    "ed25519": {"EdDSA", "Ed25519"},
    "p-256": {"ES256"},
    "p-384": {"ES384"},
    "p-521": {"ES512"},
    "rsa": {"RS256"},
}
PREFIXES = {"ed25519": "ed01", "p-256": "8024", "p-384": "8124", "p-521": "8224", "rsa": "8524"}
LENGTHS = {"p-256": 32, "p-384": 48, "p-521": 66}
CURVES: dict[str, tuple[ec.EllipticCurve, hashes.HashAlgorithm]] = {
    "p-256": (ec.SECP256R1(), hashes.SHA256()),
    "p-384": (ec.SECP384R1(), hashes.SHA384()),
    "p-521": (ec.SECP521R1(), hashes.SHA512()),
}
EVERY_ALGORITHM = {
    "EdDSA",
    "Ed25519",
    "Ed448",
    "ES256",
    "ES256K",
    "ES384",
    "ES512",
    "RS256",
    "RS384",
    "PS256",
    "HS256",
    "none",
}


def refusal(jwk: dict[str, Any]) -> str:
    """Return the code that a JWK is refused with."""
    with pytest.raises(CredentialError) as refused:
        public_key_from_jwk(jwk)
    return refused.value.code


def raw(key: PublicKey) -> bytes:
    """Return the bytes of the Multikey."""
    return decode_base58(key.multibase()[1:], max_characters=2048)


@pytest.mark.parametrize("kind", SIGNERS)
def test_a_key_knows_its_kind_in_every_form(kind: str) -> None:
    """From the signer, the JWK and the Multikey it is the same key, with the prefix of its kind before it."""
    key = SIGNERS[kind].public_key
    for again in (key, public_key_from_jwk(dict(key.jwk())), public_key_from_multibase(key.multibase())):
        assert (again.kind, again.encoded, again.jwk()) == (kind, key.encoded, key.jwk())
        assert raw(again).hex() == PREFIXES[kind] + key.encoded.hex()
        assert again.verify(SIGNERS[kind].sign(b"m"), b"m")


@pytest.mark.parametrize("kind", SIGNERS)
def test_a_jwk_may_name_the_algorithm_of_its_kind_and_no_other(kind: str) -> None:
    """One way to sign for each kind of key, under all names that it has."""
    jwk = dict(SIGNERS[kind].public_key.jwk())
    for algorithm in EVERY_ALGORITHM:
        if algorithm in ALGORITHMS[kind]:
            assert public_key_from_jwk({**jwk, "alg": algorithm}).kind == kind
        else:
            assert refusal({**jwk, "alg": algorithm}) == "key-use"
    for strange in ("", None, 7, ["EdDSA"], "eddsa"):
        assert refusal({**jwk, "alg": strange}) == "key-use"


@pytest.mark.parametrize("kind", LENGTHS)
def test_coordinates_have_the_length_of_the_curve(kind: str) -> None:
    """A byte less or more, or a byte moved from one coordinate to the other, is another spelling and refused."""
    jwk = dict(SIGNERS[kind].public_key.jwk())
    x, y = (decode_base64url(jwk[name], max_characters=100) for name in "xy")
    assert (len(x), len(y)) == (LENGTHS[kind],) * 2
    for changed in ({"x": b"\0" + x}, {"x": x[1:]}, {"y": b"\0" + y}, {"y": y[:-1]}, {"x": x + y[:1], "y": y[1:]}):
        assert refusal({**jwk, **{name: encode_base64url(part) for name, part in changed.items()}}) == "malformed-key"
    for name in "xy":
        assert refusal({member: value for member, value in jwk.items() if member != name}) == "malformed-key"


@pytest.mark.parametrize("kind", LENGTHS)
def test_a_multikey_holds_the_compressed_point(kind: str) -> None:
    """The same point uncompressed, or in the hybrid form, is a second spelling of the key and refused."""
    curve, _ = CURVES[kind]
    point = ec.derive_private_key(7, curve).public_key()
    whole = point.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    hybrid = bytes([6 + whole[-1] % 2]) + whole[1:]
    for encoded in (whole, hybrid):
        with pytest.raises(CredentialError) as refused:
            public_key_from_multibase(encode_multibase_base58(bytes.fromhex(PREFIXES[kind]) + encoded))
        assert refused.value.code == "malformed-key"


@pytest.mark.parametrize("kind", SIGNERS)
def test_a_key_shows_what_it_is_and_nothing_of_the_library(kind: str) -> None:
    """Two keys with the same bytes are equal whichever object of the library is behind them, and look the same in a log."""
    key = SIGNERS[kind].public_key
    again = public_key_from_jwk(dict(key.jwk()))
    assert (again, hash(again), repr(again)) == (key, hash(key), repr(key))
    assert repr(key) == f"PublicKey(kind={kind!r}, encoded={key.encoded!r})"


@pytest.mark.parametrize("kind", LENGTHS)
def test_the_hash_of_a_curve_is_that_of_jose(kind: str) -> None:
    """A signature by another library over the right hash holds, one over another hash does not."""
    curve, algorithm = CURVES[kind]
    private_key = ec.derive_private_key(7, curve)
    size = LENGTHS[kind]
    for other in (hashes.SHA256(), hashes.SHA384(), hashes.SHA512()):
        r, s = utils.decode_dss_signature(private_key.sign(b"m", ec.ECDSA(other)))
        signature = r.to_bytes(size) + s.to_bytes(size)
        assert SIGNERS[kind].public_key.verify(signature, b"m") is (other.name == algorithm.name)
    assert not SIGNERS[kind].public_key.verify(bytes(2 * size), b"m")


def test_rsa_signs_with_pkcs_1_and_sha_256_alone() -> None:
    """PSS, and another hash, are other algorithms."""
    key = SIGNERS["rsa"].public_key
    assert key.verify(RSA_KEY.sign(b"m", padding.PKCS1v15(), hashes.SHA256()), b"m")
    assert not key.verify(RSA_KEY.sign(b"m", padding.PKCS1v15(), hashes.SHA384()), b"m")
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
    assert not key.verify(RSA_KEY.sign(b"m", pss, hashes.SHA256()), b"m")


def test_no_signature_of_any_length_is_an_exception() -> None:
    """Whatever is given as a signature, the answer is no."""
    for signer in SIGNERS.values():
        for length in (0, 1, 63, 64, 65, 96, 132, 256, 257, 1000):
            assert signer.public_key.verify(bytes(length), b"m") is False
            assert signer.public_key.verify(b"\xff" * length, b"m") is False


def test_the_limits_of_a_multikey() -> None:
    """No prefix is taken for another, and a longer text than the longest key is not even read."""
    for kind, signer in SIGNERS.items():
        for other, prefix in PREFIXES.items():
            if other != kind:
                with pytest.raises(CredentialError) as refused:
                    public_key_from_multibase(
                        encode_multibase_base58(bytes.fromhex(prefix) + signer.public_key.encoded)
                    )
                assert refused.value.code == "malformed-key", (kind, other)
    largest = rsa.RSAPublicNumbers(2**32 - 1, _modulus_of(8192)).public_key()
    pkcs1 = largest.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    key = public_key_from_multibase(encode_multibase_base58(bytes.fromhex(PREFIXES["rsa"]) + pkcs1))
    assert public_key_from_jwk(dict(key.jwk())) == key


def _modulus_of(bits: int) -> int:
    """Return a number without small factors that is no known weak modulus."""
    number = (3 << (bits - 2)) | 1
    while any(number % divisor == 0 for divisor in range(3, 1000, 2)):
        number += 2
    return number


@pytest.mark.parametrize("member", ["n", "e"])
@pytest.mark.parametrize("value", [None, 7, "", "AA", "AAEAAQ", ["AQAB"]])
def test_the_numbers_of_an_rsa_key_are_the_fewest_octets(member: str, value: object) -> None:
    """No text, nothing at all, zero, and a zero before the number are malformed."""
    assert refusal({**SIGNERS["rsa"].public_key.jwk(), member: value}) == "malformed-key"


def test_a_signer_of_each_kind_is_read_from_pkcs_8() -> None:
    """And what it signs verifies with the key that is known."""
    private: dict[str, Any] = {name: ec.derive_private_key(7, curve) for name, (curve, _) in CURVES.items()}
    for kind, key in {**private, "rsa": RSA_KEY}.items():
        der = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        signer = signer_from_der(der)
        assert signer.public_key == SIGNERS[kind].public_key
        assert SIGNERS[kind].public_key.verify(signer.sign(b"m"), b"m")
        shown = repr(signer)
        assert shown.startswith(("EcdsaSigner(", "RsaSigner("))
        assert (key.public_key() and SIGNERS[kind].public_key.multibase() in shown) or kind == "rsa"


FIELD_PRIME = 2**255 - 19
ORDER_8_Y = 2707385501144840649318225287225658788936804267575313519463743609750303402022


@pytest.mark.parametrize("y", [0, 1, FIELD_PRIME - 1, ORDER_8_Y, FIELD_PRIME - ORDER_8_Y])
def test_the_five_coordinates_of_small_order(y: int) -> None:
    """Each of them, with either sign of x, has order 1, 2, 4 or 8 by the addition law of the curve, and is refused."""
    assert _is_identity_times_eight(y)
    for sign in (0, 1):
        encoded = (y | sign << 255).to_bytes(32, "little")
        with pytest.raises(CredentialError) as refused:
            public_key_from_multibase(encode_multibase_base58(b"\xed\x01" + encoded))
        assert refused.value.code == "weak-key"


def _is_identity_times_eight(y: int) -> bool:
    """Double the point with this y three times: on y alone, with x^2 from the equation of the curve (RFC 8032, 5.1)."""
    d = -121665 * pow(121666, -1, FIELD_PRIME) % FIELD_PRIME
    for _ in range(3):
        x_squared = (y * y - 1) * pow(d * y * y + 1, -1, FIELD_PRIME) % FIELD_PRIME
        y = (y * y + x_squared) * pow(1 - d * x_squared * y * y, -1, FIELD_PRIME) % FIELD_PRIME
    return y == 1


def test_a_seed_of_another_length_has_a_code() -> None:
    """A signer and a source of randomness refuse it by the same name."""
    with pytest.raises(CredentialError) as refused:
        Ed25519Signer(bytes(31))
    assert refused.value.code == "malformed-key"
    with pytest.raises(CredentialError) as refused:
        generate_seed(lambda length: bytes(length + 1))
    assert refused.value.code == "malformed-key"
