"""Credential JSON to quads, in one walk by compiled terms; no context is ever fetched and nothing is ever dropped in silence.

The quads are those of JSON-LD 1.1 expansion and RDF conversion for the contexts in `vocabulary`. JSON-LD drops what it cannot
map; a signature would then not cover it. So the walk is in "safe mode": whatever would be dropped or guessed is a
``CredentialError`` whose ``where`` is the JSON pointer of the offender:

* ``undefined-term``, ``undefined-type``: no context gives it a meaning;
* ``relative-iri``, ``invalid-iri``: an ``id``, a type or a reference that is not an absolute IRI;
* ``null-value``, ``keyword-key``, ``json-literal``, ``nested-array``, ``value-object``, ``graph-value``, ``invalid-type``,
  ``invalid-id``, ``unsupported-value``, ``number-out-of-range``: forms that credentials have no use for;
* ``inline-context``, ``context-not-allowed``, ``context-missing``, ``protected-term-redefined``;
* ``iri-key``, ``iri-instead-of-term``, ``compact-iri``: the same statement under a name that no reader of the JSON looks for;
* ``blank-node-id``: labels are ours alone; ``too-deep``: nesting over 64; ``empty-document``: nothing is stated.

What RDF cannot tell apart, no signature over it can: the order of an array, an array of one and its only value, a member with an
empty array and no such member, two objects with one ``id`` and the two merged. These are accepted; the shape of a badge is for
`model` to check.

A blank node is labelled ``_:`` and the JSON pointer of its node (cells of a list add ``#0``, ``#1`` …, a proof's graph adds
``@graph``): so a label tells where it comes from, as selective disclosure needs it.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from okbadges.credentials.active_context import NamedContext, empty_context, is_absolute
from okbadges.credentials.vocabulary import BADGE_CONTEXTS, CONTEXTS
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from okbadges.credentials.active_context import ActiveContext, Property
    from okbadges.credentials.strict_json import Json
    from okbadges.credentials.vocabulary import Context

Quad: TypeAlias = tuple[str, str, str, str]
"""Subject, predicate, object and graph as they stand in N-Quads; the graph is empty for the default graph."""

MAX_DEPTH: Final = 64
"""How deep nodes may be nested."""

_REMEMBERED: Final = 1024
"""How many derived contexts an expander remembers before it begins anew (a few megabytes)."""

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TYPE: Final = f"<{_RDF}type>"
_FIRST: Final = f"<{_RDF}first>"
_REST: Final = f"<{_RDF}rest>"
_NIL: Final = f"<{_RDF}nil>"
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
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


class Expander:
    """Turns documents into quads by the contexts it was given, and by no others.

    It remembers what it derived from those constants (which terms are in force where), never anything of a document; the memory
    is bounded, seen by no result, and safe to share between threads.
    """

    def __init__(self, allowed: Collection[str] = BADGE_CONTEXTS) -> None:
        """Know the contexts of `vocabulary` whose addresses are in ``allowed``."""
        self._contexts = {url: CONTEXTS[url] for url in allowed}
        self._root = empty_context()

    def to_quads(self, document: Mapping[str, Json]) -> list[Quad]:
        """Return the quads of ``document``, in the order of its members; raises ``CredentialError`` (see the module)."""
        if "@context" not in document:
            raise CredentialError("context-missing", "The document has no @context: none of its terms has a meaning.")
        walk, root = _Walk(self._contexts), self._root
        try:
            walk.node(dict(document), root, "")
        finally:
            if root.family.derived > _REMEMBERED:
                self._root = empty_context()
        if not walk.quads:
            raise CredentialError("empty-document", "The document says nothing that could be signed.")
        return walk.quads


class _Walk:
    """One walk over one document."""

    __slots__ = ("contexts", "depth", "graph", "quads")

    def __init__(self, contexts: Mapping[str, Context]) -> None:
        self.contexts = contexts
        self.quads: list[Quad] = []
        self.graph = ""
        self.depth = 0

    def node(self, node: dict[str, Json], outer: ActiveContext, pointer: str) -> str:
        """Emit the quads of a node object and return its subject; ``outer`` is in force before its own @context and types."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise CredentialError("too-deep", f"The document is nested deeper than {MAX_DEPTH} levels.", where=pointer)
        emit, graph = self.quads.append, self.graph
        if "@context" in node:
            outer = self._embedded(outer, node["@context"], f"{pointer}/@context")
        types, active = _typed(outer, node["type"], pointer) if "type" in node else ((), outer)
        subject = _identifier(node["id"], active, pointer) if "id" in node else f"_:{pointer}"
        for name in types:
            emit((subject, _TYPE, outer.type_iris.get(name) or outer.type_iri(name, f"{pointer}/type"), graph))
        compiled = active.properties
        for key, value in node.items():
            member = compiled.get(key) or active.property(key, pointer)
            predicate = member.predicate
            if not predicate:
                continue
            if member.plain and type(value) is str:
                emit((subject, predicate, literal(value) + member.suffix, graph))
            elif member.container == "list":
                emit((subject, predicate, self._list(value, member, pointer + member.step), graph))
            elif type(value) is list:
                for position, item in enumerate(value):
                    emit((subject, predicate, self._value(item, member, f"{pointer}{member.step}/{position}"), graph))
            else:
                emit((subject, predicate, self._value(value, member, pointer + member.step), graph))
        self.depth -= 1
        return subject

    def _value(self, value: Json, member: Property, pointer: str) -> str:
        """Return what stands as object in the quad of one value, after the quads of all that it holds."""
        if type(value) is dict:
            return self._object(value, member, pointer)
        if member.container == "graph":
            raise CredentialError("graph-value", "Only an object can stand here.", where=pointer)
        if type(value) is str:
            if member.refers:
                return member.around.reference(value, pointer, vocab=member.refers == "@vocab")
            return literal(value) + member.suffix
        return _native(value, member.suffix, pointer)

    def _object(self, value: dict[str, Json], member: Property, pointer: str) -> str:
        inner = member.around if len(value) == 1 and "id" in value else member.inner
        if member.container == "graph":
            outside, self.graph = self.graph, f"_:{pointer}@graph"
            before = len(self.quads)
            self.node(value, inner, pointer)
            if len(self.quads) == before and "id" in value:
                raise CredentialError("graph-value", "It says nothing but its id, which would be lost.", where=pointer)
            name, self.graph = self.graph, outside
            return name
        if "@value" in value:
            return _value_object(value, pointer)
        return self.node(value, inner, pointer)

    def _list(self, value: Json, member: Property, pointer: str) -> str:
        """Emit an RDF collection (JSON-LD 1.1 API, 8.2.3) and return its head."""
        items = value if type(value) is list else [value]
        head = _NIL
        for position in reversed(range(len(items))):
            item = self._value(items[position], member, f"{pointer}/{position}" if items is value else pointer)
            cell = f"_:{pointer}#{position}"
            self.quads.append((cell, _FIRST, item, self.graph))
            self.quads.append((cell, _REST, head, self.graph))
            head = cell
        return head

    def _embedded(self, outer: ActiveContext, written: Json, pointer: str) -> ActiveContext:
        """Return the terms in force after an ``@context``: one address or a list of them, all known."""
        urls: Any = tuple(written) if type(written) is list else (written,)
        try:
            active = outer.embedded.get(urls)
        except TypeError:  # an object cannot be looked up
            active = None
        return active or outer.after_contexts(self._named(urls, written, pointer))

    def _named(self, urls: tuple[Json, ...], written: Json, pointer: str) -> list[NamedContext]:
        """Return each context with its address and the pointer to it; refuse all that is not the address of a known one."""
        named = []
        for position, url in enumerate(urls):
            where = f"{pointer}/{position}" if type(written) is list else pointer
            if type(url) is not str:
                raise CredentialError(
                    "inline-context", "A context is given by its address, never written out.", where=where
                )
            if url not in self.contexts:
                raise CredentialError("context-not-allowed", f"The context {url!r} is not one known here.", where=where)
            named.append(NamedContext(url, self.contexts[url], where))
        return named


def literal(value: str) -> str:
    """Return a string as a literal of canonical N-Quads (RDF 1.2 N-Quads, 4), quotes and all."""
    return f'"{_ESCAPED.sub(_escape, value)}"' if _ESCAPED.search(value) else f'"{value}"'


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _SHORT_ESCAPES.get(character) or f"\\u{ord(character):04X}"


def _typed(outer: ActiveContext, written: Json, pointer: str) -> tuple[tuple[str, ...], ActiveContext]:
    """Return the types of a node and the terms in force on it."""
    names: Any = tuple(written) if type(written) is list else (written,)
    try:
        active = outer.typed.get(names)
    except TypeError:  # an object or an array cannot be looked up
        active = None
    if active is None:
        if not all(type(name) is str for name in names):
            raise CredentialError(
                "invalid-type", "A type is a string, or an array of strings.", where=f"{pointer}/type"
            )
        active = outer.after_types(names, f"{pointer}/type")
    return names, active


def _identifier(written: Json, active: ActiveContext, pointer: str) -> str:
    if type(written) is str:
        if not active.prefixes and is_absolute(written):
            return f"<{written}>"
        return active.reference(written, f"{pointer}/id")
    raise CredentialError("invalid-id", "An id is a string.", where=f"{pointer}/id")


def _value_object(value: dict[str, Json], pointer: str) -> str:
    """Return the literal of ``{"@value": text, "@language": tag}``; any other value object is ``value-object``."""
    text, language = value["@value"], value.get("@language")
    if len(value) != 2 or type(text) is not str or type(language) is not str:  # noqa: PLR2004 (the text and its language)
        raise CredentialError("value-object", "Only text with its @language is supported.", where=pointer)
    if not _LANGUAGE(language):
        raise CredentialError("value-object", "The @language is not a language tag.", where=f"{pointer}/@language")
    return f"{literal(text)}@{language.lower()}"


def _native(value: Json, suffix: str, pointer: str) -> str:
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


BUNDLED: Final = Expander()
"""The expander for badges. A constant in all that can be seen of it: what it remembers follows from the vocabulary alone."""


def to_quads(document: Mapping[str, Json]) -> list[Quad]:
    """Return the quads of ``document`` by the contexts that a badge may use; raises ``CredentialError`` (see the module)."""
    return BUNDLED.to_quads(document)


def pointer_of(label: str) -> str:
    """Return the JSON pointer of the node that a blank node label of ``to_quads`` stands for (for a list cell: of the list)."""
    return label.removeprefix("_:").partition("#")[0].removesuffix("@graph")
