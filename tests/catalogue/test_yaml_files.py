"""The small part of YAML that is read, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from okbadges.catalogue.yaml_files import MAX_BYTES, read_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from okbadges.catalogue.mistakes import Mistake
    from okbadges.catalogue.yaml_files import Value


def _read(tmp_path: Path, text: str | bytes) -> tuple[dict[str, Value] | None, list[str]]:
    path = tmp_path / "a.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    mistakes: list[Mistake] = []
    return read_yaml(path, "a.yaml", mistakes), [str(mistake) for mistake in mistakes]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("false", False),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-12", -12),
        ("012", "012"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("0.75", Decimal("0.75")),
        ("1e5", "1e5"),
        (".inf", ".inf"),
        ("2026-08-01", date(2026, 8, 1)),
        ("2026-8-1", "2026-8-1"),
        ("'106729'", "106729"),
        ('"true"', "true"),
        ("[a, 1]", ("a", 1)),
        ("{x: 1}", {"x": 1}),
    ],
)
def test_plain_scalars_mean_what_they_look_like(tmp_path: Path, written: str, value: Value) -> None:
    """Words stay words, decimals are exact, and nothing is taken for a number or a truth by surprise."""
    assert _read(tmp_path, f"key: {written}\n") == ({"key": value}, [])


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("a: 1\na: 2\n", "a.yaml: a: line 2: is here twice"),
        ("x:\n  - {b: 1, b: 2}\n", "a.yaml: x[0].b: line 2: is here twice"),
        ("1: a\n", "a.yaml: line 1: a key must be text"),
        ("x: {[1]: a}\n", "a.yaml: x: line 1: a key must be text"),
        ("a: 2026-02-30\n", "a.yaml: a: there is no day 2026-02-30"),
    ],
)
def test_a_spoiled_key_is_named(tmp_path: Path, text: str, mistake: str) -> None:
    """The same key twice, keys that are not text and impossible days are named with their place; the rest is still read."""
    fields, mistakes = _read(tmp_path, text)

    assert fields is not None
    assert len(mistakes) == 1
    assert mistakes[0].startswith(mistake)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: &x 1\nb: *x\n", "aliases (*x) are not used here"),
        ("a: &x 1\n", "line 1: anchors (&x) are not used here"),
        (
            "a: !!python/object/apply:os.system [ls]\n",
            "tags (tag:yaml.org,2002:python/object/apply:os.system) are not used here",
        ),
        ("a: !!str 1\n", "tags (tag:yaml.org,2002:str) are not used here"),
        ("a: 1\n---\nb: 2\n", "holds more than one document"),
        ("a: [1\n", "is not readable YAML"),
        ("- a\n", "must hold named fields"),
        ("", "must hold named fields"),
        (b"a: \xff\n", "is not UTF-8 text"),
        (b"a: '" + b"x" * MAX_BYTES + b"'\n", "is over 256 KiB"),
    ],
)
def test_the_rest_of_yaml_is_refused(tmp_path: Path, text: str | bytes, words: str) -> None:
    """Anchors, aliases, tags, more documents, broken, foreign or huge files are refused as a whole."""
    fields, mistakes = _read(tmp_path, text)

    assert fields is None
    assert any(words in mistake for mistake in mistakes), mistakes


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    """A file that is not there is a mistake, not an exception."""
    mistakes: list[Mistake] = []

    assert read_yaml(tmp_path / "none.yaml", "none.yaml", mistakes) is None
    assert str(mistakes[0]) == "none.yaml: cannot be read: No such file or directory"


def test_the_merge_key_is_only_a_key(tmp_path: Path) -> None:
    """`<<` merges nothing: it is a key like any other, and so an unknown field."""
    assert _read(tmp_path, "<<: {a: 1}\n") == ({"<<": {"a": 1}}, [])
