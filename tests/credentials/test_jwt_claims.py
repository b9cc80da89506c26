"""Claims of a JWT: they repeat the document, or the document is not believed."""

from __future__ import annotations

from typing import Any

import pytest

from okbadges.credentials.jwt_claims import compare_claims
from okbadges.credentials.signers import Ed25519Signer
from okbadges.credentials.vc_jwt import read_jwt
from okbadges.errors import CredentialError
from verification.jwts import compact

V1 = "https://www.w3.org/2018/credentials/v1"
CREDENTIAL: dict[str, Any] = {
    "id": "urn:uuid:1",
    "type": ["VerifiableCredential"],
    "issuer": {"id": "did:example:1"},
    "validFrom": "2010-01-01T01:00:00.9+01:00",
    "validUntil": "2099-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:2"},
}
OLDER: dict[str, Any] = {
    "@context": [V1],
    "type": ["VerifiableCredential"],
    "issuer": "did:example:1",
    "id": "urn:uuid:1",
    "issuanceDate": "2010-01-01T00:00:00Z",
    "expirationDate": "2099-01-01T00:00:00Z",
    "credentialSubject": [{"id": "did:example:2"}],
}
PRESENTATION: dict[str, Any] = {"type": "VerifiablePresentation", "holder": {"id": "did:example:1"}, "id": "urn:uuid:1"}
CLAIMS = {
    "iss": "did:example:1",
    "jti": "urn:uuid:1",
    "sub": "did:example:2",
    "nbf": 1262304000,
    "exp": 4070908800,
    "iat": "2010-01-01T00:00:00Z",
}
OF_A_PRESENTATION = {"iss": "did:example:1", "jti": "urn:uuid:1", "nbf": 1, "exp": 2, "aud": "x", "nonce": "y"}


def compare(payload: dict[str, Any]) -> None:
    """Compare the claims of a JWT with the document in it."""
    jwt = read_jwt(compact({"alg": "EdDSA"}, payload, Ed25519Signer(bytes(32)).sign).decode())
    compare_claims(jwt, jwt.unverified_document())


def refused(payload: dict[str, Any]) -> str:
    """Return the code of a contradiction."""
    with pytest.raises(CredentialError) as refusal:
        compare(payload)
    return refusal.value.code


@pytest.mark.parametrize(
    "payload",
    [
        {**CREDENTIAL, **CLAIMS},
        {"vc": OLDER, **CLAIMS},
        {"vc": {**OLDER, "issuer": {"id": "did:example:1"}}, **CLAIMS},
        {"vc": {"@context": [V1], "credentialSubject": {}}, **CLAIMS},
        {"vc": CREDENTIAL, **CLAIMS},
        {**PRESENTATION, **OF_A_PRESENTATION},
        {"vp": {"type": "VerifiablePresentation"}, **OF_A_PRESENTATION},
        {"type": "VerifiablePresentation", **OF_A_PRESENTATION},
    ],
)
def test_it_works(payload: dict[str, Any]) -> None:
    """All claims agree with the document in each form, a fraction of a second and another offset apart."""
    compare(payload)


@pytest.mark.parametrize("document", [CREDENTIAL, {"vc": OLDER}])
def test_a_missing_claim_contradicts_nothing(document: dict[str, Any]) -> None:
    """Many honest issuers leave claims out."""
    compare(document)
    for claim in CLAIMS:
        compare({**document, **{name: value for name, value in CLAIMS.items() if name != claim}})


@pytest.mark.parametrize("document", [CREDENTIAL, {"vc": OLDER}])
@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"iss": "did:example:evil"}, "issuer-mismatch"),
        ({"iss": None}, "issuer-mismatch"),
        ({"iss": {"id": "did:example:1"}}, "issuer-mismatch"),
        ({"jti": "urn:uuid:2"}, "id-mismatch"),
        ({"sub": "did:example:evil"}, "subject-mismatch"),
        ({"nbf": 1262304001}, "time-mismatch"),
        ({"nbf": "1262304000"}, "malformed-time"),
        ({"exp": 4070908801}, "time-mismatch"),
        ({"exp": True}, "malformed-time"),
        ({"exp": 1e300}, "malformed-time"),
        ({"aud": "https://verifier.example"}, "audience-mismatch"),
        ({"aud": []}, "audience-mismatch"),
        ({"aud": [7]}, "malformed-jwt"),
    ],
)
def test_a_contradiction_is_refused(document: dict[str, Any], claims: dict[str, Any], code: str) -> None:
    """A reader of the claims and a reader of the credential must not see different things."""
    assert refused({**document, **CLAIMS, **claims}) == code


@pytest.mark.parametrize(
    ("changes", "claim", "code"),
    [
        ({"issuer": None}, "iss", "issuer-mismatch"),
        ({"issuer": ["did:example:1"]}, "iss", "issuer-mismatch"),
        ({"id": None}, "jti", "id-mismatch"),
        ({"credentialSubject": {}}, "sub", "subject-mismatch"),
        ({"credentialSubject": [{"id": "did:example:2"}, {"id": "did:example:2"}]}, "sub", "subject-mismatch"),
        ({"validFrom": None}, "nbf", "time-mismatch"),
        ({"validFrom": "2010-01-01"}, "nbf", "malformed-time"),
        ({"validUntil": None}, "exp", "time-mismatch"),
    ],
)
def test_a_claim_repeats_what_is_there(changes: dict[str, Any], claim: str, code: str) -> None:
    """What the credential does not say, or says of several, no claim can say in its place."""
    assert refused({**CREDENTIAL, **changes, claim: CLAIMS[claim]}) == code


@pytest.mark.parametrize("document", [CREDENTIAL, {"vc": OLDER}])
def test_a_credential_may_be_for_its_subject(document: dict[str, Any]) -> None:
    """1EdTech's samples name the subject as the audience; one without an id is nobody's."""
    compare({**document, **CLAIMS, "aud": "did:example:2"})
    compare({**document, **CLAIMS, "aud": ["x", "did:example:2"]})
    assert refused({"vc": {"@context": V1, "credentialSubject": {}}, "aud": "did:example:2"}) == "audience-mismatch"


@pytest.mark.parametrize(
    ("claim", "member", "code"),
    [
        ("iss", "issuer", "issuer-mismatch"),
        ("jti", "id", "id-mismatch"),
        ("sub", "credentialSubject", "subject-mismatch"),
    ],
)
def test_two_nulls_do_not_agree(claim: str, member: str, code: str) -> None:
    """What is repeated is a text."""
    value: Any = {"id": None} if member == "credentialSubject" else None
    assert refused({**CREDENTIAL, member: value, claim: None}) == code


def test_an_end_may_stand_in_the_claims_alone() -> None:
    """A JWT may end where the credential inside has no end; its begin is the credential's."""
    unending = {name: value for name, value in CREDENTIAL.items() if name != "validUntil"}
    compare({**unending, "exp": 1})
    assert refused({**unending, "exp": "1"}) == "malformed-time"
    without = {name: value for name, value in CREDENTIAL.items() if name != "validFrom"}
    assert refused({**without, "nbf": 1}) == "time-mismatch"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"iss": "did:example:evil"}, "issuer-mismatch"),
        ({"jti": "urn:uuid:2"}, "id-mismatch"),
        ({"nbf": "1"}, "malformed-time"),
        ({"exp": None}, "malformed-time"),
    ],
)
def test_a_presentation_contradicts_nothing_either(claims: dict[str, Any], code: str) -> None:
    """Its issuer is the holder, and its times are times."""
    for document in (PRESENTATION, {"vp": PRESENTATION}):
        assert refused({**document, **OF_A_PRESENTATION, **claims}) == code
