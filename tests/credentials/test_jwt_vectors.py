"""JWTs made by others: the samples of the W3C's suite, of the Open Badges text, of 1EdTech's validator and of JavaScript."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from okbadges.credentials.baking import unbake
from okbadges.credentials.jwt_claims import compare_claims
from okbadges.credentials.jwt_signing import sign_jose
from okbadges.credentials.key_sets import published_key
from okbadges.credentials.keys import public_key_from_jwk
from okbadges.credentials.multibase import decode_base64url
from okbadges.credentials.signers import EcdsaSigner
from okbadges.credentials.vc_jwt import read_jwt, verify_jwt
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from pathlib import Path

    from okbadges.credentials.vc_jwt import UnverifiedJwt

V1_DATES = ("issuanceDate", "validFrom")


def jose(shared: Path, name: str) -> Any:
    """Return one file of the W3C's suite: JSON read, a text without the line end."""
    text = (shared / "standards/data/vectors/w3c-vc-jose-cose" / name).read_text().strip()
    return json.loads(text) if name.endswith(".json") else text


def result(text: str, jwk: dict[str, Any]) -> str | None:
    """Return None for a JWT that holds with this key and agrees with itself, or the code with which it is refused."""
    try:
        read = read_jwt(text)
        document = read.unverified_document()
        verify_jwt(read, public_key_from_jwk(jwk))
        compare_claims(read, document)
    except CredentialError as error:
        return error.code
    return None


@pytest.mark.parametrize(
    ("name", "key", "code"),
    [
        ("credential-jose-minimal", "p256", None),
        ("presentation-jose-multiple", "p384", None),
        ("credential-issuer-match-signed", "ed25519", None),
        ("credential-jose-unknown-extensions", "ed25519", "algorithm-key-mismatch"),
        ("credential-jose-unknown-extensions", "p521", None),
        ("credential-jose-bad-signature", "ed25519", "bad-signature"),
        ("credential-jose-bad-media-type", "ed25519", "jwt-type-not-allowed"),
        ("presentation-jose-bad-media-type", "ed25519", "jwt-type-not-allowed"),
        ("credential-jose-vc-vp-claims", "ed25519", "ambiguous-credential"),
    ],
)
def test_what_the_w3c_suite_asks_of_a_verifier(shared: Path, name: str, key: str, code: str | None) -> None:
    """Tests 6 to 9 and 12 to 15 of the suite, with its keys; in 9 the key that is given is not the one that signed.

    The credential inside the presentation of 16 is no credential, which is for whoever opens it to say.
    """
    method = jose(shared, f"vm-{key}.json")
    assert result(jose(shared, f"{name}.txt"), method["publicKeyJwk"]) == code


@pytest.mark.parametrize("name", ["credential-minimal.json", "presentation-single.json"])
def test_what_is_not_secured_is_no_jwt(shared: Path, name: str) -> None:
    """Tests 10 and 11 of the suite."""
    key = jose(shared, "vm-ed25519.json")["publicKeyJwk"]
    assert result(json.dumps(jose(shared, name)), key) == "malformed-jwt"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("credential-minimal", "p256"),
        ("credential-full", "p384"),
        ("presentation-single", "p256"),
        ("presentation-multiple", "p521"),
    ],
)
def test_what_the_w3c_suite_asks_of_an_issuer(shared: Path, name: str, key: str) -> None:
    """Tests 1 to 4 of the suite: signed with its keys, read again with their public halves."""
    method, document = jose(shared, f"vm-{key}.json"), jose(shared, f"{name}.json")
    public_key = public_key_from_jwk(method["publicKeyJwk"])
    secret = int.from_bytes(decode_base64url(method["secretKeyJwk"]["d"], max_characters=100))
    curve = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}[key]
    signer = EcdsaSigner.from_number(secret, curve)
    typ: Literal["vc+jwt", "vp+jwt"] = "vp+jwt" if name.startswith("presentation") else "vc+jwt"
    text = sign_jose(document, signer=signer, key_id=method["publicKeyJwk"]["kid"], typ=typ, published_key=public_key)
    assert read_jwt(text).unverified_document() == document
    assert result(text, method["publicKeyJwk"]) is None


def read_and_verify(text: str) -> UnverifiedJwt:
    """Read a JWT, and verify it with the key that came along: whose it is, is not asked here."""
    read = read_jwt(text)
    assert read.embedded_key is not None
    verify_jwt(read, read.embedded_key)
    compare_claims(read, read.unverified_credential())
    return read


@pytest.mark.parametrize("number", range(1, 6))
def test_the_examples_of_the_open_badges_text(shared: Path, number: int) -> None:
    """Every printed example holds; none has all the claims that the text requires."""
    text = (shared / f"standards/data/vectors/ob30-spec-jwt/spec-example-{number}.jwt").read_text().strip()
    read = read_and_verify(text)
    assert "nbf" not in read.claims
    assert read.unverified_credential().keys() == read.claims.keys() - {"iss", "jti", "sub"}


@pytest.mark.parametrize(
    "name",
    ["ob30/simple.jwt", "ob30/velocity.jwt", "clr20/simple.jwt", "ob30/simple-jwt.png", "ob30/simple-jwt_v1.svg"],
)
def test_the_samples_of_1edtech(shared: Path, name: str) -> None:
    """Each is read as the credential that it is, and its claims agree with it, to the second."""
    path = shared / "standards/data/vectors/1edtech-validator" / name
    content = path.read_bytes()
    text = content if path.suffix == ".jwt" else unbake(content)
    read = read_jwt(text.decode().strip())
    document = read.unverified_credential()
    compare_claims(read, document)
    assert read.held() == "credential"
    assert any(date in document for date in V1_DATES)
    if read.embedded_key is not None:
        verify_jwt(read, read.embedded_key)


def test_an_assertion_of_open_badges_2_is_read_too(shared: Path) -> None:
    """It is something else, and comes whole."""
    path = shared / "standards/data/vectors/1edtech-validator/ob20/simple.jwt"
    read = read_jwt(path.read_text().strip())
    assert read.held() == "other"
    assert read.unverified_document()["type"] == "Assertion"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("good-rs256-jwk", None),
        ("good-es256-kid-jwk", None),
        ("good-rs256-kid-jwks", None),
        ("bad-no-nbf", None),  # a claim that is missing is remarked on, not refused
        ("bad-iss", "issuer-mismatch"),
        ("bad-tampered", "bad-signature"),
        ("bad-alg-none", "malformed-jwt"),
    ],
)
def test_the_samples_of_the_javascript_libraries(shared: Path, name: str, code: str | None) -> None:
    """Good ones hold with the keys of their world, bad ones say why they do not."""
    text = (shared / f"interop/samples/{name}.jwt").read_text().strip()
    world = json.loads((shared / "interop/samples/url-map.json").read_text())
    try:
        read = read_jwt(text)
        key = read.embedded_key
        if read.key_id is not None:
            key = published_key(world[read.key_id.partition("#")[0]], read.key_id, str(read.claims["iss"]))
        assert key is not None
        verify_jwt(read, key)
        compare_claims(read, read.unverified_credential())
    except CredentialError as error:
        assert error.code == code  # noqa: PT017 - both ways are right, only their outcome is checked
    else:
        assert code is None
