"""Credentials as VC-JWT: a compact JWS whose payload is the credential (Open Badges 3.0, 8.2; VC-JOSE-COSE for ``vc+jwt``).

Reading and verifying are two steps with the search for the key between them. The algorithm follows from the key, never from
the header alone; nothing in the header is fetched or believed, and a member that JWS does not define (``zip``) has no effect.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from okbadges.credentials.keys import public_key_from_jwk
from okbadges.credentials.multibase import decode_base64url
from okbadges.credentials.strict_json import DEFAULT_LIMITS, loads
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.strict_json import Json, Limits

ENVELOPE_CLAIMS: Final = frozenset({"iss", "sub", "jti", "nbf", "exp", "iat"})
"""Claims that repeat or wrap the credential and are not members of it."""

_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\Z")
_TYPES: Final = frozenset({"jwt", "vc+jwt", "vc+ld+json+jwt", "application/vc+jwt"})
_CONTENT_TYPES: Final = frozenset({"vc", "application/vc", "vc+ld+json", "application/vc+ld+json"})
_CHANGES_THE_RULES: Final = ("crit", "b64")
_ALGORITHMS: Final[Mapping[str, frozenset[str]]] = {
    "ed25519": frozenset({"EdDSA", "Ed25519"}),
    "p-256": frozenset({"ES256"}),
    "p-384": frozenset({"ES384"}),
    "rsa": frozenset({"RS256"}),
}
_ALLOWED_ALGORITHMS: Final = frozenset().union(*_ALGORITHMS.values())
_LATEST_SECOND: Final = 253_402_300_799  # the end of the year 9999
_LONGEST_HEADER: Final = 16_384
_LONGEST_SIGNATURE: Final = 2_048


@dataclass(frozen=True, slots=True)
class UnverifiedJwt:
    """A JWT that was read and not checked: who holds one knows what it claims, not that it is true."""

    algorithm: str
    key_id: str | None
    embedded_key: PublicKey | None
    claims: Mapping[str, Json]
    signing_input: bytes
    signature: bytes

    def unverified_credential(self) -> dict[str, Json]:
        """Return the credential that the payload is, without the claims that only belong to the envelope.

        Raises "ambiguous-credential" when a ``vc`` claim holds another one beside it.
        """
        if "vc" in self.claims and "credentialSubject" in self.claims:
            raise CredentialError("ambiguous-credential", "the JWT holds one credential and a second in its claim vc")
        return {name: value for name, value in self.claims.items() if name not in ENVELOPE_CLAIMS}


def read_jwt(compact: str, *, limits: Limits = DEFAULT_LIMITS) -> UnverifiedJwt:
    """Read a compact JWS whose payload is a JSON object; the signature is not looked at.

    Raises "malformed-jwt", "algorithm-not-allowed" (anything but EdDSA, ES256, ES384 and RS256), "jwt-type-not-allowed",
    "jwt-header-not-supported" (``crit``, ``b64``), what `public_key_from_jwk` refuses a ``jwk`` for, and the
    codes of the JSON reader.
    """
    match = _COMPACT.match(compact)
    if match is None:
        raise CredentialError("malformed-jwt", "not three base64url parts with dots between them")
    header = _object(match[1], "header", max_characters=_LONGEST_HEADER, limits=limits)
    algorithm, key_id, jwk = header.get("alg"), header.get("kid"), header.get("jwk")
    if not isinstance(algorithm, str) or algorithm not in _ALLOWED_ALGORITHMS:
        raise CredentialError("algorithm-not-allowed", "the JWT is not signed with EdDSA, ES256, ES384 or RS256")
    for member in _CHANGES_THE_RULES:
        if member in header:
            raise CredentialError("jwt-header-not-supported", f"the header of the JWT asks for {member}")
    _check_types(header)
    if not isinstance(key_id, str | None) or not isinstance(jwk, dict | None):
        raise CredentialError("malformed-jwt", "kid is not a text or jwk is not an object")
    return UnverifiedJwt(
        algorithm=algorithm,
        key_id=key_id,
        embedded_key=public_key_from_jwk(jwk) if jwk is not None else None,
        claims=_object(match[2], "payload", max_characters=2 * limits.bytes, limits=limits),
        signing_input=f"{match[1]}.{match[2]}".encode("ascii"),
        signature=decode_base64url(match[3], max_characters=_LONGEST_SIGNATURE),
    )


def verify_jwt(jwt: UnverifiedJwt, public_key: PublicKey) -> None:
    """Check the signature with the issuer's key.

    Raises "algorithm-key-mismatch" (the header names an algorithm that is not this key's), "key-not-issuers" (the header
    carries another key) or "bad-signature".
    """
    if jwt.algorithm not in _ALGORITHMS[public_key.kind]:
        raise CredentialError("algorithm-key-mismatch", "the JWT names an algorithm that does not fit the issuer's key")
    if jwt.embedded_key is not None and jwt.embedded_key != public_key:
        raise CredentialError("key-not-issuers", "the JWT carries a key that is not the issuer's")
    if not public_key.verify(jwt.signature, jwt.signing_input):
        raise CredentialError("bad-signature", "the signature does not belong to this content and key")


def numeric_date(value: Json) -> datetime:
    """Read a NumericDate (RFC 7519, section 2) with whole seconds; raise "malformed-time" for anything else."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LATEST_SECOND:
        raise CredentialError("malformed-time", "a time of the JWT is not a number of seconds")
    return datetime.fromtimestamp(value, UTC)


def _object(part: str, name: str, *, max_characters: int, limits: Limits) -> dict[str, Json]:
    value = loads(decode_base64url(part, max_characters=max_characters), limits=limits)
    if not isinstance(value, dict):
        raise CredentialError("malformed-jwt", f"the {name} of the JWT is not a JSON object")
    return value


def _check_types(header: Mapping[str, Json]) -> None:
    for member, allowed in (("typ", _TYPES), ("cty", _CONTENT_TYPES)):
        value = header.get(member)
        if member in header and not (isinstance(value, str) and value.lower() in allowed):
            raise CredentialError("jwt-type-not-allowed", f"the JWT says that it is something else ({member})")
