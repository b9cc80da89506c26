"""Controller documents: what an issuer publishes about its keys, and which key may do what in whose name.

A document follows from the name (did:key, did:jwk) or is fetched by whoever asks. The trust rule is in `permitted_key`: a key
counts only when the controller's own document lists it for the purpose that is asked for (Controlled Identifiers 1.0, 3.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from okbadges.credentials.dids import DidUrl
from okbadges.credentials.keys import PublicKey, public_key_from_jwk, public_key_from_multibase
from okbadges.credentials.multibase import decode_base64url
from okbadges.credentials.strict_json import loads
from okbadges.credentials.times import moment_text, read_moment
from okbadges.credentials.vocabulary import DID_V1, MULTIKEY_V1
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from okbadges.credentials.strict_json import Json

JWK_V1: Final = "https://w3id.org/security/jwk/v1"
ASSERTION: Final = "assertionMethod"
AUTHENTICATION: Final = "authentication"

MAX_METHODS: Final = 64
"""Verification methods of a document that is looked at."""

_LONGEST_DID: Final = 2048
_MULTIKEY_KINDS: Final = frozenset({"ed25519", "p-256", "p-384"})  # Controlled Identifiers 1.0, section 2.2.2

# How a verification method may state its key: type → the member that must hold it.
_METHOD_TYPES: Final[Mapping[str, str]] = {
    "Multikey": "publicKeyMultibase",
    "Ed25519VerificationKey2020": "publicKeyMultibase",
    "JsonWebKey": "publicKeyJwk",
    "JsonWebKey2020": "publicKeyJwk",
}


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A key in a controller document: ``key-1`` or its absolute id, the key, since when it is not believed any more."""

    name: str
    public_key: PublicKey
    revoked_at: datetime | None = None


# the name says all of it, and comes with every credential of its issuer; a refusal, and so a name that is too long, is not kept
@lru_cache(maxsize=256)
def did_key_document(did: str) -> Mapping[str, Json]:
    """Return the document that a did:key stands for; raise "did-malformed" or what `public_key_from_multibase` refuses.

    Kinds of keys that Controlled Identifiers 1.0 has no Multikey for (P-521, RSA) are stated as JsonWebKey.
    """
    name = DidUrl.parse(did)
    if name.method != "key" or name.fragment is not None:
        raise CredentialError("did-malformed", "not a did:key")
    public_key = public_key_from_multibase(name.identifier)
    return _for_every_purpose(_document(did, [_method(f"{did}#{name.identifier}", did, public_key)]))


def did_jwk_document(did: str) -> dict[str, Json]:
    """Return the document that a did:jwk stands for; raise "did-malformed" or what the key is refused for."""
    name = DidUrl.parse(did)
    if name.method != "jwk" or name.fragment is not None:
        raise CredentialError("did-malformed", "not a did:jwk")
    jwk = loads(decode_base64url(name.identifier, max_characters=_LONGEST_DID))
    if not isinstance(jwk, dict):
        raise CredentialError("did-malformed", "the did:jwk does not hold a JSON object")
    return _for_every_purpose(_document(did, [_json_web_key(f"{did}#0", did, public_key_from_jwk(jwk))]))


def document_in_the_name(did: str) -> Mapping[str, Json] | None:
    """Return the document of a did:key or did:jwk, which needs no fetching, or None for every other name."""
    if did.startswith("did:key:"):
        return did_key_document(did)
    return did_jwk_document(did) if did.startswith("did:jwk:") else None


def controller_document(did: str, keys: Sequence[PublishedKey]) -> dict[str, Json]:
    """Return the document to publish for ``did`` (Controlled Identifiers 1.0) with every key it has ever had.

    Ids are absolute and ``assertionMethod`` is a list of strings, which is what 1EdTech's validator and the JavaScript
    libraries find. A revoked key stays, marked ``revoked``, and is no longer under ``assertionMethod``. Raises
    "did-malformed" for a key whose id is not a fragment of ``did``, or that is there twice.
    """
    names = [key.name if "#" in key.name else f"{did}#{key.name}" for key in keys]
    if len(set(names)) < len(names) or not all(DidUrl.parse(name).did == did for name in names):
        raise CredentialError("did-malformed", "every published key has an id of its own, the DID and a fragment")
    methods = [_method(name, did, key.public_key) for name, key in zip(names, keys, strict=True)]
    for method, key in zip(methods, keys, strict=True):
        if key.revoked_at is not None:
            method["revoked"] = moment_text(key.revoked_at)
    return _document(did, methods)


def permitted_key(
    document: Mapping[str, Json],
    verification_method: str,
    controller: str,
    *,
    purpose: str = ASSERTION,
    now: datetime | None = None,
) -> PublicKey:
    """Return the key that ``verification_method`` names in the controller's own ``document``, if it is listed for ``purpose``.

    Raises "did-document-mismatch" (the document is another's), "key-not-issuers" (the method is not the controller's, or
    not there), "too-many-keys", "ambiguous-key" (there twice), "purpose-mismatch" (not listed for the purpose),
    "private-key-exposed", "key-revoked", "key-expired", "malformed-time", "unsupported-key", "malformed-key" and what the key
    itself is refused for. Without ``now`` a key that has an end at all counts as ended.
    """
    if document.get("id") != controller:
        raise CredentialError("did-document-mismatch", "the document is not that of the controller", where="/id")
    return _Listing.of(document, controller, purpose).key(verification_method, now)


def listed_keys(
    document: Mapping[str, Json], controller: str, *, purpose: str = ASSERTION, now: datetime | None = None
) -> list[PublicKey]:
    """Return every key of ``document`` that `permitted_key` would return; one that cannot be used is left out.

    Raises "too-many-keys".
    """
    if document.get("id") != controller:
        return []
    keys, listing = [], _Listing.of(document, controller, purpose)
    for name in sorted(listing.names):
        try:
            keys.append(listing.key(name, now))
        except CredentialError:
            continue  # another key that cannot be used says nothing about the rest
    return keys


def may_name_keys_of(controller: str, verification_method: str) -> bool:
    """Say whether a verification method of this name can be one of the controller's own, before any document is looked at.

    It has the controller's identifier before its fragment. A controller with an https identifier may also name a key by another
    address of its own origin; whose key that is, its document alone decides (`permitted_key`).
    """
    return verification_method.partition("#")[0] == controller or is_of_same_origin(controller, verification_method)


def is_of_same_origin(controller: str, url: str) -> bool:
    """Say whether both are https addresses of one origin, written the same way."""
    try:
        one, other = urlsplit(controller), urlsplit(url)
    except ValueError:
        return False
    origin = (one.scheme, one.netloc)
    return (
        origin[0] == "https" and origin == (other.scheme, other.netloc) and bool(one.hostname) and "@" not in origin[1]
    )


def method_key(method: Mapping[str, Json], controller: str, now: datetime | None) -> PublicKey:
    """Return the key that a verification method states for ``controller``; raises as `permitted_key`."""
    if method.get("controller") != controller:
        raise CredentialError("key-not-issuers", "the verification method is controlled by someone else")
    _check_still_good(method, now)
    return _stated_key(method)


@dataclass(frozen=True, slots=True)
class _Listing:
    """The verification methods of a document by their absolute names, and the names that are listed for one purpose."""

    controller: str
    purpose: str
    methods: Mapping[str, Sequence[Mapping[str, Json]]]
    names: frozenset[str]

    @classmethod
    def of(cls, document: Mapping[str, Json], controller: str, purpose: str) -> _Listing:
        """Look at every method once: whoever asks for all of them must not look at each for each."""
        stated, listed = _listed(document.get("verificationMethod")), _listed(document.get(purpose))
        if max(len(stated), len(listed)) > MAX_METHODS:
            raise CredentialError("too-many-keys", f"the controller's document has more than {MAX_METHODS} keys")
        methods: dict[str, list[Mapping[str, Json]]] = {}
        for method in (*stated, *listed):
            name = _name(method, controller) if isinstance(method, dict) else None
            if isinstance(method, dict) and name is not None:
                methods.setdefault(name, []).append(method)
        names = (_name(entry, controller) for entry in listed)
        return cls(controller, purpose, methods, frozenset(name for name in names if name is not None))

    def key(self, verification_method: str, now: datetime | None) -> PublicKey:
        """Return the key of this name; raises as `permitted_key`."""
        controller = self.controller
        if verification_method == controller and controller.startswith("did:key:"):
            verification_method += "#" + controller.removeprefix("did:key:")  # 1EdTech's samples name the only key so
        if not may_name_keys_of(controller, verification_method):
            raise CredentialError("key-not-issuers", "the verification method does not belong to the controller")
        found = self.methods.get(verification_method, ())
        if len(found) > 1:
            raise CredentialError(
                "ambiguous-key", "the controller's document has two verification methods of this name"
            )
        if not found:
            raise CredentialError(
                "key-not-issuers", "the controller's document has no verification method of this name"
            )
        if verification_method not in self.names:
            # a key that was taken out of the list because it has ended is told so, which says more
            _check_still_good(found[0], now)
            raise CredentialError(
                "purpose-mismatch", f"the controller's document does not list the key under {self.purpose}"
            )
        return method_key(found[0], controller, now)


def _document(did: str, methods: list[dict[str, Json]]) -> dict[str, Json]:
    contexts: list[Json] = [DID_V1, MULTIKEY_V1]
    if any(method["type"] == "JsonWebKey" for method in methods):
        contexts.append(JWK_V1)
    asserting: list[Json] = [method["id"] for method in methods if "revoked" not in method]
    return {"@context": contexts, "id": did, "verificationMethod": [*methods], "assertionMethod": asserting}


def _for_every_purpose(document: dict[str, Json]) -> dict[str, Json]:
    """Let the one key of a name that is a key also prove who presents something."""
    return {**document, AUTHENTICATION: document[ASSERTION]}


def _method(method_id: str, controller: str, public_key: PublicKey) -> dict[str, Json]:
    if public_key.kind not in _MULTIKEY_KINDS:
        return _json_web_key(method_id, controller, public_key)
    multibase = public_key.multibase()
    return {"id": method_id, "type": "Multikey", "controller": controller, "publicKeyMultibase": multibase}


def _json_web_key(method_id: str, controller: str, public_key: PublicKey) -> dict[str, Json]:
    jwk: dict[str, Json] = {**public_key.jwk()}
    return {"id": method_id, "type": "JsonWebKey", "controller": controller, "publicKeyJwk": jwk}


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _name(entry: Json, controller: str) -> str | None:
    """Return the absolute name of a verification method, or of a reference to one."""
    return _absolute(entry.get("id") if isinstance(entry, dict) else entry, controller)


def _absolute(reference: Json, controller: str) -> str | None:
    if not isinstance(reference, str):
        return None
    return controller + reference if reference.startswith("#") else reference


def _check_still_good(method: Mapping[str, Json], now: datetime | None) -> None:
    for member, code in (("revoked", "key-revoked"), ("expires", "key-expired")):
        if member not in method:
            continue
        ends = method[member]
        if not isinstance(ends, str):
            raise CredentialError("malformed-time", "the end of the key is not a date and time")
        if read_moment(ends) <= (now or datetime.max.replace(tzinfo=UTC)):
            raise CredentialError(code, f"the issuer's document says that the key has ended ({member})")


def _stated_key(method: Mapping[str, Json]) -> PublicKey:
    if any(member.startswith(("privateKey", "secretKey")) for member in method):
        raise CredentialError("private-key-exposed", "the issuer's document holds a private key")
    kind = method.get("type")
    member = _METHOD_TYPES.get(kind) if isinstance(kind, str) else None
    if member is None:
        raise CredentialError("unsupported-key", "not a Multikey or JsonWebKey")
    stated = [name for name in method if name.startswith("publicKey")]
    if stated != [member]:
        raise CredentialError("malformed-key", f"a verification method of this type states its key in {member} alone")
    value = method[member]
    if isinstance(value, dict) and member == "publicKeyJwk":
        return public_key_from_jwk(value)
    if not isinstance(value, str) or member == "publicKeyJwk":
        raise CredentialError("malformed-key", f"{member} is not what it should be")
    key = public_key_from_multibase(value)
    if kind == "Ed25519VerificationKey2020" and key.kind != "ed25519":
        raise CredentialError("malformed-key", "the key is not of the kind that its verification method says")
    return key
