"""What a JSON-LD processor would read in a document, and a reader of plain JSON would not see.

A JWT signs the text of a credential, and no canonical form stands behind it that could refuse such a thing. Two honest programs
would then show two credentials under one signature: one takes ``@id`` for the issuer's identifier, the other ``id``. So members
are written in the one way that both read alike, the terms of VC Data Model 2.0 and Open Badges 3.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from okbadges.credentials.strict_json import Json

_VALUE_OBJECT: Final = frozenset({"@value", "@language", "@direction"})


def require_plain_reading(document: Mapping[str, Json]) -> None:
    """Return when every member of ``document`` says to a JSON-LD processor what it says to a reader of plain JSON.

    Raises, with the pointer to the member: "keyword-key" for a name that begins with ``@`` (allowed are ``@context``, and a
    text with its language and direction, VC Data Model 2.0, section 11.1), "iri-key" for an IRI or a name with a prefix,
    which JSON-LD reads as a term, and "inline-context" for a context that is written out, or null.
    """
    for where, item in _objects(document):
        if _is_text_with_language(item):
            continue
        for name, value in item.items():
            member = where + _step(name)
            if name == "@context":
                _check_context(value, member)
            elif name.startswith("@"):
                raise CredentialError("keyword-key", "JSON-LD has a meaning of its own for this name.", where=member)
            elif ":" in name:
                raise CredentialError("iri-key", "A member is named by its term, not by an IRI.", where=member)


def _objects(document: Mapping[str, Json]) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """Yield every object with its pointer, the outer before the inner."""
    waiting: list[tuple[str, object]] = [("", document)]
    while waiting:
        where, item = waiting.pop()
        if isinstance(item, dict):
            yield where, item
            waiting.extend((where + _step(name), value) for name, value in item.items())
        elif isinstance(item, list):
            waiting.extend((f"{where}/{position}", value) for position, value in enumerate(item))


def _step(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _is_text_with_language(item: Mapping[str, Json]) -> bool:
    return "@value" in item and item.keys() <= _VALUE_OBJECT and all(isinstance(value, str) for value in item.values())


def _check_context(value: Json, where: str) -> None:
    contexts = value if isinstance(value, list) else [value]
    if not all(isinstance(context, str) for context in contexts):
        raise CredentialError("inline-context", "A context is given by its address, never written out.", where=where)
