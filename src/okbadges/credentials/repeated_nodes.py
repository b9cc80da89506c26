"""Objects of a document that share one ``id``: what RDF merges must stand where a reader of the JSON looks for it.

The same signature holds however the members of such objects are dealt out among them. So each thing has one home, and only there
may anything be said of it: the object nearest to the credential (fewest steps; what stands in an endorsement comes last, since
that is somebody else's word and signed on its own; then by the names of the members on the way, then by the place in arrays).
The order of members in the text decides nothing, because the holder could change it.

Every other object with that id may repeat what its home says (all of it, a part, or nothing: a bare reference), with equal
values. Beyond that it may only say what its own place asks for: the type of a reference (``Profile``, ``Evidence``, ``Image``,
``EndorsementSubject``, ``1EdTechCredentialRefresh``), an endorsement's comment, and endorsements (they are looked for everywhere,
and signed on their own). Anything else is

* ``split-node``: a member that the data model has for a credential, outside of the credential;
* ``ambiguous-node``: any other member. An honest issuer may have written two different texts about one thing; nobody can tell
  whether the holder has moved them since, so this is not proof of a forgery, and not a badge that can be relied on.

Two things are often given one ``id``: an issuer who is the subject, and an achievement and its criteria. What only a profile has,
or only criteria, is then said at ``issuer`` and at ``criteria``; if the home says it, they must say the same.

A home that is a mere string (``"issuer": "did:..."``) says nothing, so nothing may be said of it elsewhere. Things that are
spoken of only in endorsements are left to the signatures of those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from okbadges.credentials.active_context import ActiveContext
    from okbadges.credentials.strict_json import Json

_Statement: TypeAlias = "tuple[str, str, Hashable]"

_OF_THE_CREDENTIAL = "<https://www.w3.org/2018/credentials#"
"""How the predicates begin that say what a verifier asks of the credential itself: issuer, dates, status, schema, subject."""

_COMMENT = "<https://purl.imsglobal.org/spec/vc/ob/vocab.html#endorsementComment>"
_ENDORSEMENTS = frozenset(
    {
        "<https://purl.imsglobal.org/spec/vc/ob/vocab.html#endorsement>",
        "<https://purl.imsglobal.org/spec/vc/ob/vocab.html#endorsementJwt>",
    }
)
_TYPES_OF_REFERENCES = frozenset({"Profile", "Evidence", "Image", "EndorsementSubject", "1EdTechCredentialRefresh"})
_READ_APART = frozenset({"@context", "id", "type"})
_OF_PROFILES = frozenset(
    ["name", "url", "description", "email", "phone", "address", "official", "parentOrg", "otherIdentifier"]
)
"""What a profile has in Open Badges and the subject of a badge has not."""
_OF_CRITERIA = frozenset({"narrative"})
"""What criteria have and an achievement has not; their ``id`` is often the achievement's own address."""


class _Mention(NamedTuple):
    """One place where something is spoken of; without a context if it is a mere string there."""

    pointer: str
    node: Mapping[str, Json]
    active: ActiveContext | None

    @property
    def in_endorsement(self) -> bool:
        return "/endorsement/" in self.pointer + "/"

    @property
    def is_bare(self) -> bool:
        """Say whether it is a mere string here, or nothing but an id."""
        return self.active is None or len(self.node) == 1

    @property
    def names(self) -> list[str]:
        """Return the members on the way, without places in arrays."""
        return [step for step in self.pointer.split("/")[1:] if not step.isdecimal()]

    def rank(self) -> tuple[bool, int, bool, list[str], list[tuple[int, str]]]:
        """Return what puts the home of a thing first (see the module)."""
        names: list[str] = []
        positions: list[tuple[int, str]] = []
        for step in self.pointer.split("/")[1:]:
            if step.isdecimal():
                positions.append((len(step), step))
            else:
                names.append(step)
        return "endorsement" in names, len(names), self.active is None, names, positions

    def own_members(self, home: _Mention) -> frozenset[str]:
        """Return what is said at this place, and not at the home, of a thing that is at home close by."""
        *around, last = self.names
        if last == "criteria" and around == home.names:
            return _OF_CRITERIA
        return _OF_PROFILES if last == "issuer" and [*around, "credentialSubject"] == home.names else frozenset()

    def may_say(self, predicate: str) -> bool:
        """Say whether something may be said at this place whatever the home says."""
        return predicate == _COMMENT if self.in_endorsement else predicate in _ENDORSEMENTS

    def statements(self) -> list[_Statement]:
        """Return member, predicate and value of everything that is said here, but for the types."""
        found: list[_Statement] = []
        if self.active is None:
            return found
        for key, value in self.node.items():
            if key in _READ_APART:
                continue
            member = self.active.properties.get(key) or self.active.property(key, self.pointer)
            refers = bool(member.refers)
            if type(value) is list and member.container != "list":
                found.extend((key, member.predicate, _form(item, refers=refers)) for item in value)
            else:
                items = value if member.container != "list" or type(value) is list else [value]
                found.append((key, member.predicate, _form(items, refers=refers)))
        return found

    def types(self) -> set[Json]:
        return set(_items(self.node.get("type", [])))


class Mentions:
    """What one graph of a document speaks of, noted during the walk and compared once it is over."""

    __slots__ = ("objects", "strings")

    def __init__(self) -> None:
        """Begin with nothing noted."""
        self.objects: list[tuple[str, tuple[str, Mapping[str, Json], ActiveContext]]] = []
        """Objects that have an id: that id, and where and what they are, as a `_Mention` takes it."""
        self.strings: list[tuple[str, str]] = []
        """Strings that refer to something: to what, and the pointer."""

    def compare(self) -> None:
        """Raise ``split-node`` or ``ambiguous-node`` (see the module) for the first object that says what its home does not."""
        first: dict[str, tuple[str, Mapping[str, Json], ActiveContext]] = {}
        groups: dict[str, list[_Mention]] = {}
        for subject, mention in self.objects:
            if subject in first:
                groups.setdefault(subject, [_Mention(*first[subject])]).append(_Mention(*mention))
            else:
                first[subject] = mention
        for subject, pointer in self.strings:
            if subject in first:
                groups.setdefault(subject, [_Mention(*first[subject])]).append(_Mention(pointer, {}, None))
        for mentions in groups.values():
            _compare(mentions)


def _compare(mentions: list[_Mention]) -> None:
    home = min(mentions, key=_Mention.rank)
    if home.in_endorsement:
        return
    if all(mention is home or mention.is_bare for mention in mentions):
        return
    said, types = set(home.statements()), home.types() | _TYPES_OF_REFERENCES
    for mention in mentions:
        if mention is not home and mention.active is not None:
            _compare_with_home(mention, home, said)
            if not mention.types() <= types:
                raise _ambiguous(mention, home, "type")


def _compare_with_home(mention: _Mention, home: _Mention, said: set[_Statement]) -> None:
    own = mention.own_members(home)
    here = mention.statements()
    for statement in here:
        key, predicate, _ = statement
        if not home.pointer and predicate.startswith(_OF_THE_CREDENTIAL):
            raise CredentialError(
                "split-node", "It belongs to the object that has this id first.", where=f"{mention.pointer}/{key}"
            )
        if statement not in said and key not in own and not mention.may_say(predicate):
            raise _ambiguous(mention, home, key)
    for statement in said.difference(here) if own else ():
        if statement[0] in own:
            raise _ambiguous(mention, home, statement[0])


def _ambiguous(mention: _Mention, home: _Mention, key: str) -> CredentialError:
    where = home.pointer or "the credential"
    detail = f"{where} has the same id and does not say the same in {key!r}: it could have been moved."
    return CredentialError("ambiguous-node", detail, where=mention.pointer)


def _form(value: Json, *, refers: bool = False) -> Hashable:
    """Return what two values have in common that say the same: an object with an id is its id, an array its items in any order."""
    if type(value) is str:
        return ("id", value) if refers else value
    if type(value) is dict:
        if "id" in value:
            return "id", str(value["id"])
        return frozenset((key, frozenset(map(_form, _items(item)))) for key, item in value.items())
    if type(value) is list:
        return "[]", *map(_form, value)
    return type(value).__name__, str(value)


def _items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]
