"""From a credential to its canonical N-Quads, against PyLD and jsonld.js; the bytes have to be the same."""

from __future__ import annotations

import json
from itertools import cycle
from typing import TYPE_CHECKING

from pyld import jsonld

import peer_processes as peers
from material import contexts, material
from measures import Measure, alternating, beside, timed, warming_and
from okbadges.credentials.canonical import canonical_nquads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from measures import Effort, Row

_TEXTS = 20
_TIMES = 40


def canonical(effort: Effort) -> Iterator[Row]:
    """Measure badges that were not seen before; before anything is timed, all three have to agree on some like them."""
    given, times = material(), effort.count(_TIMES)
    everything = [json.loads(one) for one in given.unseen(_TEXTS + times * warming_and(effort.turns))]
    for one in everything:
        del one["proof"]
    documents, never_met = everything[:_TEXTS], iter(everything[_TEXTS:])
    node_material = given.for_node()
    node_material["texts"]["bodies"] = [json.dumps(one) for one in documents]
    by_pyld = _pyld(contexts())
    with peers.node(node_material) as node:
        for one in documents:
            assert by_pyld(one) == canonical_nquads(one), "PyLD has other bytes"
            if node is not None:
                assert node.ask("canonize", "bodies")["last"] == canonical_nquads(one), "jsonld.js has other bytes"
        theirs = cycle(documents)
        contenders = {
            "okbadges": timed(lambda: canonical_nquads(next(never_met)), times),
            "PyLD": timed(lambda: by_pyld(next(theirs)), effort.count(2)),
        }
        if node is not None:
            contenders["jsonld.js"] = node.repetition("canonize", "bodies", effort.count(8))
        took = alternating(contenders, effort)
    own = took["okbadges"]
    same = f"the same bytes for {len(documents)} badges; {own.wall:.0f} µs wall"
    yield beside("canonical bytes", "PyLD", own, took["PyLD"], target=30, note=same)
    other = took.get("jsonld.js")
    yield beside("canonical bytes", "jsonld.js", own, other, note=same if other else peers.NO_NODE)


def _pyld(known: dict[str, Any]) -> Callable[[object], str]:
    def load(url: str, _options: object) -> dict[str, Any]:
        return {"contextUrl": None, "documentUrl": url, "document": known[url], "contentType": "application/ld+json"}

    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "documentLoader": load,
        "rdfDirection": "i18n-datatype",
    }

    def normalised(document: object) -> str:
        nquads = jsonld.normalize(document, options)
        assert isinstance(nquads, str)
        return nquads

    return normalised


MEASURES = (Measure("canonical", canonical),)
