"""VC-JWTs made by hand: any header, any payload, signed with keys of every supported kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from okbadges.credentials.keys import public_key_from_jwk
from okbadges.credentials.multibase import encode_base64url
from okbadges.credentials.strict_json import dumps
from okbadges.credentials.times import read_moment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from okbadges.credentials.keys import PublicKey


class EcdsaKey:
    """A P-256 or P-384 key that signs as JOSE has it."""

    def __init__(self, curve: ec.EllipticCurve | None = None) -> None:
        """Make a key, of P-256 unless told otherwise."""
        self._key = ec.derive_private_key(0x1F2E3D4C5B6A79888796A5B4C3D2E1F0, curve or ec.SECP256R1())
        self._size = (self._key.curve.key_size + 7) // 8

    @property
    def public_key(self) -> PublicKey:
        """The public half, read from its JWK."""
        numbers = self._key.public_key().public_numbers()
        x, y = (encode_base64url(value.to_bytes(self._size)) for value in (numbers.x, numbers.y))
        return public_key_from_jwk({"kty": "EC", "crv": f"P-{self._key.curve.key_size}", "x": x, "y": y})

    def sign(self, message: bytes) -> bytes:
        """Return r and s."""
        digest = hashes.SHA256() if self._size == 32 else hashes.SHA384()
        r, s = utils.decode_dss_signature(self._key.sign(message, ec.ECDSA(digest)))
        return r.to_bytes(self._size) + s.to_bytes(self._size)


class RsaKey:
    """An RSA key that signs with RS256."""

    def __init__(self, bits: int = 2048) -> None:
        """Make a key of that many bits."""
        self._key = rsa.generate_private_key(65537, bits)

    @property
    def public_key(self) -> PublicKey:
        """The public half, read from its JWK."""
        numbers = self._key.public_key().public_numbers()
        n, e = (encode_base64url(value.to_bytes((value.bit_length() + 7) // 8)) for value in (numbers.n, numbers.e))
        return public_key_from_jwk({"kty": "RSA", "n": n, "e": e})

    def sign(self, message: bytes) -> bytes:
        """Return the signature."""
        return self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def compact(
    header: Mapping[str, Any] | bytes, payload: Mapping[str, Any] | bytes, sign: Callable[[bytes], bytes]
) -> bytes:
    """Return a compact JWS."""
    parts = [part if isinstance(part, bytes) else dumps(dict(part)) for part in (header, payload)]
    signing_input = ".".join(map(encode_base64url, parts)).encode()
    return signing_input + b"." + encode_base64url(sign(signing_input)).encode()


def claims_of(document: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the payload for a credential; a change to ``...`` leaves a claim out."""
    claims = {
        **document,
        "iss": document["issuer"]["id"],
        "jti": document["id"],
        "sub": document["credentialSubject"]["id"],
        "nbf": int(read_moment(document["validFrom"]).timestamp()),
    }
    if "validUntil" in document:
        claims["exp"] = int(read_moment(document["validUntil"]).timestamp())
    return {name: value for name, value in {**claims, **changes}.items() if value is not ...}
