"""Which terms are in force at one place of a document (JSON-LD 1.1's "active context"), compiled for the walk of `expansion`.

An ``ActiveContext`` never changes what it means. It grows only by remembering what was derived from it (the terms inside a
typed node, inside the value of a term, after an ``@context`` of its own), because that is always the same and costs a hundred
times more to find out than to look up. Everything derived from one root is counted in its ``Family``; whoever holds the root
drops it, with all that hangs on it, when the count passes a bound. Two threads may derive the same thing twice: both get
equal ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from okbadges.credentials.known_words import KNOWN_IRIS, KNOWN_VOCABULARIES, KNOWN_WORDS, contradiction
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from okbadges.credentials.vocabulary import Context, Term

_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`\ud800-\udfff]*").fullmatch


@dataclass(frozen=True, slots=True)
class Property:
    """A member of a node, compiled for one active context: what each of its values becomes."""

    predicate: str
    """``<IRI>`` as it stands in a quad; empty for ``id``, ``type`` and ``@context``, which the walk reads on its own."""
    refers: str
    """``@id`` or ``@vocab`` when its strings are IRIs, else empty."""
    suffix: str
    """``^^<datatype>`` that follows its literals, or empty."""
    container: str
    """``list``, ``graph`` or empty."""
    step: str
    """What it adds to a JSON pointer."""
    inner: ActiveContext
    """In force for a node that is its value (JSON-LD 1.1 API, 5.1.2 steps 7 and 8)."""
    around: ActiveContext
    """In force for a string that is its value (step 4.2), and for a node that says nothing but its ``id`` (step 7)."""
    plain: bool = field(init=False)
    """Whether a string that is its value only wants quoting."""

    def __post_init__(self) -> None:
        """Work out what the walk asks most often."""
        object.__setattr__(self, "plain", not (self.refers or self.container))


class NamedContext(NamedTuple):
    """A context that a document asks for by its address, and where it does; the address is empty when it is written out."""

    url: str
    context: Context
    where: str


class Family:
    """How much was derived from one root: the measure of what is remembered."""

    __slots__ = ("derived",)

    def __init__(self) -> None:
        """Begin with nothing derived."""
        self.derived = 0


class ActiveContext:
    """The terms in force at one place; made by ``empty_context`` and by deriving."""

    __slots__ = (
        "embedded",
        "family",
        "iris",
        "prefixes",
        "previous",
        "properties",
        "terms",
        "type_iris",
        "typed",
        "vocab",
    )

    def __init__(
        self, terms: Mapping[str, Term], vocab: str, family: Family, previous: ActiveContext | None = None
    ) -> None:
        """Hold ``terms``; ``previous`` is in force again inside the nodes that this one's node holds (``@propagate: false``)."""
        self.terms = terms
        self.vocab = vocab
        self.family = family
        self.previous = previous
        self.prefixes = frozenset(name for name, term in terms.items() if term.prefix)
        self.iris: frozenset[str] | None = None
        self.properties: dict[str, Property] = {"@context": self._skip()}
        self.type_iris: dict[str, str] = {}
        self.typed: dict[tuple[str, ...], ActiveContext] = {}
        self.embedded: dict[tuple[str, ...], ActiveContext] = {}
        family.derived += 1

    def extended(
        self, context: Context, where: str, *, override: bool = False, propagate: bool = True
    ) -> ActiveContext:
        """Return the terms after ``context`` (JSON-LD 1.1 API, 4.1); ``override`` is for the scopes of properties.

        Raises ``protected-term-redefined`` at ``where`` if a protected term would change its meaning.
        """
        if context.forgets:
            if not override and any(term.protected for term in self.terms.values()):
                raise _redefined("a null context would forget protected terms", where)
            return ActiveContext(MappingProxyType({}), "", self.family)
        terms = dict(self.terms)
        for name, written in context.terms.items():
            term = self._resolved(written, context)
            before = terms.get(name)
            if before is not None and before.protected and not override:
                if not before.means_the_same_as(term):
                    raise _redefined(f"the term {name!r} would get another meaning", where)
                continue
            if context.written_out and (why := contradiction(term)):
                raise CredentialError(
                    "inline-context", f"This context is not taken: {why}.", where=f"{where}/{escape_pointer(name)}"
                )
            terms[name] = term
        previous = self.previous if propagate else self.previous or self
        vocab = self.vocab if context.vocab is None else context.vocab
        return ActiveContext(terms, vocab, self.family, previous)

    def after_types(self, types: tuple[str, ...], where: str) -> ActiveContext:
        """Return the terms in force on a node of these types (JSON-LD 1.1 API, 5.1.2 step 11), remembered."""
        result = self
        for name in sorted(set(types)):
            term = self.terms.get(name)
            if term is not None and term.scope is not None:
                result = result.extended(term.scope, where, propagate=False)
        self.typed[types] = result
        self.family.derived += 1  # also when nothing new was made: every list of types is an entry
        return result

    def after_contexts(self, contexts: Sequence[NamedContext]) -> ActiveContext:
        """Return the terms in force after an ``@context`` (5.1.2 step 9), remembered by the addresses if all have one."""
        result = self
        for named in contexts:
            result = result.extended(named.context, named.where)
        urls = tuple(named.url for named in contexts)
        if all(urls):
            self.embedded[urls] = result
            self.family.derived += 1
        return result

    def property(self, key: str, pointer: str) -> Property:
        """Compile the member ``key`` of the node at ``pointer``; remembered if it is a term.

        Raises ``keyword-key``, ``iri-key`` (the same statement under a name that no reader of the JSON looks for) or
        ``undefined-term``.
        """
        where = f"{pointer}/{escape_pointer(key)}"
        if key.startswith("@"):
            raise CredentialError("keyword-key", f"The keyword {key!r} is not allowed as a member.", where=where)
        term = self.terms.get(key)
        if term is not None:
            compiled = self._compiled(term, where)
            self.properties[key] = compiled
            return compiled
        if ":" in key:
            raise CredentialError("iri-key", f"The member {key!r} is not named by a term of a context.", where=where)
        iri = self.vocab + key
        if not self.vocab or key in {"id", "type"} or not is_absolute(iri) or "#" in key or "@" in key:
            raise CredentialError(
                "undefined-term", f"No context defines {key!r}; a signature would not cover it.", where=where
            )
        if iri in self._spelled_out() or self._mixes_up(key, iri):
            raise CredentialError("iri-instead-of-term", "There is a term for this; write the term.", where=where)
        return Property(f"<{iri}>", "", "", "", f"/{escape_pointer(key)}", self.previous or self, self)

    def type_iri(self, name: str, where: str) -> str:
        """Return ``<IRI>`` of a type, remembered if it is a term; raises ``undefined-type`` and the codes of ``reference``."""
        term = self.terms.get(name)
        if term is not None and is_absolute(term.iri):
            self.type_iris[name] = f"<{term.iri}>"
            return self.type_iris[name]
        if term is not None or (":" not in name and not self.vocab):
            raise CredentialError("undefined-type", f"No context defines the type {name!r}.", where=where)
        return self.reference(name, where, vocab=True)

    def reference(self, value: str, where: str, *, vocab: bool = False) -> str:
        """Return ``<IRI>`` of an ``id``, or with ``vocab`` also of a term (JSON-LD 1.1 API, 5.2).

        Raises ``blank-node-id``, ``relative-iri``, ``invalid-iri``, ``compact-iri``, and ``iri-instead-of-term``: one thing is
        not written in two ways, or a reader of the JSON could be told something else than what is signed.
        """
        if not vocab and not self.prefixes and is_absolute(value):
            return f"<{value}>"
        term = self.terms.get(value) if vocab else None
        iri = term.iri if term is not None else value
        head, colon, tail = iri.partition(":")
        if vocab and self.vocab and not colon and not iri.startswith("@"):
            iri = self.vocab + iri
        if head == "_":
            raise CredentialError("blank-node-id", "An identifier that begins with '_:' is not allowed.", where=where)
        if not is_absolute(iri):
            if colon and is_absolute(f"{head}:"):
                raise CredentialError(
                    "invalid-iri", "The identifier holds characters that no IRI may hold.", where=where
                )
            raise CredentialError(
                "relative-iri", "The identifier must be absolute (https:…, urn:…, did:…).", where=where
            )
        if term is None and head in self.prefixes and not tail.startswith("//"):
            raise CredentialError(
                "compact-iri", f"The identifier is shortened by the prefix {head!r}; write it out.", where=where
            )
        if term is None and vocab and (iri in self._spelled_out() or self._mixes_up(value, iri)):
            raise CredentialError("iri-instead-of-term", "There is a term for this; write the term.", where=where)
        return f"<{iri}>"

    def _spelled_out(self) -> frozenset[str]:
        if self.iris is None:
            self.iris = frozenset(term.iri for term in self.terms.values())
        return self.iris

    def _mixes_up(self, name: str, iri: str) -> bool:
        """Say whether a name without a term stands for a known IRI, or is a known word under a ``@vocab`` of the document's own."""
        return iri in KNOWN_IRIS or (name in KNOWN_WORDS and self.vocab not in KNOWN_VOCABULARIES)

    def _compiled(self, term: Term, where: str) -> Property:
        if term.iri in {"@id", "@type"}:
            return self._skip()
        if not is_absolute(term.iri):
            raise CredentialError("undefined-term", f"The context maps {term.name!r} to no absolute IRI.", where=where)
        if term.coercion == "@json":
            raise CredentialError(
                "json-literal", f"{term.name!r} would hold a JSON literal, which is not supported.", where=where
            )
        refers = term.coercion if term.coercion in {"@id", "@vocab"} else ""
        inner, around = self.previous or self, self
        if term.scope is not None:
            inner = inner.extended(term.scope, where, override=True)
            around = around.extended(term.scope, where, override=True)
        return Property(
            predicate=f"<{term.iri}>",
            refers=refers,
            suffix=f"^^<{term.coercion}>" if term.coercion and not refers else "",
            container="" if term.container == "set" else term.container,
            step=f"/{escape_pointer(term.name)}",
            inner=inner,
            around=around,
        )

    def _skip(self) -> Property:
        return Property("", "", "", "", "", self, self)

    def _resolved(self, term: Term, context: Context) -> Term:
        """Return ``term`` with its IRIs absolute, by its own table first and then by what is in force."""
        iri, coercion = self._written_iri(term.iri, context), self._written_iri(term.coercion, context)
        return term if iri == term.iri and coercion == term.coercion else replace(term, iri=iri, coercion=coercion)

    def _written_iri(self, written: str, context: Context) -> str:
        if "://" in written or not written or written[0] == "@":
            return written
        head, colon, tail = written.partition(":")
        known = context.terms.get(head) or self.terms.get(head)
        if colon:
            return known.iri + tail if known and known.prefix else written
        return known.iri if known else written


def empty_context() -> ActiveContext:
    """Return the context of a document before its own ``@context``: no term at all, a family of its own."""
    return ActiveContext(MappingProxyType({}), "", Family())


def escape_pointer(key: str) -> str:
    """Write a member name as a reference token of a JSON pointer (RFC 6901, 3)."""
    return key.replace("~", "~0").replace("/", "~1")


def is_absolute(iri: str) -> bool:
    """Say whether an IRI has a scheme and only characters that may stand between N-Quads' angle brackets."""
    return _ABSOLUTE(iri) is not None


def _redefined(why: str, where: str) -> CredentialError:
    return CredentialError("protected-term-redefined", f"The contexts contradict each other: {why}.", where=where)
