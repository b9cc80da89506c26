"""What is wrong with the shape of a document, and where: pydantic's findings in our words, with JSON pointers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

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


@dataclass(frozen=True, slots=True)
class ShapeMistake:
    """Something that is not as the text has it: the JSON pointer of the member, and a sentence about it."""

    pointer: str
    message: str


def mistakes_of(model: type[BaseModel], document: Mapping[str, Json]) -> list[ShapeMistake]:
    """Return what ``model`` finds wrong in ``document``, in the order of its members."""
    try:
        model.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return [ShapeMistake(_pointer(one["loc"], document), _message(one["type"], one["msg"])) for one in found]
    return []


def with_further(mistakes: list[ShapeMistake], further: list[ShapeMistake]) -> list[ShapeMistake]:
    """Return ``mistakes`` and those of ``further`` that are at other places: a null is not said to be no text as well."""
    places = {mistake.pointer for mistake in mistakes}
    return mistakes + [mistake for mistake in further if mistake.pointer not in places]


def escaped(name: object) -> str:
    """Write a member name or an index as one step of a JSON pointer."""
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
        steps.append("/" + escaped(step))
    return "".join(steps)


def _message(kind: str, message: str) -> str:
    return _MESSAGES.get(kind) or message.removeprefix("Value error, ").replace("Input should be", "must be")
