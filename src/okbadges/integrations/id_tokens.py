"""ID tokens (OpenID Connect Core 1.0, 3.1.3.7): whether one proves who signed in at a provider, for us, in this very sign-in.

The signature is checked with the provider's published keys and with algorithms of public keys only: never ``none``, and never one
for which our own secret would be the key. The claims are looked at by the library, and those that it leaves to us by us.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from okbadges.credentials.keys import public_key_from_jwk
from okbadges.credentials.strict_json import loads
from okbadges.errors import CredentialError
from okbadges.integrations.refusals import clock, untrusted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from joserfc.jwk import KeySet
    from joserfc.jws import CompactSignature, JWSRegistry

    from okbadges.credentials.strict_json import Json

ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519")
LEEWAY = timedelta(seconds=60)
"""How far the provider's clock may be from ours."""
LONGEST_SUBJECT = 255
"""In characters, as the specification says (2, ``sub``)."""
_LONGEST_HEADER = 4096
_NOT_OF_THE_KEY = ("use", "key_ops", "alg", "kid")


class UnknownKey(Exception):
    """None of these keys signed the token: the provider may have new ones."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token has to say: by whom, for whom, in answer to what; how long ago somebody may have signed in, and how (any of ``acr``)."""

    issuer: str
    client_id: str
    nonce: str
    max_age: int | None = None
    acr: tuple[str, ...] = ()


def usable_keys(published: Json) -> KeySet:
    """Return the keys of a key set that may sign tokens; those that are weak, for something else or of an unknown kind are left out."""
    from joserfc.jwk import KeySet, import_key  # noqa: PLC0415 - the library would cost every start

    keys = []
    for jwk in published if isinstance(published, list) else []:
        if not isinstance(jwk, dict) or jwk.get("use", "sig") != "sig":
            continue
        try:
            key = public_key_from_jwk({name: value for name, value in jwk.items() if name not in _NOT_OF_THE_KEY})
        except CredentialError:
            continue
        # an Ed25519 key has one algorithm, whichever of its two names it is given
        said = ("kid",) if key.kind == "ed25519" else ("kid", "alg")
        named = {name: value for name in said if isinstance(value := jwk.get(name), str)}
        keys.append(import_key({**key.jwk(), **named}))
    return KeySet(keys)


def subject_of(token: str, keys: KeySet, expected: Expected, *, now: datetime) -> str:
    """Return whom a token is about (``sub``).

    Raises `UnknownKey` when another key signed it, and `SignInRefused`: ``clocks-differ``, or ``id-token-refused`` for everything else.
    """
    signed = _verified(token, keys)
    claims = _claims(signed)
    _check(claims, signed.headers(), expected, now)
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise untrusted("claim-sub")
    return subject


def _verified(token: str, keys: KeySet) -> CompactSignature:
    from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError, UnsupportedAlgorithmError  # noqa: PLC0415 - see above
    from joserfc.jws import deserialize_compact  # noqa: PLC0415 - see above

    try:
        return deserialize_compact(token, keys, registry=_registry())
    except (InvalidKeyIdError, BadSignatureError) as other:
        raise UnknownKey from other
    except UnsupportedAlgorithmError as refused:
        raise untrusted("algorithm") from refused
    except (JoseError, ValueError, TypeError, LookupError, AttributeError) as broken:
        # the library reads a header that is no object, or no text, without looking first
        raise untrusted("malformed") from broken


def _registry() -> JWSRegistry:
    """Return the algorithms that are taken, and room for what providers put into a header beside them."""
    from joserfc.jws import JWSRegistry  # noqa: PLC0415 - see above

    class Registry(JWSRegistry):
        def get_alg(self, name: str) -> Any:  # noqa: ANN401 - a model of the library that has no public name
            # RFC 9864 calls it by its curve; providers still say EdDSA, and mean this one
            return super().get_alg("Ed25519" if name == "EdDSA" else name)

    registry = Registry(algorithms=ALGORITHMS, strict_check_header=False)
    registry.max_header_length = _LONGEST_HEADER
    return registry


def _claims(signed: CompactSignature) -> dict[str, Json]:
    try:
        claims = loads(signed.payload or b"")
    except CredentialError as broken:
        raise untrusted("malformed") from broken
    if not isinstance(claims, dict):
        raise untrusted("malformed")
    return claims


def _check(claims: Mapping[str, Json], header: Mapping[str, Any], expected: Expected, now: datetime) -> None:
    from authlib.oidc.core import CodeIDToken  # noqa: PLC0415 - see above
    from joserfc.errors import ClaimError, ExpiredTokenError  # noqa: PLC0415 - see above

    required = {
        "iss": {"essential": True, "value": expected.issuer},
        "aud": {"essential": True, "value": expected.client_id},
        "sub": {"essential": True},
    }
    params = {"nonce": expected.nonce, "client_id": expected.client_id}
    seconds, leeway = int(now.timestamp()), int(LEEWAY.total_seconds())
    try:
        CodeIDToken(claims, header, required, params).validate(now=seconds, leeway=leeway)
    except ClaimError as refused:
        is_early = refused.claim in ("iat", "nbf") and isinstance(claims.get(refused.claim), int | float)
        is_time = is_early or isinstance(refused, ExpiredTokenError)
        raise (clock if is_time else untrusted)(f"claim-{refused.claim}") from refused
    # what the library leaves to its callers
    if expected.acr and claims.get("acr") not in expected.acr:
        raise untrusted("claim-acr")
    if expected.max_age is not None:
        signed_in_at = claims.get("auth_time")
        if not isinstance(signed_in_at, int | float) or signed_in_at < seconds - expected.max_age - leeway:
            raise untrusted("claim-auth_time")
