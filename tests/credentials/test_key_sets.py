"""Keys behind an address: a JWK, a set of them, and what is neither."""

from __future__ import annotations

from datetime import UTC, datetime
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
ISSUER = "https://issuer.example/profile/1"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def refused(document: dict[str, Any], key_id: str = f"{URL}#key-1") -> str:
    """Return the code with which it is refused."""
    with pytest.raises(CredentialError) as refusal:
        published_key(document, key_id, ISSUER, now=NOW)
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
    assert published_key(document, f"{URL}#key-1", ISSUER) == KEY


def test_a_bare_key_needs_no_fragment() -> None:
    """A URL of its own is name enough, whatever the key calls itself."""
    assert published_key(jwk(kid="key-7"), URL, ISSUER) == KEY
    assert published_key({"keys": [jwk(kid=URL)]}, URL, ISSUER) == KEY
    assert refused({"keys": [jwk(kid="")]}, URL) == "key-not-issuers"


def method(**members: Any) -> dict[str, Any]:
    """Return the key as a verification method of the issuer, at an address of its own."""
    stated = {"type": "Multikey", "publicKeyMultibase": KEY.multibase()}
    return {"@context": "https://www.w3.org/ns/cid/v1", "id": URL, "controller": ISSUER, **stated, **members}


def test_a_verification_method_stands_at_its_own_address() -> None:
    """A Multikey or JsonWebKey of the issuer whose id is the whole address, with or without a fragment."""
    assert published_key(method(), URL, ISSUER) == KEY
    assert published_key(method(id=f"{URL}#key-1"), f"{URL}#key-1", ISSUER) == KEY
    assert published_key(method(expires="2026-03-01T12:00:01Z"), URL, ISSUER, now=NOW) == KEY
    web_key: dict[str, Any] = {"id": URL, "type": "JsonWebKey", "controller": ISSUER, "publicKeyJwk": KEY.jwk()}
    assert published_key(web_key, URL, ISSUER) == KEY


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (method(controller="https://issuer.example/profile/2"), "key-not-issuers"),
        (method(controller="https://evil.example/profile/1"), "key-not-issuers"),
        (method(controller=[ISSUER]), "key-not-issuers"),
        (method(controller=None), "key-not-issuers"),
        (method(id=f"{URL}#key-1"), "key-not-issuers"),
        (method(id="https://evil.example/keys"), "key-not-issuers"),
        (method(id=None), "key-not-issuers"),
        (method(revoked="2026-01-01T00:00:00Z"), "key-revoked"),
        (method(expires="2026-03-01T12:00:00Z"), "key-expired"),
        (method(secretKeyMultibase="z3u2"), "private-key-exposed"),
        (method(type="Key"), "unsupported-key"),
        (method(type=["Multikey"]), "unsupported-key"),
        (method(publicKeyMultibase=[KEY.multibase()]), "malformed-key"),
        (method(publicKeyJwk=KEY.jwk()), "ambiguous-key"),
        (method(**OTHER.jwk()), "ambiguous-key"),
        (method(keys=[jwk(kid=URL)]), "ambiguous-key"),
    ],
)
def test_a_verification_method_that_is_not_the_issuers_own_is_refused(document: dict[str, Any], code: str) -> None:
    """Another controller or id, an end, a private key, and two keys in one."""
    assert refused(document, URL) == code


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
            verify_jws(jws, published_key(keys, f"{URL}#{jws.header.key_id}", ISSUER))
        except CredentialError as error:
            if test["result"] == "valid":
                unread.append((test["tcId"], error.code))
        else:
            if test["result"] != "valid":
                wrong.append(test["tcId"])
    assert wrong == []
    assert unread == [(number, "algorithm-not-allowed") for number in (2, 13, 14, 15)]
