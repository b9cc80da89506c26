"""What is wrong with the shape of a document, and where: pydantic's findings in our words, with JSON pointers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from okbadges.credentials.places import everything, pointer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import BaseModel

    from okbadges.credentials.strict_json import Json

MOST_MISTAKES: Final = 50
"""Nobody reads more of them, and a hostile document has as many as it has values."""

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


def mistakes_of(model: type[BaseModel], document: Mapping[str, Json]) -> Iterator[ShapeMistake]:
    """Yield what ``model`` finds wrong in ``document``, in the order of its members; it looks when the first is asked for."""
    try:
        model.model_validate(document)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_context=False, include_input=False):
            yield ShapeMistake(_pointer(one["loc"], document), _message(one["type"], one["msg"]))


def empty_members(
    document: Mapping[str, Json], *, lists: bool, closed: frozenset[str] = frozenset()
) -> Iterator[ShapeMistake]:
    """Yield a mistake for every null, and when ``lists`` says so every empty list, that is not inside members named ``closed``."""
    for steps, value in everything({**document}, closed=closed):
        if value is None or (lists and value == []):
            what = "null" if value is None else "an empty list"
            yield ShapeMistake(pointer(steps), f"must not be {what}; leave it out")


def with_further(mistakes: Iterable[ShapeMistake], further: Iterable[ShapeMistake]) -> list[ShapeMistake]:
    """Return ``mistakes`` and those of ``further`` that are at other places: a null is not said to be no text as well.

    After `MOST_MISTAKES` a last one, about the document as a whole, stands for the rest, which is not looked for any more.
    """
    found = list(islice(mistakes, MOST_MISTAKES + 1))
    places = {mistake.pointer for mistake in found}
    missing = MOST_MISTAKES + 1 - len(found)
    found += islice((mistake for mistake in further if mistake.pointer not in places), missing)
    if len(found) > MOST_MISTAKES:
        found[-1] = ShapeMistake("", "has more mistakes than are listed")
    return found


def _pointer(location: tuple[int | str, ...], document: Mapping[str, Json]) -> str:
    """Return the JSON pointer of a pydantic location, which counts a single value as the first of a list."""
    steps: list[str | int] = []
    current: Json | Mapping[str, Json] = document
    for step in location:
        if isinstance(current, Mapping) and isinstance(step, str):
            current = current.get(step)
        elif isinstance(current, list) and isinstance(step, int):
            current = current[step]
        elif isinstance(step, int):
            continue
        else:
            break
        steps.append(step)
    return pointer(steps)


def _message(kind: str, message: str) -> str:
    return _MESSAGES.get(kind) or message.removeprefix("Value error, ").replace("Input should be", "must be")
