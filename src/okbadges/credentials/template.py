"""Credentials that differ in a few values only, signed without walking each of them: what they share is worked out once.

Canonical form is a function of the document (see `expansion` and `rdfc`), and nearly all of a badge's credential is the badge. A
`Template` walks one example, in which every value that varies (a *slot*) has a text of its own, and keeps what came of it: the lines
that no slot touches, sorted; the lines that slots touch, to be filled in; the hashes of the blank nodes. A slot takes only texts
that need no escaping and stand for one another (another UUID, another moment, another number), so filling one in changes no other line.
What still depends on the values is worked out each time: the hashes of the blank nodes whose lines they touch, hence the order of the
labels, and the order of the lines.

Nobody has to believe that: a template compares itself with the walk when it is made, and `Template.prove` does so for any values.
Where two blank nodes could look alike the walk is taken instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

from okbadges.credentials.canonical import canonical_nquads
from okbadges.credentials.data_integrity import proof_options, signed_value
from okbadges.credentials.expansion import to_quads
from okbadges.credentials.proof_hashing import hash_data
from okbadges.credentials.rdfc import first_degree_lines, line_of
from okbadges.credentials.strict_json import dumps, loads
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.rdfc import Quad
    from okbadges.credentials.signers import Signer
    from okbadges.credentials.strict_json import Json

_Fillings: TypeAlias = "Mapping[bytes, bytes]"
"""The values of the slots by their names, as they go into patterns."""
_URN: Final = "urn:uuid:"
_MOST_VARIANTS: Final = 64
"""How many orders of blank nodes are remembered; a badge has as many as nodes without an id, about five."""


class Kind(Enum):
    """What a slot takes; nothing of it is ever escaped, in JSON or in N-Quads."""

    UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
    MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
    NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")

    def other(self, place: int) -> str:
        """Return some text that such a slot takes, another one for each ``place`` (below 10)."""
        if self is Kind.UUID:
            return f"{_URN}7d0c2ab{place}-5c1e-4f60-9b3a-e2d47f91c058"
        return f"200{place}-07-19T23:41:07Z" if self is Kind.MOMENT else f"3014{place}"


@dataclass(frozen=True, slots=True)
class Slot:
    """A value that varies: of which kind, and the text that stands for it in the example and nowhere else."""

    kind: Kind
    stands_in: str


@dataclass(frozen=True, slots=True)
class _Variant:
    """The lines for one order of the blank nodes: those that are ready, sorted, and a pattern of all that are filled in."""

    ready: tuple[bytes, ...]
    filled: bytes


class Template:
    """One document without its proof, ready to be filled and signed with eddsa-rdfc-2022. Safe to share between threads."""

    def __init__(self, example: Mapping[str, Json], slots: Mapping[str, Slot], *, verification_method: str) -> None:
        """Work out what all fillings of ``example`` share.

        Raises what canonicalising refuses, and ``no-template`` when it is no example: the text of a slot stands in other texts too,
        something that does not vary has the id of a UUID, or filling in other values is not what the walk makes of them.
        """
        self._slots = dict(slots)
        self._takes = tuple((name, slot.kind.value.fullmatch) for name, slot in slots.items())
        self._uuids = tuple(name for name, slot in slots.items() if slot.kind is Kind.UUID)
        self._names = {slot.stands_in: name for name, slot in slots.items()}
        self._cut = re.compile("|".join(map(re.escape, self._names)))
        quads = list(dict.fromkeys(to_quads(example)))
        self._lines = tuple(quad for quad in quads if not _has_blank(quad))
        self._blank = tuple(quad for quad in quads if _has_blank(quad))
        self._read_nodes()
        self._options = proof_options(verification_method)
        options = dumps(self._options).decode().replace("%", "%%").encode()
        example_json = self._pattern(dumps(dict(example)).decode())
        self._json = b'%b,"proof":%b,"proofValue":"%%(signature)b"}}' % (example_json[:-1], options[:-1])
        self._hash_of_options = sha256(
            canonical_nquads({**self._options, "@context": example["@context"]}).encode()
        ).digest()
        self._variants: dict[tuple[str, ...], _Variant] = {}
        self._prove_with_others(example)

    def sign(
        self, values: Mapping[str, str], *, signer: Signer, published_key: PublicKey, proven: bool = False
    ) -> bytes:
        """Fill in ``values`` by the names of the slots, sign, and return the document as bytes; its proof is its last member.

        The bytes are those of `okbadges.credentials.data_integrity.sign` and `strict_json.dumps`, signature and all. ``proven`` compares them with the walk
        first, whatever that costs. Raises ``template-value`` for a value that its slot does not take, and what `signed_value` and `prove` raise.
        """
        fillings = self._fillings(values)
        data = self._proven(fillings) if proven else self._data(fillings)
        return self._filled_json(fillings, signed_value(data, signer, published_key=published_key))

    def prove(self, values: Mapping[str, str]) -> bytes:
        """Return the 64 bytes to be signed for ``values``, after reading the filled document again and walking it.

        Raises ``template-differs`` when the two are not the same; what the template made is then worth nothing.
        """
        return self._proven(self._fillings(values))

    def _proven(self, fillings: _Fillings) -> bytes:
        data = self._data(fillings)
        written = loads(self._filled_json(fillings, ""))
        if not isinstance(written, dict) or hash_data(written, self._options) != data:
            raise CredentialError("template-differs", "what the template makes is not what the document says")
        return data

    def _data(self, fillings: _Fillings) -> bytes:
        return self._hash_of_options + sha256(self._canonical(fillings)).digest()

    def _prove_with_others(self, example: Mapping[str, Json]) -> None:
        """Fill in values that are not the example's, by the template and in the document itself, and compare."""
        others = {name: slot.kind.other(place) for place, (name, slot) in enumerate(self._slots.items())}
        by_text = {slot.stands_in: others[name] for name, slot in self._slots.items()}
        written = loads(self._filled_json(self._fillings(others), ""))
        wanted = {**_replaced(example, by_text), "proof": {**self._options, "proofValue": ""}}
        if written != wanted or _URN.encode() in self._json:
            raise _no_template("what varies in it is not told apart from what does not")
        self.prove(others)

    def _fillings(self, values: Mapping[str, str]) -> _Fillings:
        """Return the values as they are filled in, if every slot takes its own."""
        if values.keys() != self._slots.keys():
            raise CredentialError("template-value", f"the slots are {', '.join(self._slots)}")
        for name, takes in self._takes:
            if not takes(values[name]):
                raise CredentialError("template-value", f"the slot {name} takes another kind of value")
        if len({values[name] for name in self._uuids}) < len(self._uuids):
            raise CredentialError("template-value", "two things in one document cannot have the same id")
        return {name.encode(): value.encode() for name, value in values.items()}

    def _canonical(self, fillings: _Fillings) -> bytes:
        """Return the canonical N-Quads of the filled document (RDFC-1.0, 4.4.3), in UTF-8, whose order is that of code points."""
        hashes = [*self._known_hashes]
        for label, ready, pattern in self._touched:
            hashes.append((_hash_of([*ready, *(pattern % fillings).split(b"\n")]), label))
        hashes.sort()
        if any(one[0] == other[0] for one, other in pairwise(hashes)):
            document = loads(self._filled_json(fillings, ""))
            if not isinstance(document, dict):
                raise _no_template("it is not an object")
            return canonical_nquads({name: value for name, value in document.items() if name != "proof"}).encode()
        order = tuple(label for _, label in hashes)
        variant = self._variants.get(order) or self._variant(order)
        lines = [*variant.ready, *(variant.filled % fillings).split(b"\n")]
        return _sorted_text(lines)

    def _variant(self, order: tuple[str, ...]) -> _Variant:
        named = {label: f"_:c14n{position}" for position, label in enumerate(order)}
        lines = [line_of(quad) for quad in self._lines]
        for subject, predicate, value, graph in self._blank:
            lines.append(
                line_of((named.get(subject, subject), predicate, named.get(value, value), named.get(graph, graph)))
            )
        ready, filled = self._parted(lines)
        variant = _Variant(tuple(sorted(ready)), filled)
        if len(self._variants) < _MOST_VARIANTS:
            self._variants[order] = variant
        return variant

    def _read_nodes(self) -> None:
        """Hash the blank nodes whose lines no slot touches, and part the lines of the others."""
        self._known_hashes: list[tuple[str, str]] = []
        self._touched: list[tuple[str, tuple[bytes, ...], bytes]] = []
        for label, ended in first_degree_lines(list(self._blank)).items():
            lines = [line.removesuffix("\n") for line in ended]
            if any(self._touches(line) for line in lines):
                ready, filled = self._parted(lines)
                self._touched.append((label, tuple(ready), filled))
            else:
                self._known_hashes.append((_hash_of([line.encode() for line in lines]), label))

    def _parted(self, lines: Iterable[str]) -> tuple[list[bytes], bytes]:
        """Return the lines that no slot touches, and one pattern of all the others."""
        ready: list[bytes] = []
        touched: list[str] = []
        for line in lines:
            if self._touches(line):
                touched.append(line)
            else:
                ready.append(line.encode())
        if not touched:
            raise _no_template("no slot is anywhere in it")
        return ready, self._pattern("\n".join(touched))

    def _touches(self, line: str) -> bool:
        return self._cut.search(line) is not None

    def _pattern(self, text: str) -> bytes:
        """Return ``text`` in UTF-8 for the operator ``%``, with its slots by name."""
        return self._cut.sub(lambda found: f"%({self._names[found.group()]})b", text.replace("%", "%%")).encode()

    def _filled_json(self, fillings: _Fillings, signature: str) -> bytes:
        return self._json % {**fillings, b"signature": signature.encode()}


def _has_blank(quad: Quad) -> bool:
    subject, _, value, graph = quad
    return subject[0] == "_" or value[0] == "_" or graph[:1] == "_"


def _hash_of(lines: list[bytes]) -> str:
    """Return the hash of first degree of a blank node (RDFC-1.0, 4.6)."""
    return sha256(_sorted_text(lines)).hexdigest()


def _sorted_text(lines: list[bytes]) -> bytes:
    """Return lines as a text in which each of them ends; they are put in order."""
    lines.sort()
    lines.append(b"")
    return b"\n".join(lines)


def _replaced(value: Mapping[str, Json], by_text: Mapping[str, str]) -> dict[str, Json]:
    """Return ``value`` with every text that is a key of ``by_text``, whole, replaced."""

    def one(item: Json) -> Json:
        if isinstance(item, str):
            return by_text.get(item, item)
        if isinstance(item, list):
            return [one(each) for each in item]
        return {name: one(each) for name, each in item.items()} if isinstance(item, dict) else item

    return {name: one(item) for name, item in value.items()}


def _no_template(why: str) -> CredentialError:
    return CredentialError("no-template", f"no template can be made of this document: {why}")
