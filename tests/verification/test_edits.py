"""Any edit of something signed is noticed, and no input at all is too strange for an answer."""

from __future__ import annotations

import contextlib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from okbadges.credentials.baking import bake_svg, unbake
from okbadges.credentials.strict_json import dumps, loads
from okbadges.errors import CredentialError
from okbadges.verification import Verdict, to_json
from verification.jwts import claims_of, compact
from verification.making import Maker, check, credential, status_entry, world_of

MAKER = Maker.by_key()
BADGE = MAKER.badge(credentialStatus=status_entry(), validUntil="2027-10-01T00:00:00Z")
TEXT = dumps(BADGE).decode()
JWT = compact({"alg": "EdDSA", "kid": MAKER.method}, claims_of(credential(MAKER.did)), MAKER.signer.sign).decode()
WORLD = world_of(status=MAKER.status_list())
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><rect width="1" height="1"/></svg>'
CHARACTERS = st.characters(codec="utf-8")
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def edited(text: str, place: int, character: str, *, insert: bool) -> str:
    """Replace or insert one character."""
    return text[:place] + character + text[place + (not insert) :]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(TEXT) - 1), CHARACTERS, st.booleans())
def test_any_single_edit_of_a_signed_badge_is_noticed(place: int, character: str, insert: bool) -> None:  # noqa: FBT001 - drawn
    """One character more, less or other anywhere in the file, its proof included, is not valid unless the JSON says the same."""
    received = edited(TEXT, place, character, insert=insert).encode()
    with contextlib.suppress(CredentialError):
        if loads(received) == BADGE:
            return
    assert check(received, WORLD).verdict is not Verdict.VALID


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(JWT) - 1), st.sampled_from("ABCabc012-_.=+/ "))
def test_any_single_edit_of_a_jwt_is_noticed(place: int, character: str) -> None:
    """One other character anywhere in a JWT is not valid."""
    received = edited(JWT, place, character, insert=False)
    if received.strip() != JWT:
        assert check(received.encode()).verdict is not Verdict.VALID


MEMBERS = [
    ("id",),
    ("name",),
    ("validFrom",),
    ("validUntil",),
    ("issuer",),
    ("issuer", "id"),
    ("issuer", "name"),
    ("type",),
    ("@context",),
    ("credentialStatus",),
    ("credentialStatus", "statusListIndex"),
    ("credentialSubject", "id"),
    ("credentialSubject", "achievement"),
    ("credentialSubject", "achievement", "criteria", "narrative"),
    ("credentialSubject", "achievement", "alignment"),
    ("credentialSchema",),
    ("proof",),
    ("proof", "proofPurpose"),
    ("proof", "verificationMethod"),
    ("proof", "proofValue"),
    ("grade",),
    ("credentialSubject", "result"),
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(MEMBERS), JSON)
def test_any_other_value_of_a_member_is_noticed(path: tuple[str, ...], value: Any) -> None:
    """Whatever JSON is put in the place of a member, or added as one, the answer is a report that does not say valid."""
    document = loads(TEXT)
    inner: Any = document
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    if document != BADGE:
        report = check(document, WORLD)  # type: ignore[arg-type]
        assert report.verdict is not Verdict.VALID
        to_json(report)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode) | JSON.map(dumps))
def test_any_bytes_get_an_answer(received: bytes) -> None:
    """No input raises, and no random input is valid."""
    report = check(received)
    assert report.verdict is not Verdict.VALID
    to_json(report)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_sign_bake_unbake_verify_is_the_identity(name: str) -> None:
    """What was signed comes out of the picture byte for byte as JSON, and is valid, whatever the name holds."""
    try:
        badge = MAKER.badge(name=name)
        received = dumps(badge)
        loads(received)
    except (CredentialError, ValueError):
        return
    picture = bake_svg(SVG, received)
    assert loads(unbake(picture)) == badge
    assert check(picture).verdict is Verdict.VALID
