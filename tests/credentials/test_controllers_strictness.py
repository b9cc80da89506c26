"""Controller documents at their edges: foreign names, ends to the second, forms that are as good as another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from okbadges.credentials.controllers import (
    PublishedKey,
    controller_document,
    did_jwk_document,
    listed_keys,
    permitted_key,
)
from okbadges.credentials.multibase import encode_base64url
from okbadges.credentials.signers import EcdsaSigner, Ed25519Signer
from okbadges.credentials.strict_json import dumps
from okbadges.errors import CredentialError

DID = "did:web:badges.example:issuers:ok"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KEY = Ed25519Signer(bytes(range(32))).public_key
METHOD = {"id": f"{DID}#key-1", "type": "Multikey", "controller": DID, "publicKeyMultibase": KEY.multibase()}


def document(**changes: Any) -> dict[str, Any]:
    """Return a document with one key that may assert."""
    return {"id": DID, "verificationMethod": [METHOD], "assertionMethod": [METHOD["id"]], **changes}


def refusal(of: dict[str, Any], name: str, **asked: Any) -> tuple[str, str]:
    """Return code and place of the refusal."""
    with pytest.raises(CredentialError) as refused:
        permitted_key(of, name, DID, **asked)
    return refused.value.code, refused.value.where


def test_a_method_in_another_name_is_nobodys_even_when_it_is_listed() -> None:
    """That the document lists it and calls it its own does not make a name under another DID the issuer's."""
    foreign = "did:web:other.example#key-1"
    listing = document(verificationMethod=[{**METHOD, "id": foreign}], assertionMethod=[foreign])
    assert refusal(listing, foreign) == ("key-not-issuers", "")


def test_only_a_did_key_names_its_key_by_the_did_alone() -> None:
    """A did:web must say which of its keys it means, even if there is one of a name made from the DID."""
    name = f"{DID}#{DID}"
    listing = document(verificationMethod=[{**METHOD, "id": name}], assertionMethod=[name])
    assert permitted_key(listing, name, DID) == KEY
    assert refusal(listing, DID) == ("key-not-issuers", "")


def test_a_document_of_another_says_where_it_says_so() -> None:
    """The place of the fault is the id."""
    assert refusal(document(id="did:web:other.example"), f"{DID}#key-1") == ("did-document-mismatch", "/id")


@pytest.mark.parametrize("member", ["expires", "revoked"])
def test_a_key_ends_at_its_second(member: str) -> None:
    """One second before its end a key is good, at its end it is not."""
    ending = document(verificationMethod=[{**METHOD, member: "2026-03-01T12:00:00Z"}])
    assert permitted_key(ending, f"{DID}#key-1", DID, now=NOW - timedelta(seconds=1)) == KEY
    assert refusal(ending, f"{DID}#key-1", now=NOW)[0] == {"expires": "key-expired", "revoked": "key-revoked"}[member]
    assert listed_keys(ending, DID, now=NOW - timedelta(seconds=1)) == [KEY]
    assert listed_keys(ending, DID, now=NOW) == []


@pytest.mark.parametrize("strange", [None, 7, {}, {"id": None}, {"id": 7}, []])
def test_strange_entries_hide_no_key(strange: object) -> None:
    """An entry that names nothing is passed over, and the keys beside it are still found."""
    listing = document(assertionMethod=[strange, f"{DID}#key-1"])
    assert permitted_key(listing, f"{DID}#key-1", DID) == KEY
    assert listed_keys(listing, DID) == [KEY]


@pytest.mark.parametrize("kind", ["JsonWebKey", "JsonWebKey2020"])
def test_both_names_of_a_jwk_are_read(kind: str) -> None:
    """The older name of the type means the same."""
    method = {"id": f"{DID}#key-1", "type": kind, "controller": DID, "publicKeyJwk": dict(KEY.jwk())}
    assert permitted_key(document(verificationMethod=[method]), f"{DID}#key-1", DID) == KEY


@pytest.mark.parametrize("value", [KEY.multibase(), None, 7, [dict(KEY.jwk())]])
def test_a_jwk_is_an_object(value: object) -> None:
    """A Multikey in the place of a JWK, or anything else, is malformed."""
    method = {"id": f"{DID}#key-1", "type": "JsonWebKey", "controller": DID, "publicKeyJwk": value}
    assert refusal(document(verificationMethod=[method]), f"{DID}#key-1")[0] == "malformed-key"


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1()])
def test_a_key_on_a_curve_is_published_as_a_multikey(curve: ec.EllipticCurve) -> None:
    """What other verifiers of Data Integrity look for is the Multikey; only keys without that form become a JWK."""
    key = EcdsaSigner.from_number(7, curve).public_key
    published = controller_document(DID, [PublishedKey("key-1", key)])
    assert published["verificationMethod"] == [{**METHOD, "publicKeyMultibase": key.multibase()}]


def test_a_did_jwk_with_a_fragment_names_a_key_and_no_document() -> None:
    """The document is that of the bare DID."""
    did = f"did:jwk:{encode_base64url(dumps(dict(KEY.jwk())))}"
    assert did_jwk_document(did)["id"] == did
    for name in (f"{did}#0", did.replace("did:jwk:", "did:key:")):
        with pytest.raises(CredentialError) as refused:
            did_jwk_document(name)
        assert refused.value.code == "did-malformed"


def test_a_document_of_more_keys_than_anybody_has_is_not_looked_at() -> None:
    """Sixty-four keys are read, one more is refused, wherever it stands: looking at all of them is work that a stranger orders."""
    names = [f"{DID}#key-{number}" for number in range(1, 66)]
    methods = [{**METHOD, "id": name} for name in names]
    full = document(verificationMethod=methods[:64], assertionMethod=names[:64])
    assert listed_keys(full, DID) == [KEY] * 64
    assert permitted_key(full, names[63], DID) == KEY
    for changes in ({"verificationMethod": methods}, {"assertionMethod": names}, {"assertionMethod": methods}):
        many = document(**changes)
        assert refusal(many, names[0]) == ("too-many-keys", "")
        with pytest.raises(CredentialError, match="more than 64 keys"):
            listed_keys(many, DID)


PAGE = "https://issuer.example/profile/1"
KEY_PAGE = "https://issuer.example/keys/1"
OF_PAGE = {"id": KEY_PAGE, "type": "Multikey", "controller": PAGE, "publicKeyMultibase": KEY.multibase()}


def page(method: object = OF_PAGE, name: object = KEY_PAGE) -> dict[str, Any]:
    """Return the document of an issuer with an https identifier."""
    return {"id": PAGE, "verificationMethod": [method], "assertionMethod": [name]}


def refusal_of_page(of: dict[str, Any], name: str = KEY_PAGE) -> str:
    """Return the code of the refusal."""
    with pytest.raises(CredentialError) as refused:
        permitted_key(of, name, PAGE)
    return refused.value.code


def test_an_issuer_on_the_web_may_keep_its_keys_at_other_addresses_of_its_own() -> None:
    """Its own document states the whole key, calls it its own and lists it (Controlled Identifiers 1.0, 3.3)."""
    assert permitted_key(page(), KEY_PAGE, PAGE) == KEY
    assert listed_keys(page(), PAGE) == [KEY]
    embedded: dict[str, Any] = {"id": PAGE, "assertionMethod": [OF_PAGE]}
    assert permitted_key(embedded, KEY_PAGE, PAGE) == KEY
    named = f"{KEY_PAGE}#a"
    assert permitted_key(page({**OF_PAGE, "id": named}, named), named, PAGE) == KEY


@pytest.mark.parametrize(
    ("of", "code"),
    [
        (page({**OF_PAGE, "controller": "https://evil.example/profile/1"}), "key-not-issuers"),
        (page({**OF_PAGE, "controller": KEY_PAGE}), "key-not-issuers"),
        (page({**OF_PAGE, "controller": [PAGE]}), "key-not-issuers"),
        ({"id": PAGE, "assertionMethod": [KEY_PAGE]}, "key-not-issuers"),
        (page(KEY_PAGE), "key-not-issuers"),
        (page(name="https://issuer.example/keys/2"), "purpose-mismatch"),
        ({**page(name=[]), "authentication": [KEY_PAGE]}, "purpose-mismatch"),
        (page({**OF_PAGE, "secretKeyMultibase": "z3u2"}), "private-key-exposed"),
        ({**page(), "id": KEY_PAGE}, "did-document-mismatch"),
    ],
)
def test_a_key_at_another_address_needs_all_of_that(of: dict[str, Any], code: str) -> None:
    """Another controller, a mere name of a key, another purpose, and another's document are each refused."""
    assert refusal_of_page(of) == code


@pytest.mark.parametrize(
    "name",
    [
        "https://evil.example/keys/1",
        "https://keys.issuer.example/1",
        "https://issuer.example:8443/keys/1",
        "https://issuer.example:443/keys/1",
        "https://user@issuer.example/keys/1",
        "https://issuer.example@evil.example/keys/1",
        "http://issuer.example/keys/1",
        "https:issuer.example/keys/1",
        "https://[issuer.example/keys/1",
        "did:web:issuer.example#key-1",
        "did:web:evil.example#key-1",
        f"did:key:{KEY.multibase()}#{KEY.multibase()}",
        "//issuer.example/keys/1",
    ],
)
def test_a_name_at_another_origin_is_nobodys_key(name: str) -> None:
    """Whatever the issuer's own document says of it, a name that is another's, or another DID's, is not the issuer's key."""
    assert refusal_of_page(page({**OF_PAGE, "id": name}, name), name) == "key-not-issuers"
    assert listed_keys(page({**OF_PAGE, "id": name}, name), PAGE) == []


def test_only_an_https_identifier_has_an_origin() -> None:
    """An http address, one with a user in it and one without a host may name keys by their own identifier alone."""
    for own, name in (
        ("http://issuer.example/p", "http://issuer.example/k"),
        ("https://u@issuer.example/p", "https://u@issuer.example/k"),
        ("https:///p", "https:///k"),
    ):
        with pytest.raises(CredentialError) as refused:
            permitted_key({"id": own, "assertionMethod": [{**OF_PAGE, "id": name, "controller": own}]}, name, own)
        assert refused.value.code == "key-not-issuers"
