"""The reader of untrusted JSON at its edges: the limits that it has by itself, every white space, every kind of stranger."""

from __future__ import annotations

import json
import math
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from credentials.memory import peak_of
from okbadges.credentials.strict_json import DEFAULT_LIMITS, Json, Limits, dumps, loads
from okbadges.errors import CredentialError


def refusal(data: bytes | str, limits: Limits = DEFAULT_LIMITS) -> tuple[str, str]:
    """Return code and pointer of a refusal, or nothing twice when the document is read."""
    try:
        loads(data, limits=limits)
    except CredentialError as error:
        return error.code, error.where
    return "", ""


def test_the_limits_that_nobody_has_to_ask_for() -> None:
    """256 KiB and 32 levels are read, one more of either is not, as bytes and as text."""
    for size, code in ((262_144, ""), (262_145, "json-too-large")):
        text = '"' + "x" * (size - 2) + '"'
        assert refusal(text)[0] == refusal(text.encode())[0] == code
    for depth, code in ((32, ""), (33, "json-too-deep")):
        assert refusal("[" * depth + "]" * depth)[0] == code
        assert refusal('{"a":' * depth + "1" + "}" * depth)[0] == code
        inner = "[]" if depth % 2 else "0"
        assert refusal('[{"a":' * (depth // 2) + inner + "}]" * (depth // 2))[0] == code


def test_the_limit_of_a_text_counts_its_bytes() -> None:
    """Characters of two bytes count twice, and exactly at the limit they are read."""
    assert refusal('"åå"', Limits(bytes=6)) == ("", "")
    assert refusal('"åå"', Limits(bytes=5)) == ("json-too-large", "")
    assert refusal('"åå"', Limits(bytes=4)) == ("json-too-large", "")


def test_depth_counts_containers_and_not_their_members() -> None:
    """Many members on one level are one level; a text or a number is none."""
    limits = Limits(depth=1)
    assert refusal("[1,2,3]", limits) == refusal('{"a":1,"b":"c"}', limits) == refusal("7", limits) == ("", "")
    assert (
        refusal("[[]]", limits)[0]
        == refusal('{"a":{}}', limits)[0]
        == refusal('[1,"x",{}]', limits)[0]
        == "json-too-deep"
    )


@pytest.mark.parametrize("gap", [" ", "\n", "\t", "\r", "  ", "\r\n\t "])
@pytest.mark.parametrize(
    "text",
    [
        '{"a"@:1,"a":2}',
        '{"a":1,"a"@:2}',
        '{"a"@:1,"a"@:2}',
        '{"b":"\\":","a"@:1,"a":2}',
        '{"x":{"a"@:1,"\\u0061":2},"y":"\\":"}',
    ],
)
def test_no_white_space_hides_a_doubled_name(text: str, gap: str) -> None:
    """Whatever stands before the colon, and however many colons other texts hold, the second name is seen."""
    assert refusal(text.replace("@", gap))[0] == "json-duplicate-key"
    single = text.replace("@", gap).replace('"a"', '"other"', 1)
    assert refusal(single) == ("", "")
    assert loads(single) == json.loads(single)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[9007199254740992,-9007199254740992]", ""),
        ("[9007199254740993]", "/0"),
        ("[1,-9007199254740993]", "/1"),
        ('{"a":{"b~/c":[0,1e309]}}', "/a/b~0~1c/1"),
        ('{"a":-1e309}', "/a"),
        ("[1.7976931348623157e308,-1.7976931348623157e308]", ""),
        ("[9007199254740994.0]", ""),
        ("[12345678901234567]", "/0"),
        ("[-1234567890123456]", ""),
        ("[123456789012345678901234567890]", "/0"),
        ('[{"a":1},{"a":9007199254740993}]', "/1/a"),
    ],
)
def test_the_first_number_that_is_not_exact_is_shown(text: str, found: str) -> None:
    """Whole numbers to 2^53 and every finite double are read as they are; the pointer leads to the other."""
    assert refusal(text) == (("json-number-range", found) if found else ("", ""))
    if not found:
        assert loads(text) == json.loads(text)


def test_the_outer_fault_is_told_before_the_inner() -> None:
    """A doubled name on the outside comes first, and it is the second one's name that is said."""
    with pytest.raises(CredentialError, match="'b'") as refused:
        loads('{"a":{"c":1,"c":2},"b":1,"b":2}')
    assert refused.value.where == ""
    with pytest.raises(CredentialError, match="'a'"):
        loads('{"a":1,"a":2,"b":3}')
    with pytest.raises(CredentialError, match="'c'") as refused:
        loads('{"a":{"c":1,"d":2,"c":2},"b":1}')
    assert refused.value.where == "/a"


def test_a_syntax_error_says_where() -> None:
    """Line and column help whoever writes JSON by hand."""
    with pytest.raises(CredentialError, match="line 2 column 3") as refused:
        loads('{"a":1,\n  b:2}')
    assert refused.value.code == "json-malformed"
    for constant in ("NaN", "Infinity", "-Infinity"):
        with pytest.raises(CredentialError, match=f"{constant} is not JSON"):
            loads(f"[{constant}]")
    with pytest.raises(CredentialError, match="byte 2") as refused:
        loads(b'["\xff"]')
    assert refused.value.code == "json-not-utf8"


def test_half_characters_are_shown_wherever_they_are() -> None:
    """As a value at its place, as a name at the object that has it, also deep inside."""
    assert refusal('{"a":[{"b":"\\udc00"}]}') == ("json-lone-surrogate", "/a/0/b")
    assert refusal('{"a":[{"\\ud800b":1}]}') == ("json-lone-surrogate", "/a/0")
    assert refusal('["\\ud800\\u0041"]') == ("json-lone-surrogate", "/0")


class _Text(str):
    __slots__ = ()


@dataclass
class _Record:
    a: int = 1


@pytest.mark.parametrize(
    "stranger",
    [
        datetime(2026, 1, 1, tzinfo=UTC),
        _Record(),
        _Text("a"),
        OrderedDict(a=1),
        {1, 2},
        b"bytes",
        2**64,
        {1: "a"},
        "\ud800",
    ],
    ids=lambda stranger: type(stranger).__name__,
)
def test_only_json_is_written(stranger: object) -> None:
    """What has a spelling of its own in some library has none here: neither alone nor inside is it written."""
    for value in (stranger, [stranger], {"a": stranger}):
        with pytest.raises(TypeError):
            dumps(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [None, [None], {"null": 1.5}, {"a": [None, 0.0, "null"]}])
def test_a_null_is_written_where_there_is_one(value: Json) -> None:
    """The look for NaN does not mistake a null for it."""
    assert loads(dumps(value)) == value


@pytest.mark.parametrize("value", [math.nan, [1, math.inf], {"a": [None, {"b": -math.inf}]}, ["null", math.nan]])
def test_nothing_that_is_no_number_is_written(value: Json) -> None:
    """NaN and the infinities raise, wherever they are."""
    with pytest.raises(ValueError, match="NaN"):
        dumps(value)


def test_the_length_of_names_is_bounded() -> None:
    """A thousand characters are read, one more is refused at the object that has the name; texts may be long."""
    assert refusal(dumps({"å" * 1_000: "x" * 100_000})) == ("", "")
    assert refusal(dumps({"å" * 1_001: 1})) == ("json-name-too-long", "")
    assert refusal(dumps({"a": [1, {"b/": {"k" * 1_001: {"k" * 2_000: 1}}}]})) == ("json-name-too-long", "/a/1/b~1")
    assert refusal('{"abcd":1}', Limits(name=4)) == ("", "")
    assert refusal('{"abcd":1,"abcde":2}', Limits(name=4)) == ("json-name-too-long", "")
    assert refusal('{"abcde" :1,"abcde" :2}', Limits(name=4)) == ("json-name-too-long", "")


def test_the_number_of_values_is_bounded() -> None:
    """Members and elements count alike, on every level; the outermost value is not one of them."""
    for text in ("[1,2,3,4]", '{"a":1,"b":2,"c":3,"d":4}', '[[1],{"a":2}]', '{"a":[[[]]],"b":1}'):
        assert refusal(text, Limits(values=4)) == ("", "")
        assert refusal(text, Limits(values=3)) == ("too-many-values", "")
    assert refusal("7", Limits(values=0)) == ("", "")
    for values, code in ((100_000, ""), (100_001, "too-many-values")):
        assert refusal("[" + ",".join("0" * values) + "]")[0] == code


@pytest.mark.parametrize("fault", ['"\\ud800"', "9007199254740993", "1e999", '{"a":1,"a":2}'])
def test_a_faulty_document_is_within_the_limits_too(fault: str) -> None:
    """What the fast reader refuses or doubts is bounded before it is looked at closely."""
    assert refusal(f'["x",{fault}]', Limits(values=1))[0] == "too-many-values"
    assert refusal(f'{{"x":0,"name":{fault}}}', Limits(name=3))[0] == "json-name-too-long"
    assert refusal(f"[[{fault}]]", Limits(depth=1))[0] == "json-too-deep"


@pytest.mark.parametrize("fault", ["", ' "x" :[1],', '"x":"\\ud800",', '"x":1e999,'])
def test_a_long_name_is_not_multiplied_by_what_it_holds(fault: str) -> None:
    """At the limits and far over them, reading takes a few times what the document takes, whatever else is wrong with it."""
    for length, levels, values in ((100_000, 1, 20_000), (1_000, 30, 20_000)):
        inner = "[" + ",".join("0" * values) + "]"
        text = "{" + fault + '"y":' + f'{{"{"k" * length}" :' * levels + inner + "}" * levels + "}"
        assert peak_of(lambda text=text: refusal(text)) < 10_000_000  # type: ignore[misc]


def test_a_null_beside_many_values_is_written_without_their_places() -> None:
    """The look for NaN goes through all values, and makes nothing of them."""
    value: Json = {"k" * 100_000: [None] * 20_000}
    assert peak_of(lambda: dumps(value)) < 10_000_000
