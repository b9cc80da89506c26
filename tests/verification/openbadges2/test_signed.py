"""Signed badges: only a key that the issuer's own profile lists proves anything."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from okbadges.credentials.multibase import encode_base64url
from okbadges.credentials.signers import Ed25519Signer
from okbadges.credentials.strict_json import dumps
from okbadges.verification.report import Verdict
from verification.jwts import EcdsaKey, RsaKey, compact
from verification.openbadges2.badges import (
    HOME,
    ISSUER,
    KEY,
    SignedWorld,
    badge_class,
    look,
    outcome,
    pem,
    profile,
    verdict_of,
    web,
)
from verification.openbadges2.badges import assertion as hosted_assertion

OTHER_KEY = f"{HOME}/key2"
WEAK_KEY = rsa.generate_private_key(65537, 1024)  # noqa: S505 - to be refused


def test_it_works() -> None:
    """A badge signed with the listed key is VALID, and only the issuer's documents were asked for."""
    signed = SignedWorld()
    world = signed.web()
    assert verdict_of(look(signed.sign(), world)) is Verdict.VALID
    assert world.asked == [f"{HOME}/b/1", ISSUER, KEY]


@pytest.mark.parametrize("algorithm", ["RS256", "EdDSA", "ES384"])
def test_every_kind_of_key(algorithm: str) -> None:
    """RSA, which 2.0 recommends, Ed25519 and P-384 hold as well."""
    world = SignedWorld(header={"alg": algorithm, "typ": "JWT"})
    if algorithm == "RS256":
        rsa_key = RsaKey()
        sign, public = rsa_key.sign, pem(rsa_key._key.public_key())
    elif algorithm == "EdDSA":
        signer = Ed25519Signer(bytes(range(32)))
        sign = signer.sign
        public = pem(ed25519.Ed25519PublicKey.from_public_bytes(signer.public_key.encoded))
    else:
        curve_key = EcdsaKey(ec.SECP384R1())
        sign, public = curve_key.sign, pem(curve_key._key.public_key())
    badge = compact(world.header, world.assertion(), sign)
    assert verdict_of(look(badge, world.web(key=world.key_document(publicKeyPem=public)))) is Verdict.VALID
    assert verdict_of(look(badge, world.web())) is Verdict.INVALID


def test_a_signature_is_needed() -> None:
    """The JSON of a signed badge proves nothing without its signature, wherever it stands."""
    signed = SignedWorld()
    for identifier in ("urn:uuid:1", f"{HOME}/a/1"):
        plain = signed.assertion(id=identifier)
        found = look(plain, signed.web(assertion=plain))
        assert (outcome(found, "content-unaltered"), verdict_of(found)) == (("failed", "unsigned"), Verdict.INVALID)


def test_a_hosted_badge_is_not_proven_by_a_signature() -> None:
    """A JWS around a badge that says it is hosted is contradictory."""
    signed = SignedWorld()
    badge = compact(signed.header, hosted_assertion(), signed.key.sign)
    assert verdict_of(look(badge, signed.web(assertion=hosted_assertion()))) is Verdict.INVALID


def test_another_key_does_not_hold() -> None:
    """A signature by a key that nobody lists is no signature by the issuer."""
    signed, stranger = SignedWorld(), SignedWorld(key=EcdsaKey(ec.SECP256R1()))
    stranger.key._key = ec.derive_private_key(7, ec.SECP256R1())
    found = look(stranger.sign(), signed.web())
    assert (outcome(found, "content-unaltered"), verdict_of(found)) == (("failed", "bad-signature"), Verdict.INVALID)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "ES256", "jwk": ...},
        {"alg": "ES256", "kid": OTHER_KEY},
        {"alg": "ES256", "kid": OTHER_KEY, "jku": OTHER_KEY, "x5u": OTHER_KEY},
    ],
)
def test_keys_of_the_header_do_not_count(header: dict[str, Any]) -> None:
    """What the header names or carries is not asked for and not believed."""
    stranger = SignedWorld()
    stranger.key._key = ec.derive_private_key(7, ec.SECP256R1())
    if "jwk" in header:
        header = {**header, "jwk": stranger.key.public_key.jwk()}
    forged = compact(header, stranger.assertion(), stranger.key.sign)
    world = SignedWorld().web(**{OTHER_KEY: stranger.key_document(id=OTHER_KEY)})
    assert verdict_of(look(forged, world)) is Verdict.INVALID
    assert OTHER_KEY not in world.asked


def test_the_creator_must_be_listed() -> None:
    """A key that only the badge names, even one that says it is the issuer's, is a stranger's."""
    stranger = SignedWorld()
    forged = stranger.sign(verification={"type": "signed", "creator": OTHER_KEY})
    world = SignedWorld().web(**{OTHER_KEY: stranger.key_document(id=OTHER_KEY)})
    found = look(forged, world)
    assert (outcome(found, "issuer-key"), verdict_of(found)) == (("failed", "key-not-issuers"), Verdict.INVALID)
    assert OTHER_KEY not in world.asked


def test_an_embedded_profile_lists_nothing() -> None:
    """The keys of an issuer are those of the Profile at its address, not of the copy in the badge."""
    stranger = SignedWorld()
    stranger.key._key = ec.derive_private_key(7, ec.SECP256R1())
    key = stranger.key_document()
    forged = stranger.sign(badge=badge_class(issuer=profile(publicKey=key)))
    assert verdict_of(look(forged, SignedWorld().web())) is Verdict.INVALID
    assert verdict_of(look(forged, web(assertion=...))) is Verdict.INVALID


def test_keys_inside_the_profile() -> None:
    """A Profile may hold its key itself; then it needs to say no more than that."""
    signed = SignedWorld()
    for key in (signed.key_document(), signed.key_document(owner=..., type=..., **{"@context": ...})):
        assert verdict_of(look(signed.sign(), signed.web(issuer=profile(publicKey=[key])))) is Verdict.VALID


def test_without_a_creator_the_listed_keys_are_tried() -> None:
    """A badge that does not name its key may be signed with any that the Profile lists, up to three."""
    signed = SignedWorld()
    other = signed.key_document(id=OTHER_KEY, publicKeyPem=pem(ec.derive_private_key(9, ec.SECP256R1()).public_key()))
    badge = signed.sign(verification={"type": "SignedBadge"})
    world = signed.web(issuer=profile(publicKey=[OTHER_KEY, KEY]), **{OTHER_KEY: other})
    assert verdict_of(look(badge, world)) is Verdict.VALID
    assert verdict_of(look(badge, signed.web(issuer=profile(publicKey=[other])))) is Verdict.INVALID
    many = [signed.key_document(id=f"{HOME}/k{n}") for n in range(4)]
    found = look(badge, signed.web(issuer=profile(publicKey=many)))
    assert outcome(found, "issuer-key") == ("not-checked", "too-many-keys")


def test_an_issuer_without_keys() -> None:
    """Nobody can have signed for an issuer that lists no key."""
    signed = SignedWorld()
    for verification, code in (
        ({"type": "signed", "creator": KEY}, "key-not-issuers"),
        ({"type": "signed"}, "key-not-named"),
    ):
        found = look(signed.sign(verification=verification), signed.web(issuer=profile()))
        assert (outcome(found, "issuer-key"), verdict_of(found)) == (("failed", code), Verdict.INVALID)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"owner": "https://stranger.example/issuer"}, "key-not-issuers"),
        ({"owner": ...}, "key-not-issuers"),
        ({"owner": None}, "key-not-issuers"),
        ({"id": OTHER_KEY}, "key-not-issuers"),
        ({"id": ...}, "key-not-issuers"),
        ({"type": "Issuer"}, "malformed-key"),
        ({"publicKeyPem": ...}, "malformed-key"),
        ({"publicKeyPem": 7}, "malformed-key"),
        ({"publicKeyPem": "x"}, "malformed-key"),
        ({"publicKeyPem": pem(WEAK_KEY.public_key())}, "weak-key"),
    ],
)
def test_the_document_of_the_key_must_be_the_issuers(changes: dict[str, Any], code: str) -> None:
    """It is at its address, says whose it is, and holds one good key."""
    signed = SignedWorld()
    found = look(signed.sign(), signed.web(key=signed.key_document(**changes)))
    assert (outcome(found, "issuer-key"), verdict_of(found)) == (("failed", code), Verdict.INVALID)


def test_a_key_that_cannot_be_had_leaves_it_open() -> None:
    """Without the key, or with one of a kind that is not supported, nothing is proven either way."""
    signed = SignedWorld()
    odd = signed.key_document(publicKeyPem=pem(ec.derive_private_key(9, ec.SECP256K1()).public_key()))
    for key, code in ((..., "issuer-unreachable"), (odd, "unsupported-key")):
        found = look(signed.sign(), signed.web(key=key))
        assert (outcome(found, "issuer-key"), verdict_of(found)) == (("not-checked", code), Verdict.INDETERMINATE)


def test_a_key_without_a_web_address_leaves_it_open() -> None:
    """A key that the Profile names by a URN cannot be looked up."""
    signed = SignedWorld()
    badge = signed.sign(verification={"type": "signed", "creator": "urn:key:1"})
    found = look(badge, signed.web(issuer=profile(publicKey="urn:key:1")))
    assert outcome(found, "issuer-key") == ("not-checked", "not-an-address")


def test_the_algorithm_is_the_keys() -> None:
    """A JWS that names another algorithm than the key's is refused before the signature is looked at."""
    signed = SignedWorld()
    confused = compact({"alg": "RS256"}, signed.assertion(), signed.key.sign)
    found = look(confused, signed.web())
    assert outcome(found, "content-unaltered") == ("failed", "algorithm-key-mismatch")


@given(st.data())
@settings(max_examples=60)
def test_any_single_edit_is_not_valid(data: st.DataObject) -> None:
    """Whatever is changed in the payload after it was signed, the signature does not hold."""
    signed = SignedWorld()
    header, _, signature = signed.sign().split(b".")
    original = signed.assertion()
    name = data.draw(st.sampled_from([*original, "expires", "x"]))
    value: Any = data.draw(st.sampled_from([None, 1, "x", "2030-01-01T00:00:00Z", {}, []]))
    payload = encode_base64url(dumps({**original, name: value})).encode()
    assert verdict_of(look(b".".join((header, payload, signature)), signed.web())) is not Verdict.VALID


def test_a_badge_class_elsewhere_is_what_was_signed() -> None:
    """A signed badge may name a BadgeClass on another host, whose issuer is still the one that signed."""
    signed = SignedWorld()
    away = badge_class(id="https://badges.example/b/1")
    assert verdict_of(look(signed.sign(badge=away["id"]), signed.web(**{away["id"]: away}))) is Verdict.VALID
    found = look(signed.sign(badge=away), signed.web(**{away["id"]: {**away, "name": "The original"}}))
    assert verdict_of(found) is Verdict.VALID
    assert (found.badge or {})["name"] == "The original"


def test_a_claim_vc_beside_the_badge() -> None:
    """A JWS that holds something beside the badge is refused: two programs would see two things."""
    signed = SignedWorld()
    inner = {"@context": "https://w3id.org/openbadges/v2", "type": "Assertion"}
    both = compact(signed.header, {"vc": signed.assertion(**inner)}, signed.key.sign)
    assert verdict_of(look(both, signed.web())) is Verdict.INVALID


@pytest.mark.parametrize(
    ("claims", "verdict"),
    [
        ({"exp": 1_600_000_000}, Verdict.EXPIRED),
        ({"exp": 4_000_000_000}, Verdict.VALID),
        ({"nbf": 4_000_000_000}, Verdict.NOT_YET_VALID),
        ({"exp": "soon"}, Verdict.INVALID),
    ],
)
def test_the_times_of_the_envelope_are_minded(claims: dict[str, Any], verdict: Verdict) -> None:
    """`nbf` and `exp` are no part of 2.0; who signs them means them."""
    signed = SignedWorld()
    assert verdict_of(look(signed.sign(**claims), signed.web())) is verdict


def test_a_signed_badge_that_says_it_is_revoked() -> None:
    """What its own content takes back is taken back."""
    signed = SignedWorld()
    assert verdict_of(look(signed.sign(revoked=True, revocationReason="x"), signed.web())) is Verdict.REVOKED
