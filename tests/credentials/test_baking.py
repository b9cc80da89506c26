"""Baking: a credential goes into a picture and comes out the same; tricks with containers are refused."""

from __future__ import annotations

import base64
import io
import json
import struct
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from credentials.memory import peak_of
from okbadges.credentials.baking import LARGEST_IMAGE_BYTES, bake_png, bake_svg, unbake
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from pathlib import Path

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
JSON_CREDENTIAL = '{"id":"urn:uuid:1","name":"Yhteisessä työssä"}'.encode()
JWS_CREDENTIAL = b"eyJhbGciOiJFZERTQSJ9.eyJpZCI6MX0.c2lnbmF0dXJl"
SVG = b'<?xml version="1.0"?>\n<!-- a badge -->\n<svg xmlns="http://www.w3.org/2000/svg" width="1"><rect/></svg>\n'
SVG_1_1 = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


SIGNATURE = b"\x89PNG\r\n\x1a\n"
IHDR = _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
IDAT = _chunk(b"IDAT", zlib.compress(b"\0\0"))
IEND = _chunk(b"IEND", b"")
PNG = SIGNATURE + IHDR + IDAT + IEND
ITXT = _chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0" + JSON_CREDENTIAL)

names = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=50)


def _code(data: bytes) -> str:
    with pytest.raises(CredentialError) as refused:
        unbake(data)
    return refused.value.code


def _svg(inside: str, *, before: str = "", attributes: str = "") -> bytes:
    return (
        f'{before}<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="{NAMESPACE}"{attributes}>{inside}<rect/></svg>'
    ).encode()


def _element(json_text: str = '{"id":"urn:uuid:1"}') -> str:
    return f"<openbadges:credential><![CDATA[{json_text}]]></openbadges:credential>"


@pytest.mark.parametrize("credential", [JSON_CREDENTIAL, JWS_CREDENTIAL])
def test_it_works(credential: bytes) -> None:
    """What was baked comes out, from both kinds of picture."""
    assert unbake(bake_png(PNG, credential)) == credential
    assert unbake(bake_svg(SVG, credential)) == credential


@given(name=names, key=names)
def test_baking_and_unbaking_is_the_identity(name: str, key: str) -> None:
    """Any JSON object survives PNG byte for byte and SVG as the same JSON."""
    document = {key: name, "list": ["]]>", "<!-- -->", "&amp;", "\ufffe\uffff", name]}
    for text in (json.dumps(document), json.dumps(document, ensure_ascii=False, indent=1)):
        assert unbake(bake_png(PNG, text.encode())) == text.encode()
        assert json.loads(unbake(bake_svg(SVG, text.encode()))) == document


def test_all_other_chunks_stay_byte_for_byte() -> None:
    """The picture that Pillow wrote has the same pixels, and every chunk it had, after baking."""
    buffer = io.BytesIO()
    Image.effect_noise((40, 40), 90).convert("RGBA").save(buffer, "PNG", dpi=(72, 72))
    plain = buffer.getvalue()
    baked = bake_png(plain, JSON_CREDENTIAL)
    start = baked.index(b"iTXt") - 4
    assert baked[:start] + baked[start + len(ITXT) :] == plain
    assert baked[start : start + len(ITXT)] == ITXT
    picture = Image.open(io.BytesIO(baked))
    assert picture.tobytes() == Image.open(io.BytesIO(plain)).tobytes()
    assert picture.info["openbadgecredential"] == JSON_CREDENTIAL.decode()


def test_svg_baking_changes_nothing_else() -> None:
    """The namespace is declared on the root, the element stands right after its opening tag, the rest is as it was."""
    assert bake_svg(SVG, JWS_CREDENTIAL) == SVG.replace(
        b'width="1">',
        f'width="1" xmlns:openbadges="{NAMESPACE}"><openbadges:credential verify="'.encode()
        + JWS_CREDENTIAL
        + b'"></openbadges:credential>',
    )


@pytest.mark.parametrize(
    "svg",
    [
        b'\xef\xbb\xbf<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>',
        b'<svg title="a > b" xmlns=\'http://www.w3.org/2000/svg\' x="\'>"\n><rect/></svg>',
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="{NAMESPACE}"><rect/></svg>'.encode(),
        b'<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:rect/></s:svg>',
        f'<?xml version="1.0" encoding="UTF-8"?>{SVG_1_1}<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>'.encode(),
        '<!-- <svg> ä --><?x <svg>?><svg xmlns="http://www.w3.org/2000/svg"><text>ä</text></svg>'.encode(),
    ],
)
def test_the_opening_tag_is_found(svg: bytes) -> None:
    """Marks of byte order, quoted brackets, comments and prefixes before it do not mislead."""
    baked = bake_svg(svg, JSON_CREDENTIAL)
    assert unbake(baked) == JSON_CREDENTIAL
    assert baked.count(b"xmlns:openbadges") == 1


def test_what_would_end_the_cdata_section_is_escaped() -> None:
    """Inside JSON the sequence can only stand in a string, where the escape means the same."""
    baked = bake_svg(SVG, b'{"narrative":"a[b[0]]>1"}')
    assert b"a[b[0]]\\u003e1" in baked
    assert json.loads(unbake(baked)) == {"narrative": "a[b[0]]>1"}


def test_a_baked_picture_is_not_baked_again() -> None:
    """A credential is never overwritten (the specification allows an error or overwriting)."""
    for bake, plain in ((bake_png, PNG), (bake_svg, SVG)):
        with pytest.raises(CredentialError) as refused:
            bake(bake(plain, JWS_CREDENTIAL), JSON_CREDENTIAL)
        assert refused.value.code == "already-baked"


@pytest.mark.parametrize(
    "credential", [b"", b"[]", b"null", b"https://badges.example", b"a.b", b"{", b'{"a":1,"a":2}', b"a.b.c\n", b"\xff"]
)
def test_only_credentials_are_baked(credential: bytes) -> None:
    """Nothing but one strict JSON object or one compact JWS."""
    for bake, plain in ((bake_png, PNG), (bake_svg, SVG)):
        with pytest.raises(CredentialError):
            bake(plain, credential)


@pytest.mark.parametrize(
    ("svg", "code"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "malformed-image"),
        (b"<svg><rect/></svg>", "malformed-image"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="x:y"><rect/></svg>', "malformed-image"),
        (b"not xml", "malformed-image"),
        (b'<svg xmlns="http://www.w3.org/2000/svg">' + b" " * LARGEST_IMAGE_BYTES, "image-too-large"),
    ],
)
def test_only_drawings_are_baked_into(svg: bytes, code: str) -> None:
    """An SVG without content, without its namespace, or with our prefix taken is refused."""
    with pytest.raises(CredentialError) as refused:
        bake_svg(svg, JSON_CREDENTIAL)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("png", "code"),
    [
        (PNG, "no-credential"),
        (SIGNATURE + IHDR + _chunk(b"iTXt", b"openbadges\0\0\0\0\0{}") + IDAT + IEND, "no-credential"),
        (SIGNATURE + IHDR + _chunk(b"iTXt", b"OpenBadgeCredential\0\0\0\0\0{}") + IDAT + IEND, "no-credential"),
        (
            SIGNATURE + IHDR + _chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0http://x.example") + IDAT + IEND,
            "no-credential",
        ),
        (SIGNATURE + IHDR + ITXT + ITXT + IDAT + IEND, "several-credentials"),
        (
            SIGNATURE + IHDR + _chunk(b"iTXt", b"openbadgecredential\0\1\0\0\0" + zlib.compress(b"{}")) + IDAT + IEND,
            "ambiguous-credential",
        ),
        (
            SIGNATURE + IHDR + _chunk(b"iTXt", b"openbadgecredential\0\0\0en\0\0{}") + IDAT + IEND,
            "ambiguous-credential",
        ),
        (SIGNATURE + IHDR + _chunk(b"tEXt", b"openbadgecredential\0{}") + IDAT + IEND, "ambiguous-credential"),
        (SIGNATURE + IHDR + ITXT + _chunk(b"tEXt", b"openbadgecredential\0{}") + IDAT + IEND, "ambiguous-credential"),
        (
            SIGNATURE + IHDR + _chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0\xff") + IDAT + IEND,
            "ambiguous-credential",
        ),
        (
            SIGNATURE + IHDR + _chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0{" + b" " * 300_000) + IDAT + IEND,
            "image-too-large",
        ),
        (SIGNATURE + IHDR + ITXT[:-4] + b"\0\0\0\0" + IDAT + IEND, "malformed-image"),
        (SIGNATURE + ITXT + IDAT + IEND, "malformed-image"),
        (SIGNATURE + IHDR + IHDR + ITXT + IDAT + IEND, "malformed-image"),
        (SIGNATURE + _chunk(b"IHDR", b"short") + ITXT + IDAT + IEND, "malformed-image"),
        (SIGNATURE + IHDR + ITXT + IEND, "malformed-image"),
        (SIGNATURE + IHDR + ITXT + IDAT, "malformed-image"),
        (SIGNATURE + IHDR + ITXT + IDAT + IEND + b"more", "malformed-image"),
        (SIGNATURE + IHDR + ITXT + IDAT + IEND[:-1], "malformed-image"),
        (
            SIGNATURE + IHDR + struct.pack(">I", 0x7FFFFFFF) + b"iTXt" + b"openbadgecredential\0\0\0\0\0x",
            "malformed-image",
        ),
        (SIGNATURE + IHDR + _chunk(b"iT t", b"") + IDAT + IEND, "malformed-image"),
        (SIGNATURE + IHDR + _chunk(b"tEXt", b"x\0y") * 10_000 + ITXT + IDAT + IEND, "image-too-large"),
        (SIGNATURE + bytes(LARGEST_IMAGE_BYTES), "image-too-large"),
        (SIGNATURE, "malformed-image"),
        (b"\x89PNG\n", "not-an-image"),
        (b"GIF89a", "not-an-image"),
        (b"", "not-an-image"),
        (JSON_CREDENTIAL, "not-an-image"),
    ],
)
def test_png_tricks_are_refused(png: bytes, code: str) -> None:
    """Only a whole PNG with exactly one plain credential chunk is read; nothing is unpacked."""
    assert _code(png) == code


@pytest.mark.parametrize(
    "svg",
    [
        _svg(_element()),
        _svg(_element(), before=SVG_1_1),
        _svg(_element().replace("<![", "\n  <![").replace("]]>", "]]>\n  ")),
        f'<svg xmlns="http://www.w3.org/2000/svg"><b:credential xmlns:b="{NAMESPACE}"><![CDATA[{{"id":"urn:uuid:1"}}]]>'
        "</b:credential></svg>".encode(),
        f'<svg xmlns="http://www.w3.org/2000/svg"><credential xmlns="{NAMESPACE}"><![CDATA[{{"id":"urn:uuid:1"}}]]>'
        "</credential></svg>".encode(),
        _svg(_element() + "<script>alert(1)</script>"),
        _svg('<openbadges:other/><g xmlns:x="urn:x"><x:credential>{}</x:credential></g>' + _element()),
    ],
)
def test_the_credential_is_found_by_its_namespace(svg: bytes) -> None:
    """Any prefix will do, as will the SVG 1.1 document type and whatever else the picture draws."""
    assert json.loads(unbake(svg)) == {"id": "urn:uuid:1"}


@pytest.mark.parametrize(
    ("svg", "code"),
    [
        (_svg(""), "no-credential"),
        (_svg(_element()).replace(NAMESPACE.encode(), b"https://evil.example/ns"), "no-credential"),
        (_svg('<openbadges:credential verify="http://x.example"/>'), "no-credential"),
        (_svg(_element("http://x.example")), "no-credential"),
        (_svg(f"<!-- {_element()} -->"), "no-credential"),
        (_svg(f"<text><![CDATA[{_element()[:30]}]]></text>"), "no-credential"),
        (_svg(_element() + _element()), "several-credentials"),
        (_svg(_element() + '<openbadges:credential verify="a.b.c"/>'), "several-credentials"),
        (_svg(_element().replace("credential>", 'credential verify="a.b.c">', 1)), "ambiguous-credential"),
        (_svg(_element().replace("credential>", 'credential other="1">', 1)), "ambiguous-credential"),
        (_svg(_element().replace("credential>", 'credential openbadges:verify="a.b.c">', 1)), "ambiguous-credential"),
        (_svg("<openbadges:credential/>"), "ambiguous-credential"),
        (_svg("<openbadges:credential>{}</openbadges:credential>"), "ambiguous-credential"),
        (_svg(_element().replace("]]>", "]]><!-- -->")), "ambiguous-credential"),
        (_svg(_element().replace("]]>", "]]><![CDATA[]]>")), "ambiguous-credential"),
        (_svg(_element().replace("]]>", "]]><x/>")), "ambiguous-credential"),
        (_svg(_element().replace("]]>", "]]><?x?>")), "ambiguous-credential"),
        (_svg(_element().replace("]]>", "]]>x")), "ambiguous-credential"),
        (_svg(_element().replace("]]>", f"]]>{_element()}")), "ambiguous-credential"),
        (_svg(f"<defs><svg>{_element()}</svg></defs>"), "ambiguous-credential"),
        (_svg('<openbadges:credential verify="&#x61;.b.c"/>'), "ambiguous-credential"),
        (_svg('<openbadges:credential verify="&x;a.b.c"/>', before=SVG_1_1), "ambiguous-credential"),
        (_svg(_element().replace("]]>", "]]>&x;"), before=SVG_1_1), "dtd-forbidden"),
        (_svg("<text>&x;</text>" + _element(), before=SVG_1_1), "dtd-forbidden"),
        (_svg(_element(), before='<!DOCTYPE svg [<!ENTITY x "y">]>'), "dtd-forbidden"),
        (_svg(_element(), before=SVG_1_1[:-1] + '[<!ENTITY x "y">]>'), "dtd-forbidden"),
        (_svg(_element(), before=SVG_1_1[:-1] + " [ ]>"), "dtd-forbidden"),
        (_svg(_element(), before='<!DOCTYPE svg SYSTEM "http://evil.example/x.dtd">'), "dtd-forbidden"),
        (_svg(_element(), before=SVG_1_1.replace("www.w3.org", "evil.example")), "dtd-forbidden"),
        (_svg(_element(), before="<!DOCTYPE svg>"), "dtd-forbidden"),
        (_svg(_element(), before='<?xml version="1.0" encoding="UTF-7"?>'), "malformed-image"),
        (_svg(_element(), before='<?xml version="1.0" encoding="ISO-8859-1"?>'), "malformed-image"),
        (_svg(_element(), before='<?xml version="1.1"?>'), "malformed-image"),
        (_svg(_element()).decode().encode("utf-16"), "not-an-image"),
        (_svg(_element())[:-5], "malformed-image"),
        (_svg(_element()) + b"<svg/>", "malformed-image"),
        (b"<html>" + _svg(_element()) + b"</html>", "malformed-image"),
        (_svg("<g>" * 100_000 + _element() + "</g>" * 100_000), "image-too-large"),
        (_svg("<g/>" * 100_001 + _element()), "image-too-large"),
        (_svg(_element(" " * 9_000_000)), "image-too-large"),
        (_svg(" " * LARGEST_IMAGE_BYTES), "image-too-large"),
    ],
)
def test_svg_tricks_are_refused(svg: bytes, code: str) -> None:
    """Only one plain credential right inside the root is read; nothing is expanded, loaded or put together."""
    assert _code(svg) == code


@given(st.binary(max_size=300), st.integers(0, 400), st.sampled_from([PNG[:33] + ITXT + PNG[33:], _svg(_element())]))
@settings(max_examples=300)
def test_damage_is_refused_or_harmless(noise: bytes, at: int, picture: bytes) -> None:
    """Whatever is written over a baked picture, the answer is a credential or a refusal, never another exception."""
    damaged = picture[:at] + noise + picture[at + len(noise) :]
    try:
        assert isinstance(unbake(damaged), bytes)
    except CredentialError as error:
        assert error.code  # noqa: PT017 - both ways are right


def test_the_baked_samples_of_1edtech_are_read(shared: Path) -> None:
    """All six baked badges of the public validator come out, three as JSON or three as JWS each, as the plain ones are."""
    folder = shared / "standards/data/vectors/1edtech-validator/ob30"
    pictures = sorted([*folder.glob("*.png"), *folder.glob("*.svg")])
    assert len(pictures) == 6
    for picture in pictures:
        credential = unbake(picture.read_bytes())
        if "json" in picture.name:
            assert "OpenBadgeCredential" in json.loads(credential)["type"], picture.name
        else:
            assert credential.count(b".") == 2, picture.name


def test_the_interop_samples_are_read(shared: Path) -> None:
    """What the JavaScript side baked comes out as the file that it baked."""
    folder = shared / "interop/samples"
    for picture in ("good-baked.png", "good-baked.svg"):
        assert json.loads(unbake((folder / picture).read_bytes()))["proof"]["cryptosuite"] == "eddsa-rdfc-2022"
    for picture in ("good-baked-jwt.png", "good-baked-jwt.svg"):
        assert unbake((folder / picture).read_bytes()).count(b".") == 2


def test_the_attack_files(shared: Path) -> None:
    """Of the malicious and honest pictures, the honest ones give their credential, the others are refused or harmless."""
    cases = json.loads((shared / "attacks/cases.json").read_text())["cases"]
    outcomes = {}
    for case in cases:
        form = case["input"]
        if form["kind"] not in {"png", "svg"} or "recipe" in form:
            continue
        data = base64.b64decode(form["payload_b64"]) if "payload_b64" in form else form["payload"].encode()
        try:
            unbake(data)
            outcomes[case["id"]] = "read"
        except CredentialError as error:
            outcomes[case["id"]] = error.code
    assert {name for name in outcomes if name.startswith("A-")} == {"A-png-jwt", "A-png-ldp", "A-svg-jwt", "A-svg-ldp"}
    read = {name for name, outcome in outcomes.items() if outcome == "read"}
    assert read == {"A-png-jwt", "A-png-ldp", "A-svg-jwt", "A-svg-ldp", "H-svg-xinclude", "H-svg-script"}


@pytest.mark.parametrize("element", ['<openbadges:credential verify="{}"/>', _element("{{}}")])
def test_the_second_credential_ends_the_search(element: str) -> None:
    """However many there are in a picture, each is refused before it is compared with all of the file."""
    many = _svg("".join(element.format(number) for number in range(30_000)))
    assert _code(many) == "several-credentials"
    with pytest.raises(CredentialError, match="more than one"):
        bake_svg(many, JSON_CREDENTIAL)


@pytest.mark.parametrize(
    "svg",
    [
        _svg('<openbadges:credential verify="&x;a.b.c"/><g id="a.b.c"/>', before=SVG_1_1),
        _svg('<openbadges:credential xmlns:a="a.b.c" verify="&x;a.b.c"/>', before=SVG_1_1),
        _svg("<openbadges:credential verify='a.b.&#99;' xmlns:a='a.b.c'/>"),
    ],
)
def test_what_is_written_elsewhere_does_not_make_an_attribute_plain(svg: bytes) -> None:
    """The attribute itself is looked at, not whether its value is found somewhere in the file or in the tag."""
    assert _code(svg) == "ambiguous-credential"
    spaced = _svg('<openbadges:credential xmlns:a=\' verify="a.b.c" \' verify="&x;a.b.c"/>', before=SVG_1_1)
    assert _code(spaced) == "malformed-image"


@pytest.mark.parametrize(
    "attribute", ['verify="a.b.c"', "verify='a.b.c'", 'xmlns:a="b"\n\tverify = "a.b.c" ', 'xmlns:a=">"verify="a.b.c"']
)
def test_an_attribute_may_be_written_as_xml_allows(attribute: str) -> None:
    """White space, either quote and other declarations before it."""
    if '>"v' in attribute:
        assert _code(_svg(f"<openbadges:credential {attribute}/>")) == "malformed-image"
    else:
        assert unbake(_svg(f"<openbadges:credential {attribute}/>")) == b"a.b.c"


@pytest.mark.parametrize(
    ("svg", "code"),
    [
        (_svg(_element(), attributes=f' xmlns:p="{"u" * 200}"'), ""),
        (_svg(_element(), attributes=f' xmlns:{"p" * 200}="u"'), ""),
        (_svg(_element("{}" + 'xmlns=\\"' * 200)), ""),
        (_svg(_element(), attributes=f' xmlns:p="{"u" * 201}"'), "image-too-large"),
        (_svg(_element(), attributes=f" xmlns:p \n=  '{'u' * 201}'"), "image-too-large"),
        (_svg(_element(), attributes=f' xmlns:{"p" * 201}="u"'), "image-too-large"),
        (_svg(_element(), attributes=f' xmlns:p{" " * 201}="u"'), "image-too-large"),
        (_svg(_element(), attributes=f' xmlns:p={" " * 201}"u"'), "image-too-large"),
        (_svg(_element() + f'<g xmlns="{"u" * 201}"/>'), "image-too-large"),
        (_svg(_element(), attributes="".join(f' a{number}=""' for number in range(200_001))), "image-too-large"),
    ],
)
def test_names_do_not_grow_in_the_reader(svg: bytes, code: str) -> None:
    """Namespaces are written out in every name that has them, so they are short; and attributes are not without number."""
    if code:
        assert _code(svg) == code
    else:
        assert unbake(svg).startswith(b"{")


def test_a_namespace_is_not_multiplied_by_what_is_in_it() -> None:
    """A namespace at the limit with very many names takes not much more than the picture."""
    inside = "".join(f"<p:a{number}/>" for number in range(20_000))
    picture = _svg(inside + _element(), attributes=f' xmlns:p="{"u" * 200}"')
    assert peak_of(lambda: unbake(picture)) < 2_000_000
    white = SVG.replace(b" width", b" " * 500_000 + b" width")
    assert peak_of(lambda: bake_svg(white, JSON_CREDENTIAL)) < 4_000_000
