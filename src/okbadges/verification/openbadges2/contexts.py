"""That every name in a badge of 2.0 means what the published context says: the condition for reading it by names.

A context from elsewhere, a term defined anew, a keyword of JSON-LD or a second spelling of a term would let two programs see
two badges in one file. Names that are new and lead elsewhere are harmless and allowed, as is anything inside an extension.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from okbadges.errors import CredentialError
from okbadges.verification.openbadges2.kind import CONTEXT, OLDER_CONTEXT
from okbadges.verification.openbadges2.vocabulary import MEANINGS, TERMS, full_iri
from okbadges.verification.reading import items, members, types_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from okbadges.credentials.strict_json import Json

_EXTENSION_CONTEXTS: Final = frozenset(
    f"https://{host}/extensions/{name}/context.json"
    for host in ("w3id.org/openbadges", "openbadgespec.org")
    for name in ("applyLinkExtension", "exampleExtension", "originalCreatorExtension", "recipientProfile")
)
_BADGE_OBJECTS: Final = frozenset({"badge", "issuer", "publicKey", "endorsement"})
_EXTENSION_TYPES: Final = frozenset(
    {"Extension", "extension", "obi:Extension", "https://w3id.org/openbadges#Extension"}
)
_ALLOWED_KEYWORDS: Final = frozenset({"@context", "@language"})


def require_plain_terms(document: Mapping[str, Json]) -> None:
    """Raise unless every name in an Assertion, BadgeClass, Profile or another badge object means what it says.

    Raises "context" (not the context of 2.0, or one that changes it), "ambiguous-term" (a keyword or a second spelling), and
    "context-not-known" or "form-not-supported" for what is not wrong, but cannot be judged (a context that is not bundled, 1.1).
    """
    _check_context(document.get("@context"), "")
    for pointer, node in _nodes(document, ""):
        if pointer and "@context" in node:
            if pointer.rstrip("/0123456789").rpartition("/")[2] not in _BADGE_OBJECTS:
                raise CredentialError("context", "A context stands where none belongs.", where=pointer)
            _check_context(node["@context"], pointer)
        for name in node:
            _check_name(name, pointer)


def is_extension(name: str, value: object) -> bool:
    """Say whether a member is an extension: by its name, or by the type of its value (Open Badges 2.0, Extensions)."""
    return name.startswith("extensions:") or bool(types_of(value) & _EXTENSION_TYPES)


def _nodes(value: Mapping[str, Json], pointer: str) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """Yield every object with its JSON pointer, the outer first, without what is in extensions and contexts."""
    yield pointer, value
    for name, member in value.items():
        if name == "@context" or is_extension(name, member):
            continue
        for position, item in enumerate(_listed(member)):
            if isinstance(item, dict):
                yield from _nodes(item, f"{pointer}/{name}" + (f"/{position}" if isinstance(member, list) else ""))


def _listed(value: Json) -> list[Json]:
    """Return the values of a member, lists in lists laid flat."""
    return [one for item in value for one in _listed(item)] if isinstance(value, list) else [value]


def _check_name(name: str, pointer: str) -> None:
    if name.startswith("@") and name not in _ALLOWED_KEYWORDS:
        raise CredentialError(
            "ambiguous-term", f"The keyword {name[:40]} of JSON-LD is not used in a badge.", where=pointer
        )
    if ":" in name and full_iri(name) in MEANINGS:
        raise CredentialError("ambiguous-term", f"{name[:80]} is another spelling of a term of badges.", where=pointer)


def _check_context(context: Json, pointer: str) -> None:
    entries = items(context)
    if OLDER_CONTEXT in entries:
        raise CredentialError("form-not-supported", "This is a badge of Open Badges 1.1.", where=pointer)
    defined = {name: value for entry in entries for name, value in members(entry).items()}
    if CONTEXT not in entries and any(defined.get(name) != definition for name, definition in TERMS.items()):
        raise CredentialError("context", f"The context is not {CONTEXT}.", where=pointer)
    for name, definition in defined.items():
        _check_definition(name, definition, pointer)
    for entry in entries:
        if isinstance(entry, dict):
            continue
        if not isinstance(entry, str):
            raise CredentialError("context", "A context is neither an address nor an object.", where=pointer)
        if entry != CONTEXT and entry not in _EXTENSION_CONTEXTS:
            raise CredentialError("context-not-known", "The badge uses an unknown context.", where=pointer)


def _check_definition(name: str, definition: object, pointer: str) -> None:
    """Allow a term to be defined as it is published, or to be new and to lead to something that no other term means."""
    if name in TERMS:
        sound = definition == TERMS[name]
    else:
        target = definition if isinstance(definition, str) else members(definition).get("@id")
        extra = members(definition).keys() - {"@id", "@type"}
        sound = (
            isinstance(target, str)
            and not extra
            and not _is_ours(target)
            and not name.startswith("@")
            and ":" not in name
        )
    if not sound:
        raise CredentialError("context", f"The context gives {name[:40]} another meaning.", where=pointer)


def _is_ours(target: str) -> bool:
    """Say whether a definition leads to a term or a keyword, or could become the beginning of a term (a prefix)."""
    if target.startswith("@") or ":" not in target:
        return True
    return any(meaning.startswith(full_iri(target)) for meaning in MEANINGS)
