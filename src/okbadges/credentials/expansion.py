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

Two of these forms, contexts that are written out and the direction of text, are taken by an expander that is made for them, as
the profile of any W3C credential needs it (``ANY``); badges are read by ``BUNDLED``, which refuses both.

What RDF cannot tell apart, no signature over it can: the order of an array, an array of one and its only value, a member with an
empty array and no such member, two objects with one ``id`` and the two merged. These are accepted; the shape of a badge is for
`model` to check. One thing is not: that one of two objects with the same ``id`` says what the other does not, where a holder could
have moved it so that no reader finds it; see `repeated_nodes` for the rule and its codes ``split-node`` and ``ambiguous-node``.

A blank node is labelled ``_:`` and the JSON pointer of its node (cells of a list add ``#0``, ``#1`` …, a proof's graph adds
``@graph``): so a label tells where it comes from, as selective disclosure needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from okbadges.credentials.active_context import NamedContext, empty_context, is_absolute
from okbadges.credentials.inline_contexts import read_inline_context
from okbadges.credentials.literals import literal, native, value_object
from okbadges.credentials.parts import KnownParts, Part, written_part
from okbadges.credentials.repeated_nodes import Mentions
from okbadges.credentials.strict_json import copy_of
from okbadges.credentials.vocabulary import ANY_CONTEXTS, BADGE_CONTEXTS, CONTEXTS
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from okbadges.credentials.active_context import ActiveContext, Property
    from okbadges.credentials.rdfc import Quad
    from okbadges.credentials.strict_json import Json
    from okbadges.credentials.vocabulary import Context

MAX_DEPTH: Final = 64
"""How deep nodes may be nested."""

MAX_INLINE_CONTEXTS: Final = 16
"""How many contexts a document may write out, where it may at all."""

_REMEMBERED: Final = 1024
"""How many derived contexts an expander remembers before it begins anew (a few megabytes)."""

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TYPE: Final = f"<{_RDF}type>"
_FIRST: Final = f"<{_RDF}first>"
_REST: Final = f"<{_RDF}rest>"
_IN_MANY: Final = frozenset(
    {"<https://purl.imsglobal.org/spec/vc/ob/vocab.html#achievement>", "<https://www.w3.org/2018/credentials#issuer>"}
)
"""The members whose values many credentials share."""

_NIL: Final = f"<{_RDF}nil>"


class Expander:
    """Turns documents into quads by the contexts it was given, and by no others.

    It remembers what it derived from those constants (which terms are in force where), never anything of a document; the memory
    is bounded, seen by no result, and safe to share between threads.
    """

    def __init__(
        self, allowed: Collection[str] = BADGE_CONTEXTS, *, inline_contexts: bool = False, directions: bool = False
    ) -> None:
        """Know the contexts of `vocabulary` whose addresses are in ``allowed``.

        Two forms that badges have no use for are taken only where they are asked for: ``inline_contexts`` (objects in
        ``@context``, within the limits of `inline_contexts`) and ``directions`` (``@direction`` beside ``@value``).
        """
        contexts = {url: CONTEXTS[url] for url in allowed}
        self._forms = _Forms(contexts, MAX_INLINE_CONTEXTS if inline_contexts else 0, directions)
        self._begin_anew()

    def to_quads(self, document: Mapping[str, Json]) -> list[Quad]:
        """Return the quads of ``document``, in the order of its members; raises ``CredentialError`` (see the module)."""
        return self._walked(document, None).quads

    def to_parts(self, document: Mapping[str, Json]) -> tuple[list[Quad], list[Part]]:
        """Return the same, but the quads of its badge and its issuer as parts where they are known from other documents."""
        walk = self._walked(document, self._known)
        return walk.quads, walk.parts

    def _begin_anew(self) -> None:
        self._root = empty_context()
        self._known = KnownParts()

    def _walked(self, document: Mapping[str, Json], known: KnownParts | None) -> _Walk:
        if "@context" not in document:
            raise CredentialError("context-missing", "The document has no @context: none of its terms has a meaning.")
        walk, root = _Walk(self._forms, known), self._root
        try:
            walk.node(dict(document), root, "")
            walk.mentions.compare()
        finally:
            if root.family.derived > _REMEMBERED:
                self._begin_anew()
        if not walk.quads:
            raise CredentialError("empty-document", "The document says nothing that could be signed.")
        return walk


class _Forms(NamedTuple):
    """What an expander takes."""

    contexts: Mapping[str, Context]
    inline_contexts: int
    directions: bool


class _Walk:
    """One walk over one document."""

    __slots__ = ("depth", "forms", "graph", "inlined", "known", "mentions", "parts", "quads")

    def __init__(self, forms: _Forms, known: KnownParts | None) -> None:
        self.forms = forms
        self.known = known
        self.inlined = 0
        self.quads: list[Quad] = []
        self.parts: list[Part] = []
        self.mentions = Mentions()
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
        subject = self._named_subject(node, active, pointer) if "id" in node else f"_:{pointer}"
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

    def _named_subject(self, node: dict[str, Json], active: ActiveContext, pointer: str) -> str:
        written = node["id"]
        if type(written) is not str:
            raise CredentialError("invalid-id", "An id is a string.", where=f"{pointer}/id")
        if not active.prefixes and is_absolute(written):
            subject = f"<{written}>"
        else:
            subject = active.reference(written, f"{pointer}/id")
        self.mentions.objects.append((subject, (pointer, node, active)))
        return subject

    def _value(self, value: Json, member: Property, pointer: str) -> str:
        """Return what stands as object in the quad of one value, after the quads of all that it holds."""
        if type(value) is dict:
            return self._object(value, member, pointer)
        if member.container == "graph":
            raise CredentialError("graph-value", "Only an object can stand here.", where=pointer)
        if type(value) is str:
            if member.refers:
                subject = member.around.reference(value, pointer, vocab=member.refers == "@vocab")
                self.mentions.strings.append((subject, pointer))
                return subject
            return literal(value) + member.suffix
        return native(value, member.suffix, pointer)

    def _object(self, value: dict[str, Json], member: Property, pointer: str) -> str:
        inner = member.around if len(value) == 1 and "id" in value else member.inner
        if member.container == "graph":
            outside, self.graph = (self.graph, self.mentions), f"_:{pointer}@graph"
            before, self.mentions = len(self.quads), Mentions()
            self.node(value, inner, pointer)
            self.mentions.compare()
            if len(self.quads) == before and "id" in value:
                raise CredentialError("graph-value", "It says nothing but its id, which would be lost.", where=pointer)
            name, (self.graph, self.mentions) = self.graph, outside
            return name
        if "@value" in value:
            return value_object(value, pointer, with_direction=self.forms.directions)
        if self.known is not None and member.predicate in _IN_MANY and "id" in value and not self.graph:
            return self._part(value, inner, pointer, self.known)
        return self.node(value, inner, pointer)

    def _part(self, node: dict[str, Json], outer: ActiveContext, pointer: str, known: KnownParts) -> str:
        """Return the subject of a node that many documents have; walk it only when it is not among the known parts."""
        identifier = node["id"]
        written = written_part(node) if type(identifier) is str and known.comes_again(identifier, pointer) else None
        if written is None:
            return self.node(node, outer, pointer)
        part = known.get(written, pointer, outer)
        if part is None:
            alone = _Walk(self.forms, None)
            alone.depth = self.depth
            # a copy, because the caller may change the document later
            subject = alone.node(copy_of(written), outer, pointer)
            part = Part(subject, alone.quads, alone.mentions)
            known.keep(written, pointer, outer, part)
        self.parts.append(part)
        part.mentioned_in(self.mentions)
        return part.subject

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
            if type(url) is dict and self.inlined < self.forms.inline_contexts:
                self.inlined += 1
                named.append(NamedContext("", read_inline_context(url, where), where))
                continue
            if type(url) is not str:
                raise CredentialError(
                    "inline-context", "A context is given by its address, not written out.", where=where
                )
            if url not in self.forms.contexts:
                raise CredentialError("context-not-allowed", f"The context {url!r} is not one known here.", where=where)
            named.append(NamedContext(url, self.forms.contexts[url], where))
        return named


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


ANY: Final = Expander(ANY_CONTEXTS, inline_contexts=True, directions=True)
"""The expander for any W3C credential (conformance runs): more contexts, and the two forms that badges have no use for."""

BUNDLED: Final = Expander()
"""The expander for badges. A constant in all that can be seen of it: what it remembers follows from the vocabulary alone."""


def to_quads(document: Mapping[str, Json]) -> list[Quad]:
    """Return the quads of ``document`` by the contexts that a badge may use; raises ``CredentialError`` (see the module)."""
    return BUNDLED.to_quads(document)


def pointer_of(label: str) -> str:
    """Return the JSON pointer of the node that a blank node label of ``to_quads`` stands for (for a list cell: of the list)."""
    return label.removeprefix("_:").partition("#")[0].removesuffix("@graph")
