"""Parts of a document, named by JSON pointers (RFC 6901): what the issuer makes mandatory, what the holder discloses.

A part never comes alone: every object on the way to it keeps its ``@context``, ``id`` and ``type``, without which its members
would have another meaning, or none (Data Integrity ECDSA Cryptosuites 1.0, sections 3.4.11 to 3.4.13). An array keeps only
the items that were named. Whatever is selected is again a document, with the members in the order of the first.

Refused, with the pointer as ``where``: ``malformed-pointer``, ``no-such-member``, and ``not-disclosable-alone`` for half of a
value (a text without its language).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from okbadges.credentials.active_context import escape_pointer
from okbadges.credentials.expansion import pointer_of
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from okbadges.credentials.strict_json import Json

_Wanted: TypeAlias = "dict[str, _Wanted] | None"
"""The tokens of all pointers as a tree; None where everything below is wanted."""

_ALWAYS: Final = frozenset({"@context", "id", "type"})
_INDEX: Final = re.compile(r"(?:0|[1-9][0-9]{0,6})\Z").match
_BAD_ESCAPE: Final = re.compile(r"~(?![01])").search


@dataclass(frozen=True, slots=True)
class Selection:
    """A part of a document, itself a document (it shares its values with the first one)."""

    document: dict[str, Json]
    moved: Mapping[str, str]
    """Where an item of an array was before others were left out: the pointer here, and the pointer there."""

    def label_before(self, label: str) -> str:
        """Return the blank node label that a node of the selection has in the whole document (see `expansion`)."""
        pointer = pointer_of(label)
        suffix = label[len("_:") + len(pointer) :]
        head, tail = pointer, ""
        while head:
            if head in self.moved:
                return f"_:{self.moved[head]}{tail}{suffix}"
            head, slash, token = head.rpartition("/")
            tail = slash + token + tail
        return label


def select(document: Mapping[str, Json], pointers: Iterable[str]) -> Selection:
    """Return what ``pointers`` name of ``document``; raises as the module says. Every pointer must lead somewhere."""
    wanted: _Wanted = {}
    for pointer in pointers:
        tokens = tokens_of(pointer)
        _follow(document, tokens, pointer)
        wanted = _with(wanted, tokens)
    moved: dict[str, str] = {}
    return Selection(_members(dict(document), wanted, "", "", moved), moved)


def tokens_of(pointer: str) -> tuple[str, ...]:
    """Return the reference tokens of a JSON pointer, unescaped; raise "malformed-pointer"."""
    if not pointer:
        return ()
    if pointer[0] != "/" or _BAD_ESCAPE(pointer):
        raise CredentialError("malformed-pointer", f"{pointer!r} is not a JSON pointer (RFC 6901).", where=pointer)
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/"))


def _follow(document: Mapping[str, Json], tokens: tuple[str, ...], pointer: str) -> None:
    """Go where the tokens lead; raise when they lead nowhere, or into the inside of a single value."""
    place: Json = dict(document)
    for token in tokens:
        if isinstance(place, list):
            if not _INDEX(token) or int(token) >= len(place):
                raise _nowhere(pointer)
            place = place[int(token)]
        elif not isinstance(place, dict) or token not in place:
            raise _nowhere(pointer)
        elif "@value" in place:
            raise CredentialError(
                "not-disclosable-alone", "A text and its language are disclosed together.", where=pointer
            )
        else:
            place = place[token]


def _nowhere(pointer: str) -> CredentialError:
    return CredentialError("no-such-member", f"The document has nothing at {pointer!r}.", where=pointer)


def _with(wanted: _Wanted, tokens: tuple[str, ...]) -> _Wanted:
    """Add the way of one pointer to the tree."""
    if wanted is None or not tokens:
        return None
    place = wanted
    for token in tokens[:-1]:
        below = place.setdefault(token, {})
        if below is None:
            return wanted
        place = below
    place[tokens[-1]] = None
    return wanted


def _pick(value: Json, wanted: _Wanted, here: str, before: str, moved: dict[str, str]) -> Json:
    """Return what is wanted of one value; ``here`` and ``before`` are the pointers to it in the selection and in the whole."""
    if wanted is None:
        return value
    if isinstance(value, list):
        return _items(value, wanted, here, before, moved)
    return _members(value, wanted, here, before, moved) if isinstance(value, dict) else value


def _members(node: dict[str, Json], wanted: _Wanted, here: str, before: str, moved: dict[str, str]) -> dict[str, Json]:
    if wanted is None:
        return node
    picked: dict[str, Json] = {}
    for key, member in node.items():
        if key in _ALWAYS:
            picked[key] = member
        elif key in wanted:
            step = f"/{escape_pointer(key)}"
            picked[key] = _pick(member, wanted[key], here + step, before + step, moved)
    return picked


def _items(items: list[Json], wanted: dict[str, _Wanted], here: str, before: str, moved: dict[str, str]) -> list[Json]:
    picked: list[Json] = []
    for position, item in enumerate(items):
        if str(position) in wanted:
            place, origin = f"{here}/{len(picked)}", f"{before}/{position}"
            moved[place] = origin
            picked.append(_pick(item, wanted[str(position)], place, origin, moved))
    return picked
