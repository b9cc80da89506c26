"""What is wrong in the catalogue: all of it at once, each with the file, the field and words that help to mend it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake: the file (relative to the catalogue), the field (dotted path, empty: the whole file) and what to do."""

    file: str
    field: str
    message: str

    def __str__(self) -> str:
        """Return ``file: field: message``, as `okbadges catalogue check` prints it."""
        return ": ".join(part for part in (self.file, self.field, self.message) if part)


class CatalogueMistakes(InvalidInput):
    """The catalogue cannot be used as it is; ``mistakes`` has every one that was found, in order of file."""

    title = "The catalogue has mistakes"

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        """Keep the mistakes, sorted and each once."""
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__("catalogue-mistakes", "\n".join(map(str, self.mistakes)))


def field_path(parts: Iterable[str | int]) -> str:
    """Return the dotted path of a field: ``("criteria", 0, "fi")`` is ``criteria[0].fi``."""
    path = ""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


def known(kind: str, wanted: str, candidates: Iterable[str]) -> str:
    """Return the words for an unknown name: what it is not, and the nearest ones that exist."""
    near = difflib.get_close_matches(wanted, list(candidates), n=3, cutoff=0.5)
    return f"{wanted!r} is not a known {kind}" + (f"; did you mean {' or '.join(near)}?" if near else "")


def in_words(error: ErrorDetails, field_names: Iterable[str]) -> str:
    """Return what pydantic found in words for a person who edits the file."""
    kind = error["type"]
    if kind == "extra_forbidden":
        return known("field", str(error["loc"][-1]), field_names)
    if kind == "literal_error":
        return f"must be {error['ctx']['expected']}, not {error['input']!r}"
    if kind == "string_type" and error["input"] is not None:
        return f"must be text; put it in quotes: '{error['input']}'"
    return _PLAIN_WORDS.get(kind) or error["msg"].removeprefix("Value error, ").lower()


_PLAIN_WORDS = {
    "missing": "is missing",
    "string_type": "is empty",
    "string_too_short": "is empty",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "decimal_type": "must be a number",
    "is_instance_of": "must be a number",
    "date_type": "must be a day, as 2026-08-01",
    "tuple_type": "must be a list",
    "model_type": "must hold named fields",
    "dict_type": "must hold named fields",
}
