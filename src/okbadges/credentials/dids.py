"""Decentralised identifiers: what their names may look like, where their documents are, and which key may assert for whom.

Methods: ``did:key`` and ``did:jwk`` (the document follows from the name) and ``did:web`` (the document is at one https URL).
Names are read strictly: a second spelling of a place is a second issuer with the same key, so it is refused. The trust rule
is in `assertion_key`: a key counts only when the issuer's own document lists it under ``assertionMethod``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from okbadges.credentials.keys import PublicKey, public_key_from_jwk, public_key_from_multibase
from okbadges.credentials.multibase import decode_base64url
from okbadges.credentials.strict_json import loads
from okbadges.credentials.times import moment_text, read_moment
from okbadges.credentials.vocabulary import DID_V1, MULTIKEY_V1
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from okbadges.credentials.strict_json import Json

JWK_V1: Final = "https://w3id.org/security/jwk/v1"

_LONGEST_DID: Final = 2048
_LONGEST_HOST: Final = 253
_DID = re.compile(r"did:([a-z0-9]+):((?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2}|:(?!\Z))+)\Z")
_FRAGMENT = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})+\Z")
_WEB_AUTHORITY = re.compile(r"([a-z0-9.-]+)(?:%3[Aa]([1-9][0-9]{0,4}))?\Z")
_WEB_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
_WEB_SEGMENT = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._-]+\Z")
_NUMBER_LABEL = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)\Z")  # a host that ends so is an IPv4 address to a URL parser
_LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1"})
_HTTPS_PORT: Final = 443
_FIRST_FREE_PORT: Final = 1024
_LAST_PORT: Final = 65535

# How a verification method may state its key: type → the member that must hold it.
_METHOD_TYPES: Final[Mapping[str, str]] = {
    "Multikey": "publicKeyMultibase",
    "Ed25519VerificationKey2020": "publicKeyMultibase",
    "JsonWebKey": "publicKeyJwk",
    "JsonWebKey2020": "publicKeyJwk",
}


@dataclass(frozen=True, slots=True)
class DidUrl:
    """A DID and, where it names one thing inside the document, its fragment (without ``#``)."""

    did: str
    method: str
    identifier: str
    fragment: str | None = None

    @classmethod
    def parse(cls, text: str) -> DidUrl:
        """Read a DID (DID Core, section 3.1) with an optional fragment; raise "did-malformed".

        Paths, queries and parameters are refused: nothing that okbadges reads uses them.
        """
        did, separator, fragment = text.partition("#")
        match = _DID.match(did) if len(text) <= _LONGEST_DID else None
        if match is None or (separator and not _FRAGMENT.match(fragment)):
            raise CredentialError("did-malformed", "not a DID, or a DID URL with more than a fragment")
        return cls(did, match[1], match[2], fragment if separator else None)


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A key in a controller document: ``key-1`` or its absolute id, the key, since when it is not believed any more."""

    name: str
    public_key: PublicKey
    revoked_at: datetime | None = None


def did_key(public_key: PublicKey) -> str:
    """Return the did:key of an Ed25519, P-256 or P-384 key; raise "unsupported-key" for RSA."""
    return f"did:key:{public_key.multibase()}"


def did_key_document(did: str) -> dict[str, Json]:
    """Return the document that a did:key stands for; raise "did-malformed" or what the key is refused for."""
    name = DidUrl.parse(did)
    if name.method != "key" or name.fragment is not None:
        raise CredentialError("did-malformed", "not a did:key")
    public_key = public_key_from_multibase(name.identifier)
    return _document(did, [_multikey(f"{did}#{name.identifier}", did, public_key)])


def did_jwk_document(did: str) -> dict[str, Json]:
    """Return the document that a did:jwk stands for; raise "did-malformed" or what the key is refused for."""
    name = DidUrl.parse(did)
    if name.method != "jwk" or name.fragment is not None:
        raise CredentialError("did-malformed", "not a did:jwk")
    jwk = loads(decode_base64url(name.identifier, max_characters=_LONGEST_DID))
    if not isinstance(jwk, dict):
        raise CredentialError("did-malformed", "the did:jwk does not hold a JSON object")
    return _document(did, [_json_web_key(f"{did}#0", did, public_key_from_jwk(jwk))])


def document_in_the_name(did: str) -> dict[str, Json] | None:
    """Return the document of a did:key or did:jwk, which needs no fetching, or None for every other name."""
    if did.startswith("did:key:"):
        return did_key_document(did)
    return did_jwk_document(did) if did.startswith("did:jwk:") else None


def did_web_to_url(did: str, *, loopback_http: bool = False) -> str:
    """Return the one URL where the document of a did:web is; raise "did-malformed" for a name that is not plain.

    Plain is: a lower-case DNS name with a dot (an internationalised one as ``xn--``), ``%3A`` and a port that is 443 or above
    1023, then path segments of letters, digits, ``.``, ``_`` and ``-``. IP addresses are refused. ``localhost`` and
    ``127.0.0.1`` are read only when ``loopback_http`` is set, and then over http.
    """
    name = DidUrl.parse(did)
    if name.method != "web" or name.fragment is not None:
        raise CredentialError("did-malformed", "not a did:web")
    authority, *segments = name.identifier.split(":")
    match = _WEB_AUTHORITY.match(authority)
    if match is None or not all(_WEB_SEGMENT.match(segment) for segment in segments):
        raise CredentialError("did-malformed", "the host, port or path of the did:web is not plainly written")
    host, port = match[1], int(match[2]) if match[2] else None
    loopback = loopback_http and host in _LOOPBACK_HOSTS
    if not loopback:
        _check_public_host(host, port)
    if port is not None and port > _LAST_PORT:
        raise CredentialError("did-malformed", "there is no such port")
    path = "/".join(segments) if segments else ".well-known"
    return f"{'http' if loopback else 'https'}://{host}{f':{port}' if port else ''}/{path}/did.json"


def did_web_from_base(base_url: str, *path: str) -> str:
    """Return the did:web whose document is served at ``base_url`` followed by ``path``; raise "did-malformed".

    ``did_web_from_base("https://host:8443/x", "issuers", "a")`` is ``did:web:host%3A8443:x:issuers:a``. http is accepted for
    ``localhost`` and ``127.0.0.1``.
    """
    url = urlsplit(base_url)
    if url.scheme not in {"http", "https"} or url.username is not None or url.query or url.fragment:
        raise CredentialError("did-malformed", "the base URL is not http(s)://host[:port][/path]")
    try:
        host, port = url.hostname or "", url.port
    except ValueError:
        raise CredentialError("did-malformed", "the port of the base URL is not a number") from None
    default_port = _HTTPS_PORT if url.scheme == "https" else 80
    authority = host if port in {None, default_port} else f"{host}%3A{port}"
    segments = [*(part for part in url.path.split("/") if part), *path]
    did = ":".join(("did:web", authority, *segments))
    if not did_web_to_url(did, loopback_http=url.scheme == "http").startswith(f"{url.scheme}://"):
        raise CredentialError("did-malformed", "http is for the loopback host only; a public issuer needs https")
    return did


def controller_document(did: str, keys: Sequence[PublishedKey]) -> dict[str, Json]:
    """Return the document to publish for ``did`` (Controlled Identifiers 1.0) with every key it has ever had.

    Ids are absolute and ``assertionMethod`` is a list of strings, which is what 1EdTech's validator and the JavaScript
    libraries find. A revoked key stays, marked ``revoked``, and is no longer under ``assertionMethod``. Raises
    "did-malformed" for a key whose id is not a fragment of ``did``, or that is there twice.
    """
    names = [key.name if "#" in key.name else f"{did}#{key.name}" for key in keys]
    if len(set(names)) < len(names) or not all(DidUrl.parse(name).did == did for name in names):
        raise CredentialError("did-malformed", "every published key has an id of its own, the DID and a fragment")
    methods = [
        (_json_web_key if key.public_key.kind == "rsa" else _multikey)(name, did, key.public_key)
        for name, key in zip(names, keys, strict=True)
    ]
    for method, key in zip(methods, keys, strict=True):
        if key.revoked_at is not None:
            method["revoked"] = moment_text(key.revoked_at)
    return _document(did, methods)


def assertion_key(
    document: Mapping[str, Json], verification_method: str, controller: str, *, now: datetime | None = None
) -> PublicKey:
    """Return the key that ``verification_method`` names in the controller's own ``document``, if it may assert.

    Raises "did-document-mismatch" (the document is another's), "key-not-issuers" (the method is not the controller's, or
    not there), "ambiguous-key" (there twice), "purpose-mismatch" (not under ``assertionMethod``), "private-key-exposed",
    "key-revoked", "key-expired", "malformed-time", "unsupported-key", "malformed-key" and what the key itself is refused for. Without ``now`` a
    key that has an end at all counts as ended.
    """
    if document.get("id") != controller:
        raise CredentialError("did-document-mismatch", "the document is not that of the issuer", where="/id")
    if verification_method == controller and controller.startswith("did:key:"):
        verification_method += "#" + controller.removeprefix("did:key:")  # 1EdTech's samples name the only key so
    if verification_method.partition("#")[0] != controller:
        raise CredentialError("key-not-issuers", "the verification method does not belong to the issuer")
    found = [method for method in _methods(document) if _absolute(method.get("id"), controller) == verification_method]
    asserting = verification_method in _assertion_ids(document, controller)
    if len(found) > 1:
        raise CredentialError("ambiguous-key", "the issuer's document has two verification methods of this name")
    if not found:
        raise CredentialError("key-not-issuers", "the issuer's document has no verification method of this name")
    if not asserting:
        raise CredentialError("purpose-mismatch", "the issuer's document does not list the key under assertionMethod")
    method = found[0]
    if method.get("controller") != controller:
        raise CredentialError("key-not-issuers", "the verification method is controlled by someone else")
    _check_still_good(method, now)
    return _method_key(method)


def _check_public_host(host: str, port: int | None) -> None:
    labels = host.split(".")
    if (
        len(labels) == 1
        or len(host) > _LONGEST_HOST
        or not all(map(_WEB_LABEL.match, labels))
        or _NUMBER_LABEL.match(labels[-1])
    ):
        raise CredentialError("did-malformed", "the did:web does not name a public host")
    if labels[-1] == "localhost" or (port is not None and port != _HTTPS_PORT and port < _FIRST_FREE_PORT):
        raise CredentialError("did-malformed", "the did:web names a host or port where no document of an issuer is")


def _document(did: str, methods: list[dict[str, Json]]) -> dict[str, Json]:
    contexts: list[Json] = [DID_V1, MULTIKEY_V1]
    if any(method["type"] == "JsonWebKey" for method in methods):
        contexts.append(JWK_V1)
    asserting: list[Json] = [method["id"] for method in methods if "revoked" not in method]
    return {"@context": contexts, "id": did, "verificationMethod": [*methods], "assertionMethod": asserting}


def _multikey(method_id: str, controller: str, public_key: PublicKey) -> dict[str, Json]:
    multibase = public_key.multibase()
    return {"id": method_id, "type": "Multikey", "controller": controller, "publicKeyMultibase": multibase}


def _json_web_key(method_id: str, controller: str, public_key: PublicKey) -> dict[str, Json]:
    jwk: dict[str, Json] = {**public_key.jwk()}
    return {"id": method_id, "type": "JsonWebKey", "controller": controller, "publicKeyJwk": jwk}


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def _methods(document: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    for member in ("verificationMethod", "assertionMethod"):
        for method in _listed(document.get(member)):
            if isinstance(method, dict):
                yield method


def _assertion_ids(document: Mapping[str, Json], controller: str) -> set[str | None]:
    entries = _listed(document.get("assertionMethod"))
    return {_absolute(entry.get("id") if isinstance(entry, dict) else entry, controller) for entry in entries} - {None}


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


def _method_key(method: Mapping[str, Json]) -> PublicKey:
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
