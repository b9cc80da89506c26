"""Envelopes: a data: URL that holds a secured credential, and what is refused to be one."""

from __future__ import annotations

from typing import Any

import pytest

from okbadges.errors import CredentialError
from okbadges.verification.embedded import compact_jws, from_envelope, is_envelope, open_each, pointer_to
from verification.jwts import claims_of, compact
from verification.making import Maker, credential

MAKER = Maker.by_key()
V2 = "https://www.w3.org/ns/credentials/v2"
JWT = compact({"alg": "EdDSA", "kid": MAKER.method}, claims_of(credential(MAKER.did)), MAKER.signer.sign).decode()


def envelope(**changes: Any) -> dict[str, Any]:
    """Return an enveloped credential; a change to ``...`` leaves a member out."""
    document = {
        "@context": V2,
        "id": f"data:application/vc+jwt,{JWT}",
        "type": "EnvelopedVerifiableCredential",
        **changes,
    }
    return {name: value for name, value in document.items() if value is not ...}


def refusal(document: dict[str, Any]) -> str:
    """Return why the envelope is refused."""
    with pytest.raises(CredentialError) as refused:
        from_envelope(document)
    return refused.value.code


def test_it_works() -> None:
    """The credential inside comes out with the JWT that signs it."""
    for changes in ({}, {"@context": [V2, "https://example.org/c"]}, {"id": f"data:application/jwt,{JWT}"}):
        received = from_envelope(envelope(**changes))
        assert received.document == credential(MAKER.did)
        assert received.jwt is not None


def test_an_envelope_is_told_by_its_type() -> None:
    """Both kinds of envelope are envelopes, other documents are not."""
    assert is_envelope(envelope())
    assert is_envelope({"type": ["EnvelopedVerifiablePresentation"]})
    assert not is_envelope(credential(MAKER.did))
    assert not is_envelope({"type": 5})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"@context": ...}, "envelope-malformed"),
        ({"@context": []}, "envelope-malformed"),
        ({"@context": "https://www.w3.org/ns/credentials/examples/v2"}, "envelope-malformed"),
        ({"id": ...}, "envelope-malformed"),
        ({"id": JWT}, "envelope-malformed"),
        ({"id": 5}, "envelope-malformed"),
        ({"id": f"https://issuer.example/,{JWT}"}, "envelope-malformed"),
        ({"id": "data:application/vc+jwt"}, "envelope-malformed"),
        ({"type": ...}, "envelope-malformed"),
        ({"type": "VerifiableCredential"}, "envelope-malformed"),
        ({"type": ["EnvelopedVerifiableCredential", "VerifiableCredential"]}, "envelope-malformed"),
        ({"type": ["EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation"]}, "envelope-malformed"),
        ({"name": "words that nobody signed"}, "envelope-malformed"),
        ({"proof": {}}, "envelope-malformed"),
        ({"id": f"data:application/vc+sd-jwt,{JWT}~"}, "envelope-not-supported"),
        ({"id": "data:application/vc+cose;base64,AAAA"}, "envelope-not-supported"),
        ({"id": f"data:application/vc+jwt;base64,{JWT}"}, "envelope-not-supported"),
        ({"id": f"data:application/vp+jwt,{JWT}"}, "envelope-not-supported"),
        ({"id": f"data:,{JWT}"}, "envelope-not-supported"),
        ({"id": "data:application/vc+jwt,"}, "malformed-jwt"),
        ({"id": f"data:application/vc+jwt,{JWT}\n"}, "malformed-jwt"),
        ({"id": f"data:application/vc+jwt, {JWT}"}, "malformed-jwt"),
        ({"id": "data:application/vc+jwt,{}"}, "malformed-jwt"),
        ({"id": "data:application/vc+jwt,\u00e4.b.c"}, "malformed-jwt"),
        ({"id": "data:application/vc+jwt,\ud800.b.c"}, "malformed-jwt"),
        ({"id": f"data:application/jwt,{JWT}", "type": "EnvelopedVerifiablePresentation"}, "envelope-mismatch"),
    ],
)
def test_what_is_no_envelope_is_refused(changes: dict[str, Any], code: str) -> None:
    """An envelope has three members, one type, and a data: URL of the one kind that is opened here."""
    assert refusal(envelope(**changes)) == code


def test_a_credential_of_another_type_inside_is_refused() -> None:
    """What is inside must say that it is what the envelope says."""
    document = credential(MAKER.did, type=["Thing"])
    inside = compact({"alg": "EdDSA", "kid": MAKER.method}, claims_of(document), MAKER.signer.sign).decode()
    assert refusal(envelope(id=f"data:application/vc+jwt,{inside}")) == "envelope-mismatch"


def test_a_text_that_is_no_compact_jws_is_refused() -> None:
    """White space around, JSON, a link and nothing are not a compact JWS."""
    for text in ("", " ", "{}", "https://issuer.example/a", f" {JWT}", f"{JWT}\n", "a.b"):
        with pytest.raises(CredentialError) as refused:
            compact_jws(text)
        assert refused.value.code == "malformed-jwt"
    assert compact_jws(JWT).document == credential(MAKER.did)


def test_what_cannot_be_opened_keeps_its_place() -> None:
    """The reason stands where the credential would."""
    good, bad = open_each([("/a", JWT), ("/b", "")], compact_jws, most=2, too_many="too-many")
    assert (good.pointer, good.problem, good.detail) == ("/a", None, None)
    assert good.received is not None
    assert (bad.pointer, bad.received, bad.problem) == ("/b", None, "malformed-jwt")
    assert bad.detail


def test_texts_together_hold_no_more_than_one_credential_may() -> None:
    """A credential of 900 values is fine, two of them are, and a third is over the limit of 2 000 although each is under it."""
    document = credential(MAKER.did, tag=["x"] * 850)
    large = compact({"alg": "EdDSA", "kid": MAKER.method}, claims_of(document), MAKER.signer.sign).decode()
    found = open_each(
        [("/a", large), ("/b", large), ("/c", large), ("/d", JWT)], compact_jws, most=8, too_many="too-many"
    )
    assert [(one.pointer, one.problem) for one in found] == [("/a", None), ("/b", None), ("/c", "too-many")]


def test_pointers_escape_what_they_must() -> None:
    """RFC 6901 has two characters of its own."""
    assert pointer_to(pointer_to("", "a/b~c"), 3) == "/a~1b~0c/3"
