"""Compact JWS (RFC 7515), read strictly and written: three base64url parts, one signature, one spelling.

Reading and verifying are two steps with the search for the key between them. The algorithm follows from the key, never from
the header alone; nothing in the header is fetched or believed, and a member that JWS does not define (``zip``) has no effect.
What the payload says is the business of `vc_jwt`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from okbadges.credentials.keys import JOSE_ALGORITHMS, public_key_from_jwk
from okbadges.credentials.multibase import decode_base64url, encode_base64url
from okbadges.credentials.strict_json import Limits, dumps, loads
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.signers import Signer
    from okbadges.credentials.strict_json import Json

_PARTS: Final = 3
_CHANGES_THE_RULES: Final = ("crit", "b64")
_ALLOWED_ALGORITHMS: Final = frozenset().union(*JOSE_ALGORITHMS.values())
_LONGEST_HEADER: Final = 16_384
_HEADER_LIMITS: Final = Limits(bytes=_LONGEST_HEADER, depth=8)
_LONGEST_KNOWN_HEADER: Final = 1_024
"""What is longer is read anew each time, so that strangers' headers take a quarter of a mebibyte at the most."""
_LONGEST_SIGNATURE: Final = 2_048


@dataclass(frozen=True, slots=True)
class JwsHeader:
    """What a header says: ``alg``, ``kid``, ``jwk``, ``typ`` and ``cty``.

    ``media_type`` and ``content_type`` are in lower case, without ``application/`` before them.
    """

    algorithm: str
    key_id: str | None
    embedded_key: PublicKey | None
    media_type: str | None
    content_type: str | None


@dataclass(frozen=True, slots=True)
class UnverifiedJws:
    """A JWS as it is read, not checked: who holds one knows what it says, not that it is true."""

    header: JwsHeader
    payload: bytes
    signing_input: bytes
    signature: bytes

    @property
    def compact(self) -> str:
        """The text that it is read from."""
        return f"{self.signing_input.decode('ascii')}.{encode_base64url(self.signature)}"


def read_jws(compact: str, *, max_payload_bytes: int) -> UnverifiedJws:
    """Read a compact JWS; the signature is not looked at and the payload not opened.

    Raises "malformed-jwt", "malformed-base64url", "algorithm-not-allowed" (anything but EdDSA, ES256, ES384, ES512 and
    RS256), "too-large", "jwt-type-not-allowed" (a type that is no text), "jwt-header-not-supported" (``crit``, ``b64``), what
    `public_key_from_jwk` refuses a ``jwk`` for, and the codes of the JSON reader.
    """
    parts = compact.split(".", _PARTS)
    if len(parts) != _PARTS or "" in parts:
        raise CredentialError("malformed-jwt", "not three parts with dots between them")
    header, payload, signature = parts
    read = _header(header)
    if 3 * len(payload) > 4 * max_payload_bytes + 2:
        raise CredentialError("too-large", f"the payload of the JWT has more than {max_payload_bytes} bytes")
    return UnverifiedJws(
        header=read,
        payload=decode_base64url(payload, max_characters=len(payload)),
        signing_input=compact[: -len(signature) - 1].encode("ascii"),
        signature=decode_base64url(signature, max_characters=_LONGEST_SIGNATURE),
    )


def _header(encoded: str) -> JwsHeader:
    return _read_header(encoded) if len(encoded) > _LONGEST_KNOWN_HEADER else _known_header(encoded)


def _read_header(encoded: str) -> JwsHeader:
    header = loads(decode_base64url(encoded, max_characters=_LONGEST_HEADER), limits=_HEADER_LIMITS)
    if not isinstance(header, dict):
        raise CredentialError("malformed-jwt", "the header of the JWT is not a JSON object")
    algorithm, key_id, jwk = header.get("alg"), header.get("kid"), header.get("jwk")
    if not isinstance(algorithm, str) or algorithm not in _ALLOWED_ALGORITHMS:
        raise CredentialError("algorithm-not-allowed", "the JWT is not signed with EdDSA, ES256, ES384, ES512 or RS256")
    for member in _CHANGES_THE_RULES:
        if member in header:
            raise CredentialError("jwt-header-not-supported", f"the header of the JWT asks for {member}")
    if ("kid" in header and not isinstance(key_id, str)) or ("jwk" in header and not isinstance(jwk, dict)):
        raise CredentialError("malformed-jwt", "kid is not a text or jwk is not an object")
    return JwsHeader(
        algorithm=algorithm,
        key_id=key_id if isinstance(key_id, str) else None,
        embedded_key=public_key_from_jwk(jwk) if isinstance(jwk, dict) else None,
        media_type=_media_type(header, "typ"),
        content_type=_media_type(header, "cty"),
    )


# all that one key signs has the same header
_known_header = lru_cache(maxsize=256)(_read_header)


def verify_jws(jws: UnverifiedJws, public_key: PublicKey) -> None:
    """Check the signature with the key that the signer is known to have.

    Raises "algorithm-key-mismatch" (the header names an algorithm that is not this key's), "key-not-issuers" (the header
    carries another key) or "bad-signature".
    """
    header = jws.header
    if header.algorithm not in JOSE_ALGORITHMS[public_key.kind]:
        raise CredentialError("algorithm-key-mismatch", "the JWT names an algorithm that does not fit the issuer's key")
    if header.embedded_key is not None and header.embedded_key != public_key:
        raise CredentialError("key-not-issuers", "the JWT carries a key that is not the issuer's")
    if not public_key.verify(jws.signature, jws.signing_input):
        raise CredentialError("bad-signature", "the signature does not belong to this content and key")


def write_jws(
    header: Mapping[str, Json], payload: bytes, signer: Signer, *, published_key: PublicKey | None = None
) -> UnverifiedJws:
    """Return ``payload`` signed, with exactly these header members, as a reader will have it, after checking the new signature.

    It is checked with ``published_key`` (what verifiers will find) when given, else with the signer's own public key. Raises
    "algorithm-key-mismatch" when ``alg`` is not that key's, "signing-failed" when the signature does not hold, and what `read_jws`
    refuses a header for.
    """
    key = published_key or signer.public_key
    if header.get("alg") not in JOSE_ALGORITHMS[key.kind]:
        raise CredentialError("algorithm-key-mismatch", "the header names an algorithm that does not fit the key")
    encoded = encode_base64url(dumps({**header}))
    message = f"{encoded}.{encode_base64url(payload)}".encode("ascii")
    signature = signer.sign(message)
    if not key.verify(signature, message):
        raise CredentialError(
            "signing-failed", "the new signature does not verify with the published key; nothing was issued"
        )
    return UnverifiedJws(_header(encoded), payload, message, signature)


def _media_type(header: Mapping[str, Json], member: str) -> str | None:
    if member not in header:
        return None
    value = header[member]
    if not isinstance(value, str):
        raise CredentialError("jwt-type-not-allowed", f"the JWT does not say in words what it is ({member})")
    return value.lower().removeprefix(
        "application/"
    )  # RFC 7515, 4.1.9: the prefix may be left out; case is of no matter
