"""Extensions in a badge of 2.0, checked as far as their schemas are bundled; the others are only told of.

An extension says something beside the badge. One whose published schema is known here must keep to it; what an unknown one
means is not judged, and nothing of it is relied on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from okbadges.errors import CredentialError
from okbadges.verification.openbadges2.contexts import is_extension
from okbadges.verification.reading import types_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from okbadges.credentials.strict_json import Json

_EXAMPLE_TEXT: Final = ("exampleProperty", "http://schema.org/text", "schema:text")
_APPLY_LINK: Final = ("url", "extensions:applyLink", "https://w3id.org/openbadges/extensions#applyLink")
_ANY_TEXT = re.compile(r"[\s\S]*")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_LAST_PART = re.compile(r"[^#:/]*\Z")

# Of every schema the member, in its spellings, whether it must be there, and what its text must be like.
_SCHEMAS: Final[Mapping[str, tuple[tuple[tuple[str, ...], bool, re.Pattern[str]], ...]]] = {
    "ExampleExtension": ((_EXAMPLE_TEXT, True, _ANY_TEXT),),
    "ApplyLink": ((_APPLY_LINK, True, _URI),),
    "OriginalCreator": ((("url",), True, _URI),),
    "RecipientProfile": (
        (("name",), False, _ANY_TEXT),
        (("id",), False, _ANY_TEXT),
        (("publicKey",), False, _URI),
    ),
}
_NO_SCHEMA: Final = frozenset({"Extension", "extension"})


def require_extensions(document: Mapping[str, Json]) -> list[str]:
    """Return the types of the extensions that were not looked into; raise "extension" for one that breaks its schema.

    Extensions are looked for in the badge object itself; its members' own are told of as well.
    """
    unknown: list[str] = []
    for pointer, extension in _extensions(document, ""):
        for name in sorted(types_of(extension)) or ["(no type)"]:
            last = _LAST_PART.search(name)
            kind = last[0] if last else name
            if kind in _NO_SCHEMA:
                continue
            if kind not in _SCHEMAS:
                unknown.append(name)
                continue
            for spellings, needed, pattern in _SCHEMAS[kind]:
                _require_member(extension, spellings, pattern, needed=needed, where=pointer)
    return unknown


def _extensions(value: Mapping[str, Json], pointer: str) -> Iterator[tuple[str, Mapping[str, Json]]]:
    for name, member in value.items():
        for item in member if isinstance(member, list) else [member]:
            if not isinstance(item, dict):
                continue
            if is_extension(name, item):
                yield f"{pointer}/{name}", item
            elif name != "@context":
                yield from _extensions(item, f"{pointer}/{name}")


def _require_member(
    extension: Mapping[str, Json], spellings: tuple[str, ...], pattern: re.Pattern[str], *, needed: bool, where: str
) -> None:
    values = [extension[spelling] for spelling in spellings if spelling in extension]
    sound = all(isinstance(value, str) and pattern.fullmatch(value) for value in values)
    if not sound or len(values) > 1 or (needed and not values):
        raise CredentialError("extension", f"The extension breaks its schema ({spellings[0]}).", where=where)
