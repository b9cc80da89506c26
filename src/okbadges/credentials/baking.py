"""A credential inside a picture (Open Badges 3.0, section 5.3): put into PNG and SVG, and taken out of what strangers send.

Baking adds one PNG chunk or one SVG element and changes no other byte. Unbaking reads a file with limits, refuses whatever
two programs could read differently (a second credential, comments between its parts, entities), unpacks nothing and loads
nothing. What comes out is unverified.
"""

from __future__ import annotations

import re
import struct
import zlib
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from okbadges.credentials.strict_json import DEFAULT_LIMITS, loads
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_IMAGE_BYTES: Final = 10 * 1024 * 1024
OPEN_BADGES_SVG: Final = "https://purl.imsglobal.org/ob/v3p0"

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEYWORD: Final = b"openbadgecredential"
_IHDR_LENGTH: Final = 13
_AFTER_IHDR: Final = len(_PNG_SIGNATURE) + 12 + _IHDR_LENGTH
_MOST_CHUNKS: Final = 4096

_SVG: Final = "http://www.w3.org/2000/svg"
_SVG_DOCTYPE: Final = ("svg", "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd", "-//W3C//DTD SVG 1.1//EN")
_OPEN_TAG = re.compile(rb"<(?:[^'\">]|\"[^\"]*\"|'[^']*')*>")
_MOST_ELEMENTS: Final = 100_000
_DEEPEST_ELEMENT: Final = 256
_XML_SPACE: Final = " \t\r\n"

_COMPACT_JWS = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+\Z")
# Characters that JSON allows in a string and a CDATA section does not; as JSON escapes they mean the same.
_CDATA_ESCAPES: Final = (("]]>", "]]\\u003e"), ("\ufffe", "\\ufffe"), ("\uffff", "\\uffff"))


def bake_png(png: bytes, credential: bytes) -> bytes:
    """Return ``png`` with ``credential`` (JSON object or compact JWS, UTF-8) in an ``iTXt`` chunk right after the header.

    Raises "malformed-image", "image-too-large", "already-baked" (a credential is never overwritten) and what the JSON is
    refused for. Every other chunk stays byte for byte.
    """
    _check_credential(credential)
    if list(_png_credentials(png)):
        raise CredentialError("already-baked", "this picture already holds a credential; bake into the plain picture")
    body = _PNG_KEYWORD + b"\0\0\0\0\0" + credential  # not compressed, no language, no translated keyword
    chunk = struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(">I", zlib.crc32(b"iTXt" + body))
    return png[:_AFTER_IHDR] + chunk + png[_AFTER_IHDR:]


def bake_svg(svg: bytes, credential: bytes) -> bytes:
    r"""Return ``svg`` with ``credential`` in an ``openbadges:credential`` element right after the opening ``<svg …>``.

    A JWS goes into the attribute ``verify``, JSON into a CDATA section, where ``]]>`` is written ``]]\u003e``. Raises
    "malformed-image", "image-too-large", "already-baked" and what the JSON is refused for.
    """
    is_jws = _check_credential(credential)
    reader = _SvgReader(svg)
    if reader.credentials:
        raise CredentialError("already-baked", "this picture already holds a credential; bake into the plain picture")
    if reader.root_prefixes.get("openbadges", OPEN_BADGES_SVG) != OPEN_BADGES_SVG:
        raise CredentialError("malformed-image", "the SVG uses the prefix openbadges for another namespace")
    tag = _OPEN_TAG.match(svg, reader.root_start)
    if tag is None or tag[0].endswith(b"/>"):
        raise CredentialError("malformed-image", "the SVG draws nothing")
    declaration = b"" if "openbadges" in reader.root_prefixes else f' xmlns:openbadges="{OPEN_BADGES_SVG}"'.encode()
    if is_jws:
        element = b'<openbadges:credential verify="' + credential + b'"></openbadges:credential>'
    else:
        text = credential.decode()
        for raw, escape in _CDATA_ESCAPES:
            text = text.replace(raw, escape)
        element = f"<openbadges:credential><![CDATA[{text}]]></openbadges:credential>".encode()
    return svg[: tag.end() - 1] + declaration + b">" + element + svg[tag.end() :]


def unbake(data: bytes) -> bytes:
    """Return the credential (JSON or compact JWS, unverified) that a PNG or SVG holds.

    Raises "not-an-image", "image-too-large", "malformed-image", "dtd-forbidden", "no-credential", "several-credentials" and
    "ambiguous-credential" (there is one, but not in the plain form that every program reads the same).
    """
    if data.startswith(_PNG_SIGNATURE):
        found = list(_png_credentials(data))
    elif data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        found = _SvgReader(data).credentials
    else:
        raise CredentialError("not-an-image", "neither a PNG nor an SVG picture")
    if len(found) > 1:
        raise CredentialError("several-credentials", "the picture holds more than one credential")
    if not found:
        raise CredentialError("no-credential", "the picture holds no Open Badges 3.0 credential")
    if not (found[0].lstrip().startswith(b"{") or _COMPACT_JWS.match(found[0])):
        raise CredentialError("no-credential", "what stands in the place of the credential is neither JSON nor a JWS")
    return found[0]


def _check_credential(credential: bytes) -> bool:
    """Say whether it is a compact JWS; raise unless it is that or a JSON object within the limits."""
    if len(credential) <= DEFAULT_LIMITS.bytes and _COMPACT_JWS.match(credential):
        return True
    if not isinstance(loads(credential), dict):
        raise CredentialError("not-a-credential", "a credential is a JSON object or a compact JWS")
    return False


def _malformed(detail: str) -> CredentialError:
    return CredentialError("malformed-image", detail)


def _png_chunks(png: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Yield type and data of every chunk; raise unless the file is a whole PNG from the header to its end."""
    if len(png) > LARGEST_IMAGE_BYTES:
        raise CredentialError("image-too-large", f"the picture is over {LARGEST_IMAGE_BYTES} bytes")
    if not png.startswith(_PNG_SIGNATURE):
        raise _malformed("not a PNG")
    view, at, count, kind = memoryview(png), len(_PNG_SIGNATURE), 0, b""
    while kind != b"IEND":
        if at + 12 > len(png):
            raise _malformed("the PNG is cut off")
        (length,), kind = struct.unpack_from(">I", view, at), bytes(view[at + 4 : at + 8])
        end = at + 12 + length
        if end > len(png) or not kind.isalpha():
            raise _malformed("a chunk of the PNG is longer than the file, or has no name")
        if zlib.crc32(view[at + 4 : end - 4]) != struct.unpack_from(">I", view, end - 4)[0]:
            raise _malformed("a chunk of the PNG does not match its checksum")
        if (count == 0) != (kind == b"IHDR") or (kind == b"IHDR" and length != _IHDR_LENGTH):
            raise _malformed("the PNG does not start with its one header")
        at, count = end, count + 1
        if count > _MOST_CHUNKS:
            raise CredentialError("image-too-large", f"the PNG has more than {_MOST_CHUNKS} chunks")
        yield kind, view[end - 4 - length : end - 4]
    if at != len(png):
        raise _malformed("something follows the end of the PNG")


def _png_credentials(png: bytes) -> Iterator[bytes]:
    has_pixels = False
    for kind, data in _png_chunks(png):
        has_pixels = has_pixels or kind == b"IDAT"
        if kind not in {b"iTXt", b"tEXt", b"zTXt"} or bytes(data[:20]) != _PNG_KEYWORD + b"\0":
            continue
        flags, text = bytes(data[20:24]), bytes(data[24:])
        if kind != b"iTXt" or flags != b"\0\0\0\0":
            raise CredentialError(
                "ambiguous-credential", "the credential is compressed, translated or in a foreign chunk"
            )
        yield _text(text)
    if not has_pixels:
        raise _malformed("the PNG has no pixels")


def _text(data: bytes) -> bytes:
    try:
        data.decode()
    except UnicodeDecodeError:
        raise CredentialError("ambiguous-credential", "the credential is not UTF-8") from None
    if len(data) > DEFAULT_LIMITS.bytes:
        raise CredentialError("image-too-large", f"the credential is over {DEFAULT_LIMITS.bytes} bytes")
    return data


class _SvgReader:
    """Reads an SVG once with expat, which is told to expand and load nothing, and keeps what baking needs to know."""

    def __init__(self, svg: bytes) -> None:
        if len(svg) > LARGEST_IMAGE_BYTES:
            raise CredentialError("image-too-large", f"the picture is over {LARGEST_IMAGE_BYTES} bytes")
        self.credentials: list[bytes] = []
        self.root_prefixes: dict[str, str] = {}
        self.root_start = 0
        self._svg = svg
        self._depth = self._elements = 0
        self._open: list[str] | None = None  # the parts of the credential element that is being read
        self._in_cdata = False
        self._parser = self._new_parser()
        try:
            self._parser.Parse(svg, True)  # noqa: FBT003 - expat takes "this is all" by position only
        except expat.ExpatError as error:
            raise _malformed(f"not well-formed XML (line {error.lineno})") from None

    def _new_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate("UTF-8", namespace_separator=" ")
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = parser.SkippedEntityHandler = self._entity
        parser.StartNamespaceDeclHandler = self._prefix
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._characters
        parser.StartCdataSectionHandler, parser.EndCdataSectionHandler = self._start_cdata, self._end_cdata
        parser.CommentHandler = parser.ProcessingInstructionHandler = self._between
        return parser

    def _declaration(self, version: str, encoding: str | None, _standalone: int) -> None:
        if version != "1.0" or (encoding or "utf-8").lower() not in {"utf-8", "us-ascii"}:
            raise _malformed("the SVG is not XML 1.0 in UTF-8")

    def _doctype(self, name: str, system_id: str | None, public_id: str | None, has_internal_subset: int) -> None:
        if has_internal_subset or (name, system_id, public_id) != _SVG_DOCTYPE:
            raise CredentialError("dtd-forbidden", "the SVG has a document type other than the plain one of SVG 1.1")

    def _entity(self, *_declaration: object) -> None:
        raise CredentialError("dtd-forbidden", "the SVG uses an entity")

    def _prefix(self, prefix: str | None, uri: str | None) -> None:
        if not self._elements and prefix:
            self.root_prefixes[prefix] = uri or ""

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._elements > _MOST_ELEMENTS or self._depth > _DEEPEST_ELEMENT:
            raise CredentialError("image-too-large", "the SVG has too many elements, or too many inside each other")
        if self._elements == 1:
            self.root_start = self._parser.CurrentByteIndex
            if name != f"{_SVG} svg":
                raise _malformed("not an SVG")
        self._between()
        if name == f"{OPEN_BADGES_SVG} credential":
            self._start_credential(attributes)

    def _start_credential(self, attributes: dict[str, str]) -> None:
        if self._depth != 2 or attributes.keys() - {"verify"}:  # noqa: PLR2004 - a child of the root
            raise CredentialError(
                "ambiguous-credential", "the credential is not directly inside the SVG, or has odd attributes"
            )
        verify = attributes.get("verify")
        # An entity that expat skips leaves no trace in an attribute, so the value must stand in the file as it was read.
        if verify is not None and not any(q + verify.encode() + q in self._svg for q in (b'"', b"'")):
            raise CredentialError("ambiguous-credential", "the credential is not plainly written")
        self._open = [] if verify is None else [verify]

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._open is not None and name == f"{OPEN_BADGES_SVG} credential":
            if len(self._open) != 1:
                raise CredentialError(
                    "ambiguous-credential", "the credential is neither in verify nor in one CDATA section"
                )
            self.credentials.append(_text(self._open[0].encode()))
            self._open = None

    def _start_cdata(self) -> None:
        self._in_cdata = True
        if self._open is not None:
            self._open.append("")

    def _end_cdata(self) -> None:
        self._in_cdata = False

    def _characters(self, text: str) -> None:
        if self._open is None:
            return
        if self._in_cdata:
            self._open[-1] += text
            if len(self._open[-1]) > DEFAULT_LIMITS.bytes:
                raise CredentialError("image-too-large", f"the credential is over {DEFAULT_LIMITS.bytes} bytes")
        elif text.strip(_XML_SPACE):
            self._between()

    def _between(self, *_content: object) -> None:
        if self._open is not None:
            raise CredentialError("ambiguous-credential", "there is something beside the credential in its element")
