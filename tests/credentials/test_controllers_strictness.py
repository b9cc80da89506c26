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
