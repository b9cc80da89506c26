"""Credentials that come as VC-JWT: whose key signed, what the envelope may say, and status lists in the same form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from okbadges.credentials.baking import bake_svg
from okbadges.credentials.strict_json import dumps
from okbadges.verification import Outcome, Report, Verdict
from verification.jwts import EcdsaKey, RsaKey, claims_of, compact
from verification.making import LIST_URL, Maker, World, check, code_of, credential, status_entry, world_of

if TYPE_CHECKING:
    from okbadges.credentials.signers import Signer

MAKER = Maker.by_key()
RSA = RsaKey()
ISSUER = "https://issuer.example/profile/1"
KEYS = "https://issuer.example/keys"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><rect width="1" height="1"/></svg>'


def signed(document: dict[str, Any] | None = None, header: dict[str, Any] | None = None, **claims: Any) -> bytes:
    """Return a JWT of the did:key issuer with other header members and claims."""
    wanted = {"alg": "EdDSA", "typ": "JWT", "kid": MAKER.method, **(header or {})}
    members = {name: value for name, value in wanted.items() if value is not ...}
    return compact(members, claims_of(document or credential(MAKER.did), **claims), MAKER.signer.sign)


def hosted(header: dict[str, Any], *, key: RsaKey | EcdsaKey = RSA, issuer: str = ISSUER) -> bytes:
    """Return a JWT of an issuer with an https identifier."""
    algorithm = {"rsa": "RS256", "p-256": "ES256"}[key.public_key.kind]
    return compact({"alg": algorithm, **header}, claims_of(credential(issuer)), key.sign)


def jwk(key: RsaKey | EcdsaKey, **members: Any) -> dict[str, Any]:
    """Return the public JWK of a key."""
    return {**key.public_key.jwk(), **members}


def failure(report: Report) -> tuple[str, str | None]:
    """Return the first required check that has not passed, and its code."""
    return next(
        (found.id, found.code) for found in report.checks if found.required and found.outcome is not Outcome.PASSED
    )


def test_it_works() -> None:
    """A JWT of a did:key issuer is valid, pasted with whitespace or baked into a picture as well."""
    for received in (signed(), b" \n" + signed() + b"\r\n", bake_svg(SVG, signed())):
        assert check(received).verdict is Verdict.VALID
    report = check(signed())
    assert report.form == "jwt"
    assert report.document == credential(MAKER.did)


def test_a_did_web_issuer_signs_jwts_too() -> None:
    """The key is looked up in the issuer's document, as for an embedded proof."""
    maker = Maker.by_web()
    received = compact({"alg": "EdDSA", "kid": maker.method}, claims_of(credential(maker.did)), maker.signer.sign)
    assert check(received, world_of(maker)).verdict is Verdict.VALID
    assert check(received).verdict is Verdict.INDETERMINATE


def test_keys_at_the_origin_of_an_https_issuer() -> None:
    """A bare JWK, and the one of a JWKS that is named by fragment or whole, are the issuer's when they are at its origin."""
    bare, fragment = hosted({"kid": KEYS}), hosted({"kid": f"{KEYS}#key-1"})
    other = jwk(EcdsaKey(), kid="key-2")
    assert check(bare, World({KEYS: jwk(RSA)})).verdict is Verdict.VALID
    for name in ("key-1", f"{KEYS}#key-1"):
        assert check(fragment, World({KEYS: {"keys": [other, jwk(RSA, kid=name)]}})).verdict is Verdict.VALID
    twice = {"keys": [jwk(RSA, kid="key-1"), jwk(RSA, kid="key-1")]}
    assert failure(check(fragment, World({KEYS: twice}))) == ("issuer-key", "ambiguous-key")
    for document in ({"keys": [other]}, {"keys": "x"}, {}):
        assert failure(check(fragment, World({KEYS: document}))) == ("issuer-key", "key-not-issuers")
    wrong = check(bare, World({KEYS: jwk(EcdsaKey())}))
    assert failure(wrong) == ("content-unaltered", "algorithm-key-mismatch")


@pytest.mark.parametrize(
    "key_id",
    [
        "https://evil.example/keys",
        "http://issuer.example/keys",
        "https://issuer.example:8443/keys",
        "https://issuer.example.evil.example/keys",
        "https://issuer.example@evil.example/keys",
        "https://[issuer.example/keys",
        "did:web:issuer.example#key-1",
        "key-1",
        "",
        "file:///etc/passwd",
    ],
)
def test_keys_elsewhere_are_not_the_issuers(key_id: str) -> None:
    """Another origin, scheme or kind of name is not asked at all."""
    world = World({key_id: jwk(RSA)})
    assert failure(check(hosted({"kid": key_id}), world)) == ("issuer-key", "key-not-issuers")
    assert world.asked == []


def test_a_key_that_came_along_counts_when_the_issuer_lists_it() -> None:
    """A jwk in the header is compared with the issuer's own document; without any list there it stays open."""
    web = Maker.by_web()
    claims = claims_of(credential(web.did))

    def with_key(signer: Signer) -> bytes:
        return compact({"alg": "EdDSA", "jwk": signer.public_key.jwk()}, claims, signer.sign)

    assert check(with_key(web.signer), world_of(web)).verdict is Verdict.VALID
    stranger = Maker.by_key(9).signer
    assert failure(check(with_key(stranger), world_of(web))) == ("issuer-key", "key-not-issuers")
    plain = check(hosted({"jwk": jwk(RSA)}), World({ISSUER: {"id": ISSUER, "type": "Profile"}}))
    assert (plain.verdict, failure(plain)) == (Verdict.INDETERMINATE, ("issuer-key", "key-not-listed"))


def test_a_jwt_that_names_no_key_is_refused() -> None:
    """Open Badges requires kid or jwk."""
    assert failure(check(signed(header={"kid": ...}))) == ("issuer-key", "key-not-named")


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"iss": "did:example:evil"}, "issuer-mismatch"),
        ({"sub": "did:example:other"}, "subject-mismatch"),
        ({"jti": "urn:uuid:other"}, "id-mismatch"),
        ({"nbf": 1}, "time-mismatch"),
        ({"nbf": "1790812800"}, "malformed-time"),
        ({"exp": True}, "malformed-time"),
        ({"exp": -1}, "malformed-time"),
        ({"exp": 1e300}, "malformed-time"),
    ],
)
def test_claims_that_contradict_the_credential_are_refused(claims: dict[str, Any], code: str) -> None:
    """A reader of the claims and a reader of the credential must not see different things."""
    report = check(signed(**claims))
    assert (report.verdict, failure(report)) == (Verdict.INVALID, ("content-unaltered", code))


def test_an_end_that_contradicts_valid_until_is_refused() -> None:
    """Exp and validUntil are the same moment, or one of them is a lie."""
    document = credential(MAKER.did, validUntil="2027-01-01T00:00:00Z")
    assert check(signed(document)).verdict is Verdict.VALID
    assert code_of(check(signed(document, exp=1_900_000_000)), "content-unaltered") == "time-mismatch"


def test_an_end_of_the_envelope_alone_counts() -> None:
    """A JWT with exp expires also when the credential inside states no end."""
    assert check(signed(exp=1_790_900_000)).verdict is Verdict.EXPIRED
    assert check(signed(exp=1_900_000_000)).verdict is Verdict.VALID


def test_missing_claims_are_remarked_on() -> None:
    """Many honest issuers leave claims out; the remark does not change the verdict."""
    report = check(signed(iss=..., jti=..., nbf=...))
    remark = next(found for found in report.checks if found.id == "jwt-claims")
    assert report.verdict is Verdict.VALID
    assert (remark.outcome, remark.code, remark.detail) == (Outcome.FAILED, "missing-claims", "iss, jti, nbf")
    assert code_of(check(signed()), "jwt-claims") is None
    ending = check(signed(credential(MAKER.did, validUntil="2026-12-31T00:00:00Z"), sub=..., exp=...))
    assert next(found.detail for found in ending.checks if found.id == "jwt-claims") == "exp, sub"


def test_an_embedded_proof_inside_must_hold_too() -> None:
    """With both kinds of proof, both are the issuer's and both hold."""
    badge = MAKER.badge()
    assert check(signed(badge)).verdict is Verdict.VALID
    assert check(signed({**badge, "name": "Other"})).verdict is Verdict.INVALID


def test_a_status_list_may_be_a_jwt() -> None:
    """A list in a JWT of the issuer is relied on, within the end that the envelope states."""
    status_list = {name: value for name, value in MAKER.status_list(7).items() if name != "proof"}

    def as_jwt(**claims: Any) -> World:
        payload = {**status_list, **claims}
        return World({LIST_URL: compact({"alg": "EdDSA", "kid": MAKER.method}, payload, MAKER.signer.sign)})

    received = signed(credential(MAKER.did, credentialStatus=status_entry()))
    assert check(received, as_jwt(iss=MAKER.did)).verdict is Verdict.REVOKED
    assert code_of(check(received, as_jwt(exp=1_790_900_000)), "status") == "status-list-dates"
    assert code_of(check(received, as_jwt(iss="did:example:other")), "status") == "status-bad-signature"


def test_the_payload_is_what_was_signed() -> None:
    """Another payload under the same signature is noticed."""
    header, _, signature = signed().split(b".")
    other = signed(credential(MAKER.did, name="Other")).split(b".")[1]
    assert code_of(check(b".".join((header, other, signature))), "content-unaltered") == "bad-signature"
    assert check(dumps(credential(MAKER.did))).verdict is Verdict.INVALID
