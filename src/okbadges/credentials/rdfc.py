"""RDF Dataset Canonicalization (RDFC-1.0, W3C Recommendation), with a budget that hostile graphs run into instead of us.

Quads come in as the tuples of `expansion`; out come canonical N-Quads, which are the same for every order of the input and every
choice of blank node labels. Almost every badge is settled by hashing each blank node with its own quads (4.6). Nodes that look
alike from there are told apart by their surroundings (4.8), which can take factorially long: each neighbour looked at and each
order tried there costs a unit of the budget, and past it the graph is refused with ``canonicalisation-too-complex``.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, permutations
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


Quad: TypeAlias = tuple[str, str, str, str]
"""Subject, predicate, object and graph as they stand in N-Quads; the graph is empty for the default graph."""

DEFAULT_BUDGET: Final = 5_000
"""Units of work for telling alike blank nodes apart, about two microseconds each. The W3C's poison graphs take 3 612."""

_DEEPEST: Final = 100
"""How many alike nodes may hang on each other before the graph is refused (Python's stack is not the limit to meet)."""

_COPIED_PER_UNIT: Final = 128
"""How many names are copied for one unit."""

_Path: TypeAlias = tuple[str, dict[str, str]]
"""A path or a hash of 4.8.3, and the temporary names that were given on the way."""

Hash = Literal["sha256", "sha384"]


@dataclass(frozen=True, slots=True)
class Canonical:
    """A dataset in canonical form."""

    nquads: str
    """Canonical N-Quads: sorted lines, each ended by a line feed."""
    labels: Mapping[str, str]
    """The canonical label (``_:c14n0``, …) of every blank node label of the input (``_:…``)."""


class WorkedOut(Protocol):
    """Quads whose share of a canonical form was worked out before, with SHA-256; no other quad names their blank nodes."""

    blank: list[Quad]
    """Those with a blank node."""
    hashes: Mapping[str, str]
    """The hash of first degree of every blank node (4.6)."""

    def lines(self, labels: Mapping[str, str]) -> list[str]:
        """Return all of them as lines of N-Quads, each ended, under these canonical labels."""


def canonicalise(
    quads: Iterable[Quad],
    *,
    parts: Sequence[WorkedOut] = (),
    budget: int = DEFAULT_BUDGET,
    algorithm: Hash = "sha256",
) -> Canonical:
    """Return the canonical form of ``quads``; raises ``canonicalisation-too-complex`` when ``budget`` units do not suffice.

    ``parts`` are further quads of the same dataset, which count as if they stood in ``quads``; they go with ``sha256`` only.
    """
    lines, blank = ground_and_blank(quads)
    labels = _Labelling(blank, parts, budget, algorithm).labels()
    lines += named_lines(blank, labels)
    for part in parts:
        lines += part.lines(labels)
    lines.sort()
    # whatever is said twice, also once in a part and once outside: a dataset says it once
    return Canonical("".join(dict.fromkeys(lines)), MappingProxyType(labels))


def ground_and_blank(quads: Iterable[Quad]) -> tuple[list[str], list[Quad]]:
    """Return the lines of the quads without a blank node, each ended, and the quads with one, of those none twice."""
    lines: list[str] = []
    blank: dict[Quad, None] = {}
    for quad in quads:
        subject, _, value, graph = quad
        if subject[0] == "_" or value[0] == "_" or graph[:1] == "_":
            blank[quad] = None
        else:
            lines.append(line_of(quad) + "\n")
    return lines, list(blank)


def first_degree_hash(lines: list[str], algorithm: Hash = "sha256") -> str:
    """Return the hash of a blank node by the lines of `first_degree_lines` (4.6.3 steps 4 and 5); sorts them."""
    lines.sort()
    digest: hashlib._Hash = getattr(hashlib, algorithm)("".join(lines).encode())
    return digest.hexdigest()


def line_of(quad: Quad) -> str:
    """Return a quad as a line of N-Quads, without its end."""
    subject, predicate, value, graph = quad
    return f"{subject} {predicate} {value} {graph} ." if graph else f"{subject} {predicate} {value} ."


def named_lines(blank: Iterable[Quad], labels: Mapping[str, str]) -> list[str]:
    """Return quads as lines of N-Quads, each ended, with the canonical labels of their blank nodes."""
    named = labels.get
    return [
        f"{named(s, s)} {p} {named(o, o)} {named(g, g)} .\n" if g else f"{named(s, s)} {p} {named(o, o)} .\n"
        for s, p, o, g in blank
    ]


def first_degree_lines(quads: list[Quad]) -> dict[str, list[str]]:
    """Return, for every blank node, the lines of its own quads with itself as ``_:a`` and every other as ``_:z`` (4.6.3)."""
    lines: defaultdict[str, list[str]] = defaultdict(list)
    for subject, predicate, value, graph in quads:
        end = f" {graph} .\n" if graph else " .\n"
        if graph[:1] == "_":
            for label in {term for term in (subject, value, graph) if term[0] == "_"}:
                s, o, g = (_seen_from(label, term) for term in (subject, value, graph))
                lines[label].append(f"{s} {predicate} {o} {g} .\n")
        elif value[0] != "_":
            lines[subject].append(f"_:a {predicate} {value}{end}")
        elif subject[0] != "_":
            lines[value].append(f"{subject} {predicate} _:a{end}")
        elif subject == value:
            lines[subject].append(f"_:a {predicate} _:a{end}")
        else:
            lines[subject].append(f"_:a {predicate} _:z{end}")
            lines[value].append(f"_:z {predicate} _:a{end}")
    return lines


def _seen_from(label: str, term: str) -> str:
    return ("_:a" if term == label else "_:z") if term[0] == "_" else term


def _too_complex() -> CredentialError:
    return CredentialError("canonicalisation-too-complex", "Too many parts of the document look exactly alike.")


def _issue(issued: dict[str, str], label: str, prefix: str) -> str:
    """Return the name that ``issued`` has for ``label``, giving it the next one if it has none (4.5)."""
    return issued.setdefault(label, f"{prefix}{len(issued)}")


class _Labelling:
    """The canonicalisation state of RDFC-1.0 (4.3): from quads with blank nodes to their canonical labels."""

    __slots__ = (
        "_algorithm",
        "_canonical",
        "_digest",
        "_first",
        "_left",
        "_mentions",
        "_neighbours",
        "_own",
        "_parts",
        "_relations",
    )

    def __init__(self, own: list[Quad], parts: Sequence[WorkedOut], budget: int, algorithm: Hash) -> None:
        self._own = own
        self._parts = parts
        self._left = budget
        self._algorithm = algorithm
        self._digest: Callable[[bytes], hashlib._Hash] = getattr(hashlib, algorithm)
        self._first = {label: digest for part in parts for label, digest in part.hashes.items()}
        self._canonical: dict[str, str] = {}
        self._mentions: defaultdict[str, list[Quad]] = defaultdict(list)
        self._neighbours: dict[str, list[tuple[str, str]]] = {}
        self._relations: dict[str, str] = {}

    def labels(self) -> dict[str, str]:
        """Give every blank node its canonical label (4.4.3 steps 3 to 5)."""
        for label, lines in first_degree_lines(self._own).items():
            self._first[label] = first_degree_hash(lines, self._algorithm)
        alike: dict[str, list[str]] = {}
        for label, digest in self._first.items():
            alike.setdefault(digest, []).append(label)
        tied = []
        for digest in sorted(alike):
            group = alike[digest]
            if len(group) == 1:
                _issue(self._canonical, group[0], "_:c14n")
            else:
                tied.append(group)
        if tied:
            labels = {label for group in tied for label in group}
            if len(labels) > self._left:  # each costs a unit at least: no need to begin
                raise _too_complex()
            self._index(labels)
            for group in tied:
                self._break_tie(group)
        return self._canonical

    def _index(self, labels: set[str]) -> None:
        """Note the quads that each of these blank nodes is mentioned in (4.4.3 step 2)."""
        for quad in chain(self._own, *(part.blank for part in self._parts)):
            subject, _, value, graph = quad
            if subject in labels:
                self._mentions[subject].append(quad)
            if value in labels and value != subject:
                self._mentions[value].append(quad)
            if graph in labels and graph not in {subject, value}:
                self._mentions[graph].append(quad)

    def _meet(self, label: str) -> list[tuple[str, str]]:
        """Return which other blank nodes the quads of ``label`` name, and how: the part of 4.7.3 that never changes."""
        met = self._neighbours[label] = []
        for subject, predicate, value, graph in self._mentions[label]:
            for how, other in ((f"s{predicate}", subject), (f"o{predicate}", value), ("g", graph)):
                if other[:1] == "_" and other != label:
                    met.append((how, other))
        return met

    def _break_tie(self, group: list[str]) -> None:
        """Label the nodes that look alike from near, by their surroundings (4.4.3 step 5)."""
        results = [self._by_surroundings(label, {label: "_:b0"}, 0) for label in group if label not in self._canonical]
        for _, issued in sorted(results, key=lambda result: result[0]):
            for label in issued:
                _issue(self._canonical, label, "_:c14n")

    def _hash(self, text: str) -> str:
        return self._digest(text.encode()).hexdigest()

    def _spend(self, units: int) -> None:
        self._left -= units
        if self._left < 0:
            raise _too_complex()

    def _related(self, label: str, issued: Mapping[str, str]) -> dict[str, list[str]]:
        """Group the neighbours of ``label`` by the hash of how they are related to it (4.7.3 and 4.8.3 step 3)."""
        neighbours = self._neighbours.get(label)
        if neighbours is None:
            neighbours = self._meet(label)
        self._spend(1 + len(neighbours))
        groups: dict[str, list[str]] = {}
        for how, other in neighbours:
            relation = how + (self._canonical.get(other) or issued.get(other) or self._first[other])
            digest = self._relations.get(relation)
            if digest is None:
                digest = self._relations[relation] = self._hash(relation)
            groups.setdefault(digest, []).append(other)
        return groups

    def _by_surroundings(self, label: str, issued: dict[str, str], depth: int) -> _Path:
        """Hash a blank node by everything it reaches (Hash N-Degree Quads, 4.8.3); names what it meets in ``issued``."""
        if depth > _DEEPEST:
            raise _too_complex()
        groups = self._related(label, issued)
        data = []
        for digest in sorted(groups):
            path, issued = self._least_path(groups[digest], issued, depth)
            data.append(digest + path)
        return self._hash("".join(data)), issued

    def _least_path(self, group: list[str], issued: dict[str, str], depth: int) -> _Path:
        """Try the related nodes in every order and keep the least path (4.8.3 step 5)."""
        if len(set(group)) == 1:
            return self._path(group, issued, depth, "") or ("", issued)
        best: _Path | None = None
        for order in permutations(group):
            self._spend(1 + len(issued) // _COPIED_PER_UNIT)
            found = self._path(order, dict(issued), depth, best[0] if best else "")
            if found is not None and (best is None or found[0] < best[0]):
                best = found
        return best or ("", issued)

    def _path(self, order: Sequence[str], issued: dict[str, str], depth: int, best: str) -> _Path | None:
        """Return the path of one order and the names given on it, or nothing as soon as it cannot beat ``best``."""
        path = ""
        unseen = []
        for label in order:
            if label in self._canonical:
                path += self._canonical[label]
            else:
                if label not in issued:
                    unseen.append(label)
                path += _issue(issued, label, "_:b")
            if best and len(path) >= len(best) and path > best:
                return None
        for label in unseen:
            name = issued[label]
            digest, issued = self._by_surroundings(label, issued, depth + 1)
            path += f"{name}<{digest}>"
            if best and len(path) >= len(best) and path > best:
                return None
        return path, issued
