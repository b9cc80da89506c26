"""The message catalogues: complete in three languages, without a text that nobody uses, prepared and empty in Northern Sámi."""

from __future__ import annotations

import ast
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from okbadges import pages
from okbadges.pages.words import LANGUAGE_NAMES, Words, read_catalogues, read_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from okbadges.pages.site import Site

ROOM = Path(pages.__file__).parent
COMPLETE = ("fi", "sv", "en")
KEY = re.compile(r"[a-z]+(\.[a-z0-9_-]+)+")
IN_TEMPLATE = re.compile(r"""\bt\(\s*["']([a-z0-9_.-]+)["']""")


def keys_of(language: str) -> dict[str, str]:
    """Return the texts of one catalogue by dotted key."""
    return read_texts(ROOM / "locale" / language)


def write_catalogue(folder: Path, content: str, *, name: str = "first") -> None:
    """Write one file of a language's catalogue."""
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(content, encoding="utf-8")


def patterns_of(module: Path) -> Iterator[str]:
    """Yield a regular expression for every key that a module could ask for: its texts, and its f-strings with gaps."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
            yield re.escape(node.value)
        if isinstance(node, ast.JoinedStr):
            parts = [
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z0-9_.-]+" for part in node.values
            ]
            pattern = "".join(parts)
            if re.match(r"[a-z]+\\\.", pattern):  # a pattern that begins with a gap would fit everything
                yield pattern


@pytest.fixture(scope="module")
def asked() -> list[re.Pattern[str]]:
    """Return what modules and templates ask for."""
    in_code = [pattern for module in ROOM.rglob("*.py") for pattern in patterns_of(module)]
    in_templates = [
        re.escape(key)
        for template in (ROOM / "templates").rglob("*.html")
        for key in IN_TEMPLATE.findall(template.read_text("utf-8"))
    ]
    # ``counted`` adds .one and .other to the key it is given
    return [re.compile(f"{pattern}(\\.one|\\.other)?") for pattern in {*in_code, *in_templates}]


@pytest.mark.parametrize("language", COMPLETE)
def test_no_text_is_missing(language: str) -> None:
    """Finnish, Swedish and English have the same keys, and none of them is empty."""
    texts = keys_of(language)
    assert texts.keys() == keys_of("fi").keys()
    assert [key for key, text in texts.items() if not text.strip()] == []


def test_every_text_is_used(asked: list[re.Pattern[str]]) -> None:
    """A text that no page asks for is taken out."""
    assert [key for key in keys_of("fi") if not any(pattern.fullmatch(key) for pattern in asked)] == []


def test_templates_ask_only_for_texts_that_there_are() -> None:
    """Every key that a template names is in the catalogue."""
    known = keys_of("fi").keys()
    for template in (ROOM / "templates").rglob("*.html"):
        for key in IN_TEMPLATE.findall(template.read_text("utf-8")):
            assert key in known, f"{template.name} asks for {key}"


def test_modules_ask_only_for_texts_that_there_are() -> None:
    """Every key that a module hands to ``words`` as it stands is in the catalogue."""
    known = keys_of("fi").keys()
    for module in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            called = isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "words"
            if called and isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                key = node.args[0].value
                assert key in known, f"{module.name} asks for {key!r}"


@pytest.mark.parametrize("language", COMPLETE)
def test_translations_have_the_same_places(language: str) -> None:
    """A translation fills in the same facts as the Finnish text (the month of an award is written with or without its case)."""

    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    finnish = keys_of("fi")
    for key, text in keys_of(language).items():
        assert places(text) == places(finnish[key]), key


@pytest.mark.parametrize("language", COMPLETE)
def test_texts_are_plain(language: str) -> None:
    """No HTML, no double spaces, no typewriter apostrophes or dots: what is written is what is read."""
    for key, text in keys_of(language).items():
        assert not re.search(r"[<>&]|  |'|\.\.\.", text), key


def test_northern_sami_is_prepared_and_not_offered(site: Site) -> None:
    """Its file is there for a translator; with nothing in it the language switch does not offer it."""
    assert keys_of("se") == {}
    assert tuple(site.words) == COMPLETE


def test_a_language_begins_with_its_first_text(tmp_path: Path) -> None:
    """As soon as a translator gives one text the language is offered, and Finnish fills the gaps."""
    for code in LANGUAGE_NAMES:
        content = {"fi": "a:\n  b: suomeksi\n  c: myös\n", "se": "a:\n  b: davvisámegillii\n"}.get(code, "")
        write_catalogue(tmp_path / code, content)
    catalogues = read_catalogues(tmp_path)
    assert (catalogues["se"]("a.b"), catalogues["se"]("a.c")) == ("davvisámegillii", "myös")


def test_a_catalogue_with_something_else_than_texts_is_refused(tmp_path: Path) -> None:
    """YAML makes numbers and booleans of bare words; the start says which key needs quotes."""
    write_catalogue(tmp_path / "fi", "a:\n  b: on\n")
    with pytest.raises(TypeError, match=r"a\.b"):
        read_catalogues(tmp_path)


def test_a_text_stands_in_one_file(tmp_path: Path) -> None:
    """The same key in two files of a language is refused at start, as one of the two would silently be lost."""
    write_catalogue(tmp_path / "fi", "a:\n  b: yksi\n")
    write_catalogue(tmp_path / "fi", "a:\n  b: kaksi\n", name="second")
    with pytest.raises(ValueError, match=r"a\.b"):
        read_catalogues(tmp_path)


@pytest.mark.parametrize(
    ("language", "day", "month", "moment", "number"),
    [
        ("fi", "21.11.2026", "marraskuussa 2026", "21.11.2026 klo 0.05", "0,25"),
        ("sv", "21 november 2026", "i november 2026", "21 november 2026 kl. 0.05", "0,25"),
        ("en", "21 November 2026", "in November 2026", "21 November 2026 at 00:05", "0.25"),
    ],
)
def test_dates_and_numbers_are_written_as_the_language_does(
    site: Site, language: str, day: str, month: str, moment: str, number: str
) -> None:
    """Days, months, moments (on a Finnish clock) and decimals."""
    words: Words = site.words[language]
    assert words.day(date(2026, 11, 21)) == day
    assert words.in_month(date(2026, 11, 21)) == month
    assert words.moment(datetime(2026, 11, 20, 22, 5, tzinfo=UTC)) == moment
    assert words.number(Decimal("0.25")) == number


def test_every_month_has_its_finnish_case(site: Site) -> None:
    """All twelve are written in the inessive: tammikuussa, not tammikuu."""
    assert all("kuussa 2026" in site.words["fi"].in_month(date(2026, month, 1)) for month in range(1, 13))
