"""Canonical JSON: RFC 8785, and nothing that two readers could read differently."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okbadges.credentials.jcs import canonical_json
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from okbadges.credentials.strict_json import Json

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
_NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(_VALUES)
def test_it_says_the_same_and_has_one_spelling(value: Json) -> None:
    """What is read back (every number as the double that it is) is what was written, and writing that again changes nothing."""
    written = canonical_json(value)
    read = json.loads(written, parse_int=float)
    assert read == value
    assert canonical_json(read) == written


@given(st.dictionaries(_TEXTS, st.none()))
def test_members_stand_in_the_order_of_utf_16(members: dict[str, None]) -> None:
    """RFC 8785, 3.2.3: by code units, so that a character beyond U+FFFF comes before U+E000."""
    names = list(json.loads(canonical_json(members)))  # type: ignore[arg-type]
    assert names == sorted(members, key=lambda name: name.encode("utf-16-be"))


def test_the_order_is_not_that_of_code_points() -> None:
    """The example of RFC 8785, 3.2.3."""
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    written = json.loads(canonical_json(dict.fromkeys(names)))
    assert list(written) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (5e-324, "5e-324"),
        (-5e-324, "-5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (9007199254740992.0, "9007199254740992"),
        (295147905179352830000.0, "295147905179352830000"),
        (9.999999999999997e22, "9.999999999999997e+22"),
        (1e23, "1e+23"),
        (1e21, "1e+21"),
        (999999999999999900000.0, "999999999999999900000"),
        (333333333.3333332, "333333333.3333332"),
        (9.999999999999997e-7, "9.999999999999997e-7"),
        (0.000001, "0.000001"),
        (4.5, "4.5"),
        (2.0, "2"),
        (1e-7, "1e-7"),
        (1424953923781206.2, "1424953923781206.2"),
    ],
)
def test_numbers_are_written_as_ecmascript_does(number: float, text: str) -> None:
    """The samples of RFC 8785, appendix B."""
    assert canonical_json(number) == text.encode()


def test_texts_are_escaped_no_more_than_they_must() -> None:
    """Control characters in the short form where there is one; everything else as it is, in UTF-8."""
    assert canonical_json('\u20ac$\u000f\nA\'B"\\\\"/\x7fä') == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7fä"'.encode()


@pytest.mark.parametrize("number", [2**53, -(2**53), 10**30, float("nan"), float("inf")])
def test_a_number_that_not_every_reader_holds_is_refused(number: float) -> None:
    """Two readers would see two numbers under one signature."""
    with pytest.raises(CredentialError) as refused:
        canonical_json({"a": [number]})
    assert refused.value.code == "number-out-of-range"


def _nested(levels: int) -> Json:
    value: Json = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("value", ["\ud800", {"\udc00": 1}, {1: 2}, b"x", _nested(100_000)])
def test_what_is_no_json_is_refused(value: Any) -> None:
    """Half characters, names that are no texts, and nesting without end."""
    with pytest.raises(CredentialError) as refused:
        canonical_json(value)
    assert refused.value.code == "not-canonical-json"
