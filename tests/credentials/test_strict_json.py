"""The reader of untrusted JSON: what it accepts, what it refuses and where it points."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okbadges.credentials.strict_json import Json, Limits, dumps, loads
from okbadges.errors import CredentialError

if TYPE_CHECKING:
    from pathlib import Path

ROOMY: Final = Limits(depth=100)
"""Some of the suite's good files are nested deeper than a credential needs to be."""

REFUSED_ON_PURPOSE: Final = {
    "y_object_duplicated_key.json": "json-duplicate-key",
    "y_object_duplicated_key_and_value.json": "json-duplicate-key",
}

EITHER_WAY: Final = {
    "i_number_double_huge_neg_exp.json": "",
    "i_number_huge_exp.json": "json-number-range",
    "i_number_neg_int_huge_exp.json": "json-number-range",
    "i_number_pos_double_huge_exp.json": "json-number-range",
    "i_number_real_neg_overflow.json": "json-number-range",
    "i_number_real_pos_overflow.json": "json-number-range",
    "i_number_real_underflow.json": "",
    "i_number_too_big_neg_int.json": "json-number-range",
    "i_number_too_big_pos_int.json": "json-number-range",
    "i_number_very_big_negative_int.json": "json-number-range",
    "i_structure_500_nested_arrays.json": "json-too-deep",
    "i_structure_UTF-8_BOM_empty_object.json": "json-byte-order-mark",
}
"""What the suite leaves open; every other such file is text that is not Unicode."""


def code_of(data: bytes | str, limits: Limits = ROOMY) -> str:
    """Return the code of the refusal, or nothing if the document is read."""
    try:
        loads(data, limits=limits)
    except CredentialError as error:
        return error.code
    return ""


def where_of(data: bytes | str) -> tuple[str, str]:
    """Return code and pointer of a refusal."""
    with pytest.raises(CredentialError) as caught:
        loads(data)
    return caught.value.code, caught.value.where


@pytest.fixture(scope="session")
def suite(shared: Path) -> list[Path]:
    """Return the files of JSONTestSuite."""
    return sorted((shared / "attacks" / "external" / "JSONTestSuite" / "test_parsing").glob("*.json"))


def test_everything_that_the_suite_calls_json_is_read(suite: list[Path]) -> None:
    """All 95 good files are read as Python reads them, but for the two with a doubled name."""
    good = [path for path in suite if path.name.startswith("y_")]
    assert len(good) == 95
    for path in good:
        assert code_of(path.read_bytes()) == REFUSED_ON_PURPOSE.get(path.name, ""), path.name
        if path.name not in REFUSED_ON_PURPOSE:
            assert loads(path.read_bytes(), limits=ROOMY) == json.loads(path.read_bytes()), path.name


def test_nothing_that_the_suite_calls_broken_is_read(suite: list[Path]) -> None:
    """All 188 bad files are refused with a code of this reader, never with another exception."""
    bad = [path for path in suite if path.name.startswith("n_")]
    assert len(bad) == 188
    for path in bad:
        assert code_of(path.read_bytes()).startswith("json-"), path.name


def test_what_the_suite_leaves_open_is_decided(suite: list[Path]) -> None:
    """Numbers that underflow are read; overflow, depth, other encodings and lone surrogates are refused."""
    for path in (path for path in suite if path.name.startswith("i_")):
        code = code_of(path.read_bytes())
        if path.name in EITHER_WAY:
            assert code == EITHER_WAY[path.name], path.name
        else:
            assert code in {"json-not-utf8", "json-lone-surrogate", "json-malformed"}, path.name


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('{"a":1,"a":2}', ""),
        ('{"a":1,"a":1}', ""),
        ('{"a" :1,"a":1}', ""),
        ('{"a":1,"\\u0061":2}', ""),
        ('{"a":{"b/c~":[0,{"d":1,"d":1}]}}', "/a/b~1c~0/1"),
        ('{"proof":{"type":"x"},"id":"\\":","proof":{}}', ""),
        ('[{"a":"\\":","b":1,"b":1}]', "/0"),
        ('[{"a":": ","b"\n:1,"b"\t:1}]', "/0"),
    ],
)
def test_a_doubled_name_is_refused_and_shown(text: str, where: str) -> None:
    """A name that stands twice in one object is refused, however it is written, at the object."""
    assert where_of(text) == ("json-duplicate-key", where)


@pytest.mark.parametrize(
    "text",
    [
        '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}',
        '{"a":"\\":\\":\\":","b":"\\\\"}',
        '{"a" : ":", "b"\n:\t{"c" :" :"}}',
        '{":":":","\\":":"\\":"}',
        '{"":""}',
        "{}",
    ],
)
def test_names_that_only_look_doubled_are_read(text: str) -> None:
    """Colons and quotes inside strings, and the same name in different objects, are not a doubled name."""
    assert loads(text) == json.loads(text)


@pytest.mark.parametrize("number", ["9007199254740993", "-9007199254740993", "1e999", "-1E400", "1" * 30, "9" * 5000])
def test_a_number_that_a_double_cannot_hold_is_refused(number: str) -> None:
    """A whole number beyond 2^53 and a number that overflows are refused where they stand."""
    assert where_of(f'{{"a":[0,{number}]}}') == ("json-number-range", "/a/1")
    assert where_of(number) == ("json-number-range", "")


@pytest.mark.parametrize(
    ("text", "value"), [("9007199254740992", 2**53), ("-9007199254740992", -(2**53)), ("1E22", 1e22), ("-0", 0)]
)
def test_numbers_that_are_the_same_everywhere_are_read(text: str, value: float) -> None:
    """Whole numbers up to 2^53 and all doubles are read as what they are."""
    found = loads(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "-Infinity", "[NaN]", "nan", "", " ", "{} {}", "1 2", "\x00", "[1,]", "// x\n1"]
)
def test_what_is_not_json_is_refused(text: str) -> None:
    """Constants of JavaScript, nothing at all, two documents, comments: none of it is JSON."""
    assert code_of(text) == "json-malformed"


def test_text_must_be_unicode() -> None:
    """Bytes that are not UTF-8, a byte order mark and half characters are refused by their names."""
    assert code_of(b'"\xff"') == "json-not-utf8"
    assert code_of('"å"'.encode("utf-16")) == "json-not-utf8"
    assert code_of(b'\xef\xbb\xbf{"a":1}') == "json-byte-order-mark"
    assert where_of('{"a":["\\ud800"]}') == ("json-lone-surrogate", "/a/0")
    assert where_of('{"\\udfff":1}') == ("json-lone-surrogate", "")
    assert code_of('"\ud800"') == "json-lone-surrogate"
    assert loads('"\\ud83d\\ude00"') == "😀"


def test_nesting_is_bounded() -> None:
    """As many levels as the limit are read; one more is refused, also when it is a hundred thousand more."""
    limits = Limits(depth=5)
    assert code_of('{"a":' * 5 + "1" + "}" * 5, limits) == ""
    assert code_of("[" * 6 + "]" * 6, limits) == "json-too-deep"
    assert code_of("[" * 100_000 + "]" * 100_000) == "json-too-deep"
    assert code_of('{"a":[' * 20_000) in {"json-too-deep", "json-malformed"}


def test_size_is_bounded_before_anything_is_read() -> None:
    """The limit counts bytes, for text too."""
    limits = Limits(bytes=10)
    assert code_of("[1,2,3,45]", limits) == ""
    assert code_of("[1,2,3,456]", limits) == "json-too-large"
    assert code_of('"åäöåäö"', limits) == "json-too-large"
    assert code_of(b"{" * 11, limits) == "json-too-large"


def test_writing_is_compact_and_keeps_the_order() -> None:
    """Names stay in the order they have, text is UTF-8, no space is written."""
    assert dumps({"b": 1, "a": ["å", None, True, 1.5]}) == '{"b":1,"a":["å",null,true,1.5]}'.encode()


@pytest.mark.parametrize("value", [math.nan, math.inf, [-math.inf], {"a": {"b": math.nan}}])
def test_what_json_cannot_say_is_not_written(value: Json) -> None:
    """NaN and infinities are an error, never a null."""
    with pytest.raises(ValueError, match="NaN"):
        dumps(value)


_SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
_VALUES: st.SearchStrategy[Json] = st.recursive(
    _SCALARS | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@given(_VALUES, st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", "\t:\r")]))
def test_whatever_is_written_is_read_again(value: Json, separators: tuple[str, str]) -> None:
    """Reading what was written gives the same value, whatever the white space and the escapes."""
    assert loads(dumps(value), limits=ROOMY) == value
    assert loads(json.dumps(value, separators=separators), limits=ROOMY) == value


@given(st.text(alphabet='{}[]",:\\ \n019aeE+-.u', max_size=40) | st.binary(max_size=40))
def test_what_is_read_is_what_python_reads(data: str | bytes) -> None:
    """Whatever is accepted, Python's reader gives the same value for, with no name lost; all else has a code."""

    def unique(members: list[tuple[str, Json]]) -> dict[str, Json]:
        assert len(dict(members)) == len(members)
        return dict(members)

    if code_of(data) == "":
        assert json.loads(data, object_pairs_hook=unique) == loads(data)
