"""SVG: the elements in which a credential stands (Open Badges 3.0, 5.3.2; Open Badges Baking 1.0 for the badges of 2.0)."""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

from okbadges.credentials.baking.limits import Place, Unbaked, check_size, credential_text, malformed
from okbadges.credentials.strict_json import DEFAULT_LIMITS, loads
from okbadges.errors import CredentialError

OPEN_BADGES_SVG: Final = "https://purl.imsglobal.org/ob/v3p0"

_SVG: Final = "http://www.w3.org/2000/svg"
_ELEMENTS: Final = {
    f"{OPEN_BADGES_SVG} credential": Place.OPEN_BADGES_3,
    "http://openbadges.org assertion": Place.OPEN_BADGES_2,
}
_SVG_DOCTYPE: Final = ("svg", "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd", "-//W3C//DTD SVG 1.1//EN")
_OPEN_TAG = re.compile(rb"""<[^'">]*+(?:(?:"[^"]*+"|'[^']*+')[^'">]*+)*+>""")
_ATTRIBUTE = re.compile(rb"""\s([^\s"'=<>/]++)\s*+=\s*+("[^"]*+"|'[^']*+')""")
_LONG_NAMESPACE = re.compile(
    rb"""xmlns(?::[^\s"':=<>/]{201}|(?::[^\s"':=<>/]*+)?(?:\s{201}|\s*+=(?:\s{201}|\s*+(?:"[^"]{201}|'[^']{201}))))"""
)
"""A declaration that is longer than any in use: expat writes the namespace out in the name of everything that is in it."""
_MOST_ELEMENTS: Final = 100_000
_MOST_ATTRIBUTES: Final = 200_000
_DEEPEST_ELEMENT: Final = 256
_XML_SPACE: Final = " \t\r\n"
# Characters that JSON allows in a string and a CDATA section does not; as JSON escapes they mean the same.
_CDATA_ESCAPES: Final = (("]]>", "]]\\u003e"), ("\ufffe", "\\ufffe"), ("\uffff", "\\uffff"))


def with_credential(svg: bytes, reader: SvgReader, credential: bytes, *, is_jws: bool) -> bytes:
    """Return ``svg`` with ``credential`` right after its opening tag, which ``reader`` has found.

    Raises "malformed-image" where the prefix ``openbadges`` means something else, or where nothing is drawn.
    """
    if reader.root_prefixes.get("openbadges", OPEN_BADGES_SVG) != OPEN_BADGES_SVG:
        raise malformed("the SVG uses the prefix openbadges for another namespace")
    tag = _OPEN_TAG.match(svg, reader.root_start)
    if tag is None or tag[0].endswith(b"/>"):
        raise malformed("the SVG draws nothing")
    declaration = b"" if "openbadges" in reader.root_prefixes else f' xmlns:openbadges="{OPEN_BADGES_SVG}"'.encode()
    if is_jws:
        element = b'<openbadges:credential verify="' + credential + b'"></openbadges:credential>'
    else:
        text = credential.decode()
        for raw, escape in _CDATA_ESCAPES:
            text = text.replace(raw, escape)
        element = f"<openbadges:credential><![CDATA[{text}]]></openbadges:credential>".encode()
    return svg[: tag.end() - 1] + declaration + b">" + element + svg[tag.end() :]


class SvgReader:
    """Reads an SVG once with expat, which is told to expand and load nothing, and keeps what baking needs to know."""

    def __init__(self, svg: bytes) -> None:
        """Read ``svg``; raises what `okbadges.credentials.baking.take_out` says of SVG."""
        check_size(svg)
        _check_names(svg)
        self.credentials: list[Unbaked] = []
        self.root_prefixes: dict[str, str] = {}
        self.root_start = 0
        self._svg = svg
        self._depth = self._elements = 0
        self._open: list[str] | None = None  # the CDATA sections of the credential element that is being read
        self._verify: str | None = None  # and its attribute
        self._in_cdata = False
        self._parser = self._new_parser()
        try:
            self._parser.Parse(svg, True)  # noqa: FBT003 - expat takes "this is all" by position only
        except expat.ExpatError as error:
            raise malformed(f"not well-formed XML (line {error.lineno})") from None

    def _new_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate(
            "UTF-8", namespace_separator=" ", intern=None
        )  # kept names would grow with the file
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
            raise malformed("the SVG is not XML 1.0 in UTF-8")

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
                raise malformed("not an SVG")
        self._between()
        if name in _ELEMENTS:
            self._start_credential(attributes)

    def _start_credential(self, attributes: dict[str, str]) -> None:
        if self.credentials:
            raise CredentialError("several-credentials", "the SVG holds more than one credential")
        if self._depth != 2 or attributes.keys() - {"verify"}:  # noqa: PLR2004 - a child of the root
            raise CredentialError(
                "ambiguous-credential", "the credential is not directly inside the SVG, or has odd attributes"
            )
        verify = attributes.get("verify")
        # An entity that expat skips leaves no trace in an attribute, so the value must stand in the tag as it was read.
        if verify is not None and self._written(b"verify") != verify.replace("&", "&amp;").encode():
            raise CredentialError("ambiguous-credential", "the credential is not plainly written")
        self._open, self._verify = [], verify

    def _written(self, attribute: bytes) -> bytes | None:
        """Return an attribute of the element that begins here as its bytes in the file, which are not read in any way."""
        tag = _OPEN_TAG.match(self._svg, self._parser.CurrentByteIndex)
        if tag is None:
            return None
        found = (one[2][1:-1] for one in _ATTRIBUTE.finditer(self._svg, *tag.span()) if one[1] == attribute)
        return next(found, None)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._open is not None and name in _ELEMENTS:
            self.credentials.append(Unbaked(self._content(self._open, _ELEMENTS[name]), _ELEMENTS[name]))
            self._open = None

    def _content(self, sections: list[str], place: Place) -> bytes:
        """Return the one thing that the element holds; in 2.0 the address of a badge may stand beside the badge itself."""
        found = sections if self._verify is None else [self._verify, *sections]
        if len(found) == 2 and place is Place.OPEN_BADGES_2 and self._verify in _addresses(sections[0]):  # noqa: PLR2004 - both
            found = sections
        if len(found) != 1:
            raise CredentialError(
                "ambiguous-credential", "the credential is neither in verify nor in one CDATA section"
            )
        return credential_text(found[0].encode())

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


def _check_names(svg: bytes) -> None:
    """Raise "image-too-large" for what would become many times larger in expat than it is in the file.

    Every attribute has one ``=``, and every namespace a declaration; that text which only looks like them counts too is no loss.
    """
    if svg.count(b"=") > _MOST_ATTRIBUTES:
        raise CredentialError("image-too-large", f"the SVG has more than {_MOST_ATTRIBUTES} attributes")
    if _LONG_NAMESPACE.search(svg):
        raise CredentialError("image-too-large", "the SVG declares a namespace with a very long name")


def _addresses(assertion: str) -> list[object]:
    """Return where a badge of 2.0 says that it is hosted (``id``, and as 1.1 had it ``verify.url``)."""
    document = loads(assertion.strip(_XML_SPACE))
    if not isinstance(document, dict):
        return []
    verify = document.get("verify")
    return [document.get("id"), verify.get("url") if isinstance(verify, dict) else None]
