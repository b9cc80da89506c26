"""Public keys as PEM: one key, public, and as strict as any other key."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from okbadges.credentials.pem import public_key_from_pem
from okbadges.errors import CredentialError

RSA = rsa.generate_private_key(65537, 2048)
WEAK = rsa.generate_private_key(65537, 1024)  # noqa: S505 - to be refused
FOREIGN = dsa.generate_private_key(1024)  # noqa: S505 - the same
ED25519 = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def _pem(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | dsa.DSAPublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _refused(text: str) -> str:
    with pytest.raises(CredentialError) as refused:
        public_key_from_pem(text)
    return refused.value.code


def test_it_works() -> None:
    """Every supported kind of key is read, in both spellings of RSA, with and without the last line break."""
    for key, kind in (
        (RSA.public_key(), "rsa"),
        (ED25519.public_key(), "ed25519"),
        (ec.derive_private_key(5, ec.SECP256R1()).public_key(), "p-256"),
        (ec.derive_private_key(5, ec.SECP384R1()).public_key(), "p-384"),
    ):
        assert public_key_from_pem(_pem(key)).kind == kind
        assert public_key_from_pem(_pem(key).strip()) == public_key_from_pem("\n" + _pem(key).replace("\n", "\r\n"))
    pkcs1 = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()
    assert public_key_from_pem(pkcs1) == public_key_from_pem(_pem(RSA.public_key()))


def test_it_verifies() -> None:
    """The key that was read is the key."""
    assert public_key_from_pem(_pem(ED25519.public_key())).verify(ED25519.sign(b"x"), b"x")
    assert not public_key_from_pem(_pem(ED25519.public_key())).verify(ED25519.sign(b"x"), b"y")


def test_what_is_refused() -> None:
    """Private keys, certificates, several keys, weak keys, other kinds of keys, and text that is no key."""
    good = _pem(ED25519.public_key())
    private = RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    assert _refused(private) == "private-key-exposed"
    assert _refused(good + private) == "private-key-exposed"
    for text in ("", "x", good + good, "x" + good, good.replace("PUBLIC KEY", "CERTIFICATE"), good[:-10]):
        assert _refused(text) == "malformed-key"
    assert _refused(good.replace("PUBLIC KEY", "RSA PUBLIC KEY")) == "malformed-key"
    assert _refused(good.replace("-----END", "A" * 5000 + "\n-----END")) == "malformed-key"
    assert _refused(_pem(WEAK.public_key())) == "weak-key"
    assert _refused(_pem(ec.derive_private_key(5, ec.SECP256K1()).public_key())) == "unsupported-key"
    assert _refused(_pem(FOREIGN.public_key())) == "unsupported-key"


@given(st.text(max_size=60), st.integers(0, 120))
def test_damage_is_refused_or_harmless(noise: str, at: int) -> None:
    """Whatever is written over a key, the answer is a key or a refusal."""
    good = _pem(ED25519.public_key())
    try:
        assert public_key_from_pem(good[:at] + noise + good[at + len(noise) :]).kind == "ed25519"
    except CredentialError as error:
        assert error.code  # noqa: PT017 - both ways are right
