"""What a JSON-LD processor would read in a document, and a reader of plain JSON would not see.

A JWT signs the text of a credential, and no canonical form stands behind it that could refuse such a thing. Two honest programs
would then show two credentials under one signature: one takes ``@id`` for the issuer's identifier, the other ``id``. So members
are written in the one way that both read alike, the terms of VC Data Model 2.0 and Open Badges 3.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from okbadges.credentials.places import everything, pointer
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json

_VALUE_OBJECT: Final = frozenset({"@value", "@language", "@direction"})


def require_plain_reading(document: Mapping[str, Json]) -> None:
    """Return when every member of ``document`` says to a JSON-LD processor what it says to a reader of plain JSON.

    Raises, with the pointer to the member: "keyword-key" for a name that begins with ``@`` (allowed are ``@context``, and a
    text with its language and direction, VC Data Model 2.0, section 11.1), "iri-key" for an IRI or a name with a prefix,
    which JSON-LD reads as a term, and "inline-context" for a context that is written out, or null.
    """
    if _is_plain({**document}):
        return
    for steps, item in everything({**document}):
        mistake = _mistake_in(item) if isinstance(item, dict) else None
        if mistake is not None:
            code, detail, name = mistake
            raise CredentialError(code, detail, where=pointer([*steps, name]))


def _is_plain(document: Json) -> bool:
    """Say whether there is nothing to tell: several times faster than going through everything with its place."""
    waiting = [document]
    for item in waiting:  # grows as it is gone through
        if type(item) is str:
            continue
        if isinstance(item, dict):
            names = "".join(item)
            if ("@" in names or ":" in names) and _mistake_in(item) is not None:
                return False
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return True


def _mistake_in(item: Mapping[str, Json]) -> tuple[str, str, str] | None:
    """Return the code and the words of the first mistake among the names of an object, and the name; None where there is none."""
    if _is_text_with_language(item):
        return None
    for name, value in item.items():
        if name == "@context":
            if not _is_by_address(value):
                return "inline-context", "A context is given by its address, never written out.", name
        elif name.startswith("@"):
            return "keyword-key", "JSON-LD has a meaning of its own for this name.", name
        elif ":" in name:
            return "iri-key", "A member is named by its term, not by an IRI.", name
    return None


def _is_text_with_language(item: Mapping[str, Json]) -> bool:
    return "@value" in item and item.keys() <= _VALUE_OBJECT and all(isinstance(value, str) for value in item.values())


def _is_by_address(value: Json) -> bool:
    contexts = value if isinstance(value, list) else [value]
    return all(isinstance(context, str) for context in contexts)
