"""A document as single statements that can be signed, disclosed and checked one by one: lines of canonical N-Quads.

Canonical labels (``c14n0`` …) would change with what is left out, and would tell how much was. So each blank node gets a label
that depends on nothing disclosed: the HMAC of its canonical label under a key that only issuer and holder know (Data Integrity
ECDSA Cryptosuites 1.0, section 3.4.4). Where that document says to skolemize, nothing has to be done here: `expansion` names
every blank node by its JSON pointer, the cells of ordered lists too, so that it is the same node in the part and in the whole.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from okbadges.credentials.expansion import pointer_of
from okbadges.credentials.multibase import encode_multibase_base64url
from okbadges.credentials.rdfc import canonicalise
from okbadges.credentials.selective.selection import select, tokens_of
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from okbadges.credentials.expansion import Expander
    from okbadges.credentials.rdfc import Quad
    from okbadges.credentials.strict_json import Json

_CANONICAL: Final = "_:c14n"


@dataclass(frozen=True, slots=True)
class Part:
    """What some pointers select of a whole: a document, and where its statements stand among those of the whole."""

    document: dict[str, Json]
    positions: tuple[int, ...]
    """Ascending, each once."""
    hmacs: Mapping[int, bytes]
    """By the number of the canonical label that a node has in this part: its HMAC, which is that of the whole."""


@dataclass(frozen=True, slots=True)
class Whole:
    """All that a document states, under the labels of one HMAC key."""

    document: Mapping[str, Json]
    """Without its proof."""
    lines: tuple[str, ...]
    """The statements, each ended by a line feed, in the order of their code points."""
    hmacs: Mapping[str, bytes]
    """By the labels of `expansion`."""
    expander: Expander

    @classmethod
    def of(cls, document: Mapping[str, Json], hmac_key: bytes, expander: Expander) -> Whole:
        """Read ``document`` (its proof does not count); raises what expanding and canonicalising refuse."""
        bare = without_proof(document)
        quads = expander.to_quads(bare)
        names = canonicalise(quads).labels
        hmacs = {label: hmac.digest(hmac_key, name[2:].encode(), sha256) for label, name in names.items()}
        return cls(bare, lines_of(quads, hmacs), hmacs, expander)

    def part(self, pointers: Sequence[str]) -> Part:
        """Return what ``pointers`` select; without any pointer that is nothing at all, not even the types.

        Raises what `selection.select` refuses, and "not-disclosable-alone" for a part of an ordered list, or for anything
        else that would not mean the same without the rest.
        """
        if not pointers:
            return Part({}, (), {})
        selection = select(self.document, pointers)
        self._refuse_parts_of_lists(pointers)
        quads = self.expander.to_quads(selection.document)
        names = canonicalise(quads).labels
        hmacs = {label: self.hmacs.get(selection.label_before(label), b"") for label in names}
        places = {line: position for position, line in enumerate(self.lines)}
        lines = lines_of(quads, hmacs)
        positions = [places[line] for line in lines if line in places]
        if len(positions) != len(lines):
            raise CredentialError("not-disclosable-alone", "A part that was asked for means something else on its own.")
        return Part(
            selection.document, tuple(positions), {number_of(name): hmacs[label] for label, name in names.items()}
        )

    def divided(self, positions: Iterable[int]) -> tuple[list[str], list[str]]:
        """Return the statements at ``positions``, and the others, both in their order."""
        first = frozenset(positions)
        return (
            [line for position, line in enumerate(self.lines) if position in first],
            [line for position, line in enumerate(self.lines) if position not in first],
        )

    def _refuse_parts_of_lists(self, pointers: Iterable[str]) -> None:
        """Refuse the item of an ordered list: a list is one chain of statements, and another chain is signed by nobody."""
        lists = {tokens_of(pointer_of(label)) for label in self.hmacs if "#" in label}
        for pointer in pointers if lists else ():
            tokens = tokens_of(pointer)
            if any(tokens[:length] in lists for length in range(len(tokens))):
                raise CredentialError(
                    "not-disclosable-alone", "An ordered list is disclosed whole; point to the list.", where=pointer
                )


def without_proof(document: Mapping[str, Json]) -> dict[str, Json]:
    """Return ``document`` without its member ``proof``."""
    return {name: value for name, value in document.items() if name != "proof"}


def number_of(canonical_label: str) -> int:
    """Return 3 for ``_:c14n3``."""
    return int(canonical_label.removeprefix(_CANONICAL))


def lines_of(quads: Iterable[Quad], hmacs: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the statements of ``quads`` in order, each once, with every blank node under its HMAC label (``_:u…``)."""
    names = {label: f"_:{encode_multibase_base64url(digest)}" for label, digest in hmacs.items()}
    lines = set()
    for subject, predicate, value, graph in quads:
        line = f"{names.get(subject, subject)} {predicate} {names.get(value, value)}"
        lines.add(f"{line} {names.get(graph, graph)} .\n" if graph else f"{line} .\n")
    return tuple(sorted(lines))
