"""JWTs of credentials and presentations: which document a payload is, in each of the three forms."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okbadges.credentials.signers import Ed25519Signer
from okbadges.credentials.strict_json import Limits
from okbadges.credentials.vc_jwt import numeric_date, read_jwt, verify_jwt
from okbadges.errors import CredentialError
from verification.jwts import compact

if TYPE_CHECKING:
    from okbadges.credentials.vc_jwt import UnverifiedJwt

SIGNER = Ed25519Signer(bytes(32))
HEADER = {"alg": "EdDSA", "typ": "JWT", "kid": "did:example:1#key-1"}
CREDENTIAL = {"id": "urn:uuid:1", "type": ["VerifiableCredential"], "credentialSubject": {}}
PRESENTATION = {"type": "VerifiablePresentation", "holder": "did:example:2"}
CLAIMS = {"iss": "did:example:1", "nbf": 1, "sub": "x", "jti": "y", "exp": 2, "iat": 3}
V1 = "https://www.w3.org/2018/credentials/v1"


def jwt(payload: dict[str, Any] | bytes | None = None, **header: Any) -> str:
    """Return a JWT with this payload and more header members, signed with Ed25519."""
    wanted = {**CREDENTIAL, **CLAIMS} if payload is None else payload
    return compact({**HEADER, **header}, wanted, SIGNER.sign).decode()


def read(payload: dict[str, Any] | None = None, **header: Any) -> UnverifiedJwt:
    """Return such a JWT, read."""
    return read_jwt(jwt(payload, **header))


def refused(text: str, **kwargs: Any) -> str:
    """Return the code with which reading the text, or the document in it, is refused."""
    with pytest.raises(CredentialError) as refusal:
        read_jwt(text, **kwargs).unverified_document()
    return refusal.value.code


def filled(vc: dict[str, Any], **claims: Any) -> dict[str, Any]:
    """Return the credential of a claim vc with these claims beside it."""
    document: dict[str, Any] = read({"vc": vc, **claims}).unverified_credential()
    return document


def test_it_works() -> None:
    """A JWT is read, its signature holds, and the credential comes without the claims of the envelope."""
    found = read()
    verify_jwt(found, SIGNER.public_key)
    assert (found.algorithm, found.key_id, found.embedded_key) == ("EdDSA", "did:example:1#key-1", None)
    assert found.held() == "credential"
    assert found.unverified_credential() == found.unverified_document() == CREDENTIAL


def test_another_key_does_not_verify_it() -> None:
    """The signature is that of one key."""
    with pytest.raises(CredentialError) as refusal:
        verify_jwt(read(), Ed25519Signer(b"1" * 32).public_key)
    assert refusal.value.code == "bad-signature"


@pytest.mark.parametrize("kind", ["JWT", "jwt", "vc+jwt", "VC+JWT", "application/vc+jwt", "vc+ld+json+jwt"])
def test_types_of_credentials_are_read(kind: str) -> None:
    """Open Badges says JWT, the W3C says vc+jwt, and neither cares for case."""
    assert read(typ=kind, cty="vc").held() == "credential"
    assert read_jwt(compact({"alg": "EdDSA"}, CREDENTIAL, SIGNER.sign).decode()).held() == "credential"


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "vp+jwt", "cty": "vp"},
        {"typ": "application/VP+JWT"},
        {"typ": "vp+ld+json+jwt", "cty": "vp+ld+json"},
        {"cty": "application/vp"},
    ],
)
def test_types_of_presentations_are_read(header: dict[str, Any]) -> None:
    """The W3C's names, the older ones, and JWT; a payload that does not say what it is, is what the header says."""
    assert read(PRESENTATION, **header).held() == "presentation"
    assert read({}, **header).held() == "presentation"
    assert refused(jwt(**header)) == "jwt-type-not-allowed"


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "at+jwt"},
        {"typ": "dc+sd-jwt"},
        {"typ": "vc+sd-jwt"},
        {"typ": "statuslist+jwt"},
        {"typ": ""},
        {"cty": "JWT"},
        {"cty": "jwt"},
        {"cty": "vc+jwt"},
        {"typ": "vp+jwt"},
        {"cty": "vp"},
        {"typ": "vc+jwt", "cty": "vp"},
        {"typ": "vp+jwt", "cty": "vc"},
    ],
)
def test_other_kinds_of_jwt_are_refused(header: dict[str, Any]) -> None:
    """An access token is no credential, however well it is signed; nor is a credential a presentation."""
    assert refused(jwt(**header)) == "jwt-type-not-allowed"


def test_a_presentation_is_read_in_both_forms() -> None:
    """Its payload is the presentation, or its claim vp is; claims about the demand are no members of it."""
    claims = {"iss": "did:example:2", "jti": "urn:uuid:2", "aud": "https://verifier.example", "nonce": "n", "exp": 9}
    for payload in ({**PRESENTATION, **claims}, {"vp": PRESENTATION, **claims}):
        found = read(payload)
        assert found.held() == "presentation"
        assert found.unverified_document().items() >= PRESENTATION.items()
        assert (found.audience(), found.nonce()) == (("https://verifier.example",), "n")
        assert (found.moment("exp"), found.moment("nbf")) == (datetime(1970, 1, 1, 0, 0, 9, tzinfo=UTC), None)
        with pytest.raises(CredentialError) as refusal:
            found.unverified_credential()
        assert refusal.value.code == "jwt-type-not-allowed"
    assert read({**PRESENTATION, **claims}, typ="vp+jwt", cty="vp").unverified_document() == PRESENTATION
    bare = {"type": "VerifiablePresentation"}
    assert read({"vp": bare, **claims}).unverified_document() == {**bare, "id": "urn:uuid:2", "holder": "did:example:2"}


def test_whom_a_jwt_is_for_is_a_text_or_texts() -> None:
    """Several may be named, none need be; another form is refused when somebody asks."""
    assert read({"aud": ["a", "b"]}).audience() == ("a", "b")
    assert (read({}).audience(), read({}).nonce()) == ((), None)
    for payload in ({"aud": 1}, {"aud": ["a", 1]}, {"aud": None}):
        with pytest.raises(CredentialError) as refusal:
            read(payload).audience()
        assert refusal.value.code == "malformed-jwt"
    for value in (None, 1, ["n"]):
        with pytest.raises(CredentialError) as refusal:
            read({"nonce": value}).nonce()
        assert refusal.value.code == "malformed-jwt"


def test_something_else_is_left_as_it_is() -> None:
    """An assertion of Open Badges 2.0 is no document of ours to judge here, its names with colons included."""
    assertion = {"@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "extensions:x": {"@type": "y"}}
    found = read(assertion)
    assert (found.held(), found.unverified_document()) == ("other", assertion)
    assert found.unverified_credential() == assertion


def test_what_the_credential_leaves_to_the_claims_is_filled_in() -> None:
    """VC Data Model 1.1, 6.3.1: issuer, id, dates and subject may stand in the claims alone."""
    claims = {"iss": "did:example:1", "jti": "urn:uuid:1", "nbf": 1262304000, "exp": 4070908800, "sub": "did:example:2"}
    vc = {"@context": [V1], "type": ["VerifiableCredential"], "credentialSubject": {"type": "x"}}
    assert filled(vc, **claims) == {
        **vc,
        "id": "urn:uuid:1",
        "issuer": "did:example:1",
        "issuanceDate": "2010-01-01T00:00:00Z",
        "expirationDate": "2099-01-01T00:00:00Z",
        "credentialSubject": {"type": "x", "id": "did:example:2"},
    }
    profile = {**vc, "issuer": {"type": "Profile"}, "credentialSubject": [{}]}
    assert filled(profile, **claims)["issuer"] == {"type": "Profile", "id": "did:example:1"}
    assert filled(profile, **claims)["credentialSubject"] == {"id": "did:example:2"}
    newer = {**vc, "@context": ["https://www.w3.org/ns/credentials/v2"]}
    assert filled(newer, **claims)["validFrom"] == "2010-01-01T00:00:00Z"
    assert filled(newer, **claims)["validUntil"] == "2099-01-01T00:00:00Z"


def test_what_the_credential_says_itself_stays() -> None:
    """Claims fill in, they never overwrite: whether they agree is another question."""
    vc = {
        "@context": V1,
        "id": "a",
        "issuer": {"id": "b"},
        "issuanceDate": "c",
        "expirationDate": "d",
        "credentialSubject": {"id": "e"},
    }
    assert filled(vc, **CLAIMS) == vc
    several = {"@context": V1, "issuer": ["x"], "credentialSubject": [{}, {}]}
    assert filled(several, iss="y", sub="z") == several
    assert filled({"issuer": "x"}) == {"issuer": "x"}
    assert filled({}) == {}
    assert filled({}, iss="x", sub="y") == {"issuer": "x"}


@pytest.mark.parametrize("claim", ["nbf", "exp"])
def test_a_date_that_is_none_is_not_filled_in(claim: str) -> None:
    """A text, a truth value or a fraction is no time; where the credential has its own date, it is not needed."""
    for value in ("1262304000", True, 1.5, -1):
        assert refused(jwt({"vc": {"@context": V1}, claim: value})) == "malformed-time"
    dates = {"@context": V1, "issuanceDate": "x", "expirationDate": "y"}
    assert filled(dates, **{claim: "1262304000"}) == dates


@pytest.mark.parametrize(
    ("payload", "header"),
    [
        ({**CREDENTIAL, "vc": {}}, {}),
        ({**CREDENTIAL, "vp": {}}, {}),
        ({"vc": {}, "vp": {}}, {}),
        ({"vc": {}, "@context": V1}, {}),
        ({"vc": {}, "issuer": "x"}, {}),
        ({"vc": {}, "validFrom": "x"}, {}),
        ({"vc": {}, "expirationDate": "x"}, {}),
        ({"vc": {}, "proof": {}}, {}),
        ({"vp": {}, "verifiableCredential": []}, {}),
        ({"vc": {"type": "VerifiablePresentation"}}, {}),
        ({"vp": {"type": ["VerifiableCredential"]}}, {}),
        ({"type": ["VerifiableCredential", "VerifiablePresentation"]}, {}),
        ({"vc": {}}, {"typ": "vc+jwt"}),
        ({"vp": {}}, {"typ": "vp+jwt"}),
        ({"vc": "oops", "vp": "nooo"}, {"typ": "vc+jwt"}),
    ],
)
def test_two_documents_in_one_are_ambiguous(payload: dict[str, Any], header: dict[str, Any]) -> None:
    """A claim vc or vp beside another document, where VC-JOSE-COSE forbids it, or one that calls itself the other kind."""
    assert refused(jwt(payload, **header)) == "ambiguous-credential"


@pytest.mark.parametrize(
    "member",
    [
        "@context",
        "id",
        "type",
        "issuer",
        "holder",
        "credentialSubject",
        "credentialStatus",
        "verifiableCredential",
        "proof",
        "validFrom",
        "validUntil",
        "issuanceDate",
        "expirationDate",
    ],
)
def test_no_member_of_a_document_stands_beside_a_claim_that_holds_one(member: str) -> None:
    """Some reader would take it for the document's."""
    assert refused(jwt({"vc": {}, member: "x"})) == "ambiguous-credential"


def test_what_only_a_presentation_has_stays_in_a_credential() -> None:
    """Open Badges 3.0, 8.2.4, names the claims to strip; an audience or a challenge is none of them."""
    payload = {**CREDENTIAL, "aud": "x", "nonce": "y"}
    assert read(payload).unverified_credential() == payload


@pytest.mark.parametrize("payload", [{"vc": "x"}, {"vc": None}, {"vp": [{}]}])
def test_a_claim_that_holds_no_document_is_refused(payload: dict[str, Any]) -> None:
    """What is in vc or vp is an object."""
    assert refused(jwt(payload)) == "malformed-jwt"


def test_what_json_ld_reads_otherwise_is_refused() -> None:
    """In the document, wherever it stands; what a presentation holds is read when its turn comes."""
    hidden = {"issuer": {"@id": "did:example:evil"}}
    assert refused(jwt({**CREDENTIAL, **hidden})) == "keyword-key"
    assert refused(jwt({"vc": hidden})) == "keyword-key"
    assert refused(jwt({**PRESENTATION, "sec:holder": "x"})) == "iri-key"
    held = {**PRESENTATION, "verifiableCredential": [hidden]}
    assert read(held).unverified_document() == held


@pytest.mark.parametrize("payload", [b"[]", b'"x"', b"1", b"null"])
def test_a_payload_that_is_no_object_is_refused(payload: bytes) -> None:
    """A credential is a JSON object."""
    assert refused(jwt(payload)) == "malformed-jwt"


@pytest.mark.parametrize("text", [b"{", b"\xef\xbb\xbf{}", b'{"a":1,"a":2}', b'{"a":NaN}'])
def test_the_payload_is_strict_json(text: bytes) -> None:
    """A doubled member or a byte order mark is refused."""
    assert refused(jwt(text)).startswith("json-")


def test_a_large_payload_is_refused() -> None:
    """The limits of the JSON reader hold for what is inside."""
    assert refused(jwt({"a": "x" * 2_000}), limits=Limits(bytes=1_000)) == "too-large"
    assert refused(jwt(b'{"a":' * 40 + b"1" + b"}" * 40)) == "json-too-deep"


@pytest.mark.parametrize("value", ["1", None, True, -1, 1.5, 1e300, 10**30, [1], 253_402_300_800])
def test_times_are_whole_seconds(value: Any) -> None:
    """Texts, fractions and times before 1970 or after the year 9999 are refused."""
    with pytest.raises(CredentialError) as refusal:
        numeric_date(value)
    assert refusal.value.code == "malformed-time"
    assert numeric_date(0) == datetime(1970, 1, 1, tzinfo=UTC)
    assert numeric_date(253_402_300_799).year == 9999
    assert numeric_date(4_070_908_800.0) == datetime(2099, 1, 1, tzinfo=UTC)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=3), lambda inner: st.lists(inner, max_size=2)
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["vc", "vp", "type", "issuer", "iss", "nbf", "exp", "sub", "jti", "aud", "@context", "credentialSubject"]
        ),
        JSON | st.dictionaries(st.sampled_from(["id", "type", "issuer", "@id", "credentialSubject"]), JSON, max_size=3),
        max_size=5,
    )
)
def test_any_payload_is_a_document_or_refused(payload: dict[str, Any]) -> None:
    """No payload leads to anything but a document or a `CredentialError`."""
    with contextlib.suppress(CredentialError):
        assert isinstance(read(payload).unverified_document(), dict)
