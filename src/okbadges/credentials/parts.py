"""What many documents have in common, said once: the badge in thousands of credentials, and who issued them.

What a part of a document says is a function of how it is written, where it stands and which terms are in force there. So a `Part` that was walked
once holds for every document that has the same bytes at the same place: its quads, its share of what `repeated_nodes` compares, and of
the canonical form all that the rest of the document cannot change. It has an id, so no blank node outside is named inside,
nor the other way round: the hashes of first degree of its blank nodes stay what they are. Their labels do not, and are given anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from okbadges.credentials.kept import Kept
from okbadges.credentials.rdfc import first_degree_hash, first_degree_lines, ground_and_blank, named_lines
from okbadges.credentials.strict_json import dumps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from okbadges.credentials.active_context import ActiveContext
    from okbadges.credentials.rdfc import Quad
    from okbadges.credentials.repeated_nodes import Mentions
    from okbadges.credentials.strict_json import Json

MOST_BYTES: Final = 8 * 1024 * 1024
"""How much memory the known parts take together: some 140 badges in one language each."""

_FOR_A_BYTE: Final = 12
_FOR_A_QUAD: Final = 600
"""How much memory is kept for a byte of a part (as it is written, read, in quads, in lines) and for the objects that each quad makes, at the most."""

_LARGEST: Final = 16 * 1024
"""How many bytes a part has at the most to be remembered."""

_MOST_MET: Final = 4096
"""Of how many it is remembered that they came, by a number."""

_MOST_OPTIONS: Final = 12
_LARGEST_OPTIONS: Final = 2048
"""How many members and bytes the options of a proof have at the most, with the contexts they are read by."""

_MOST_ORDERS: Final = 5
"""For how many orders of its blank nodes a part remembers its lines. The few around it decide: one, a status entry, comes to stand before, behind
or between the four that a badge of ours has, by a hash that is new in each credential."""


class Part:
    """What one node with an id, and all that is inside it, says; nothing that can be seen of it changes. For threads."""

    __slots__ = ("_ground", "_lines", "_mentions", "blank", "hashes", "quads", "subject")

    def __init__(self, subject: str, quads: Iterable[Quad], mentions: Mentions) -> None:
        """Hold what a walk over the node alone found; ``subject`` stands for it in the quad that leads to it."""
        self.subject = subject
        self._mentions = mentions
        self._ground, self.blank = ground_and_blank(quads)
        self.quads = len(self._ground) + len(self.blank)
        self.hashes: Mapping[str, str] = {
            label: first_degree_hash(lines) for label, lines in first_degree_lines(self.blank).items()
        }
        """The hash of first degree, by SHA-256, of every blank node (RDFC-1.0, 4.6)."""
        self._lines: dict[tuple[str, ...], list[str]] = {}

    def lines(self, labels: Mapping[str, str]) -> list[str]:
        """Return its N-Quads under these canonical labels, sorted, each line ended."""
        order = tuple([labels[label] for label in self.hashes])
        lines = self._lines.get(order)
        if lines is None:
            lines = sorted([*self._ground, *named_lines(self.blank, labels)])
            if len(self._lines) < _MOST_ORDERS:
                self._lines[order] = lines
        return lines

    def mentioned_in(self, mentions: Mentions) -> None:
        """Add what is spoken of here to ``mentions``."""
        mentions.objects += self._mentions.objects
        mentions.strings += self._mentions.strings


class KnownParts:
    """The parts that came more than once. For threads; bounded in bytes, and all that is in it follows from its keys.

    What comes once is not worth the trouble, not even that of writing it down: the second time that its id stands there it is worked out,
    from the third it is known.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._parts: Kept[Part] = Kept(MOST_BYTES)
        self._met: set[int] = set()

    def get(self, written: bytes, pointer: str, outer: ActiveContext) -> Part | None:
        """Return what is written so at ``pointer`` under the terms of ``outer``, if that is known."""
        return self._parts.get((written, pointer, outer))

    def comes_again(self, identifier: str, pointer: str) -> bool:
        """Say whether it was asked before whether something with this id comes again at ``pointer``."""
        which = hash((identifier, pointer))
        if which in self._met:
            return True
        if len(self._met) >= _MOST_MET:  # beginning anew costs each of them one walk more
            self._met.clear()
        self._met.add(which)
        return False

    def keep(self, written: bytes, pointer: str, outer: ActiveContext, part: Part) -> None:
        """Remember ``part`` as what is written so there."""
        self._parts.keep((written, pointer, outer), part, _FOR_A_BYTE * len(written) + _FOR_A_QUAD * part.quads)


def written_part(node: dict[str, Json]) -> bytes | None:
    """Return how a node is written, by which it is known again; nothing for one that is not remembered.

    That is one that is too large, has contexts of its own, or is no JSON (the walk says what is wrong with it).
    """
    written = _written(node)
    return None if written is None or len(written) > _LARGEST or b'"@context"' in written else written


def written_options(document: Mapping[str, Json]) -> bytes | None:
    """Return how the options of a proof are written; nothing for a document that is larger than those, or no JSON."""
    if len(document) > _MOST_OPTIONS:
        return None
    written = _written({**document})
    return None if written is None or len(written) > _LARGEST_OPTIONS else written


def _written(value: dict[str, Json]) -> bytes | None:
    try:
        return dumps(value)
    except (TypeError, ValueError):
        return None
