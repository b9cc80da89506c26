"""Private keys that sign: Ed25519, P-256, P-384, P-521 and RSA. A signer holds the parsed key object, since parsing costs as much as signing.

Whatever signs has the two members of `Signer`; a key in a device can stand in for one in memory. What a signer makes is what
`okbadges.credentials.keys.PublicKey.verify` takes. No signer shows its private half in ``repr``, and none can be pickled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key
from nacl.signing import SigningKey

from okbadges.credentials.keys import public_key_from_jwk, public_key_from_multibase
from okbadges.credentials.multibase import encode_base64url, encode_multibase_base58
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Callable

    from okbadges.credentials.keys import PublicKey

SEED_BYTES: Final = 32

_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_P256_RANDOM_BYTES: Final = 40
"""Eight more than the order has, so that the remainder favours no number (FIPS 186-5, A.2.1)."""
_MULTICODEC: Final = {"secp256r1": b"\x80\x24", "secp384r1": b"\x81\x24", "secp521r1": b"\x82\x24"}
_ED25519_MULTICODEC: Final = b"\xed\x01"
_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "secp256r1": hashes.SHA256(),
    "secp384r1": hashes.SHA384(),
    "secp521r1": hashes.SHA512(),
}


class Signer(Protocol):
    """Something that signs: a key in memory, or one in a device. ``public_key`` is what its signatures verify with."""

    @property
    def public_key(self) -> PublicKey:
        """The public half."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature over ``message`` in the form that `PublicKey.verify` takes."""


class _InMemory:
    """What the signers of this module share: a public half to show, a private half to keep."""

    __slots__ = ("public_key",)

    public_key: PublicKey

    def __repr__(self) -> str:
        """Name the public key only."""
        shown = self.public_key.multibase() if self.public_key.kind != "rsa" else self.public_key.jwk()["n"][:16]
        return f"{type(self).__name__}({shown})"

    def __reduce__(self) -> NoReturn:
        """Refuse to be copied out of the process."""
        raise TypeError("a signer is not pickled or copied")


class Ed25519Signer(_InMemory):
    """Signs with one Ed25519 key (RFC 8032)."""

    __slots__ = ("_private_key",)

    def __init__(self, seed: bytes) -> None:
        """Take the 32 secret bytes of RFC 8032, section 5.1.5; raise "malformed-key" for any other length."""
        if len(seed) != SEED_BYTES:
            raise CredentialError("malformed-key", f"an Ed25519 seed is {SEED_BYTES} bytes")
        self._private_key = SigningKey(seed)
        encoded = bytes(self._private_key.verify_key)
        self.public_key = public_key_from_multibase(encode_multibase_base58(_ED25519_MULTICODEC + encoded))

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of an Ed25519 signature over ``message``."""
        return self._private_key.sign(message).signature


class EcdsaSigner(_InMemory):
    """Signs with one P-256, P-384 or P-521 key, hashing with SHA-256, SHA-384 or SHA-512; the nonce follows from key and message (RFC 6979)."""

    __slots__ = ("_algorithm", "_private_key", "_size")

    def __init__(self, private_key: ec.EllipticCurvePrivateKey) -> None:
        """Take a parsed key; raise "unsupported-key" for another curve."""
        curve = private_key.curve.name
        if curve not in _MULTICODEC:
            raise CredentialError("unsupported-key", "an ECDSA key is on P-256, P-384 or P-521")
        self._private_key = private_key
        self._size = (private_key.curve.key_size + 7) // 8
        self._algorithm = ec.ECDSA(_HASHES[curve], deterministic_signing=True)
        point = private_key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        self.public_key = public_key_from_multibase(encode_multibase_base58(_MULTICODEC[curve] + point))

    @classmethod
    def from_number(cls, secret: int, curve: ec.EllipticCurve) -> EcdsaSigner:
        """Take the secret number of a key on ``curve``; raise "malformed-key" when it is out of range."""
        try:
            return cls(ec.derive_private_key(secret, curve))
        except ValueError:
            raise CredentialError("malformed-key", "the secret number is not in the range of the curve") from None

    def sign(self, message: bytes) -> bytes:
        """Return r and s of an ECDSA signature over ``message``, one after the other (IEEE P1363)."""
        r, s = utils.decode_dss_signature(self._private_key.sign(message, self._algorithm))
        return r.to_bytes(self._size) + s.to_bytes(self._size)


class RsaSigner(_InMemory):
    """Signs with one RSA key: RSASSA-PKCS1-v1_5 with SHA-256, which JOSE calls RS256."""

    __slots__ = ("_private_key",)

    def __init__(self, private_key: rsa.RSAPrivateKey) -> None:
        """Take a parsed key; raise "weak-key" when it is too small, as `public_key_from_jwk` does."""
        self._private_key = private_key
        numbers = private_key.public_key().public_numbers()
        n, e = (encode_base64url(value.to_bytes((value.bit_length() + 7) // 8)) for value in (numbers.n, numbers.e))
        self.public_key = public_key_from_jwk({"kty": "RSA", "n": n, "e": e})

    def sign(self, message: bytes) -> bytes:
        """Return the signature over ``message``, as long as the modulus."""
        return self._private_key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def signer_from_der(private_key: bytes) -> Signer:
    """Return the signer of an unencrypted PKCS #8 key; raise "malformed-key" or "unsupported-key"."""
    try:
        parsed = load_der_private_key(private_key, password=None)
    except (ValueError, TypeError):
        raise CredentialError("malformed-key", "not an unencrypted private key in PKCS #8") from None
    if isinstance(parsed, ed25519.Ed25519PrivateKey):
        return Ed25519Signer(parsed.private_bytes_raw())
    if isinstance(parsed, ec.EllipticCurvePrivateKey):
        return EcdsaSigner(parsed)
    if isinstance(parsed, rsa.RSAPrivateKey):
        return RsaSigner(parsed)
    raise CredentialError("unsupported-key", "a signer has an Ed25519, P-256, P-384, P-521 or RSA key")


def generate_seed(random_bytes: Callable[[int], bytes]) -> bytes:
    """Return a new Ed25519 seed from ``random_bytes`` (in production `secrets.token_bytes`); raise when it is short."""
    return _random(random_bytes, SEED_BYTES)


def generate_p256_number(random_bytes: Callable[[int], bytes]) -> int:
    """Return the secret number of a new P-256 key from 40 bytes of ``random_bytes``; raise "malformed-key" when it is short."""
    return int.from_bytes(_random(random_bytes, _P256_RANDOM_BYTES)) % (_P256_ORDER - 1) + 1


def _random(random_bytes: Callable[[int], bytes], length: int) -> bytes:
    data = random_bytes(length)
    if len(data) != length:
        raise CredentialError("malformed-key", f"the source of randomness gave {len(data)} bytes, not {length}")
    return data
