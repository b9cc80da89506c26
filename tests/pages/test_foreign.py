"""What strangers wrote is shown for what it is: nothing invisible, nothing turned around, look-alikes named."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okbadges.pages.foreign import LONGEST_NAME, isolated, looks_like, mixed_letters, show

if TYPE_CHECKING:
    from okbadges.pages.site import Site

CYRILLIC_A, CYRILLIC_O = "\u0430", "\u043e"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("abc\u202egnp.exe", "abc[U+202E]gnp.exe"),
        ("a\u2066b\u2069", "a[U+2066]b[U+2069]"),
        ("zero\u200bwidth", "zero[U+200B]width"),
        ("nul\x00", "nul[U+0000]"),
        ("\x1b[31mred", "[U+001B][31mred"),
        ("tag\U000e0041", "tag[U+E0041]"),
        ("line\u2028line", "line[U+2028]line"),
        ("tab\there", "tab here"),
        ("two\nlines", "two\nlines"),
        ("Áčđŋšŧž", "Áčđŋšŧž"),
        ("👩\u200d🔧", "👩\u200d🔧"),
    ],
)
def test_invisible_characters_are_made_visible(site: Site, text: str, shown: str) -> None:
    """Controls, bidirectional marks and the like are named; letters, line ends and emoji stay as they are."""
    assert show(text, site.words["fi"]).phrase.text == shown


@given(text=st.text(max_size=60))
def test_nothing_invisible_is_left(site: Site, text: str) -> None:
    """Whatever comes, only line ends and joiners between other than plain letters remain of what cannot be seen."""
    left = {letter for letter in show(text, site.words["en"]).phrase.text if unicodedata.category(letter)[0] == "C"}
    assert left <= {"\n", "\u200c", "\u200d"}


def test_a_heap_of_marks_is_cut_down(site: Site) -> None:
    """More than four marks on one letter cannot climb over the lines above."""
    assert show("a" + "\u0301" * 9, site.words["fi"]).phrase.text.count("[U+0301]") == 5


def test_a_long_text_is_shortened_and_says_so(site: Site) -> None:
    """A page stays a page."""
    shown = show("a" * 5000, site.words["fi"])
    assert len(shown.phrase.text) < 4100
    assert shown.warnings == (site.words["fi"]("foreign.shortened"),)


def test_look_alike_letters_are_named(site: Site) -> None:
    """A Cyrillic letter among Latin ones is a warning, with its script in the reader's language."""
    assert mixed_letters(f"Sch{CYRILLIC_O}ol") == {CYRILLIC_O: "Cyrl"}
    (warning,) = show(f"Sch{CYRILLIC_O}ol", site.words["fi"]).warnings
    assert "kyrillinen" in warning


@pytest.mark.parametrize("honest", ["Школа ремесла", "Σχολείο", "OK! osaamismerkit", "École 42", "日本語 school"])
def test_honest_names_are_not_suspected(site: Site, honest: str) -> None:
    """A name in one script, whichever it is, is no look-alike."""
    assert show(honest, site.words["fi"]).warnings == ()


@pytest.mark.parametrize(
    "imitation",
    [
        f"OK! os{CYRILLIC_A}amismerkit",
        "0K! osaamismerkit",
        "ok osaamismerkit",
        "\N{FULLWIDTH LATIN CAPITAL LETTER O}K! osaamismerkit",
        "OK! osaamismerkit",
    ],
)
def test_an_imitated_name_is_recognised(imitation: str) -> None:
    """A name that reads the same as a known one is found, however it is spelled."""
    assert looks_like(imitation, ["Muu", "OK! osaamismerkit"]) == "OK! osaamismerkit"


def test_another_name_is_not_taken_for_a_known_one() -> None:
    """Names that only begin alike, or are empty, are left alone."""
    assert looks_like("OK! osaamismerkit Oulu", ["OK! osaamismerkit"]) is None
    assert looks_like("!!!", ["???"]) is None


def test_a_name_in_a_sentence_cannot_turn_it() -> None:
    """A name is isolated, on one line, and cut."""
    name = isolated("evil\u202e\nname" + "x" * LONGEST_NAME)
    assert name[0] == "\N{FIRST STRONG ISOLATE}"
    assert name[-1] == "\N{POP DIRECTIONAL ISOLATE}"
    assert "\n" not in name
    assert "[U+202E]" in name
    assert len(name) < LONGEST_NAME + 30


@pytest.mark.parametrize(
    ("tag", "kept"), [("sv", "sv"), ("sr-Latn-RS", "sr-Latn-RS"), ('x" onload="', None), (None, None)]
)
def test_only_a_language_tag_becomes_a_language(site: Site, tag: str | None, kept: str | None) -> None:
    """What is no language tag never reaches an attribute."""
    assert show("text", site.words["fi"], language=tag).phrase.language == kept
