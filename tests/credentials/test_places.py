"""Places in JSON: the order in which they are walked, and how they are said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from credentials.memory import peak_of
from okbadges.credentials.places import everything, pointer

if TYPE_CHECKING:
    from okbadges.credentials.strict_json import Json

_JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def walked(value: Json, closed: frozenset[str] = frozenset()) -> list[tuple[str, Json]]:
    """Return every value with its pointer."""
    return [(pointer(steps), inner) for steps, inner in everything(value, closed=closed)]


def test_it_works() -> None:
    """The order is that of the document, the outer before the inner; what a name needs is escaped as RFC 6901 says."""
    document: Json = {"a": [1, {"b~/c": None}], "": "x"}
    assert walked(document) == [
        ("", document),
        ("/a", [1, {"b~/c": None}]),
        ("/a/0", 1),
        ("/a/1", {"b~/c": None}),
        ("/a/1/b~0~1c", None),
        ("/", "x"),
    ]


def test_a_value_alone_is_walked() -> None:
    """A text, a null, and containers with nothing in them have one place, which is the whole."""
    values: list[Json] = ["x", None, 0, [], {}]
    for value in values:
        assert walked(value) == [("", value)]


def test_closed_members_are_yielded_and_not_gone_into() -> None:
    """A position in a list is never taken for a name."""
    document: Json = {"c": {"d": 1}, "e": [{"c": [2]}], "0": [3]}
    assert [where for where, _ in walked(document, frozenset({"c", "0"}))] == ["", "/c", "/e", "/e/0", "/e/0/c", "/0"]


@given(_JSON)
def test_every_step_leads_to_its_value(value: Json) -> None:
    """Going the steps from the outside arrives at the very value that was yielded, and none is left out."""
    count = 0
    for steps, found in everything(value):
        here: Any = value
        for step in steps:
            here = here[step]
        assert here is found
        count += 1
    assert count == _count(value)


def _count(value: Json) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_count, inside))


def test_no_place_costs_more_than_its_own_step() -> None:
    """A long name before many values is written for none of them."""
    document: Json = {"k" * 100_000: [[0] * 8_000]}
    assert peak_of(lambda: sum(1 for _ in everything(document))) < 100_000
