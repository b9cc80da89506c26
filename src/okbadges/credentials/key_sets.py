"""Keys that are published as JWK or JWKS behind an address (RFC 7517; Open Badges 3.0, 8.2.3 and 8.6).

Whether an address is one of the issuer's is not looked at here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.credentials.keys import public_key_from_jwk
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.strict_json import Json


def published_key(document: Mapping[str, Json], key_id: str) -> PublicKey:
    """Return the key that the URL ``key_id`` names in the ``document`` behind it.

    A document that is one JWK itself holds the key; of a JWKS it is the one whose ``kid`` is the whole URL or its fragment.
    Raises "key-not-issuers" (no such key, or a JWK that says it is another), "ambiguous-key" (two of this name, or a JWK and a
    JWKS in one), and what `public_key_from_jwk` refuses; other keys of the set are not looked at.
    """
    keys, names = document.get("keys"), [name for name in (key_id, key_id.partition("#")[2]) if name]
    if "kty" in document and "keys" in document:
        raise CredentialError("ambiguous-key", "the address of the key holds a key and a set of keys")
    if "kty" in document:
        if "#" in key_id and document.get("kid", key_id) not in names:
            raise CredentialError("key-not-issuers", "the address of the key holds another key")
        return public_key_from_jwk(document)
    found = [key for key in keys if isinstance(key, dict) and key.get("kid") in names] if isinstance(keys, list) else []
    if len(found) > 1:
        raise CredentialError("ambiguous-key", "the address of the key holds two keys of this name")
    if not found:
        raise CredentialError("key-not-issuers", "the address of the key holds no key of this name")
    return public_key_from_jwk(found[0])
