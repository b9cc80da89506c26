"""Public keys: read strictly in every text form, and signatures that hold or do not hold."""

from __future__ import annotations

import json
from hashlib import sha256, sha512
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import example, given
from hypothesis import strategies as st

from credentials.wycheproof import wycheproof
from okbadges.credentials.keys import (
    PublicKey,
    public_key_from_jwk,
    public_key_from_multibase,
)
from okbadges.credentials.multibase import decode_base64url, encode_base64url, encode_multibase_base58
from okbadges.credentials.signers import EcdsaSigner, Ed25519Signer, RsaSigner
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from pathlib import Path

SEED = bytes(range(32))
FIELD_PRIME = 2**255 - 19
RSA_PRIVATE = rsa.generate_private_key(65537, 2048)
RSA = RsaSigner(RSA_PRIVATE)


@pytest.fixture
def signer() -> Ed25519Signer:
    """Return a signer with a seed that everybody knows."""
    return Ed25519Signer(SEED)


@pytest.fixture(scope="module")
def rsa_jwk() -> dict[str, str]:
    """Return the public JWK of a new RSA key."""
    return _rsa_jwk(2048)


def _rsa_jwk(bits: int) -> dict[str, str]:
    numbers = rsa.generate_private_key(65537, bits).public_key().public_numbers()
    return {"kty": "RSA", "n": encode_base64url(numbers.n.to_bytes(bits // 8)), "e": "AQAB"}


def _p256_jwk() -> dict[str, str]:
    point = ec.derive_private_key(7, ec.SECP256R1()).public_key().public_numbers()
    x, y = (encode_base64url(part.to_bytes(32)) for part in (point.x, point.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def _ed25519_jwk() -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": Ed25519Signer(SEED).public_key.jwk()["x"]}


def _code_of(jwk: dict[str, Any]) -> str:
    with pytest.raises(CredentialError) as refused:
        public_key_from_jwk(jwk)
    return refused.value.code


def test_it_works(signer: Ed25519Signer) -> None:
    """What a signer signs verifies with its public key, and nothing else does."""
    signature = signer.sign(b"message")
    assert signer.public_key.verify(signature, b"message")
    assert not signer.public_key.verify(signature, b"massage")
    assert not signer.public_key.verify(signature[:-1], b"message")
    assert not Ed25519Signer(bytes(32)).public_key.verify(signature, b"message")


def test_multibase_round_trip(signer: Ed25519Signer) -> None:
    """Multikey text of each curve leads back to an equal key."""
    for key in (signer.public_key, public_key_from_jwk(_p256_jwk()), _p384_key()):
        again = public_key_from_multibase(key.multibase())
        assert again == key
        assert hash(again) == hash(key)
        assert public_key_from_jwk(key.jwk()) == key
    assert signer.public_key.multibase().startswith("z6Mk")
    assert public_key_from_jwk(_p256_jwk()).multibase().startswith("zDna")
    assert _p384_key().multibase().startswith("z82L")


def _p384_key() -> PublicKey:
    point = ec.derive_private_key(7, ec.SECP384R1()).public_key().public_numbers()
    x, y = (encode_base64url(part.to_bytes(48)) for part in (point.x, point.y))
    return public_key_from_jwk({"kty": "EC", "crv": "P-384", "x": x, "y": y})


def test_the_keys_of_did_key_beside_multikey(rsa_jwk: dict[str, str]) -> None:
    """P-521 and RSA have prefixes of their own (0x1202, 0x1205), and lead back to an equal key."""
    p521 = EcdsaSigner.from_number(7, ec.SECP521R1()).public_key
    for key, prefix in ((p521, "z2J9"), (public_key_from_jwk(rsa_jwk), "z4MX")):
        assert key.multibase().startswith(prefix)
        again = public_key_from_multibase(key.multibase())
        assert (again, again.jwk()) == (key, key.jwk())
        assert public_key_from_jwk(key.jwk()) == key


@pytest.mark.parametrize(
    "signer", [Ed25519Signer(SEED), EcdsaSigner.from_number(7, ec.SECP256R1()), RSA], ids=["ed25519", "p-256", "rsa"]
)
def test_a_key_named_by_its_jwk(signer: Ed25519Signer | EcdsaSigner | RsaSigner) -> None:
    """The form jwk_jcs-pub (0xeb51) holds a JWK in its one canonical spelling, and no other."""
    jwk = signer.public_key.jwk()
    canonical = json.dumps(jwk, separators=(",", ":"), sort_keys=True).encode()
    assert _named_by(canonical) == signer.public_key
    for other in (
        json.dumps(jwk).encode(),
        json.dumps(dict(reversed(jwk.items())), separators=(",", ":")).encode(),
        json.dumps({**jwk, "kid": "key-1"}, separators=(",", ":"), sort_keys=True).encode(),
        canonical.replace(b'"kty"', b'"\\u006bty"'),
        b"[]",
    ):
        with pytest.raises(CredentialError) as refused:
            _named_by(other)
        assert refused.value.code == "malformed-key"
    with pytest.raises(CredentialError) as refused:
        _named_by(canonical.replace(b"}", b',"z":1}')[:-1])
    assert refused.value.code == "json-malformed"


def _named_by(jwk: bytes) -> PublicKey:
    return public_key_from_multibase(encode_multibase_base58(b"\xd1\xd6\x03" + jwk))


def test_the_did_key_of_an_rsa_key_is_strict_der() -> None:
    """Only PKCS #1 in its one encoding is read: no other structure, no byte more, no small key."""
    key = RSA_PRIVATE.public_key()
    pkcs1 = key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    numbers = rsa.RSAPublicNumbers(65537, (1 << 1023) + 1155)
    small = numbers.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    other = Ed25519PrivateKey.from_private_bytes(SEED).public_key()
    elsewhere = other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert public_key_from_multibase(encode_multibase_base58(b"\x85\x24" + pkcs1)) == RSA.public_key
    long_form = pkcs1[:1] + b"\x83\x00" + pkcs1[2:]
    for encoded, code in [
        (spki, "malformed-key"),
        (pkcs1 + b"\0", "malformed-key"),
        (pkcs1[:-1], "malformed-key"),
        (long_form, "malformed-key"),
        (elsewhere, "malformed-key"),
        (bytes.fromhex("300a300406022a0303020001"), "malformed-key"),  # a structure of an algorithm that nobody knows
        (b"", "malformed-key"),
        (small, "weak-key"),
    ]:
        with pytest.raises(CredentialError) as refused:
            public_key_from_multibase(encode_multibase_base58(b"\x85\x24" + encoded))
        assert refused.value.code == code, encoded.hex()


def test_the_jwk_members_are_those_of_the_thumbprint() -> None:
    """The example key of RFC 8037, appendix A.3, has the thumbprint printed there."""
    key = public_key_from_jwk({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
    canonical = json.dumps(key.jwk(), separators=(",", ":")).encode()
    assert encode_base64url(sha256(canonical).digest()) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize(
    ("y", "code"),
    [
        (0, "weak-key"),
        (1, "weak-key"),
        (FIELD_PRIME - 1, "weak-key"),
        (2707385501144840649318225287225658788936804267575313519463743609750303402022, "weak-key"),
        (FIELD_PRIME, "malformed-key"),
        (FIELD_PRIME + 1, "malformed-key"),
        (2**255 - 1, "malformed-key"),
    ],
)
@pytest.mark.parametrize("sign_bit", [0, 1])
def test_weak_and_non_canonical_ed25519_keys_are_refused(y: int, code: str, sign_bit: int) -> None:
    """Keys of small order and second spellings of a key are no keys, in either text form."""
    encoded = (y | sign_bit << 255).to_bytes(32, "little")
    with pytest.raises(CredentialError) as refused:
        public_key_from_multibase(encode_multibase_base58(b"\xed\x01" + encoded))
    assert refused.value.code == code
    assert _code_of({"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(encoded)}) == code


def test_an_ed25519_encoding_that_is_no_point_verifies_nothing(signer: Ed25519Signer) -> None:
    """The value 2 is no y coordinate of the curve: every signature is refused with it."""
    key = public_key_from_multibase(encode_multibase_base58(b"\xed\x01" + (2).to_bytes(32, "little")))
    assert not key.verify(signer.sign(b"m"), b"m")
    assert not key.verify(bytes(64), b"m")


@given(flipped=st.integers(0, 8 * (64 + 64) - 1), message=st.binary(min_size=64, max_size=64))
@example(flipped=8 * 63 + 5, message=bytes(64))
def test_two_libraries_agree_on_what_holds(flipped: int, message: bytes) -> None:
    """What libsodium says of a signature, OpenSSL says too: of the one that was made, and with any bit of it or of the message turned."""
    signer = Ed25519Signer(SEED)
    changed = bytearray(signer.sign(message) + message)
    assert signer.public_key.verify(bytes(changed[:64]), message)
    changed[flipped // 8] ^= 1 << flipped % 8
    signature, said = bytes(changed[:64]), bytes(changed[64:])
    assert signer.public_key.verify(signature, said) == _holds_for_openssl(signer.public_key, signature, said) is False


@pytest.mark.parametrize("y", [1, FIELD_PRIME - 1], ids=["of order 1", "of order 2"])
def test_a_signature_that_no_signer_makes_is_refused(y: int) -> None:
    """A commitment of small order comes from no nonce: the equation of RFC 8032 can hold with it, for whoever has the key."""
    order, message = 2**252 + 27742317777372353535851937790883648493, b"m"
    digest = bytearray(sha512(SEED).digest()[:32])
    digest[0] &= 248
    digest[31] = digest[31] & 127 | 64
    key = Ed25519Signer(SEED).public_key
    commitment = y.to_bytes(32, "little")
    challenge = int.from_bytes(sha512(commitment + key.encoded + message).digest(), "little")
    signature = commitment + (challenge * int.from_bytes(digest, "little") % order).to_bytes(32, "little")
    assert _holds_for_openssl(key, signature, message) is (y == 1)
    assert not key.verify(signature, message)


def _holds_for_openssl(key: PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.encoded).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def test_an_ecdsa_signature_has_one_length() -> None:
    """A zero more before s is the same number, and another text of the same signature."""
    signer = EcdsaSigner.from_number(7, ec.SECP256R1())
    signature = signer.sign(b"m")
    assert signer.public_key.verify(signature, b"m")
    for other in (signature[:32] + b"\0" + signature[32:], b"\0" + signature, signature + b"\0", b""):
        assert not signer.public_key.verify(other, b"m")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "malformed-multibase"),
        ("u7QEK", "malformed-multibase"),
        ("Z6Mk", "malformed-multibase"),
        ("z0OIl", "malformed-base58"),
        ("z6Mk ", "malformed-base58"),
        ("zé", "malformed-base58"),
        ("z" + "2" * 2_049, "malformed-base58"),
        ("z" + "2" * 2_048, "unsupported-key"),
        ("z", "unsupported-key"),
        (encode_multibase_base58(b"\x12\x00" + bytes(32)), "unsupported-key"),
        (encode_multibase_base58(b"\x80\x26" + bytes(32)), "unsupported-key"),
        (encode_multibase_base58(b"\xed\x01" + b"\x05" * 31), "malformed-key"),
        (encode_multibase_base58(b"\xed\x01" + b"\x05" * 33), "malformed-key"),
        (encode_multibase_base58(b"\x80\x24" + b"\x02" + b"\xff" * 32), "malformed-key"),
        (encode_multibase_base58(b"\x80\x24" + b"\x04" + b"\x01" * 64), "malformed-key"),
        (encode_multibase_base58(b"\x82\x24" + b"\x02" + b"\x01" * 65), "malformed-key"),
        (encode_multibase_base58(b"\xe7\x01" + b"\x02" + b"\x01" * 32), "unsupported-key"),
        (encode_multibase_base58(b"\x80\x24" + b"\x00"), "malformed-key"),
    ],
)
def test_malformed_multikeys_are_refused(text: str, code: str) -> None:
    """Another alphabet, another prefix, another length, no point: each has its own code."""
    with pytest.raises(CredentialError) as refused:
        public_key_from_multibase(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"d": "AAAA"}, "private-key-exposed"),
        *(({name: "AAAA"}, "private-key-exposed") for name in ("p", "q", "dp", "dq", "qi", "oth", "k")),
        ({"use": "enc"}, "key-use"),
        ({"use": None}, "key-use"),
        ({"key_ops": ["deriveKey"]}, "key-use"),
        ({"key_ops": ["sign", "verify"]}, "key-use"),
        ({"key_ops": "verify"}, "key-use"),
        ({"alg": "ES384"}, "key-use"),
        ({"alg": ["ES256"]}, "key-use"),
        ({"kty": "oct"}, "unsupported-key"),
        ({"kty": "ec"}, "unsupported-key"),
        ({"kty": ["EC"]}, "unsupported-key"),
        ({"crv": "secp256k1"}, "unsupported-key"),
        ({"crv": "P-384"}, "malformed-key"),
        ({"x": None}, "malformed-key"),
        ({"x": 7}, "malformed-key"),
        ({"x": "AAAA"}, "malformed-key"),
        ({"x": _p256_jwk()["x"] + "="}, "malformed-base64url"),
        ({"x": _p256_jwk()["x"].replace("_", "/").replace("-", "+") + "+"}, "malformed-base64url"),
        ({"x": _p256_jwk()["x"][:-1] + "\n"}, "malformed-base64url"),
        ({"x": encode_base64url(b"\x05" * 32)}, "malformed-key"),
        ({"y": _p256_jwk()["x"]}, "malformed-key"),
    ],
)
def test_malformed_jwks_are_refused(changes: dict[str, Any], code: str) -> None:
    """A JWK is read only when every member says that it is a sound public key for verifying."""
    assert _code_of({**_p256_jwk(), **changes}) == code


def test_a_jwk_may_say_what_it_is_for() -> None:
    """Members that agree with the use, and members without a meaning here, do no harm."""
    plain = public_key_from_jwk(_ed25519_jwk())
    additions: list[dict[str, Any]] = [
        {"use": "sig"},
        {"key_ops": ["verify"]},
        {"alg": "EdDSA"},
        {"alg": "Ed25519"},
        {"kid": "key-1"},
    ]
    for more in additions:
        assert public_key_from_jwk({**_ed25519_jwk(), **more}) == plain


def test_base64url_has_one_spelling() -> None:
    """Left-over bits in the last character are refused: they would be a second spelling of the same key."""
    x = _ed25519_jwk()["x"]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for change in range(1, 4):
        other = x[:-1] + alphabet[alphabet.index(x[-1]) ^ change]
        assert _code_of({**_ed25519_jwk(), "x": other}) == "malformed-base64url"


def test_unsound_rsa_keys_are_refused(rsa_jwk: dict[str, str]) -> None:
    """Too short, too long, a small or even exponent, an even modulus, or a padded integer."""
    modulus = decode_base64url(rsa_jwk["n"], max_characters=400)
    assert _code_of(_rsa_jwk(1024)) == "weak-key"
    assert _code_of({**rsa_jwk, "n": encode_base64url(b"\x81" + bytes(1100) + b"\x01")}) == "weak-key"
    for exponent in (1, 3, 65536, 65538, 2**32 + 1):
        encoded = exponent.to_bytes((exponent.bit_length() + 7) // 8)
        assert _code_of({**rsa_jwk, "e": encode_base64url(encoded)}) == "weak-key"
    assert _code_of({**rsa_jwk, "n": encode_base64url(modulus[:-1] + b"\x02")}) == "weak-key"
    assert _code_of({**rsa_jwk, "n": encode_base64url(b"\0" + modulus)}) == "malformed-key"
    assert _code_of({**rsa_jwk, "e": ""}) == "malformed-key"
    assert _code_of({**rsa_jwk, "alg": "PS256"}) == "key-use"
    assert _code_of({**rsa_jwk, "oth": []}) == "private-key-exposed"


def _jwk_of(group: dict[str, Any]) -> dict[str, str]:
    if group["type"] == "EcdsaP1363Verify":
        point = bytes.fromhex(group["publicKey"]["uncompressed"])[1:]
        x, y = (encode_base64url(half) for half in (point[: len(point) // 2], point[len(point) // 2 :]))
        return {"kty": "EC", "crv": f"P-{group['publicKey']['keySize']}", "x": x, "y": y}
    jwk: dict[str, str] = group.get("publicKeyJwk") or group["keyJwk"]
    return jwk


@pytest.mark.parametrize(
    ("name", "count", "refused_keys"),
    [
        ("ed25519", 151, []),
        ("ecdsa_secp256r1_sha256_p1363", 262, []),
        ("ecdsa_secp384r1_sha384_p1363", 280, []),
        ("rsa_signature_2048_sha256", 259, [258, 259]),  # their keys have the exponent 3, which we do not take
    ],
)
def test_wycheproof_signatures(shared: Path, name: str, count: int, refused_keys: list[int]) -> None:
    """Every signature of Project Wycheproof is accepted or refused as it says; what it calls acceptable we refuse."""
    wrong, refused, seen = [], [], 0
    for group, test in wycheproof(shared, name):
        seen += 1
        try:
            key = public_key_from_jwk(_jwk_of(group))
        except CredentialError:
            refused.append(test["tcId"])
            continue
        if key.verify(bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"])) != (test["result"] == "valid"):
            wrong.append((test["tcId"], test["comment"], test["result"]))
    assert (seen, wrong, refused) == (count, [], refused_keys)
