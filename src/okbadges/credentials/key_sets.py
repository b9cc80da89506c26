"""Keys that are published behind an address: a JWK, a JWKS (RFC 7517), or a verification method (Open Badges 3.0, 8.2.3 and 8.6).

Whether an address is one of the issuer's is not looked at here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from okbadges.credentials.controllers import method_key
from okbadges.credentials.keys import public_key_from_jwk
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.strict_json import Json

_FORMS: Final = ("kty", "keys", "publicKeyMultibase", "publicKeyJwk")
"""The members by which a JWK, a JWKS and the two kinds of verification methods are known."""


def published_key(
    document: Mapping[str, Json], key_id: str, controller: str, *, now: datetime | None = None
) -> PublicKey:
    """Return the key that the URL ``key_id`` names in the ``document`` behind it.

    A document that is one JWK itself holds the key; of a JWKS it is the one whose ``kid`` is the whole URL or its fragment; a
    verification method (Multikey, JsonWebKey) counts when its id is the whole URL, ``controller`` controls it and it has not ended
    at ``now``. Raises "key-not-issuers" (no such key, or one that says it is another), "ambiguous-key" (two of this name, or two
    forms in one), and what `method_key` and `public_key_from_jwk` refuse; other keys of the set are not looked at.
    """
    forms = [form for form in _FORMS if form in document]
    if len(forms) > 1:
        raise CredentialError("ambiguous-key", "the address of the key holds keys in several forms")
    if forms == ["keys"]:
        return public_key_from_jwk(_of_set(document["keys"], key_id))
    if not forms:
        raise _missing()
    if forms == ["kty"]:
        if "#" in key_id and document.get("kid", key_id) not in _names(key_id):
            raise _missing()
        return public_key_from_jwk(document)
    if document.get("id") != key_id:
        raise _missing()
    return method_key(document, controller, now)


def _of_set(keys: Json, key_id: str) -> Mapping[str, Json]:
    names = _names(key_id)
    found = [key for key in keys if isinstance(key, dict) and key.get("kid") in names] if isinstance(keys, list) else []
    if len(found) > 1:
        raise CredentialError("ambiguous-key", "the address of the key holds two keys of this name")
    if not found:
        raise _missing()
    return found[0]


def _names(key_id: str) -> list[str]:
    return [name for name in (key_id, key_id.partition("#")[2]) if name]


def _missing() -> CredentialError:
    return CredentialError("key-not-issuers", "the address of the key holds no key of this name")
