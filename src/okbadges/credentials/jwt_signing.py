"""Issuing JWTs: badges in the form of Open Badges 3.0, 8.2, and other documents in the form of VC-JOSE-COSE.

Strict where reading is lenient: every claim that can be there is there, and none contradicts the document. What was signed is
read again, as a stranger would, before it is returned.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from okbadges.credentials.jws import write_jws
from okbadges.credentials.jwt_claims import compare_claims
from okbadges.credentials.strict_json import dumps
from okbadges.credentials.times import read_moment
from okbadges.credentials.vc_jwt import PRESENTATION_CLAIMS, jwt_in, only_subject
from okbadges.credentials.vocabulary import CREDENTIALS_V2
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.keys import KeyKind, PublicKey
    from okbadges.credentials.signers import Signer
    from okbadges.credentials.strict_json import Json

_BADGE_ALGORITHMS: Final[Mapping[KeyKind, str]] = {"rsa": "RS256", "p-256": "ES256", "ed25519": "EdDSA"}
_ALGORITHMS: Final[Mapping[KeyKind, str]] = {**_BADGE_ALGORITHMS, "p-384": "ES384", "p-521": "ES512"}
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+\Z")
_PRINTABLE = re.compile(r"[!-~]+\Z")
_RESERVED: Final = PRESENTATION_CLAIMS | {"vc", "vp"}
_TYPES: Final = {"vc+jwt": "VerifiableCredential", "vp+jwt": "VerifiablePresentation"}


def sign_vc_jwt(
    credential: Mapping[str, Json], *, signer: Signer, key_id: str | None, published_key: PublicKey | None = None
) -> str:
    """Return a credential of VC Data Model 2.0 as the VC-JWT of Open Badges 3.0 (sections 8.2.1 to 8.2.3).

    The header holds ``alg`` (RS256, ES256 or EdDSA, as the key demands), ``kid`` (``key_id``, the URL of the key) or, when there
    is none, ``jwk``, and ``typ`` JWT; nothing else. The payload is the credential and ``iss``, ``jti``, ``nbf``, ``sub`` when the
    subject has an id, ``exp`` when there is a ``validUntil``. The signature is checked with ``published_key`` when given.

    Raises, with where: "algorithm-not-allowed" (another kind of key), "key-not-named" (a ``key_id`` that is no absolute URL),
    "already-signed" (the credential has a proof), "jwt-type-not-allowed" (it is no credential), "ambiguous-credential" (a member that is the name of a claim),
    "context-missing" (another data model), "missing-claims" (no id of credential or issuer), "malformed-time" (a date that is
    none, is not there, is before 1970, or holds a fraction of a second, which the claim could not repeat), what
    `require_plain_reading` refuses, what a reader of JSON would refuse, and "signing-failed".
    """
    key = published_key or signer.public_key
    if key.kind not in _BADGE_ALGORITHMS:
        raise CredentialError("algorithm-not-allowed", "a badge as JWT is signed with RS256, ES256 or EdDSA")
    if key_id is not None and not _ABSOLUTE.match(key_id):
        raise CredentialError("key-not-named", "the header names the key by its URL")
    if "proof" in credential:
        raise CredentialError("already-signed", "okbadges never adds a second proof", where="/proof")
    _require_type(credential, _TYPES["vc+jwt"])
    contexts = credential.get("@context")
    if not isinstance(contexts, list) or contexts[:1] != [CREDENTIALS_V2]:
        raise CredentialError("context-missing", "only credentials of VC Data Model 2.0 are issued", where="/@context")
    named: dict[str, Json] = {"kid": key_id} if key_id is not None else {"jwk": {**key.jwk()}}
    header: dict[str, Json] = {"alg": _BADGE_ALGORITHMS[key.kind], **named, "typ": "JWT"}
    return _signed(header, credential, _claims_of(credential), signer, key)


def sign_jose(
    document: Mapping[str, Json],
    *,
    signer: Signer,
    key_id: str,
    typ: Literal["vc+jwt", "vp+jwt"],
    claims: Mapping[str, Json] | None = None,
    published_key: PublicKey | None = None,
) -> str:
    """Return a credential or presentation as VC-JOSE-COSE has it (sections 3.1.1 and 3.1.2), signed by any kind of key.

    The header holds ``alg``, ``kid``, ``typ`` and ``cty`` (vc or vp). ``claims`` go beside the document's members: ``iss``, ``sub``,
    ``jti``, ``nbf``, ``exp``, ``iat``, and for a presentation ``aud`` and ``nonce``. The signature is checked with
    ``published_key`` when given.

    Raises "key-not-named" (an empty ``key_id``), "jwt-type-not-allowed" (the document does not call itself what ``typ`` says),
    "ambiguous-credential" (a member that is the name of a claim, or another claim than these), what `compare_claims` and
    `require_plain_reading` refuse, what a reader of JSON would refuse, and "signing-failed".
    """
    key = published_key or signer.public_key
    if not _PRINTABLE.match(key_id):
        raise CredentialError("key-not-named", "the header names the key")
    _require_type(document, _TYPES[typ])
    if claims is not None and not claims.keys() <= PRESENTATION_CLAIMS:
        raise CredentialError("ambiguous-credential", "a claim that would be a member of the document")
    header: dict[str, Json] = {"alg": _ALGORITHMS[key.kind], "kid": key_id, "typ": typ, "cty": typ[:2]}
    return _signed(header, document, claims or {}, signer, key)


def _require_type(document: Mapping[str, Json], name: str) -> None:
    types = document.get("type")
    if name not in (types if isinstance(types, list) else [types]):
        raise CredentialError("jwt-type-not-allowed", f"the document is not a {name}", where="/type")


def _claims_of(credential: Mapping[str, Json]) -> dict[str, Json]:
    """Return the claims that repeat the members of a credential (Open Badges 3.0, 8.2.2)."""
    issuer = credential.get("issuer")
    issuer_id, own_id = issuer.get("id") if isinstance(issuer, dict) else issuer, credential.get("id")
    for value, where in ((issuer_id, "/issuer"), (own_id, "/id")):
        if not isinstance(value, str):
            raise CredentialError("missing-claims", "a badge as JWT names itself and its issuer", where=where)
    claims: dict[str, Json] = {"iss": issuer_id, "jti": own_id, "nbf": _seconds(credential, "validFrom")}
    subject = only_subject(credential)
    if subject is not None and "id" in subject:
        claims["sub"] = subject["id"]
    if "validUntil" in credential:
        claims["exp"] = _seconds(credential, "validUntil")
    return claims


def _seconds(credential: Mapping[str, Json], name: str) -> int:
    """Return a date of the credential as NumericDate (RFC 7519, section 2)."""
    value = credential.get(name)
    try:
        moment = read_moment(value if isinstance(value, str) else "")
    except CredentialError as error:
        raise CredentialError(error.code, error.detail, where=f"/{name}") from None
    if moment.microsecond or moment.timestamp() < 0:
        raise CredentialError("malformed-time", "a time that whole seconds since 1970 cannot say", where=f"/{name}")
    return int(moment.timestamp())


def _signed(
    header: Mapping[str, Json],
    document: Mapping[str, Json],
    claims: Mapping[str, Json],
    signer: Signer,
    published_key: PublicKey,
) -> str:
    reserved = next((name for name in document if name in _RESERVED), None)
    if reserved is not None:
        raise CredentialError("ambiguous-credential", "a member has the name of a claim", where=f"/{reserved}")
    jws = write_jws(header, dumps({**document, **claims}), signer, published_key=published_key)
    read = jwt_in(jws)
    compare_claims(read, read.unverified_document())
    return jws.compact
