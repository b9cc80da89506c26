"""Keys: read strictly in both text forms, and signatures that hold or do not hold."""

from __future__ import annotations

import json
import pickle
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from okbadges.credentials.keys import (
    PublicKey,
    public_key_from_jwk,
    public_key_from_multibase,
)
from okbadges.credentials.multibase import decode_base64url, encode_base64url, encode_multibase_base58
from okbadges.credentials.signers import Ed25519Signer, generate_seed
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEED = bytes(range(32))
FIELD_PRIME = 2**255 - 19


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


@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200))
def test_signatures_are_those_of_libsodium(seed: bytes, message: bytes) -> None:
    """Ed25519 is deterministic: another library makes the same key and the same signature."""
    other = SigningKey(seed)
    signer = Ed25519Signer(seed)
    assert signer.public_key.encoded == other.verify_key.encode()
    assert signer.sign(message) == other.sign(message).signature


def test_a_signer_does_not_show_its_seed(signer: Ed25519Signer) -> None:
    """Neither a log line nor a pickle holds the private key."""
    assert SEED.hex() not in repr(signer)
    assert repr(signer) == f"Ed25519Signer({signer.public_key.multibase()})"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(signer)


def test_a_seed_is_exactly_as_long_as_it_must_be() -> None:
    """A source of randomness that gives too little makes no key."""
    assert generate_seed(lambda length: b"\x07" * length) == b"\x07" * 32
    with pytest.raises(CredentialError, match="31 bytes"):
        generate_seed(lambda length: b"\x07" * (length - 1))
    with pytest.raises(CredentialError, match="32 bytes"):
        Ed25519Signer(b"short")


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


def test_rsa_has_a_jwk_and_no_multikey(rsa_jwk: dict[str, str]) -> None:
    """RSA keys are published as JWK only."""
    key = public_key_from_jwk(rsa_jwk)
    assert key.jwk() == rsa_jwk
    with pytest.raises(CredentialError) as refused:
        key.multibase()
    assert refused.value.code == "unsupported-key"


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


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "malformed-multibase"),
        ("u7QEK", "malformed-multibase"),
        ("Z6Mk", "malformed-multibase"),
        ("z0OIl", "malformed-base58"),
        ("z6Mk ", "malformed-base58"),
        ("zé", "malformed-base58"),
        ("z" + "2" * 500, "malformed-base58"),
        ("z", "unsupported-key"),
        (encode_multibase_base58(b"\x12\x00" + bytes(32)), "unsupported-key"),
        (encode_multibase_base58(b"\x80\x26" + bytes(32)), "unsupported-key"),
        (encode_multibase_base58(b"\xed\x01" + b"\x05" * 31), "malformed-key"),
        (encode_multibase_base58(b"\xed\x01" + b"\x05" * 33), "malformed-key"),
        (encode_multibase_base58(b"\x80\x24" + b"\x02" + b"\xff" * 32), "malformed-key"),
        (encode_multibase_base58(b"\x80\x24" + b"\x04" + b"\x01" * 64), "malformed-base58"),
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
        ({"k": "AAAA"}, "private-key-exposed"),
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


def _wycheproof(shared: Path, name: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    suite = json.loads((shared / "attacks/external" / f"wycheproof_{name}.json").read_text())
    for group in suite["testGroups"]:
        for test in group["tests"]:
            yield group, test


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
    for group, test in _wycheproof(shared, name):
        seen += 1
        try:
            key = public_key_from_jwk(_jwk_of(group))
        except CredentialError:
            refused.append(test["tcId"])
            continue
        if key.verify(bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"])) != (test["result"] == "valid"):
            wrong.append((test["tcId"], test["comment"], test["result"]))
    assert (seen, wrong, refused) == (count, [], refused_keys)


def test_wycheproof_json_web_keys(shared: Path) -> None:
    """No key set of Project Wycheproof that must be refused leads to a signature that holds."""
    seen = 0
    for group, test in _wycheproof(shared, "json_web_key"):
        keys = group.get("public", {}).get("keys", [])
        if len(keys) != 1 or "jws" not in test:
            continue
        seen += 1
        signed, _, signature = test["jws"].rpartition(".")
        try:
            key = public_key_from_jwk(keys[0])
            holds = key.verify(decode_base64url(signature, max_characters=1000), signed.encode())
        except CredentialError:
            holds = False
        assert holds == (test["result"] == "valid"), (test["tcId"], test["comment"])
    assert seen == 11
