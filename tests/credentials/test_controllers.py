"""Controller documents: what is published about keys, and which key may do what in whose name."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from okbadges.credentials.controllers import (
    AUTHENTICATION,
    PublishedKey,
    controller_document,
    did_jwk_document,
    did_key_document,
    document_in_the_name,
    listed_keys,
    permitted_key,
)
from okbadges.credentials.dids import did_key
from okbadges.credentials.keys import PublicKey, public_key_from_jwk
from okbadges.credentials.multibase import encode_base64url, encode_multibase_base58
from okbadges.credentials.signers import EcdsaSigner, Ed25519Signer
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DID = "did:web:badges.example:issuers:ok"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KEY = Ed25519Signer(bytes(range(32))).public_key
OTHER_KEY = Ed25519Signer(bytes(32)).public_key


def _p256_key() -> PublicKey:
    point = ec.derive_private_key(7, ec.SECP256R1()).public_key().public_numbers()
    x, y = (encode_base64url(part.to_bytes(32)) for part in (point.x, point.y))
    return public_key_from_jwk({"kty": "EC", "crv": "P-256", "x": x, "y": y})


def _rsa_key() -> PublicKey:
    numbers = rsa.generate_private_key(65537, 2048).public_key().public_numbers()
    return public_key_from_jwk({"kty": "RSA", "n": encode_base64url(numbers.n.to_bytes(256)), "e": "AQAB"})


def _document(*keys: PublishedKey) -> dict[str, Any]:
    document: dict[str, Any] = controller_document(DID, keys or [PublishedKey(f"{DID}#key-1", KEY)])
    return document


def _code(call: Callable[..., object], *args: object, **kwargs: object) -> str:
    with pytest.raises(CredentialError) as refused:
        call(*args, **kwargs)
    return refused.value.code


def test_it_works() -> None:
    """A published key is found again under its name."""
    assert permitted_key(_document(), f"{DID}#key-1", DID) == KEY


def test_the_document_says_what_other_verifiers_look_for() -> None:
    """Ids are absolute, assertionMethod is a list of strings, keys are Multikeys (checklist 1.3)."""
    assert _document() == {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": DID,
        "verificationMethod": [
            {"id": f"{DID}#key-1", "type": "Multikey", "controller": DID, "publicKeyMultibase": KEY.multibase()}
        ],
        "assertionMethod": [f"{DID}#key-1"],
    }


@pytest.mark.parametrize("names", [[""], ["a b"], [f"{DID}#"], ["did:web:other.example#key-1"], ["a", f"{DID}#a"]])
def test_a_key_is_published_under_its_own_absolute_id(names: list[str]) -> None:
    """Another DID, no fragment, or the same id twice would make a document that nobody reads right."""
    assert controller_document(DID, [PublishedKey("key-1", KEY)]) == _document()
    assert _code(controller_document, DID, [PublishedKey(name, KEY) for name in names]) == "did-malformed"


def test_an_rsa_key_is_published_as_jwk() -> None:
    """RSA has no Multikey form, so its method is a JsonWebKey and the document names the context for it."""
    key = _rsa_key()
    document = _document(PublishedKey(f"{DID}#key-1", KEY), PublishedKey(f"{DID}#key-2", key))
    assert document["@context"][-1] == "https://w3id.org/security/jwk/v1"
    assert document["verificationMethod"][1]["publicKeyJwk"] == key.jwk()
    assert permitted_key(document, f"{DID}#key-2", DID) == key


def test_a_revoked_key_stays_in_the_document_and_asserts_nothing() -> None:
    """Its method is marked, its name is no longer under assertionMethod."""
    revoked_at = datetime(2026, 1, 1, 2, 0, tzinfo=UTC) + timedelta(seconds=1)
    document = _document(PublishedKey(f"{DID}#key-1", KEY, revoked_at), PublishedKey(f"{DID}#key-2", OTHER_KEY))
    assert document["assertionMethod"] == [f"{DID}#key-2"]
    assert document["verificationMethod"][0]["revoked"] == "2026-01-01T02:00:01Z"
    assert _code(permitted_key, document, f"{DID}#key-1", DID, now=NOW) == "key-revoked"
    assert _code(permitted_key, document, f"{DID}#key-1", DID, now=revoked_at) == "key-revoked"
    assert permitted_key(document, f"{DID}#key-2", DID, now=NOW) == OTHER_KEY


def test_a_key_is_not_believed_before_the_moment_of_its_revocation_either() -> None:
    """It is not listed any more, whatever time it is."""
    revoked_at = datetime(2026, 1, 1, tzinfo=UTC)
    document = _document(PublishedKey(f"{DID}#key-1", KEY, revoked_at))
    before = revoked_at - timedelta(seconds=1)
    assert _code(permitted_key, document, f"{DID}#key-1", DID, now=before) == "purpose-mismatch"


@pytest.mark.parametrize("key", [KEY, _p256_key()])
def test_did_key_is_its_own_document(key: PublicKey) -> None:
    """The key in the name is the one key that asserts."""
    did = did_key(key)
    name = did.removeprefix("did:key:")
    assert document_in_the_name(did) == did_key_document(did)
    assert permitted_key(did_key_document(did), f"{did}#{name}", did) == key
    assert permitted_key(did_key_document(did), did, did) == key, "a bare did:key names its only key"


@pytest.mark.parametrize(
    "key", [_rsa_key(), EcdsaSigner.from_number(7, ec.SECP521R1()).public_key], ids=["rsa", "p-521"]
)
def test_a_did_key_that_has_no_multikey_form_is_stated_as_jwk(key: PublicKey) -> None:
    """Controlled Identifiers defines no Multikey of RSA and P-521; what a document publishes of them is a JsonWebKey."""
    did = did_key(key)
    document: Any = did_key_document(did)
    assert document["verificationMethod"][0]["publicKeyJwk"] == key.jwk()
    assert permitted_key(document, did, did) == key
    assert permitted_key(document, f"{did}#{key.multibase()}", did, purpose=AUTHENTICATION) == key
    assert _document(PublishedKey("key-1", key))["verificationMethod"][0]["type"] == "JsonWebKey"


def test_a_did_key_of_a_jwk_is_its_own_document() -> None:
    """The form jwk_jcs-pub names the same key in another way; its document goes by that name."""
    canonical = json.dumps(KEY.jwk(), separators=(",", ":"), sort_keys=True).encode()
    name = encode_multibase_base58(b"\xd1\xd6\x03" + canonical)
    did = f"did:key:{name}"
    assert permitted_key(did_key_document(did), f"{did}#{name}", did) == KEY
    assert did != did_key(KEY)


def test_did_jwk_is_its_own_document() -> None:
    """The JWK in the name is the key with the fragment 0; a private one is refused."""
    did = "did:jwk:" + encode_base64url(json.dumps(KEY.jwk()).encode())
    assert document_in_the_name(did) == did_jwk_document(did)
    assert permitted_key(did_jwk_document(did), f"{did}#0", did) == KEY
    private = "did:jwk:" + encode_base64url(json.dumps({**KEY.jwk(), "d": "AAAA"}).encode())
    assert _code(did_jwk_document, private) == "private-key-exposed"
    assert _code(did_jwk_document, "did:jwk:" + encode_base64url(b"[]")) == "did-malformed"
    assert _code(did_jwk_document, "did:jwk:" + encode_base64url(b'{"kty":1,"kty":2}')).startswith("json-")


def test_other_names_are_documents_elsewhere() -> None:
    """Only did:key and did:jwk carry their document in the name."""
    assert document_in_the_name(DID) is None
    assert document_in_the_name("https://badges.example/issuers/ok") is None
    for make in (did_key_document, did_jwk_document):
        assert _code(make, DID) == "did-malformed"
    assert _code(did_key_document, did_key(KEY) + "#" + KEY.multibase()) == "did-malformed"


def _changed(**changes: Any) -> dict[str, Any]:
    document = _document()
    for member, value in changes.items():
        if value is None:
            del document[member]
        else:
            document[member] = value
    return document


def _method(**changes: Any) -> dict[str, Any]:
    return {**_document()["verificationMethod"][0], **changes}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (_changed(id="did:web:other.example"), "did-document-mismatch"),
        (_changed(id=None), "did-document-mismatch"),
        (_changed(assertionMethod=None), "purpose-mismatch"),
        (_changed(assertionMethod=[], authentication=[f"{DID}#key-1"]), "purpose-mismatch"),
        (_changed(assertionMethod=[f"{DID}#key-2"]), "purpose-mismatch"),
        (_changed(assertionMethod=[f"{DID}#key-1 "]), "purpose-mismatch"),
        (_changed(assertionMethod=[[f"{DID}#key-1"]]), "purpose-mismatch"),
        (_changed(verificationMethod=None), "key-not-issuers"),
        (_changed(verificationMethod="x"), "key-not-issuers"),
        (_changed(verificationMethod=[_method(id="did:web:other.example#key-1")]), "key-not-issuers"),
        (_changed(verificationMethod=[_method(controller="did:web:other.example")]), "key-not-issuers"),
        (_changed(verificationMethod=[_method(controller=[DID])]), "key-not-issuers"),
        (_changed(verificationMethod=[_method(), _method()]), "ambiguous-key"),
        (_changed(verificationMethod=[_method(), _method(id="#key-1")]), "ambiguous-key"),
        (_changed(assertionMethod=[_method()]), "ambiguous-key"),
        (_changed(verificationMethod=[_method(secretKeyMultibase="z3u2")]), "private-key-exposed"),
        (_changed(verificationMethod=[_method(privateKeyJwk={})]), "private-key-exposed"),
        (_changed(verificationMethod=[_method(type="Ed25519VerificationKey2018")]), "unsupported-key"),
        (_changed(verificationMethod=[_method(type=["Multikey"])]), "unsupported-key"),
        (_changed(verificationMethod=[_method(publicKeyJwk=KEY.jwk())]), "malformed-key"),
        (_changed(verificationMethod=[_method(type="JsonWebKey")]), "malformed-key"),
        (_changed(verificationMethod=[_method(publicKeyMultibase=7)]), "malformed-key"),
        (_changed(verificationMethod=[_method(publicKeyMultibase={})]), "malformed-key"),
        (_changed(verificationMethod=[_method(publicKeyMultibase="z6Mk")]), "unsupported-key"),
        (
            _changed(
                verificationMethod=[
                    _method(type="Ed25519VerificationKey2020", publicKeyMultibase=_p256_key().multibase())
                ]
            ),
            "malformed-key",
        ),
        (_changed(verificationMethod=[_method(expires="2024-06-01T00:00:00Z")]), "key-expired"),
        (_changed(verificationMethod=[_method(revoked="2024-06-01T00:00:00Z")]), "key-revoked"),
        (_changed(verificationMethod=[_method(revoked="2024-06-01")]), "malformed-time"),
        (_changed(verificationMethod=[_method(revoked=True)]), "malformed-time"),
    ],
)
def test_a_key_that_may_not_assert_is_refused(document: dict[str, Any], code: str) -> None:
    """The issuer's own document must list exactly one sound, public, current key of this name under assertionMethod."""
    assert _code(permitted_key, document, f"{DID}#key-1", DID, now=NOW) == code


def test_a_key_of_someone_else_is_refused() -> None:
    """A verification method under another DID is not the issuer's, whatever the document says."""
    for method in (f"{did_key(OTHER_KEY)}#{OTHER_KEY.multibase()}", "did:web:badges.example#key-1", DID, "#key-1"):
        assert _code(permitted_key, _document(), method, DID) == "key-not-issuers"


def test_a_document_cannot_take_over_a_foreign_name() -> None:
    """A method under another DID is not the issuer's even where the issuer's own document states and lists it."""
    foreign = "did:web:other.example#key-1"
    document = _changed(verificationMethod=[_method(id=foreign)], assertionMethod=[foreign])
    assert _code(permitted_key, document, foreign, DID) == "key-not-issuers"
    assert listed_keys(document, DID) == []


@pytest.mark.parametrize("kind", ["JsonWebKey", "JsonWebKey2020"])
def test_a_key_may_be_stated_as_jwk(kind: str) -> None:
    """Both names of the type are out in the world; the key is in publicKeyJwk then."""
    jwk = {"id": f"{DID}#key-1", "type": kind, "controller": DID, "publicKeyJwk": KEY.jwk()}
    assert permitted_key(_changed(verificationMethod=[jwk]), f"{DID}#key-1", DID) == KEY
    refused = _changed(verificationMethod=[{**jwk, "publicKeyJwk": {**KEY.jwk(), "d": "AAAA"}}])
    assert _code(permitted_key, refused, f"{DID}#key-1", DID) == "private-key-exposed"


@pytest.mark.parametrize(
    "document",
    [
        _changed(assertionMethod=f"{DID}#key-1"),
        _changed(assertionMethod=["#key-1"]),
        _changed(assertionMethod=[_method()], verificationMethod=None),
        _changed(verificationMethod=_method()),
        _changed(verificationMethod=[_method(id="#key-1")]),
        _changed(verificationMethod=[_method(type="Ed25519VerificationKey2020")]),
        _changed(verificationMethod=[_method(expires="2027-01-01T00:00:00Z")]),
    ],
)
def test_other_ways_to_write_the_same_document_are_read(document: dict[str, Any]) -> None:
    """Single values, ids relative to the document, and a method embedded under assertionMethod are DID Core too."""
    assert permitted_key(document, f"{DID}#key-1", DID, now=NOW) == KEY


def test_a_key_with_an_end_needs_the_time() -> None:
    """Whoever does not say what time it is gets no key that ends."""
    document = _changed(verificationMethod=[_method(expires="2027-01-01T00:00:00Z")])
    assert _code(permitted_key, document, f"{DID}#key-1", DID) == "key-expired"


def test_keys_are_listed_for_one_purpose() -> None:
    """What may prove who presents something may not issue, and a key that cannot be used hides no other."""
    document = _document(PublishedKey("key-1", KEY), PublishedKey("key-2", OTHER_KEY))
    document["authentication"] = [document["assertionMethod"].pop()]
    document["assertionMethod"].append(f"{DID}#gone")
    assert listed_keys(document, DID) == [KEY]
    assert listed_keys(document, DID, purpose=AUTHENTICATION) == [OTHER_KEY]
    assert _code(permitted_key, document, f"{DID}#key-1", DID, purpose=AUTHENTICATION) == "purpose-mismatch"
    assert listed_keys({}, DID) == []


def test_the_documents_of_the_attack_world(shared: Path) -> None:
    """Of the good issuer's twelve keys only the four sound ones that are listed for asserting are given out."""
    world = json.loads((shared / "attacks/world.json").read_text())
    document = deepcopy(world["https://good.example/.well-known/did.json"]["json"])
    controller = document["id"]
    sound, refused = set(), {}
    for method in document["verificationMethod"]:
        name = method["id"].partition("#")[2]
        try:
            permitted_key(document, method["id"], controller, now=NOW)
            sound.add(name)
        except CredentialError as error:
            refused[name] = error.code
    assert sound == {"key-1", "key-2", "key-3", "key-384"}
    assert refused == {
        "key-auth": "purpose-mismatch",
        "key-evilctl": "purpose-mismatch",
        "key-k1": "unsupported-key",
        "key-1024": "weak-key",
        "key-enc": "key-use",
        "key-ops": "key-use",
        "key-old": "key-expired",
        "key-revoked": "key-revoked",
    }
