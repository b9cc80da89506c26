"""The kinds of keys that an issuer can have, how one is made, and how its secret half becomes a signer."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from okbadges.credentials.signers import (
    EcdsaSigner,
    Ed25519Signer,
    generate_p256_number,
    generate_seed,
    signer_from_der,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from okbadges.credentials.signers import Signer

_RSA_BITS: Final = 3072
_RSA_EXPONENT: Final = 65537


class KeyKind(StrEnum):
    """The kinds of keys that an issuer can have, and what each is for."""

    ED25519 = "ed25519"
    """Signs credentials (Data Integrity) and status lists."""
    P256 = "p256"
    """Signs what the holder may show in part (ecdsa-sd-2023), and JWTs (ES256)."""
    RSA3072 = "rsa3072"
    """Signs JWTs (RS256) where it is there."""


def new_secret(kind: KeyKind, random_bytes: Callable[[int], bytes]) -> bytes:
    """Return what is sealed of a new key: an Ed25519 seed, the 32 bytes of a P-256 number, or an RSA key as PKCS #8."""
    match kind:
        case KeyKind.ED25519:
            return generate_seed(random_bytes)
        case KeyKind.P256:
            return generate_p256_number(random_bytes).to_bytes(32)
        case KeyKind.RSA3072:
            # primes are found with the randomness of the library, which takes no other
            key = rsa.generate_private_key(_RSA_EXPONENT, _RSA_BITS)
            return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def signer_of(kind: KeyKind, secret: bytes) -> Signer:
    """Return the signer of such a secret; raises ``malformed-key`` for what is none."""
    match kind:
        case KeyKind.ED25519:
            return Ed25519Signer(secret)
        case KeyKind.P256:
            return EcdsaSigner.from_number(int.from_bytes(secret), ec.SECP256R1())
        case KeyKind.RSA3072:
            return signer_from_der(secret)
