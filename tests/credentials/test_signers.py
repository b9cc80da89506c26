"""Signers: what they sign verifies with the key that they show, and they show nothing else."""

from __future__ import annotations

import pickle
from functools import partial
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from okbadges.credentials.signers import (
    EcdsaSigner,
    Ed25519Signer,
    RsaSigner,
    Signer,
    generate_p256_number,
    generate_seed,
    signer_from_der,
)
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

SEED = bytes(range(32))
RSA_KEY = rsa.generate_private_key(65537, 2048)


@pytest.fixture
def signer() -> Ed25519Signer:
    """Return a signer with a seed that everybody knows."""
    return Ed25519Signer(SEED)


SIGNERS = [
    Ed25519Signer(SEED),
    EcdsaSigner.from_number(7, ec.SECP256R1()),
    EcdsaSigner.from_number(7, ec.SECP384R1()),
    EcdsaSigner.from_number(7, ec.SECP521R1()),
    RsaSigner(RSA_KEY),
]


@pytest.mark.parametrize("signer", SIGNERS, ids=lambda signer: signer.public_key.kind)
def test_it_works(signer: Signer) -> None:
    """What a signer of any kind signs verifies with its public key, and nothing else does."""
    signature = signer.sign(b"message")
    assert signer.public_key.verify(signature, b"message")
    assert not signer.public_key.verify(signature, b"massage")
    assert not signer.public_key.verify(signature[:-1], b"message")
    assert signer.sign(b"message") == signature, "the nonce follows from key and message"
    assert [other.public_key.verify(signature, b"message") for other in SIGNERS].count(True) == 1


@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200))
def test_signatures_are_those_of_openssl(seed: bytes, message: bytes) -> None:
    """Ed25519 is deterministic: another library makes the same key and the same signature."""
    other = ed25519.Ed25519PrivateKey.from_private_bytes(seed)
    signer = Ed25519Signer(seed)
    assert signer.public_key.encoded == other.public_key().public_bytes_raw()
    assert signer.sign(message) == other.sign(message)


@pytest.mark.parametrize("signer", SIGNERS, ids=lambda signer: signer.public_key.kind)
def test_no_signer_is_pickled_or_shown(signer: Signer) -> None:
    """Neither a log line nor a pickle holds a private key."""
    assert repr(signer).count("(") == 1
    assert len(repr(signer)) < 130
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(signer)


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


def test_a_p256_number_is_in_its_range_whatever_the_randomness_is() -> None:
    """The least and the most that the randomness can be make a key; 40 bytes are asked for, and fewer make none."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    assert generate_p256_number(bytes) == 1
    assert generate_p256_number((order - 2).to_bytes) == order - 1
    assert generate_p256_number((order - 1).to_bytes) == 1
    highest = generate_p256_number(lambda length: b"\xff" * length)
    assert highest == (2**320 - 1) % (order - 1) + 1
    assert EcdsaSigner.from_number(highest, ec.SECP256R1()).public_key.kind == "p-256"
    with pytest.raises(CredentialError, match="39 bytes, not 40"):
        generate_p256_number(lambda length: bytes(length - 1))


def test_rfc_6979_gives_the_nonce() -> None:
    """The example of RFC 6979, A.2.5, for P-256, SHA-256 and the message "sample"."""
    secret = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
    signature = EcdsaSigner.from_number(secret, ec.SECP256R1()).sign(b"sample")
    assert signature.hex() == (
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
        "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
    )


@pytest.mark.parametrize("secret", [0, -1, 2**256])
def test_a_secret_number_is_in_the_range_of_its_curve(secret: int) -> None:
    """Another number would be no key, or a second spelling of one."""
    with pytest.raises(CredentialError) as refused:
        EcdsaSigner.from_number(secret, ec.SECP256R1())
    assert refused.value.code == "malformed-key"


def test_other_curves_and_small_keys_do_not_sign() -> None:
    """Nobody would verify what secp256k1 or a short RSA key signs."""
    with pytest.raises(CredentialError) as refused:
        EcdsaSigner(ec.generate_private_key(ec.SECP256K1()))
    assert refused.value.code == "unsupported-key"
    bits = 1024
    with pytest.raises(CredentialError) as refused:
        RsaSigner(rsa.generate_private_key(65537, bits))
    assert refused.value.code == "weak-key"


def test_a_signer_is_read_from_pkcs8() -> None:
    """Each kind of key comes back from its DER; an encrypted one, another kind and no key at all are refused."""
    keys: list[PrivateKeyTypes] = [
        ed25519.Ed25519PrivateKey.from_private_bytes(SEED),
        ec.derive_private_key(7, ec.SECP256R1()),
        RSA_KEY,
    ]
    for key in keys:
        der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        read = signer_from_der(der)
        assert read.public_key.verify(read.sign(b"m"), b"m")
    write = partial(keys[0].private_bytes, Encoding.DER, PrivateFormat.PKCS8)
    agreement = x25519.X25519PrivateKey.generate().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    for data, code in [
        (write(BestAvailableEncryption(b"secret")), "malformed-key"),
        (b"", "malformed-key"),
        (b"\x30\x00", "malformed-key"),
        (agreement, "unsupported-key"),
    ]:
        with pytest.raises(CredentialError) as refused:
            signer_from_der(data)
        assert refused.value.code == code
