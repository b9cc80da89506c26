"""Whether a document is of Open Badges 2.0: told from its contexts and types, before anything of it is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from okbadges.verification.reading import items, types_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json

CONTEXT: Final = "https://w3id.org/openbadges/v2"
OLDER_CONTEXT: Final = "https://w3id.org/openbadges/v1"

_CONTEXTS: Final = frozenset({CONTEXT, OLDER_CONTEXT})
_TYPES: Final = frozenset({"Assertion", "BadgeClass", "Issuer"})


def is_open_badge_2(document: Mapping[str, Json]) -> bool:
    """Say whether ``document`` means to be a badge of Open Badges 2.0, or a part of one; 1.1 counts, to be told apart later.

    A credential of the W3C data model is none, whatever else it says.
    """
    types = types_of(document)
    if "VerifiableCredential" in types or "VerifiablePresentation" in types:
        return False
    return bool(types & _TYPES) or any(
        isinstance(context, str) and context in _CONTEXTS for context in items(document.get("@context"))
    )
