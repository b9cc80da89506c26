"""Public keys as PEM text, the form in which Open Badges 2.0 publishes them (``publicKeyPem``); nothing else uses it.

What a key must be like is decided where keys are read from JWK: this only brings the other spelling there.
"""

from __future__ import annotations

import re
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from okbadges.credentials.keys import PublicKey, public_key_from_jwk
from okbadges.credentials.multibase import encode_base64url
from okbadges.errors import CredentialError

_LONGEST: Final = 4096
_CURVES: Final = {"secp256r1": "P-256", "secp384r1": "P-384"}
_PUBLIC = re.compile(
    r"\s*-----BEGIN (?P<label>PUBLIC KEY|RSA PUBLIC KEY)-----\s[A-Za-z0-9+/=\s]+-----END (?P=label)-----\s*", re.ASCII
)


def public_key_from_pem(text: str) -> PublicKey:
    """Read one public key: ``PUBLIC KEY`` (RFC 5280) or ``RSA PUBLIC KEY`` (PKCS #1) of at most 4096 characters.

    Raises "private-key-exposed" when a private key was published, "malformed-key", and what `public_key_from_jwk` refuses
    the key for ("unsupported-key", "weak-key").
    """
    if "PRIVATE KEY" in text:
        raise CredentialError(
            "private-key-exposed", "the PEM text holds a private key; whoever reads it can sign with it"
        )
    if len(text) > _LONGEST or not _PUBLIC.fullmatch(text):
        raise CredentialError("malformed-key", "the PEM text is not exactly one public key")
    try:
        key = load_pem_public_key(text.strip().encode("ascii"))
    except (ValueError, UnsupportedAlgorithm):
        raise CredentialError("malformed-key", "the PEM text does not hold a public key that can be read") from None
    return public_key_from_jwk(_jwk(key))


def _jwk(key: object) -> dict[str, str]:
    if isinstance(key, ed25519.Ed25519PublicKey):
        return {"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(key.public_bytes(Encoding.Raw, PublicFormat.Raw))}
    if isinstance(key, rsa.RSAPublicKey):
        numbers = key.public_numbers()
        return {"kty": "RSA", "n": _integer(numbers.n), "e": _integer(numbers.e)}
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        size, point = (key.curve.key_size + 7) // 8, key.public_numbers()
        x, y = (encode_base64url(part.to_bytes(size)) for part in (point.x, point.y))
        return {"kty": "EC", "crv": _CURVES[key.curve.name], "x": x, "y": y}
    raise CredentialError("unsupported-key", "not an Ed25519, P-256, P-384 or RSA key")


def _integer(value: int) -> str:
    return encode_base64url(value.to_bytes((value.bit_length() + 7) // 8))
