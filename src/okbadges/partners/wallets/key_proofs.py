"""Key proofs of wallets as JWT (OpenID4VCI 1.0, appendix F.1): that whoever asks for a credential has the key it will be about.

In this order: it can be read and is a key proof, it names its key in one way, the signature holds, it is for us, it is of now, and it
answers a nonce of ours. Only ES256 and EdDSA, and only keys that follow from what is shown: nothing is fetched.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from okbadges.credentials.controllers import AUTHENTICATION, document_in_the_name, permitted_key
from okbadges.credentials.dids import DidUrl, did_jwk
from okbadges.credentials.jws import read_jws, verify_jws
from okbadges.credentials.multibase import decode_base64url
from okbadges.credentials.strict_json import Limits, loads
from okbadges.errors import CredentialError, InvalidInput
from okbadges.partners.wallets.nonces import made_at

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from okbadges.credentials.jws import JwsHeader
    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.strict_json import Json
    from okbadges.storage.sealing import Secrets

TYPE: Final = "openid4vci-proof+jwt"
ALGORITHMS: Final = ("ES256", "EdDSA")
LONGEST_PROOF: Final = 16_384
_PAYLOAD_BYTES: Final = 4_096
_LIMITS: Final = Limits(bytes=LONGEST_PROOF, depth=8)
_OTHER_KEYS: Final = frozenset({"x5c", "x5u", "jku", "trust_chain"})
_CLOCKS_DIFFER = timedelta(minutes=5)
_OLDEST = timedelta(minutes=15)


def proven_wallet(jwt: str, *, audience: str, secrets: Secrets, now: datetime) -> str:
    """Return the DID of the wallet that made a key proof for ``audience`` (the credential issuer's identifier).

    Raises `InvalidInput`: ``invalid-proof``, and ``invalid-nonce`` for one that holds but answers a nonce that is not ours or too old.
    """
    try:
        did, claims = _signed(jwt)
    except CredentialError as refused:
        raise _invalid(refused.detail) from None
    if claims.get("aud") != audience:
        raise _invalid(f"its aud is not {audience}")
    _check_moments(claims, now)
    nonce = claims.get("nonce")
    if not isinstance(nonce, str):
        raise _invalid("it has no nonce; ask the nonce endpoint for a c_nonce")
    if made_at(secrets, nonce, now=now) is None:
        raise InvalidInput(
            "invalid-nonce", "The nonce of the key proof is not ours or too old; ask for a new c_nonce.", field="proofs"
        )
    return did


def _signed(jwt: str) -> tuple[str, Mapping[str, Json]]:
    """Return who signed and what: the signature holds. Raises `CredentialError`."""
    if len(jwt) > LONGEST_PROOF:
        raise CredentialError("too-large", f"it has more than {LONGEST_PROOF} characters")
    jws = read_jws(jwt, max_payload_bytes=_PAYLOAD_BYTES)
    members = loads(decode_base64url(jwt.partition(".")[0], max_characters=LONGEST_PROOF), limits=_LIMITS)
    if jws.header.media_type != TYPE:
        raise CredentialError("jwt-type-not-allowed", f"its typ is not {TYPE}")
    if jws.header.algorithm not in ALGORITHMS:
        raise CredentialError("algorithm-not-allowed", f"its alg is not one of {', '.join(ALGORITHMS)}")
    if isinstance(members, dict) and _OTHER_KEYS & members.keys():
        raise CredentialError("key-not-supported", "it names its key in a way that is not supported; use kid or jwk")
    did, key = _who(jws.header)
    verify_jws(jws, key)
    claims = loads(jws.payload, limits=_LIMITS)
    if not isinstance(claims, dict):
        raise CredentialError("malformed-jwt", "its payload is not a JSON object")
    return did, claims


def _who(header: JwsHeader) -> tuple[str, PublicKey]:
    """Return the DID that a proof speaks for and its key, from the one of ``kid`` and ``jwk`` that is there."""
    if (header.key_id is None) == (header.embedded_key is None):
        raise CredentialError("key-not-named", "its header has one of kid (a DID URL) and jwk, and not both")
    if header.embedded_key is not None:
        return did_jwk(header.embedded_key), header.embedded_key
    named = header.key_id or ""
    did = DidUrl.parse(named).did
    document = document_in_the_name(did)
    if document is None:
        raise CredentialError("did-unsupported", "its kid is not of a did:key or did:jwk")
    if did == named and did.startswith("did:jwk:"):
        named += "#0"
    return did, permitted_key(document, named, did, purpose=AUTHENTICATION)


def _check_moments(claims: Mapping[str, Json], now: datetime) -> None:
    made, ends, begins = (_seconds(claims, name) for name in ("iat", "exp", "nbf"))
    soon, long_ago = (now + _CLOCKS_DIFFER).timestamp(), (now - _OLDEST).timestamp()
    if made is None or not long_ago <= made <= soon:
        raise _invalid("its iat is not of now")
    if (ends is not None and ends <= now.timestamp()) or (begins is not None and begins > soon):
        raise _invalid("it does not hold now (exp, nbf)")


def _seconds(claims: Mapping[str, Json], name: str) -> float | None:
    value = claims.get(name)
    if value is not None and (not isinstance(value, int | float) or isinstance(value, bool)):
        raise _invalid(f"its {name} is not a number of seconds since 1970")
    return value


def _invalid(why: str) -> InvalidInput:
    return InvalidInput("invalid-proof", f"The key proof does not hold: {why}.", field="proofs")
