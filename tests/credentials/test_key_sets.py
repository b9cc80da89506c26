"""Keys behind an address: a JWK, a set of them, and what is neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from credentials.wycheproof import wycheproof
from okbadges.credentials.jws import read_jws, verify_jws
from okbadges.credentials.key_sets import published_key
from okbadges.credentials.signers import Ed25519Signer
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from pathlib import Path

KEY, OTHER = (Ed25519Signer(bytes([number]) * 32).public_key for number in (1, 2))
URL = "https://issuer.example/keys"


def refused(document: dict[str, Any], key_id: str = f"{URL}#key-1") -> str:
    """Return the code with which it is refused."""
    with pytest.raises(CredentialError) as refusal:
        published_key(document, key_id)
    return refusal.value.code


def jwk(**members: Any) -> dict[str, Any]:
    """Return the JWK of the key with more members."""
    return {**KEY.jwk(), **members}


@pytest.mark.parametrize(
    "document",
    [
        jwk(),
        jwk(kid="key-1"),
        jwk(kid=f"{URL}#key-1"),
        {"keys": [OTHER.jwk(), jwk(kid="key-1")]},
        {"keys": [jwk(kid=f"{URL}#key-1"), {"kty": "oct", "kid": "key-2"}, "x"]},
    ],
)
def test_it_works(document: dict[str, Any]) -> None:
    """A key is found bare, and in a set by the whole URL or its fragment."""
    assert published_key(document, f"{URL}#key-1") == KEY


def test_a_bare_key_needs_no_fragment() -> None:
    """A URL of its own is name enough, whatever the key calls itself."""
    assert published_key(jwk(kid="key-7"), URL) == KEY
    assert published_key({"keys": [jwk(kid=URL)]}, URL) == KEY
    assert refused({"keys": [jwk(kid="")]}, URL) == "key-not-issuers"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({}, "key-not-issuers"),
        ({"keys": "x"}, "key-not-issuers"),
        ({"keys": []}, "key-not-issuers"),
        ({"keys": [jwk(kid="key-2")]}, "key-not-issuers"),
        ({"keys": [jwk()]}, "key-not-issuers"),
        ({"keys": [jwk(kid=["key-1"])]}, "key-not-issuers"),
        (jwk(kid="key-2"), "key-not-issuers"),
        ({"keys": [jwk(kid="key-1"), jwk(kid="key-1")]}, "ambiguous-key"),
        ({"keys": [jwk(kid="key-1"), {"kty": "oct", "kid": f"{URL}#key-1"}]}, "ambiguous-key"),
        ({**jwk(), "keys": [jwk(kid="key-1")]}, "ambiguous-key"),
        ({"keys": [jwk(kid="key-1", use="enc")]}, "key-use"),
        ({"keys": [jwk(kid="key-1", d="AAAA")]}, "private-key-exposed"),
    ],
)
def test_a_document_without_exactly_that_key_is_refused(document: dict[str, Any], code: str) -> None:
    """No key, another key, two of one name, or one that may not be used."""
    assert refused(document) == code


def test_wycheproof_json_web_keys(shared: Path) -> None:
    """Every key set of Project Wycheproof: what must be refused is, and of the valid ones only the secret keys are not read."""
    wrong, unread = [], []
    for group, test in wycheproof(shared, "json_web_key"):
        keys = group.get("public") or group["private"]
        try:
            jws = read_jws(test["jws"], max_payload_bytes=10_000)
            verify_jws(jws, published_key(keys, f"{URL}#{jws.key_id}"))
        except CredentialError as error:
            if test["result"] == "valid":
                unread.append((test["tcId"], error.code))
        else:
            if test["result"] != "valid":
                wrong.append(test["tcId"])
    assert wrong == []
    assert unread == [(number, "algorithm-not-allowed") for number in (2, 13, 14, 15)]
