"""Which words the known contexts have for which IRIs, wherever they define them: nobody else may mix the two up.

A verifier reads JSON by its words, and a signature over RDF holds for IRIs. A context that a document writes out could give a
known IRI another word (the verifier then misses the member) or a known word another IRI (the verifier then reads something
else), with the signature holding. So a word and an IRI of the known contexts belong together everywhere, in every document.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from okbadges.credentials.vocabulary import CONTEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from okbadges.credentials.vocabulary import Context, Term

_DATA_MODEL: Final = "https://www.w3.org/2018/credentials#"


def contradiction(term: Term) -> str:
    """Say why a document may not define this term (its IRIs resolved) itself; empty if it may.

    It may use a known word for a known IRI only as a known context does: the same coercion, the same container.
    """
    if term.iri.startswith("@"):
        return ""
    if term.iri.startswith(_DATA_MODEL):
        return "the data model's own words have no other names"
    meanings = _MEANINGS.get(term.name)
    if meanings is not None and _meaning(term, term.iri, term.coercion) not in meanings:
        return f"{term.name!r} is a word of a known context"
    if meanings is None and term.iri in KNOWN_IRIS:
        return f"<{term.iri}> has a name in a known context"
    return ""


def _meaning(term: Term, iri: str, coercion: str) -> tuple[str, str, str]:
    return iri, coercion, "" if term.container == "set" else term.container


def _terms(context: Context, outer: Mapping[str, Term]) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """Yield name and meaning of every term, those of scopes as well, with their short forms resolved."""
    table = {**outer, **context.terms}

    def resolved(written: str) -> str:
        head, colon, tail = written.partition(":")
        if "://" in written or written.startswith("@") or head not in table:
            return written
        return table[head].iri + tail if not colon or table[head].prefix else written

    for term in context.terms.values():
        yield term.name, _meaning(term, resolved(term.iri), resolved(term.coercion))
        if term.scope is not None:
            yield from _terms(term.scope, table)


def _meanings() -> dict[str, frozenset[tuple[str, str, str]]]:
    found: dict[str, set[tuple[str, str, str]]] = {}
    for context in CONTEXTS.values():
        for name, meaning in _terms(context, {}):
            found.setdefault(name, set()).add(meaning)
    return {name: frozenset(meanings) for name, meanings in found.items()}


_MEANINGS: Final = MappingProxyType(_meanings())

KNOWN_WORDS: Final = frozenset(_MEANINGS)
"""Every word that a known context defines, at whatever place."""

KNOWN_IRIS: Final = frozenset(
    iri
    for meanings in _MEANINGS.values()
    for iri, _, _ in meanings
    if not iri.startswith("@") and not iri.endswith(("#", "/", ":"))
)
"""Every IRI that a known context has a word for, but for those that are only the beginning of others."""

KNOWN_VOCABULARIES: Final = frozenset(context.vocab for context in CONTEXTS.values() if context.vocab)
"""What words without a term begin with in a known context."""
