"""Issuing JWTs: header and claims exactly as the texts have them, and nothing that a reader would refuse."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from okbadges.credentials.jwt_claims import compare_claims
from okbadges.credentials.jwt_signing import sign_jose, sign_vc_jwt
from okbadges.credentials.multibase import decode_base64url
from okbadges.credentials.signers import EcdsaSigner, Ed25519Signer, RsaSigner
from okbadges.credentials.times import moment_text
from okbadges.credentials.vc_jwt import read_jwt, verify_jwt
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Callable

    from okbadges.credentials.signers import Signer

SIGNER = Ed25519Signer(bytes(32))
KEY_ID = "did:web:badges.example#key-1"
RSA = RsaSigner(rsa.generate_private_key(65537, 2048))
P256, P384, P521 = (EcdsaSigner.from_number(7, curve) for curve in (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()))
CREDENTIAL: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
    "id": "urn:uuid:7d2ef4e8-4c52-4a34-8f45-9f52c7a3c5d1",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {"id": "did:web:badges.example", "type": ["Profile"]},
    "validFrom": "2026-03-01T00:00:00Z",
    "validUntil": "2031-03-01T02:00:00+02:00",
    "credentialSubject": {"id": "did:example:2", "type": ["AchievementSubject"]},
}
PRESENTATION: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiablePresentation"],
    "holder": "did:example:2",
}


def opened(compact: str) -> tuple[list[tuple[str, Any]], dict[str, Any]]:
    """Return the header members in their order, and the payload."""
    header, payload, _ = (decode_base64url(part, max_characters=10_000) for part in compact.split("."))
    try:
        return list(json.loads(header).items()), json.loads(payload)
    except UnicodeDecodeError:
        raise AssertionError(compact) from None


def code_of(call: Callable[..., str], *args: Any, **kwargs: Any) -> tuple[str, str]:
    """Return code and pointer with which it is refused."""
    with pytest.raises(CredentialError) as refusal:
        call(*args, **kwargs)
    return refusal.value.code, refusal.value.where


def changed(**changes: Any) -> dict[str, Any]:
    """Return the credential with other members; a change to ``...`` leaves one out."""
    return {name: value for name, value in {**CREDENTIAL, **changes}.items() if value is not ...}


@pytest.mark.parametrize(("signer", "algorithm"), [(RSA, "RS256"), (P256, "ES256"), (SIGNER, "EdDSA")])
def test_it_works(signer: Signer, algorithm: str) -> None:
    """Header: alg, kid, typ. Payload: the credential, and the five claims that repeat it."""
    compact = sign_vc_jwt(CREDENTIAL, signer=signer, key_id=KEY_ID)
    assert opened(compact) == (
        [("alg", algorithm), ("kid", KEY_ID), ("typ", "JWT")],
        {
            **CREDENTIAL,
            "iss": "did:web:badges.example",
            "jti": CREDENTIAL["id"],
            "nbf": 1772323200,
            "sub": "did:example:2",
            "exp": 1930089600,
        },
    )
    read = read_jwt(compact)
    verify_jwt(read, signer.public_key)
    compare_claims(read, read.unverified_credential())
    assert read.unverified_credential() == CREDENTIAL


def test_a_key_without_an_address_goes_along() -> None:
    """The header holds the public JWK then, and no kid."""
    header, _ = opened(sign_vc_jwt(CREDENTIAL, signer=RSA, key_id=None))
    assert header == [("alg", "RS256"), ("jwk", RSA.public_key.jwk()), ("typ", "JWT")]


def test_claims_without_a_member_are_left_out() -> None:
    """A subject without an id has no sub, a credential without an end no exp; an issuer may be a plain id."""
    plain = changed(credentialSubject={"identifier": []}, validUntil=..., issuer="did:web:badges.example")
    _, payload = opened(sign_vc_jwt(plain, signer=SIGNER, key_id=KEY_ID))
    assert payload.keys() - plain.keys() == {"iss", "jti", "nbf"}


@pytest.mark.parametrize(
    ("changes", "code", "where"),
    [
        ({"proof": {}}, "already-signed", "/proof"),
        ({"iss": "x"}, "ambiguous-credential", "/iss"),
        ({"vc": {}}, "ambiguous-credential", "/vc"),
        ({"aud": "x"}, "ambiguous-credential", "/aud"),
        ({"@context": ["https://www.w3.org/2018/credentials/v1"]}, "context-missing", "/@context"),
        ({"@context": "https://www.w3.org/ns/credentials/v2"}, "context-missing", "/@context"),
        ({"@context": ...}, "context-missing", "/@context"),
        ({"id": ...}, "missing-claims", "/id"),
        ({"id": 1}, "missing-claims", "/id"),
        ({"issuer": ...}, "missing-claims", "/issuer"),
        ({"issuer": {"type": "Profile"}}, "missing-claims", "/issuer"),
        ({"validFrom": ...}, "malformed-time", "/validFrom"),
        ({"validFrom": "2026-03-01"}, "malformed-time", "/validFrom"),
        ({"validFrom": "2026-03-01T00:00:00.5Z"}, "malformed-time", "/validFrom"),
        ({"validFrom": "1969-12-31T23:59:59Z"}, "malformed-time", "/validFrom"),
        ({"validUntil": None}, "malformed-time", "/validUntil"),
        ({"credentialSubject": {"id": 1}}, "subject-mismatch", ""),
        ({"type": "VerifiablePresentation"}, "jwt-type-not-allowed", "/type"),
        ({"description": {"@id": "x"}}, "keyword-key", "/description/@id"),
        ({"description": "x" * 300_000}, "json-too-large", ""),
    ],
)
def test_what_a_reader_would_refuse_is_not_signed(changes: dict[str, Any], code: str, where: str) -> None:
    """Another data model, a second proof, names of claims, missing or odd dates, hidden members, and too much of it."""
    assert code_of(sign_vc_jwt, changed(**changes), signer=SIGNER, key_id=KEY_ID) == (code, where)


@pytest.mark.parametrize("key_id", ["", "key-1", "#key-1", "did:web:a b", "did:", "https://a\n"])
def test_a_badge_names_its_key_by_an_absolute_url(key_id: str) -> None:
    """Nobody could look up another name."""
    assert code_of(sign_vc_jwt, CREDENTIAL, signer=SIGNER, key_id=key_id)[0] == "key-not-named"


def test_a_badge_is_signed_with_three_kinds_of_keys() -> None:
    """What other verifiers of badges cannot read is not issued, and a signature that nobody could verify neither."""
    for signer in (P384, P521):
        assert code_of(sign_vc_jwt, CREDENTIAL, signer=signer, key_id=KEY_ID)[0] == "algorithm-not-allowed"
    other = Ed25519Signer(b"1" * 32).public_key
    assert code_of(sign_vc_jwt, CREDENTIAL, signer=SIGNER, key_id=KEY_ID, published_key=other)[0] == "signing-failed"
    assert (
        code_of(sign_vc_jwt, CREDENTIAL, signer=SIGNER, key_id=KEY_ID, published_key=RSA.public_key)[0]
        == "signing-failed"
    )


@pytest.mark.parametrize(
    ("signer", "algorithm"), [(RSA, "RS256"), (P256, "ES256"), (SIGNER, "EdDSA"), (P384, "ES384"), (P521, "ES512")]
)
def test_the_forms_of_the_w3c(signer: Signer, algorithm: str) -> None:
    """Header: alg, kid, typ, cty. The payload is the document itself, with the claims that were asked for."""
    compact = sign_jose(CREDENTIAL, signer=signer, key_id="key-1", typ="vc+jwt")
    assert opened(compact) == ([("alg", algorithm), ("kid", "key-1"), ("typ", "vc+jwt"), ("cty", "vc")], CREDENTIAL)
    verify_jwt(read_jwt(compact), signer.public_key)
    claims = {"aud": "https://verifier.example", "nonce": "n", "iss": "did:example:2"}
    compact = sign_jose(PRESENTATION, signer=signer, key_id="key-1", typ="vp+jwt", claims=claims)
    read = read_jwt(compact)
    verify_jwt(read, signer.public_key)
    assert opened(compact)[0][2:] == [("typ", "vp+jwt"), ("cty", "vp")]
    assert (read.unverified_document(), read.audience(), read.nonce()) == (PRESENTATION, (claims["aud"],), "n")


@pytest.mark.parametrize(
    ("document", "options", "code"),
    [
        (PRESENTATION, {}, "jwt-type-not-allowed"),
        (CREDENTIAL, {"typ": "vp+jwt"}, "jwt-type-not-allowed"),
        (changed(type=...), {}, "jwt-type-not-allowed"),
        (changed(vc={}), {}, "ambiguous-credential"),
        (changed(nonce="x"), {}, "ambiguous-credential"),
        (CREDENTIAL, {"claims": {"name": "x"}}, "ambiguous-credential"),
        (CREDENTIAL, {"claims": {"vc": {}}}, "ambiguous-credential"),
        (CREDENTIAL, {"claims": {"iss": "did:example:evil"}}, "issuer-mismatch"),
        (CREDENTIAL, {"claims": {"nbf": 1}}, "time-mismatch"),
        (CREDENTIAL, {"key_id": ""}, "key-not-named"),
        (CREDENTIAL, {"key_id": "a\tb"}, "key-not-named"),
    ],
)
def test_the_forms_of_the_w3c_contradict_nothing(document: dict[str, Any], options: dict[str, Any], code: str) -> None:
    """A document is what the type says, its members are no claims, and the claims agree with it."""
    arguments = {"signer": SIGNER, "key_id": "key-1", "typ": "vc+jwt", **options}
    assert code_of(sign_jose, document, **arguments)[0] == code


@given(name=st.text(max_size=20), begins=st.integers(0, 253_402_300_799))
def test_what_is_signed_is_read_again(name: str, begins: int) -> None:
    """Any name and any begin come back as they were."""
    document = changed(name=name, validFrom=moment_text(datetime.fromtimestamp(begins, UTC)), validUntil=...)
    read = read_jwt(sign_vc_jwt(document, signer=SIGNER, key_id=KEY_ID))
    assert read.unverified_credential() == document
    assert read.claims["nbf"] == begins
