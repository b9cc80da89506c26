"""Public keys as Multikey, in a did:key and as JWK, read strictly; signatures verified with them.

The library is `cryptography`, for Ed25519 libsodium, which takes half its time (docs/decisions/0037-libsodium-for-ed25519.md).

A `PublicKey` that exists is fit for verifying signatures: the point is on its curve, the key is not one of the known weak
ones (`weak_keys`), and nothing private came with it. (An Ed25519 encoding that is no curve point is found by the verification itself,
which then says no: looking beforehand would cost more than a signature.) Private keys live in the signers of
`okbadges.credentials.signers`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from okbadges.credentials.multibase import (
    decode_base64url,
    decode_multibase_base58,
    encode_base64url,
    encode_multibase_base58,
)
from okbadges.credentials.strict_json import dumps, loads
from okbadges.credentials.weak_keys import ED25519_FIELD_PRIME, has_small_order, rsa_weakness
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json

KeyKind = Literal["ed25519", "p-256", "p-384", "p-521", "rsa"]
_CurveKind = Literal["p-256", "p-384", "p-521"]
_AnyKey = VerifyKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey

JOSE_ALGORITHMS: Final[Mapping[KeyKind, frozenset[str]]] = {
    "ed25519": frozenset({"EdDSA", "Ed25519"}),
    "p-256": frozenset({"ES256"}),
    "p-384": frozenset({"ES384"}),
    "p-521": frozenset({"ES512"}),
    "rsa": frozenset({"RS256"}),
}
"""What JOSE calls the one way in which a key of each kind signs here (RFC 7518, RFC 8037, RFC 9864)."""

_ED25519_BYTES: Final = 32
_LONGEST_MULTIBASE: Final = 2048  # the largest RSA key, as a JWK in a did:key, has about 1 900 characters

# Multicodec prefixes as varints: those of Controlled Identifiers 1.0, section 2.2.2, then what did:key defines beside them.
_MULTICODEC: Final[Mapping[KeyKind, bytes]] = {
    "ed25519": b"\xed\x01",
    "p-256": b"\x80\x24",
    "p-384": b"\x81\x24",
    "p-521": b"\x82\x24",
    "rsa": b"\x85\x24",
}
_MULTICODEC_JWK: Final = b"\xd1\xd6\x03"
_CURVES: Final[Mapping[_CurveKind, ec.EllipticCurve]] = {
    "p-256": ec.SECP256R1(),
    "p-384": ec.SECP384R1(),
    "p-521": ec.SECP521R1(),
}
_CURVE_BYTES: Final[Mapping[_CurveKind, int]] = {"p-256": 32, "p-384": 48, "p-521": 66}
_CURVE_HASHES: Final[Mapping[_CurveKind, hashes.HashAlgorithm]] = {
    "p-256": hashes.SHA256(),
    "p-384": hashes.SHA384(),
    "p-521": hashes.SHA512(),
}
_JWK_CURVES: Final[Mapping[str, _CurveKind]] = {"P-256": "p-256", "P-384": "p-384", "P-521": "p-521"}
_PRIVATE_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that signatures may be checked with. Equal when kind and encoded key are equal; usable as a dictionary key.

    ``encoded`` is the 32 bytes of an Ed25519 key, the compressed point of a P-256, P-384 or P-521 key, or the PKCS #1 DER of RSA.
    """

    kind: KeyKind
    encoded: bytes
    _parsed: _AnyKey = field(compare=False, repr=False)

    def multibase(self) -> str:
        """Return the key as ``publicKeyMultibase`` and as did:key has it.

        Controlled Identifiers 1.0, section 2.2.2, defines Multikeys of Ed25519, P-256 and P-384; the others are did:key's.
        """
        return encode_multibase_base58(_MULTICODEC[self.kind] + self.encoded)

    def jwk(self) -> dict[str, str]:
        """Return the members of RFC 7638 (those that make the key), in the order of the thumbprint."""
        if isinstance(self._parsed, VerifyKey):
            return {"crv": "Ed25519", "kty": "OKP", "x": encode_base64url(self.encoded)}
        if isinstance(self._parsed, rsa.RSAPublicKey):
            numbers = self._parsed.public_numbers()
            return {"e": _encode_integer(numbers.e), "kty": "RSA", "n": _encode_integer(numbers.n)}
        size, point = (self._parsed.curve.key_size + 7) // 8, self._parsed.public_numbers()
        x, y = (encode_base64url(part.to_bytes(size)) for part in (point.x, point.y))
        return {"crv": f"P-{self._parsed.curve.key_size}", "kty": "EC", "x": x, "y": y}

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Say whether ``signature`` over ``message`` was made with this key; never raises.

        Ed25519 (RFC 8032); ECDSA with SHA-256, SHA-384 or SHA-512 (by the curve) over raw r‖s (IEEE P1363, as JOSE and Data
        Integrity have it); RSASSA-PKCS1-v1_5 with SHA-256.
        """
        try:
            if isinstance(self._parsed, VerifyKey):
                self._parsed.verify(message, signature)
            elif isinstance(self._parsed, rsa.RSAPublicKey):
                self._parsed.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
            else:
                self._verify_ecdsa(self._parsed, signature, message)
        except (InvalidSignature, BadSignatureError, ValueError):
            return False
        return True

    def _verify_ecdsa(self, key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> None:
        kind = _JWK_CURVES[self.kind.upper()]
        size = _CURVE_BYTES[kind]
        if len(signature) != 2 * size:
            raise InvalidSignature
        r, s = int.from_bytes(signature[:size]), int.from_bytes(signature[size:])
        key.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(_CURVE_HASHES[kind]))


# an issuer's key is parsed once for all of their credentials; parsing costs as much as a signature
@lru_cache(maxsize=1024)
def public_key_from_multibase(text: str) -> PublicKey:
    """Read ``publicKeyMultibase``, or what follows ``did:key:``: a multicodec prefix and the key, in base58btc.

    Read are Ed25519, the compressed points of P-256, P-384 and P-521, RSA as PKCS #1 in DER (0x1205), and a JWK in its one
    canonical spelling (``jwk_jcs-pub``, 0xeb51). Raises "malformed-base58", "malformed-multibase", "malformed-key" (length, no
    point of the curve, another spelling), "weak-key", "unsupported-key" (another multicodec prefix), and for a JWK also
    what `public_key_from_jwk` and the JSON reader refuse.
    """
    data = decode_multibase_base58(text, max_characters=_LONGEST_MULTIBASE)
    if data.startswith(_MULTICODEC_JWK):
        return _key_in_canonical_jwk(data.removeprefix(_MULTICODEC_JWK))
    prefix, encoded = data[:2], data[2:]
    if prefix == _MULTICODEC["ed25519"]:
        return _ed25519_key(encoded)
    if prefix == _MULTICODEC["rsa"]:
        return _rsa_key_from_der(encoded)
    for kind in _CURVES:
        if prefix == _MULTICODEC[kind]:
            return _ecdsa_key(kind, encoded, length=1 + _CURVE_BYTES[kind])
    raise CredentialError(
        "unsupported-key", "the multicodec prefix is not that of an Ed25519, P-256, P-384, P-521 or RSA public key"
    )


def public_key_from_jwk(jwk: Mapping[str, Json]) -> PublicKey:
    """Read a public JWK (RFC 7517, 7518, 8037): OKP Ed25519, EC P-256, P-384 or P-521, RSA of 2048 to 8192 bits.

    Raises "private-key-exposed" when a private member is there, "key-use" when ``use``, ``key_ops`` or ``alg`` say that it is
    not for verifying our signatures, "unsupported-key", "malformed-key" or "weak-key". Members without a meaning here
    (``kid``, ``x5c``) are not looked at.
    """
    if _PRIVATE_MEMBERS & jwk.keys():
        raise CredentialError("private-key-exposed", "the JWK holds private members; whoever reads it can sign with it")
    match jwk.get("kty"), jwk.get("crv"):
        case "OKP", "Ed25519":
            key = _ed25519_key(_member(jwk, "x", 32))
        case "EC", ("P-256" | "P-384" | "P-521") as curve:
            kind = _JWK_CURVES[str(curve)]
            size = _CURVE_BYTES[kind]
            key = _ecdsa_key(kind, b"\x04" + _member(jwk, "x", size) + _member(jwk, "y", size), length=1 + 2 * size)
        case "RSA", None:
            key = _rsa_key(_integer_member(jwk, "n"), _integer_member(jwk, "e"))
        case _:
            raise CredentialError("unsupported-key", "not an Ed25519, P-256, P-384, P-521 or RSA key")
    _check_use(jwk, key.kind)
    return key


def _check_use(jwk: Mapping[str, Json], kind: KeyKind) -> None:
    operations = jwk.get("key_ops", ["verify"])
    if jwk.get("use", "sig") != "sig" or operations != ["verify"]:
        raise CredentialError("key-use", "the JWK says that it is not for verifying signatures (use, key_ops)")
    algorithm = jwk.get("alg", "")
    if "alg" in jwk and not (isinstance(algorithm, str) and algorithm in JOSE_ALGORITHMS[kind]):
        raise CredentialError(
            "key-use", "the JWK is for an algorithm that does not fit the key or is not supported (alg)"
        )


def _member(jwk: Mapping[str, Json], name: str, length: int) -> bytes:
    value = jwk.get(name)
    if not isinstance(value, str):
        raise CredentialError("malformed-key", f"the JWK has no text in its member {name}")
    data = decode_base64url(value, max_characters=2048)
    if length and len(data) != length:
        raise CredentialError("malformed-key", f"the member {name} of the JWK is not {length} bytes")
    return data


def _integer_member(jwk: Mapping[str, Json], name: str) -> int:
    data = _member(jwk, name, 0)
    if not data or data[0] == 0:  # RFC 7518, section 2: the fewest octets that hold the value
        raise CredentialError("malformed-key", f"the member {name} of the JWK is not a Base64urlUInt")
    return int.from_bytes(data)


def _encode_integer(value: int) -> str:
    return encode_base64url(value.to_bytes((value.bit_length() + 7) // 8))


def _ed25519_key(encoded: bytes) -> PublicKey:
    if len(encoded) != _ED25519_BYTES:
        raise CredentialError("malformed-key", "an Ed25519 public key is 32 bytes")
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    if y >= ED25519_FIELD_PRIME:
        raise CredentialError("malformed-key", "the Ed25519 key is not in its canonical encoding")
    if has_small_order(y):
        raise CredentialError("weak-key", "the Ed25519 key has a small order; signatures by it prove nothing")
    return PublicKey("ed25519", encoded, VerifyKey(encoded))


def _ecdsa_key(kind: _CurveKind, point: bytes, *, length: int) -> PublicKey:
    if len(point) != length:
        raise CredentialError("malformed-key", f"a {kind} point in this form is {length} bytes")
    try:
        parsed = ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[kind], point)
    except ValueError:
        raise CredentialError("malformed-key", f"not a point of the curve {kind}") from None
    return PublicKey(kind, parsed.public_bytes(Encoding.X962, PublicFormat.CompressedPoint), parsed)


def _rsa_key(modulus: int, exponent: int) -> PublicKey:
    weakness = rsa_weakness(modulus, exponent)
    if weakness is not None:
        raise CredentialError("weak-key", weakness)
    parsed = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    return PublicKey("rsa", parsed.public_bytes(Encoding.DER, PublicFormat.PKCS1), parsed)


def _rsa_key_from_der(encoded: bytes) -> PublicKey:
    try:
        parsed = load_der_public_key(encoded)
    except (ValueError, UnsupportedAlgorithm):
        parsed = None
    # The library reads other structures and keys as well: only what it would write itself is the one spelling.
    if not isinstance(parsed, rsa.RSAPublicKey) or parsed.public_bytes(Encoding.DER, PublicFormat.PKCS1) != encoded:
        raise CredentialError("malformed-key", "not an RSA public key as PKCS #1 has it, in DER")
    numbers = parsed.public_numbers()
    return _rsa_key(numbers.n, numbers.e)


def _key_in_canonical_jwk(encoded: bytes) -> PublicKey:
    jwk = loads(encoded)
    if not isinstance(jwk, dict):
        raise CredentialError("malformed-key", "the name of the key does not hold a JWK")
    key = public_key_from_jwk(jwk)
    # These members hold no text that JCS (RFC 8785) would write otherwise, and `jwk` has them in its order.
    if dumps({**key.jwk()}) != encoded:
        raise CredentialError("malformed-key", "the JWK in the name of the key is not in its one canonical spelling")
    return key
