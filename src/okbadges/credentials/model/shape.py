"""Every mistake in the shape of a credential, with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from okbadges.credentials.model.achievements import OpenBadgeCredential
from okbadges.credentials.model.profiles import EndorsementCredential

if TYPE_CHECKING:
    from okbadges.credentials.model.profiles import Credential
    from okbadges.credentials.strict_json import Json

_MESSAGES: Final[Mapping[str, str]] = {
    "missing": "is missing",
    "extra_forbidden": "is not a member of this class",
    "string_type": "must be a text",
    "bool_type": "must be true or false",
    "float_type": "must be a number",
    "model_type": "must be an object",
    "string_pattern_mismatch": "is not written as it must be",
}

# Built here, once, rather than by whichever thread first needs one.
OpenBadgeCredential.model_rebuild()
EndorsementCredential.model_rebuild()


@dataclass(frozen=True, slots=True)
class ShapeMistake:
    """Something that is not as Open Badges 3.0 has it: the JSON pointer of the member, and a sentence about it."""

    pointer: str
    message: str


def check_shape(document: Mapping[str, Json]) -> list[ShapeMistake]:
    """Return every mistake in the shape of a badge, or of an endorsement when ``type`` says that; empty when it is sound."""
    types = document.get("type")
    names = types if isinstance(types, list) else [types]
    model: type[Credential] = EndorsementCredential if "EndorsementCredential" in names else OpenBadgeCredential
    mistakes: list[ShapeMistake] = []
    if _holds_empty(document):
        _note_empty_members(document, "", mistakes)
    try:
        model.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        places = {mistake.pointer for mistake in mistakes}
        further = [ShapeMistake(_pointer(one["loc"], document), _message(one["type"], one["msg"])) for one in found]
        mistakes += [mistake for mistake in further if mistake.pointer not in places]
    return mistakes


def _holds_empty(value: Mapping[str, Json] | list[Json]) -> bool:
    """Say whether a null or empty list is anywhere inside; sound documents need no pointers, and most are sound."""
    for inner in value if isinstance(value, list) else value.values():
        if inner is None or inner == []:
            return True
        if isinstance(inner, dict | list) and _holds_empty(inner):
            return True
    return False


def _note_empty_members(value: object, pointer: str, mistakes: list[ShapeMistake]) -> None:
    members = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in members:
        if inner is None or inner == []:
            what = "null" if inner is None else "an empty list"
            mistakes.append(ShapeMistake(f"{pointer}/{_escaped(name)}", f"must not be {what}; leave it out"))
        elif type(inner) is not str:
            _note_empty_members(inner, f"{pointer}/{_escaped(name)}", mistakes)


def _escaped(name: object) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")


def _pointer(location: tuple[int | str, ...], document: Mapping[str, Json]) -> str:
    """Return the JSON pointer of a pydantic location, which counts a single value as the first of a list."""
    steps: list[str] = []
    current: Json = {**document}
    for step in location:
        if isinstance(current, dict) and isinstance(step, str):
            current = current.get(step)
        elif isinstance(current, list) and isinstance(step, int):
            current = current[step]
        elif isinstance(step, int):
            continue
        else:
            break
        steps.append("/" + _escaped(step))
    return "".join(steps)


def _message(kind: str, message: str) -> str:
    return _MESSAGES.get(kind) or message.removeprefix("Value error, ").replace("Input should be", "must be")
