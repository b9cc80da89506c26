"""Values as literals of canonical N-Quads: texts, texts with a language, truths and numbers (JSON-LD 1.1 API, 8.2.2).

A number that two libraries would write differently is refused (``number-out-of-range``) rather than signed in one of two ways.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from okbadges.credentials.strict_json import Json

_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_I18N: Final = "https://www.w3.org/ns/i18n#"
_BOOLEAN: Final = f"^^<{_XSD}boolean>"
_INTEGER: Final = f"^^<{_XSD}integer>"
_DOUBLE: Final = f"^^<{_XSD}double>"
_LARGEST_EXACT: Final = 2**53
_LARGEST_PLAIN: Final = 1e21
"""From here on JSON-LD writes whole numbers as doubles (JSON-LD 1.1 API, 8.2.2)."""

_SMALLEST: Final = 1e-6
"""Below it JavaScript writes 1e-7 without a point, and jsonld.js takes that for a whole number and signs 0."""

_ESCAPED: Final = re.compile('[\x00-\x1f\x7f"\\\\\ufffe\uffff\ud800-\udfff]')
_SHORT_ESCAPES: Final = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*").fullmatch


def literal(value: str) -> str:
    """Return a string as a literal of canonical N-Quads (RDF 1.2 N-Quads, 4), quotes and all."""
    # all that is escaped but these two is not printable, and nearly every text is: three looks that cost less than the one at _ESCAPED
    if value.isprintable() and '"' not in value and "\\" not in value:
        return f'"{value}"'
    return f'"{_ESCAPED.sub(_escape, value)}"'


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _SHORT_ESCAPES.get(character) or f"\\u{ord(character):04X}"


def value_object(value: dict[str, Json], pointer: str, *, with_direction: bool = False) -> str:
    """Return the literal of ``{"@value": text, "@language": tag}``; any other value object is ``value-object``.

    ``with_direction`` also takes ``@direction`` (``ltr`` or ``rtl``), with a language or without one: direction and language are
    then the datatype of the text (JSON-LD 1.1 API, 8.2.2, ``i18n-datatype``). Otherwise JSON-LD would drop the direction.
    """
    text, language = value["@value"], value.get("@language")
    if with_direction and "@direction" in value:
        return _directed(value, pointer)
    if len(value) != 2 or type(text) is not str or type(language) is not str:  # noqa: PLR2004 (the text and its language)
        raise CredentialError("value-object", "Only text with its @language is supported.", where=pointer)
    return f"{literal(text)}@{_language(language, pointer)}"


def _directed(value: dict[str, Json], pointer: str) -> str:
    text, language, direction = value["@value"], value.get("@language", ""), value["@direction"]
    if len(value) != 2 + ("@language" in value) or type(text) is not str or type(language) is not str:
        raise CredentialError("value-object", "Only text with @language and @direction is supported.", where=pointer)
    if direction not in ("ltr", "rtl"):
        raise CredentialError("value-object", "The @direction is ltr or rtl.", where=f"{pointer}/@direction")
    tag = _language(language, pointer) if "@language" in value else ""
    return f"{literal(text)}^^<{_I18N}{tag}_{direction}>"


def _language(tag: str, pointer: str) -> str:
    if not _LANGUAGE(tag):
        raise CredentialError("value-object", "The @language is not a language tag.", where=f"{pointer}/@language")
    return tag.lower()


def native(value: Json, suffix: str, pointer: str) -> str:
    """Return the literal of a boolean or a number (JSON-LD 1.1 API, 8.2.2); ``suffix`` is the datatype the term gives, if any."""
    if type(value) is bool:
        return f'"{"true" if value else "false"}"{suffix or _BOOLEAN}'
    if type(value) is int:
        if abs(value) > _LARGEST_EXACT:
            raise CredentialError(
                "number-out-of-range", "Whole numbers beyond 2^53 are not the same everywhere.", where=pointer
            )
        return _double(value, suffix) if suffix == _DOUBLE else f'"{value}"{suffix or _INTEGER}'
    if type(value) is float and math.isfinite(value):
        if suffix != _DOUBLE and value.is_integer() and abs(value) < _LARGEST_PLAIN:
            return f'"{int(value)}"{suffix or _INTEGER}'
        if abs(value) < _SMALLEST:
            raise CredentialError("number-out-of-range", "So small a number is not the same everywhere.", where=pointer)
        return _double(value, suffix)
    if value is None:
        raise CredentialError("null-value", "null says nothing; leave the member out.", where=pointer)
    if type(value) is list:
        raise CredentialError("nested-array", "An array directly inside an array is not supported.", where=pointer)
    raise CredentialError("unsupported-value", "This is not a JSON value that a credential can hold.", where=pointer)


def _double(value: float, suffix: str) -> str:
    """Return the canonical form of an xsd:double: at most 15 decimals, at least one, exponent without sign or zeros."""
    mantissa, exponent = f"{value:.15E}".split("E")
    mantissa = mantissa.rstrip("0")
    return f'"{mantissa}{"0" if mantissa.endswith(".") else ""}E{int(exponent)}"{suffix or _DOUBLE}'
