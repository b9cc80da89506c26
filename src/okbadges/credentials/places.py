"""Where a value stands in JSON: every value of a document with the steps that lead to it, and the pointer that says them.

A pointer is as long as all the names on its way. A document that is one long name before many values would cost their product,
if every value had its pointer; so the steps are walked, and only the place that somebody is told about is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from okbadges.credentials.strict_json import Json

Steps: TypeAlias = "Sequence[str | int]"
"""Member names and positions in lists, from the outside to the inside."""
_HOLD_OTHERS: Final = (dict, list)
"""Written out, so that the union of both is not made again for each value."""


def pointer(steps: Steps) -> str:
    """Return the JSON pointer (RFC 6901) that says ``steps``."""
    return "".join(f"/{escaped(step)}" for step in steps)


def escaped(step: object) -> str:
    """Write a member name or a position as one step of a JSON pointer."""
    return str(step).replace("~", "~0").replace("/", "~1")


def everything(value: Json, *, closed: frozenset[str] = frozenset()) -> Iterator[tuple[Steps, Json]]:
    """Yield every value in the order of the document, the outer before the inner; not what is inside members named ``closed``.

    The steps are one list that goes along: whoever keeps them makes a copy. Besides it, as many iterators are held as there are
    levels, however many values there are.
    """
    steps: list[str | int] = []
    levels = [iter(_members(value))]
    yield steps, value
    while levels:
        found = next(levels[-1], None)
        del steps[len(levels) - 1 :]
        if found is None:
            levels.pop()
            continue
        step, inner = found
        steps.append(step)
        yield steps, inner
        if isinstance(inner, _HOLD_OTHERS) and step not in closed:
            levels.append(iter(_members(inner)))


def _members(value: Json) -> Iterable[tuple[str | int, Json]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()
