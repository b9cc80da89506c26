"""RDFC-1.0: the W3C's own tests, the budget, and what holds for every graph."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from okbadges.credentials.literals import literal
from okbadges.credentials.rdfc import DEFAULT_BUDGET, Hash, canonicalise
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from random import Random

    from okbadges.credentials.rdfc import Quad

_LITERAL = r'"(?:[^"\\]|\\.)*"(?:\^\^<[^>]*>|@[A-Za-z0-9-]+)?'
_STATEMENT = re.compile(rf"\s*(<[^>]*>|_:\S+)\s+(<[^>]*>)\s+(<[^>]*>|_:\S+|{_LITERAL})\s*(<[^>]*>|_:\S+)?\s*\.\s*")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_SHORT = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_STRING = "^^<http://www.w3.org/2001/XMLSchema#string>"


def unescaped(text: str) -> str:
    """Undo the escapes of N-Quads."""
    return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2], 16)) if m[1] or m[2] else _SHORT.get(m[3], m[3]), text)


def read_nquads(text: str) -> list[Quad]:
    """Read N-Quads into the tuples that `expansion` makes."""
    return [quad for line in text.split("\n") if line.strip() and not line.startswith("#") for quad in _statement(line)]


def _statement(line: str) -> Iterator[Quad]:
    found = _STATEMENT.fullmatch(line)
    assert found, line
    subject, predicate, value, graph = (part or "" for part in found.groups())
    if value.startswith('"'):
        end = value.rindex('"')
        suffix = unescaped(value[end + 1 :])
        value = literal(unescaped(value[1:end])) + ("" if suffix == _STRING else suffix)
    else:
        value = unescaped(value)
    yield unescaped(subject), unescaped(predicate), value, unescaped(graph)


@pytest.fixture(scope="session")
def suite(shared: Path) -> Path:
    """Return the folder of the W3C's rdf-canon tests."""
    return shared / "standards" / "data" / "vectors" / "w3c-rdf-canon"


def _rows(suite: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((suite / "manifest.csv").read_text(encoding="utf-8").splitlines()))


def _algorithm(row: dict[str, str]) -> Hash:
    return "sha384" if row["hashAlgorithm"] == "SHA384" else "sha256"


def _input(suite: Path, row: dict[str, str]) -> list[Quad]:
    return read_nquads((suite / "rdfc10" / f"{row['test']}-in.nq").read_text(encoding="utf-8"))


def test_every_evaluation_test_of_the_w3c_passes(suite: Path) -> None:
    """All 64 evaluation tests come out byte for byte, SHA-384 and computable poison graphs too, within the usual budget."""
    rows = [row for row in _rows(suite) if row["rdfc10"] == "TRUE"]
    assert len(rows) == 64
    for row in rows:
        wanted = (suite / "rdfc10" / f"{row['test']}-rdfc10.nq").read_text(encoding="utf-8")
        found = canonicalise(_input(suite, row), algorithm=_algorithm(row))
        assert found.nquads == wanted, row["test"]


def test_every_map_test_of_the_w3c_passes(suite: Path) -> None:
    """The map from the labels of the input to the canonical ones is that of all map tests."""
    rows = [row for row in _rows(suite) if row["rdfc10map"] == "TRUE"]
    assert len(rows) > 20
    for row in rows:
        wanted = json.loads((suite / "rdfc10" / f"{row['test']}-rdfc10map.json").read_text(encoding="utf-8"))
        labels = canonicalise(_input(suite, row), algorithm=_algorithm(row)).labels
        assert {old[2:]: new[2:] for old, new in labels.items()} == wanted, row["test"]


def test_the_graph_that_the_w3c_wants_refused_is_refused(suite: Path) -> None:
    """A clique of ten nodes that all look alike runs into the budget at once, and into a larger one soon."""
    row = next(row for row in _rows(suite) if row["rdfc10"] == "RDFC10NegativeEvalTest")
    for budget in (DEFAULT_BUDGET, 100_000):
        with pytest.raises(CredentialError) as caught:
            canonicalise(_input(suite, row), budget=budget)
        assert caught.value.code == "canonicalisation-too-complex"


def _tied_pairs(pairs: int) -> list[Quad]:
    """Return pairs of alike nodes that point at each other."""
    return [(f"_:{i}{a}", "<urn:p>", f"_:{i}{b}", "") for i in range(pairs) for a, b in ("xy", "yx")]


def test_the_budget_is_what_decides() -> None:
    """The same graph is refused with one unit too few, and canonical with enough."""
    with pytest.raises(CredentialError):
        canonicalise(_tied_pairs(1), budget=11)
    assert canonicalise(_tied_pairs(1), budget=12).nquads == "_:c14n0 <urn:p> _:c14n1 .\n_:c14n1 <urn:p> _:c14n0 .\n"


def test_a_long_chain_of_alike_nodes_is_refused_and_does_not_exhaust_the_stack() -> None:
    """Nodes that look alike and hang on each other by the thousand are too complex, whatever the budget."""
    ring = [(f"_:{i}", "<urn:p>", f"_:{(i + 1) % 5000}", "") for i in range(5000)]
    with pytest.raises(CredentialError) as caught:
        canonicalise(ring, budget=10**9)
    assert caught.value.code == "canonicalisation-too-complex"


def test_without_blank_nodes_the_lines_are_sorted_and_said_once() -> None:
    """Quads come out as sorted lines by code points, each once."""
    quads = [
        ("<urn:b>", "<urn:p>", '"2"', ""),
        ("<urn:a>", "<urn:p>", '"1"', "<urn:g>"),
        ("<urn:b>", "<urn:p>", '"2"', ""),
    ]
    assert canonicalise(quads).nquads == '<urn:a> <urn:p> "1" <urn:g> .\n<urn:b> <urn:p> "2" .\n'
    assert canonicalise([]).nquads == ""
    assert not canonicalise([]).labels


_NODES = st.integers(0, 5).map(lambda number: f"_:n{number}")
_IRIS = st.sampled_from(["<urn:a>", "<urn:b>"])
_QUADS = st.lists(
    st.tuples(
        _NODES | _IRIS,
        st.sampled_from(["<urn:p>", "<urn:q>"]),
        _NODES | _IRIS | st.sampled_from(['"x"', '"1"^^<urn:t>', '"_:n1"', '"é"@fi']),
        st.just("") | st.just("") | _NODES | _IRIS,
    ),
    max_size=9,
)


@given(_QUADS, st.randoms(use_true_random=False), st.permutations(range(6)))
def test_order_and_labels_of_the_input_do_not_matter(quads: list[Quad], chance: Random, names: list[int]) -> None:
    """Any graph gives the same canonical form when it is shuffled and its blank nodes are renamed."""

    def renamed(term: str) -> str:
        return f"_:m{names[int(term[3:])]}" if term.startswith("_:") else term

    canonical = canonicalise(quads, budget=10**6)
    other: list[Quad] = [(renamed(s), p, renamed(o), renamed(g)) for s, p, o, g in quads]
    chance.shuffle(other)
    assert canonicalise(other, budget=10**6).nquads == canonical.nquads


@given(_QUADS)
def test_the_labels_given_are_those_of_the_form(quads: list[Quad]) -> None:
    """Putting the canonical labels into the input gives the canonical form, and each label is given once."""
    canonical = canonicalise(quads, budget=10**6)
    labels = canonical.labels
    assert sorted(labels.values()) == sorted({f"_:c14n{number}" for number in range(len(labels))})
    named = {tuple(labels.get(term, term) for term in quad) for quad in quads}
    assert named == {tuple(quad) for quad in read_nquads(canonical.nquads)}


@given(_QUADS)
def test_pyld_agrees_on_any_graph(quads: list[Quad]) -> None:
    """PyLD's canonical form of the same quads is ours; it hashes a quad twice that is said twice or names a node twice."""
    once = [quad for quad in dict.fromkeys(quads) if len({quad[0], quad[2], quad[3]}) == 3]
    text = "".join(f"{s} {p} {o} {g} .\n" if g else f"{s} {p} {o} .\n" for s, p, o, g in once)
    options = {"algorithm": "URDNA2015", "inputFormat": "application/n-quads", "format": "application/n-quads"}
    assert canonicalise(once, budget=10**6).nquads == jsonld.normalize(text, options)


@given(st.text())
def test_any_text_survives_being_written_as_a_literal(text: str) -> None:
    """A literal is one line of N-Quads from which the text is read again, whatever characters it holds."""
    written = literal(text)
    assert "\n" not in written
    assert "\r" not in written
    assert unescaped(written[1:-1]) == text
