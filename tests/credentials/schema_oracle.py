"""The published JSON Schemas as a second opinion on shapes, and the reasons why ours may be the stricter one."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from okbadges.credentials.model import ShapeMistake

REMOVED: Final = object()
"""Stands for a member that is not there."""

FILES: Final = {
    "achievement": "ob_v3p0_achievementcredential_schema.json",
    "endorsement": "ob_v3p0_endorsementcredential_schema.json",
    "profile": "ob_v3p0_profile_schema.json",
    "any achievement": "rendered-spec-1.2/ob_v3p0_anyachievementcredential-jsonschema1.json",
    "any endorsement": "rendered-spec-1.2/ob_v3p0_anyendorsementcredential-jsonschema1.json",
}


class Schemas:
    """The published JSON Schemas, draft 2019-09, with formats."""

    def __init__(self, shared: Path) -> None:
        """Read them all."""
        folder = shared / "standards/data/schemas"
        self.written: dict[str, dict[str, Any]] = {
            kind: json.loads((folder / name).read_text()) for kind, name in FILES.items()
        }
        self._validators = {
            kind: jsonschema_rs.Draft201909Validator(schema, validate_formats=True)
            for kind, schema in self.written.items()
        }

    def accept(self, document: dict[str, Any], kind: str) -> bool:
        """Say whether the schema of this kind accepts it."""
        return self._validators[kind].is_valid(document)


def at(document: Any, place: tuple[Any, ...]) -> Any:
    """Return what stands at a place."""
    for step in place:
        document = document[step]
    return document


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the place of every member and item, the outer before the inner."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in members:
        yield (*place, name)
        yield from places(inner, (*place, name))


@contextmanager
def changed(document: dict[str, Any], place: tuple[Any, ...], value: Any) -> Iterator[None]:
    """Change one place and put it back afterwards: copying whole documents would take most of the time."""
    parent = at(document, place[:-1])
    before = parent.copy()
    if value is REMOVED:
        del parent[place[-1]]
    else:
        parent[place[-1]] = value
    yield
    parent.clear()
    if isinstance(parent, dict):
        parent.update(before)
    else:
        parent.extend(before)


def replacements(value: Any) -> Iterator[Any]:
    """Yield what to put in the place of a value: every kind of JSON, times of every kind, itself in a list or out of one."""
    yield REMOVED
    yield from (
        None,
        True,
        7,
        1.5,
        "",
        "text",
        "ext:x",
        "x ext:y",
        [],
        [None],
        [7],
        ["text"],
        {},
        {"fi": "x"},
        {"a": 1},
    )
    yield from (
        "2026-02-30T00:00:00Z",
        "2026-02-03",
        "2026-02-03T00:00:00",
        "2026-02-03t00:00:00z",
        "2026-02-03T00:00:00+02:00",
    )
    yield from ([value], [value, value], [[value]])
    if isinstance(value, list) and value:
        yield value[0]
    if isinstance(value, str):
        yield value + " x"
    if isinstance(value, dict):
        yield {**value, "extraMember": 1}
        yield {**value, "type": "Nonsense"}


def _at_pointer(document: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        if isinstance(document, list):
            document = document[int(step)]
        elif isinstance(document, dict):
            document = document.get(step.replace("~1", "/"))
        else:
            return None
    return document


def _is_language_map(value: Any) -> bool:
    """Say whether the schemas take it for texts by language; an object with nothing but an ``id`` is one, in Indonesian."""
    return isinstance(value, dict) and all(re.fullmatch("[a-z]{2}(-[A-Z]{2})?", name) for name in value)


def why_stricter(mistake: ShapeMistake, document: dict[str, Any]) -> str | None:
    """Name the reason why we refuse what the schema accepts, or None when there is none that we meant."""
    parent, _, last = mistake.pointer.rpartition("/")
    if mistake.message.startswith("contradicts the dates"):
        return "the dates of the other data model may not be stricter"
    value = _at_pointer(document, mistake.pointer)
    text = value if isinstance(value, str) else None
    within_issuer = parent.endswith("/issuer") and _is_language_map(_at_pointer(document, parent))
    reasons = {
        "null and empty lists do not survive safe mode": mistake.message.endswith("leave it out"),
        "contexts are a list of addresses in their order": "/@context" in mistake.pointer,
        "language maps do not survive safe mode": within_issuer or _is_language_map(value),
        "a single type names the class": text is not None and mistake.message.startswith("must hold"),
        "identifiers are absolute": text is not None and last in {"id", "issuer"},
        "extension terms begin with ext:": "begins with ext:" in mistake.message and "ext:" in (text or ""),
        "the letters of a time are capital": re.search(r"\dt.*z", text or "") is not None,
        "the rules between members": re.match("has a result|must have an id", mistake.message) is not None,
    }
    return next((reason for reason, applies in reasons.items() if applies), None)
