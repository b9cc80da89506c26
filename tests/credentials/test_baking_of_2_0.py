"""Badges of Open Badges 2.0 in pictures: taken out of places of their own, and never beside a credential of 3.0."""

from __future__ import annotations

import json
import struct
import zlib
from typing import TYPE_CHECKING

import pytest

from okbadges.credentials.baking import LARGEST_IMAGE_BYTES, Place, Unbaked, bake_png, bake_svg, take_out, unbake
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from pathlib import Path

ADDRESS = "https://issuer.example/a/1"
BADGE = f'{{"id":"{ADDRESS}","type":"Assertion"}}'
JWS = "eyJhbGciOiJFUzI1NiJ9.eyJpZCI6MX0.c2lnbmF0dXJl"


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(*chunks: bytes) -> bytes:
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = _chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"".join((b"\x89PNG\r\n\x1a\n", header, *chunks, pixels, _chunk(b"IEND", b"")))


def _itxt(text: str, flags: bytes = b"\0\0\0\0", keyword: bytes = b"openbadges") -> bytes:
    return _chunk(b"iTXt", keyword + b"\0" + flags + text.encode())


def _svg(inside: str) -> bytes:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="http://openbadges.org">{inside}<rect/></svg>'
    ).encode()


def _element(body: str = f"<![CDATA[{BADGE}]]>", verify: str | None = ADDRESS) -> str:
    attribute = "" if verify is None else f' verify="{verify}"'
    return f"<openbadges:assertion{attribute}>{body}</openbadges:assertion>"


THREE = '<o:credential xmlns:o="https://purl.imsglobal.org/ob/v3p0" verify="a.b.c"/>'


@pytest.mark.parametrize(
    ("picture", "content"),
    [
        (_png(_itxt(BADGE)), BADGE),
        (_png(_itxt(JWS)), JWS),
        (_png(_itxt(ADDRESS)), ADDRESS),
        (_png(_chunk(b"tEXt", b"openbadges\0" + ADDRESS.encode())), ADDRESS),
        (_png(_chunk(b"tEXt", b"openbadges\0http://old.example/a/1\n")), "http://old.example/a/1\n"),
        (_png(_chunk(b"tEXt", b"Comment\0openbadges\0x"), _itxt(BADGE)), BADGE),
        (_png(_itxt("x", keyword=b"openbadgesx"), _itxt(BADGE)), BADGE),
        (_svg(_element()), BADGE),
        (_svg(_element(verify=None)), BADGE),
        (_svg(_element(f"\n <![CDATA[\n{BADGE}\n]]>\n")), f"\n{BADGE}\n"),
        (_svg(_element("", verify=JWS)), JWS),
        (_svg(_element("", verify=ADDRESS)), ADDRESS),
        (_svg(_element("", verify="https://issuer.example/?a=1&amp;b=2")), "https://issuer.example/?a=1&b=2"),
        (_svg(_element('<![CDATA[{"verify":{"url":"http://x.example"}}]]>', verify="http://x.example")), None),
    ],
)
def test_what_is_taken_out(picture: bytes, content: str | None) -> None:
    """The JSON, the JWS or the address stands in its chunk or element; that it is of 2.0 is said with it."""
    expected = '{"verify":{"url":"http://x.example"}}' if content is None else content
    assert take_out(picture) == Unbaked(expected.encode(), Place.OPEN_BADGES_2)


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (_png(_itxt(BADGE), _itxt(BADGE)), "several-credentials"),
        (_png(_itxt(BADGE), _chunk(b"tEXt", b"openbadges\0" + ADDRESS.encode())), "several-credentials"),
        (_png(_itxt(BADGE), _itxt("{}", keyword=b"openbadgecredential")), "several-credentials"),
        (_svg(_element() + _element()), "several-credentials"),
        (_svg(_element() + THREE), "several-credentials"),
        (_png(_itxt(BADGE, flags=b"\1\0\0\0")), "ambiguous-credential"),
        (_png(_itxt(BADGE, flags=b"\0\0en\0\0")), "ambiguous-credential"),
        (_png(_chunk(b"zTXt", b"openbadges\0\0" + zlib.compress(ADDRESS.encode()))), "ambiguous-credential"),
        (_png(_chunk(b"tEXt", b"openbadges\0\xff")), "ambiguous-credential"),
        (_svg(_element(verify="https://issuer.example/a/2")), "ambiguous-credential"),
        (_svg(_element(verify=JWS)), "ambiguous-credential"),
        (_svg(_element("<![CDATA[[]]]>", verify="x")), "ambiguous-credential"),
        (_svg(_element("<![CDATA[{]]>", verify="x")), "json-malformed"),
        (_svg(_element(BADGE, verify=None)), "ambiguous-credential"),
        (_svg(_element("", verify=None)), "ambiguous-credential"),
        (_svg(_element(f"<![CDATA[{BADGE}]]><!-- -->")), "ambiguous-credential"),
        (_svg(_element("<![CDATA[{}]]><![CDATA[{}]]>", verify=None)), "ambiguous-credential"),
        (_svg(_element(THREE, verify=None)), "ambiguous-credential"),
        (_svg(f"<g>{_element()}</g>"), "ambiguous-credential"),
        (_svg(_element("", verify="&#x61;.b.c")), "ambiguous-credential"),
        (_svg(_element().replace("assertion", "credential")), "no-credential"),
        (_png(_itxt("hello")), "no-credential"),
        (_png(_itxt("ftp://x.example/")), "no-credential"),
        (_png(_itxt("javascript:alert(1)")), "no-credential"),
        (_png(_itxt("https://x.example/ y")), "no-credential"),
        (_png(_itxt("https://x.example/" + "y" * 3000)), "no-credential"),
        (_png(_itxt(ADDRESS, keyword=b"openbadgecredential")), "no-credential"),
        (_png(_itxt("{" + " " * 300_000)), "image-too-large"),
        (b"<svg" + bytes(LARGEST_IMAGE_BYTES), "image-too-large"),
    ],
)
def test_tricks_are_refused(picture: bytes, code: str) -> None:
    """Several badges of whichever version, parts, packed text and other addresses are refused."""
    with pytest.raises(CredentialError) as refused:
        take_out(picture)
    assert refused.value.code == code


def test_the_place_of_3_0_is_told_apart() -> None:
    """What `unbake` gives is a credential of 3.0, and only that; a picture with a badge of 2.0 holds none."""
    plain = _png()
    baked = bake_png(plain, JWS.encode())
    assert take_out(baked) == Unbaked(JWS.encode(), Place.OPEN_BADGES_3)
    assert unbake(baked) == JWS.encode()
    for picture in (_png(_itxt(BADGE)), _svg(_element())):
        with pytest.raises(CredentialError) as refused:
            unbake(picture)
        assert refused.value.code == "no-credential"


def test_a_picture_with_a_badge_of_2_0_is_not_baked_again() -> None:
    """One picture holds one badge."""
    for bake, picture in ((bake_png, _png(_itxt(BADGE))), (bake_svg, _svg(_element()))):
        with pytest.raises(CredentialError) as refused:
            bake(picture, JWS.encode())
        assert refused.value.code == "already-baked"


def test_only_a_png_is_baked_as_a_png() -> None:
    """Another kind of picture is refused before anything is put into it."""
    with pytest.raises(CredentialError) as refused:
        bake_png(b"GIF89a", JWS.encode())
    assert refused.value.code == "malformed-image"


def test_the_sample_of_1edtech(shared: Path) -> None:
    """The baked badge of the public validator comes out."""
    picture = shared / "standards/data/vectors/1edtech-validator/ob20/simple-badge.png"
    taken = take_out(picture.read_bytes())
    assert taken.place is Place.OPEN_BADGES_2
    assert json.loads(taken.content)["verification"] == {"type": "hosted"}
