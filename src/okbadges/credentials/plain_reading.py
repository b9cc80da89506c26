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

    from okbadges.credentials.places import Steps
    from okbadges.credentials.strict_json import Json

_VALUE_OBJECT: Final = frozenset({"@value", "@language", "@direction"})


def require_plain_reading(document: Mapping[str, Json]) -> None:
    """Return when every member of ``document`` says to a JSON-LD processor what it says to a reader of plain JSON.

    Raises, with the pointer to the member: "keyword-key" for a name that begins with ``@`` (allowed are ``@context``, and a
    text with its language and direction, VC Data Model 2.0, section 11.1), "iri-key" for an IRI or a name with a prefix,
    which JSON-LD reads as a term, and "inline-context" for a context that is written out, or null.
    """
    for steps, item in everything({**document}):
        if not isinstance(item, dict) or _is_text_with_language(item):
            continue
        for name, value in item.items():
            if name == "@context":
                _check_context(value, steps)
            elif name.startswith("@"):
                raise _refusal("keyword-key", "JSON-LD has a meaning of its own for this name.", steps, name)
            elif ":" in name:
                raise _refusal("iri-key", "A member is named by its term, not by an IRI.", steps, name)


def _refusal(code: str, detail: str, steps: Steps, name: str) -> CredentialError:
    return CredentialError(code, detail, where=pointer([*steps, name]))


def _is_text_with_language(item: Mapping[str, Json]) -> bool:
    return "@value" in item and item.keys() <= _VALUE_OBJECT and all(isinstance(value, str) for value in item.values())


def _check_context(value: Json, steps: Steps) -> None:
    contexts = value if isinstance(value, list) else [value]
    if not all(isinstance(context, str) for context in contexts):
        raise _refusal("inline-context", "A context is given by its address, never written out.", steps, "@context")
