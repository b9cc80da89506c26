"""Signed badges: a JWS whose key the issuer's profile lists (Open Badges 2.0, SignedBadge Verification).

Only the profile says which keys are the issuer's. A key that the badge names (``verification.creator``) must be among them; a
key that the header of the JWS names or carries does not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from okbadges.credentials.pem import public_key_from_pem
from okbadges.credentials.vc_jwt import verify_jwt
from okbadges.errors import CredentialError
from okbadges.verification.checks import CONTENT_UNALTERED, ISSUER_KEY
from okbadges.verification.openbadges2.addresses import same_address, web_address
from okbadges.verification.openbadges2.outcomes import failed, not_checked, open_or_failed, passed, waiting
from okbadges.verification.reading import items, members, text, types_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.strict_json import Json
    from okbadges.credentials.vc_jwt import UnverifiedJwt
    from okbadges.verification.report import Check
    from okbadges.verification.resolve import Documents

MAX_KEYS: Final = 3
_OPEN_CODES: Final = frozenset({"unsupported-key", "not-an-address", "too-many-keys"})


def check_signature(
    assertion: Mapping[str, Json], jwt: UnverifiedJwt, issuer: Mapping[str, Json], documents: Documents
) -> tuple[Check, Check]:
    """Return the checks ``issuer-key`` and ``content-unaltered``.

    Codes of ``issuer-key``: ``key-not-issuers``, ``key-not-named``, those of `public_key_from_pem`; not checked:
    ``issuer-unreachable``, ``unsupported-key``, ``not-an-address``, ``too-many-keys`` and refused addresses. Codes of
    ``content-unaltered``: ``bad-signature``, ``algorithm-key-mismatch``, ``key-not-issuers``.
    """
    try:
        keys = issuer_keys(assertion, issuer, documents)
    except CredentialError as error:
        message = "The key is not proven to be one of the issuer's."
        no_key = open_or_failed(ISSUER_KEY, error, message, unreachable="issuer-unreachable", open_codes=_OPEN_CODES)
        return no_key, waiting(CONTENT_UNALTERED, ISSUER_KEY)
    found = passed(ISSUER_KEY, "The key is one that the issuer lists.", detail=str(issuer.get("id"))[:200])
    return found, _check_content(jwt, keys)


def issuer_keys(assertion: Mapping[str, Json], issuer: Mapping[str, Json], documents: Documents) -> list[PublicKey]:
    """Return the keys that may have signed: the one that the Assertion names, or all that the profile lists.

    Raises `FetchError` and `CredentialError` as `check_signature` says.
    """
    listed = items(issuer.get("publicKey"))
    creator = members(assertion.get("verification", assertion.get("verify"))).get("creator")
    if creator is not None:
        name = text(creator) or text(members(creator).get("id"))
        listed = [entry for entry in listed if same_address(text(entry) or members(entry).get("id"), name)]
    if not listed:
        code, detail = (
            ("key-not-issuers", "does not list that key") if creator is not None else ("key-not-named", "lists no key")
        )
        raise CredentialError(code, f"The issuer's profile {detail}.", where="/verification/creator")
    if len(listed) > MAX_KEYS:
        raise CredentialError("too-many-keys", f"The issuer lists more than {MAX_KEYS} keys and the badge names none.")
    return [_key(entry, issuer, documents) for entry in listed]


def _key(entry: object, issuer: Mapping[str, Json], documents: Documents) -> PublicKey:
    """Return the key that the profile holds or names; a key in a document of its own must say that it is the issuer's."""
    inside = isinstance(entry, dict)
    document = members(entry) if inside else _key_document(entry, documents)
    if not inside and not same_address(document.get("id"), entry):
        raise CredentialError("key-not-issuers", "What stands at the address of the key is another key.")
    owner = document.get("owner", issuer.get("id") if inside else None)
    if not same_address(owner, issuer.get("id")):
        raise CredentialError("key-not-issuers", "The key says that it belongs to somebody else, or to nobody.")
    pem = text(document.get("publicKeyPem"))
    if pem is None or (not inside and "CryptographicKey" not in types_of(document)):
        raise CredentialError("malformed-key", "There is no key in the document of the key.")
    return public_key_from_pem(pem)


def _key_document(entry: object, documents: Documents) -> Mapping[str, Json]:
    address = web_address(entry)
    if address is None:
        raise CredentialError("not-an-address", "The key has no web address.")
    return documents.get_json(address.url)


def _check_content(jwt: UnverifiedJwt, keys: list[PublicKey]) -> Check:
    errors: list[CredentialError] = []
    for key in keys:
        try:
            verify_jwt(jwt, key)
        except CredentialError as error:
            errors.append(error)
        else:
            return passed(CONTENT_UNALTERED, "The content is exactly as it was signed.")
    worst = next((error for error in errors if error.code == "bad-signature"), errors[-1])
    message = "The content is not what was signed, or the signature does not hold."
    return failed(CONTENT_UNALTERED, worst.code, message, detail=worst.detail[:400])


def unsigned() -> tuple[Check, Check]:
    """Return the checks of a badge that says it is signed and comes without a signature."""
    content = failed(CONTENT_UNALTERED, "unsigned", "The badge says that it is signed, but nobody has signed this.")
    return not_checked(ISSUER_KEY, "earlier-step", "There is no signature to look for a key for."), content
