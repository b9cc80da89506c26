"""VC-JWT: what is read, what is refused, and that the algorithm follows from the key."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from okbadges.credentials.signers import Ed25519Signer
from okbadges.credentials.strict_json import Limits
from okbadges.credentials.vc_jwt import numeric_date, read_jwt, verify_jwt
from okbadges.errors import CredentialError
from verification.jwts import EcdsaKey, RsaKey, compact

SIGNER = Ed25519Signer(bytes(32))
PAYLOAD = {"id": "urn:uuid:1", "credentialSubject": {}, "iss": "did:example:1", "nbf": 1}
HEADER = {"alg": "EdDSA", "typ": "JWT", "kid": "did:example:1#key-1"}


def jwt(header: dict[str, Any] | bytes | None = None, payload: dict[str, Any] | bytes | None = None) -> str:
    """Return a JWT with this header and payload, signed with Ed25519."""
    return compact(HEADER if header is None else header, PAYLOAD if payload is None else payload, SIGNER.sign).decode()


def refused(text: str) -> str:
    """Return the code with which it is refused."""
    with pytest.raises(CredentialError) as refusal:
        read_jwt(text)
    return refusal.value.code


def test_it_works() -> None:
    """A JWT is read, its signature holds, and the credential comes without the claims of the envelope."""
    read = read_jwt(jwt())
    verify_jwt(read, SIGNER.public_key)
    assert (read.algorithm, read.key_id, read.embedded_key) == ("EdDSA", "did:example:1#key-1", None)
    assert read.unverified_credential() == {"id": "urn:uuid:1", "credentialSubject": {}}


@pytest.mark.parametrize(
    ("key", "algorithm"), [(EcdsaKey(), "ES256"), (EcdsaKey(ec.SECP384R1()), "ES384"), (RsaKey(), "RS256")]
)
def test_other_keys_sign_too(key: EcdsaKey | RsaKey, algorithm: str) -> None:
    """ES256, ES384 and RS256 are verified with keys of their kind, and not with each other's."""
    read = read_jwt(compact({"alg": algorithm}, PAYLOAD, key.sign).decode())
    verify_jwt(read, key.public_key)
    with pytest.raises(CredentialError) as refusal:
        verify_jwt(read, SIGNER.public_key)
    assert refusal.value.code == "algorithm-key-mismatch"


@pytest.mark.parametrize(
    "algorithm", ["none", "nOnE", "", "HS256", "PS256", "RS512", "eddsa", 0, True, None, ["EdDSA"]]
)
def test_other_algorithms_are_refused(algorithm: Any) -> None:
    """What is not one of ours, in exactly our spelling, is refused before any key is looked for."""
    assert refused(jwt({"alg": algorithm})) == "algorithm-not-allowed"
    assert refused(jwt({})) == "algorithm-not-allowed"


@pytest.mark.parametrize("member", ["crit", "b64"])
@pytest.mark.parametrize("value", [[], ["exp"], False, True, None])
def test_headers_that_change_the_rules_are_refused(member: str, value: Any) -> None:
    """Critical extensions and unencoded payloads are not understood, whatever they say."""
    assert refused(jwt({**HEADER, member: value})) == "jwt-header-not-supported"


@pytest.mark.parametrize("kind", ["JWT", "jwt", "vc+jwt", "VC+JWT", "application/vc+jwt"])
def test_types_of_credentials_are_read(kind: str) -> None:
    """Open Badges says JWT, the W3C says vc+jwt, and neither cares for case."""
    read_jwt(jwt({**HEADER, "typ": kind, "cty": "vc"}))


@pytest.mark.parametrize(
    "changes", [{"typ": "at+jwt"}, {"typ": "dc+sd-jwt"}, {"typ": 1}, {"typ": None}, {"cty": "JWT"}, {"cty": ["vc"]}]
)
def test_other_kinds_of_jwt_are_refused(changes: dict[str, Any]) -> None:
    """An access token is no credential, however well it is signed."""
    assert refused(jwt({**HEADER, **changes})) == "jwt-type-not-allowed"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "a.b.c.d",
        "..",
        jwt().rsplit(".", 1)[0] + ".",
        jwt().replace(".", "..", 1),
        jwt() + "=",
        jwt() + "\n",
        " " + jwt(),
        jwt()[:-1] + "+",
    ],
)
def test_only_three_plain_parts_are_read(text: str) -> None:
    """Empty parts, padding, whitespace and the other alphabet are refused."""
    assert refused(text).startswith("malformed-")


def test_one_signature_has_one_spelling() -> None:
    """Left-over bits in the last character would make a second text of the same signature."""
    text = jwt()
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = text[:-1] + last[last.index(text[-1]) + 1]
    assert refused(other) == "malformed-base64url"


@pytest.mark.parametrize("payload", [b"[]", b'"x"', b"1", b"null"])
def test_a_payload_that_is_no_object_is_refused(payload: bytes) -> None:
    """A credential is a JSON object."""
    assert refused(jwt(payload=payload)) == "malformed-jwt"


@pytest.mark.parametrize("text", [b"{", b"\xef\xbb\xbf{}", b'{"a":1,"a":2}', b'{"a":NaN}'])
def test_header_and_payload_are_strict_json(text: bytes) -> None:
    """A doubled member or a byte order mark is refused in both parts."""
    assert refused(jwt(payload=text)).startswith("json-")
    assert refused(jwt(header=text)).startswith("json-")


@pytest.mark.parametrize("changes", [{"kid": 1}, {"kid": {}}, {"jwk": "x"}, {"jwk": []}])
def test_a_malformed_key_reference_is_refused(changes: dict[str, Any]) -> None:
    """The key is named by a text, or carried as an object."""
    assert refused(jwt({**HEADER, **changes})) == "malformed-jwt"


def test_a_private_key_in_the_header_is_refused() -> None:
    """A key that everybody can sign with proves nothing any more."""
    jwk = {**SIGNER.public_key.jwk(), "d": "AAAA"}
    assert refused(jwt({**HEADER, "jwk": jwk})) == "private-key-exposed"


def test_a_key_that_came_along_must_be_the_issuers() -> None:
    """The header's own key must be the one that the issuer is known to have."""
    other = Ed25519Signer(b"1" * 32)
    read = read_jwt(jwt({**HEADER, "jwk": other.public_key.jwk()}))
    with pytest.raises(CredentialError) as refusal:
        verify_jwt(read, SIGNER.public_key)
    assert refusal.value.code == "key-not-issuers"
    verify_jwt(read_jwt(jwt({**HEADER, "jwk": SIGNER.public_key.jwk()})), SIGNER.public_key)


def test_every_changed_byte_is_noticed() -> None:
    """Header, payload and signature are all covered."""
    text = jwt()
    for place in range(0, len(text), 7):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        with pytest.raises(CredentialError):
            verify_jwt(read_jwt(changed), SIGNER.public_key)


def test_two_credentials_in_one_are_ambiguous() -> None:
    """A vc claim beside a credential at the top level is refused; alone it is left for the reader of that form."""
    with pytest.raises(CredentialError) as refusal:
        read_jwt(jwt(payload={**PAYLOAD, "vc": {}})).unverified_credential()
    assert refusal.value.code == "ambiguous-credential"
    assert read_jwt(jwt(payload={"iss": "x", "vc": {}})).unverified_credential() == {"vc": {}}


def test_a_large_payload_is_refused() -> None:
    """The limits of the JSON reader hold for what is inside."""
    with pytest.raises(CredentialError) as refusal:
        read_jwt(jwt(payload={"a": "x" * 2_000}), limits=Limits(bytes=1_000))
    assert refusal.value.code in {"json-too-large", "malformed-base64url"}


@pytest.mark.parametrize("value", ["1", None, True, -1, 1.5, 1e300, 10**30, [1], 253_402_300_800])
def test_times_are_whole_seconds(value: Any) -> None:
    """Texts, fractions and times before 1970 or after the year 9999 are refused."""
    with pytest.raises(CredentialError) as refusal:
        numeric_date(value)
    assert refusal.value.code == "malformed-time"
    assert numeric_date(0) == datetime(1970, 1, 1, tzinfo=UTC)
    assert numeric_date(4_070_908_800.0) == datetime(2099, 1, 1, tzinfo=UTC)


@given(st.text(alphabet="abAB01-_.= \n", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text leads to anything but a JWT or a `CredentialError`."""
    with contextlib.suppress(CredentialError):
        read_jwt(text)
