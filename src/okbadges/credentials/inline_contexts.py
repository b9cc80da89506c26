"""Contexts that a document writes out instead of naming: read within limits, for profiles that take any W3C credential.

A badge never has one (`expansion` refuses it). Where they are taken, only the plain forms are: terms with an IRI, a coercion, a
set or list, a scope; ``@vocab`` and ``@protected``. Everything else is refused as ``inline-context``, whose ``where`` is the JSON
pointer: other keywords, other names for ``id`` and ``type``, a term that is taken away, relative IRIs and chains of short forms,
more than ``MAX_TERMS`` terms or ``MAX_SCOPES`` scopes inside each other. And where
it is applied, it leaves the words and the IRIs of all known contexts alone (`known_words`): a reader of the JSON would otherwise
miss them, or take something else for them.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from okbadges.credentials.active_context import escape_pointer, is_absolute
from okbadges.credentials.vocabulary import GENERAL_DELIMITERS, Context, Term
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json

MAX_TERMS: Final = 64
"""How many terms one written-out context has at most."""

MAX_SCOPES: Final = 4
"""How many scoped contexts stand inside each other at most."""

_NAME: Final = re.compile(r"[^@:/\s#?]+")
_KEYWORDS_OF_CONTEXTS: Final = frozenset({"@vocab", "@protected", "@version"})
_KEYWORDS_OF_TERMS: Final = frozenset({"@id", "@type", "@container", "@protected", "@context"})
_DATA_MODEL: Final = "https://www.w3.org/2018/credentials#"
_VERSION: Final = 1.1


def read_inline_context(written: Mapping[str, Json], where: str, *, scopes: int = 0) -> Context:
    """Return the context that an object in ``@context`` writes out; raises ``inline-context`` (see the module)."""
    if scopes > MAX_SCOPES or len(written) > MAX_TERMS:
        raise _refused("It is too large", where)
    for keyword in written:
        if keyword.startswith("@") and keyword not in _KEYWORDS_OF_CONTEXTS:
            raise _refused(f"{keyword} is not supported", where, keyword)
    if written.get("@version", _VERSION) != _VERSION:
        raise _refused("@version must be 1.1", where, "@version")
    protected = _truth(written, where)
    table = {name: value for name, value in written.items() if not name.startswith("@")}
    terms = {
        name: _Reader(table, f"{where}/{escape_pointer(name)}", scopes).term(name, value, protected=protected)
        for name, value in table.items()
    }
    return Context(MappingProxyType(terms), protected=protected, vocab=_vocab(written, where), written_out=True)


def _refused(why: str, where: str, name: str = "") -> CredentialError:
    place = f"{where}/{escape_pointer(name)}" if name else where
    return CredentialError("inline-context", f"This context is not taken: {why}.", where=place)


def _truth(written: Mapping[str, Json], where: str, *, otherwise: bool = False) -> bool:
    protected = written.get("@protected", otherwise)
    if type(protected) is not bool:
        raise _refused("@protected must be true or false", where, "@protected")
    return protected


def _vocab(written: Mapping[str, Json], where: str) -> str | None:
    """Return what other words begin with; empty for null, which takes an earlier one back."""
    if "@vocab" not in written:
        return None
    vocab = written["@vocab"]
    if vocab is None:
        return ""
    if type(vocab) is not str or "://" not in vocab or not is_absolute(vocab) or _DATA_MODEL.startswith(vocab):
        raise _refused("@vocab must be an absolute IRI, and not that of the data model", where, "@vocab")
    if vocab.startswith(_DATA_MODEL):
        raise _refused("the data model's own words are not for others", where, "@vocab")
    return vocab


class _Reader:
    """Reads one term of a table."""

    __slots__ = ("_scopes", "_table", "_where")

    def __init__(self, table: Mapping[str, Json], where: str, scopes: int) -> None:
        self._table = table
        self._where = where
        self._scopes = scopes

    def term(self, name: str, value: Json, *, protected: bool) -> Term:
        """Return what ``name`` means."""
        if not _NAME.fullmatch(name):
            raise _refused("a term is a plain word", self._where)
        if name in {"id", "type"}:
            if value != f"@{name}":
                raise _refused(f"{name} is @{name}", self._where)
            return Term(name, f"@{name}", protected=protected)
        if isinstance(value, str):
            return Term(name, self._iri(value), protected=protected)
        if not isinstance(value, dict):
            raise _refused("a term is an IRI, or an object", self._where)
        return self._expanded(name, value, protected=protected)

    def _expanded(self, name: str, value: dict[str, Json], *, protected: bool) -> Term:
        if not value.keys() <= _KEYWORDS_OF_TERMS:
            raise _refused("only @id, @type, @container, @protected and @context are supported", self._where)
        mapped, coercion, container = value.get("@id"), value.get("@type", ""), value.get("@container", "@set")
        if not isinstance(mapped, str) or not isinstance(coercion, str) or container not in ("@set", "@list"):
            raise _refused("@id and @type are texts, @container is @set or @list", self._where)
        term = Term(
            name,
            self._iri(mapped),
            coercion if coercion in {"", "@id", "@vocab"} else self._iri(coercion),
            "list" if container == "@list" else "set",
            self._scope(name, value),
            _truth(value, self._where, otherwise=protected),
        )
        if term.prefix:
            raise _refused("an IRI that others begin with is written as a text", self._where)
        return term

    def _scope(self, name: str, value: dict[str, Json]) -> Context | None:
        if "@context" not in value:
            return None
        written = value["@context"]
        if not isinstance(written, dict) or name in written:
            raise _refused("a scope is an object, and leaves its own term alone", self._where)
        return read_inline_context(written, f"{self._where}/@context", scopes=self._scopes + 1)

    def _iri(self, written: str) -> str:
        """Return an IRI that is written out, or shortened by a prefix of the same context (one of outside is resolved later)."""
        head, _, tail = written.partition(":")
        prefix = None if tail.startswith("//") else self._table.get(head)
        if prefix is not None:
            if not isinstance(prefix, str) or "://" not in prefix or not prefix.endswith(GENERAL_DELIMITERS):
                raise _refused(f"{head!r} is not the beginning of other IRIs", self._where)
            written = prefix + tail
        if not is_absolute(written):
            raise _refused("an IRI is written out, or begins with a short form", self._where)
        return written
