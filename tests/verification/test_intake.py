"""What is taken for a credential, and what is refused before anything is believed."""

from __future__ import annotations

from typing import Any

import pytest

from credentials.memory import peak_of
from okbadges.credentials.baking import bake_svg
from okbadges.credentials.strict_json import dumps
from okbadges.errors import CredentialError
from okbadges.verification import Verdict
from okbadges.verification.intake import MAX_CREDENTIAL_BYTES, MAX_FILE_BYTES, MAX_VALUES, form_of, take_in
from okbadges.verification.resolve import Documents
from verification.jwts import compact
from verification.making import Maker, World, check, code_of

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><rect width="1" height="1"/></svg>'
LINK = b"https://issuer.example/c/1"


def refused(received: bytes, world: World | None = None) -> str:
    """Return the code with which the bytes are refused."""
    with pytest.raises(CredentialError) as refusal:
        take_in(received, Documents(world or World()))
    return refusal.value.code


@pytest.mark.parametrize(
    ("received", "form"),
    [
        (b'{"a":1}', "json"),
        (b'\r\n\t {"a":1}', "json"),
        (b"\x89PNG\r\n\x1a\n...", "png"),
        (b" <svg/>", "svg"),
        (b"\xef\xbb\xbf<?xml?>", "svg"),
        (b"<!DOCTYPE html>", "svg"),
        (b" aaa.bbb.ccc\n", "jwt"),
        (b"aaa.bbb.", "jwt"),
        (b"https://issuer.example/c/1\n", "url"),
        (b"file:///etc/passwd", "url"),
        (b"https://a.example/ b", "unknown"),
        (b"[]", "unknown"),
        (b"null", "unknown"),
        (b"", "unknown"),
        (b"PK\x03\x04", "unknown"),
        (b"\x1f\x8b\x08", "unknown"),
        ('{"a":1}'.encode("utf-16"), "unknown"),
        (b"\xef\xbb\xbf{}", "json"),
    ],
)
def test_the_form_is_told_by_the_first_bytes(received: bytes, form: str) -> None:
    """Every form has one look, and what has none of them is unknown."""
    assert form_of(received) == form


@pytest.mark.parametrize(
    "received", [b"", b"[]", b"null", b"1", b'"a"', b"hello", b"PK\x03\x04", b"\xff\xfe{\x00}\x00"]
)
def test_what_is_no_credential_is_not_readable(received: bytes) -> None:
    """Other files and other JSON are refused with one clear code."""
    assert refused(received) == "not-readable"


def test_json_is_read_strictly() -> None:
    """A member that is there twice is refused by the one strict reader."""
    assert refused(b'{"a":1,"a":2}').startswith("json-")
    assert take_in(b' {"a":1}\n', Documents(World())).document == {"a": 1}


def test_a_baked_picture_is_opened() -> None:
    """The credential inside an SVG is what is checked."""
    assert take_in(bake_svg(SVG, dumps({"a": 1})), Documents(World())).document == {"a": 1}
    assert refused(SVG) == "no-credential"


def test_sizes_are_limited_before_work() -> None:
    """A large picture and a large text are refused by their size alone."""
    assert refused(b"<svg" + bytes(MAX_FILE_BYTES)) == "too-large"
    assert refused(b'{"a":"' + b"a" * MAX_CREDENTIAL_BYTES + b'"}') == "too-large"


def test_only_pictures_may_be_large() -> None:
    """A text over the limit is not looked into, not even for a link at its beginning."""
    padding = b" " * MAX_CREDENTIAL_BYTES
    for text in (LINK + padding + b"\xff", b"{}" + padding, b"a.b.c" + padding):
        assert form_of(text) == "unknown"
        assert refused(text) == "too-large"
    assert form_of(b"<svg>" + padding) == "svg"


def test_a_link_is_followed_once() -> None:
    """A link leads to a credential, to a picture with one, and never to another link."""
    world = World({LINK.decode(): {"a": 1}})
    assert take_in(b" " + LINK + b"\n", Documents(world)).document == {"a": 1}
    assert take_in(LINK, Documents(World({LINK.decode(): bake_svg(SVG, b"{}")}))).document == {}
    loop = World({LINK.decode(): LINK})
    assert refused(LINK, loop) == "not-readable"
    assert loop.asked == [LINK.decode()]


def test_a_link_that_is_not_https_is_never_asked() -> None:
    """Files, plain http and other schemes are refused."""
    world = World()
    for link in (b"file:///etc/passwd", b"http://issuer.example/c", b"ftp://issuer.example/", b"javascript:alert(1)"):
        assert refused(link, world) == "url-not-allowed"
    assert world.asked == []


def test_a_link_inside_a_picture_is_not_followed() -> None:
    """Only the person who verifies gives a link, never a file."""
    world = World({LINK.decode(): {"a": 1}})
    picture = SVG.replace(
        b"><rect",
        b' xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"><openbadges:credential verify="'
        + LINK
        + b'"></openbadges:credential><rect',
    )
    assert refused(picture, world) == "no-credential"
    assert world.asked == []


def test_the_number_of_values_is_limited() -> None:
    """As many as the limit are taken in, one more is not, in JSON and in a JWT."""
    for more, code in ((0, None), (1, "too-many-values")):
        document: dict[str, Any] = {"id": "urn:uuid:1", "a": [0] * (MAX_VALUES - 2 + more)}
        token = compact({"alg": "EdDSA"}, document, Maker.by_key().signer.sign)
        for received in (dumps(document), token, bake_svg(SVG, dumps(document))):
            if code is None:
                assert take_in(received, Documents(World())).document == document
            else:
                assert refused(received) == code


def test_the_length_of_names_is_limited() -> None:
    """A name that would be written out for every value in it is refused, and costs nothing."""
    document: dict[str, Any] = {"k" * 100_000: [0] * 8_000}
    token = compact({"alg": "EdDSA"}, document, Maker.by_key().signer.sign)
    for received in (dumps(document), dumps(document).replace(b":", b" :"), token):
        assert peak_of(lambda received=received: refused(received)) < 3_000_000  # type: ignore[misc]
        assert refused(received) in {"json-name-too-long", "too-many-values"}


@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html><html></html>", b"\n <html lang=fi>", b"\xef\xbb\xbf<!doctype  HTML>"]
)
def test_a_web_page_is_called_one(page: bytes) -> None:
    """Whoever saved the page around a badge is told to take the badge from it."""
    report = check(page)
    assert report.verdict is Verdict.REJECTED
    assert "web page" in (report.checks[0].detail or "")


def test_a_byte_order_mark_is_named() -> None:
    """JSON that some editor saved with a mark in front is refused for that, and not for being no JSON."""
    assert code_of(check(b"\xef\xbb\xbf{}"), "readable") == "json-byte-order-mark"
