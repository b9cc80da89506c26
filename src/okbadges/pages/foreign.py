"""What strangers wrote, made safe to look at: nothing invisible stays invisible, nothing can turn the text around it.

Foreign text is always plain text: no Markdown, no links, no pictures. Templates escape it and set it apart with ``<bdi>``.
Clauses: Unicode TR 36 (bidirectional and look-alike spoofing), TR 39 (mixed scripts).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.pages.words import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from okbadges.pages.words import Words

LONGEST_TEXT = 4000
LONGEST_NAME = 200

_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")
_MARKS_IN_A_ROW = 4
_LANGUAGE_TAG = re.compile(r"[a-zA-Z]{2,4}(-[a-zA-Z0-9]{2,8}){0,3}")
_WORD = re.compile(r"\w+")
_LATIN, _OTHER_SCRIPT = "Latn", "Zyyy"
_SCRIPTS = {
    "LATIN": _LATIN,
    "CYRILLIC": "Cyrl",
    "GREEK": "Grek",
    "ARMENIAN": "Armn",
    "CHEROKEE": "Cher",
    "COPTIC": "Copt",
}
"""Scripts that have letters which look like Latin ones, by the first word of a letter's Unicode name."""
_LOOK_ALIKES: Mapping[str, tuple[int, ...]] = {
    "a": (
        0x0430,
        0x03B1,
    ),
    "b": (
        0x0432,
        0x03B2,
    ),
    "c": (0x0441,),
    "d": (0x0501,),
    "e": (
        0x0435,
        0x03B5,
    ),
    "g": (0x0261,),
    "h": (
        0x043D,
        0x04BB,
    ),
    "i": (
        0x0456,
        0x03B9,
    ),
    "j": (0x0458,),
    "k": (
        0x043A,
        0x03BA,
    ),
    "m": (
        0x043C,
        0x03BC,
    ),
    "n": (0x03B7,),
    "o": (
        0x043E,
        0x03BF,
    ),
    "p": (
        0x0440,
        0x03C1,
    ),
    "q": (0x051B,),
    "s": (0x0455,),
    "t": (
        0x0442,
        0x03C4,
    ),
    "u": (0x03C5,),
    "v": (0x03BD,),
    "w": (
        0x051D,
        0x03C9,
    ),
    "x": (
        0x0445,
        0x03C7,
    ),
    "y": (
        0x0443,
        0x03B3,
    ),
}
"""Latin letters, and the code points of Cyrillic and Greek ones that look the same."""
_TO_LATIN: Mapping[int, str] = {
    **{point: latin for latin, points in _LOOK_ALIKES.items() for point in points},
    ord("0"): "o",
    ord("1"): "l",
    ord("|"): "l",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """Foreign text as it may be shown, and what a reader should be warned of."""

    phrase: Phrase
    warnings: tuple[str, ...]


def show(text: str, words: Words, *, language: str | None = None, longest: int = LONGEST_TEXT) -> Shown:
    """Return ``text`` with everything invisible made visible as ``[U+202E]``, cut at ``longest`` characters."""
    shortened = text[:longest]
    visible = _visible(shortened)
    warnings = []
    if visible != shortened.replace("\t", " "):
        warnings.append(words("foreign.hidden"))
    letters = [f"{letter} ({words.script_name(script)})" for letter, script in mixed_letters(shortened).items()]
    if letters:
        warnings.append(words("foreign.mixed", letters=", ".join(letters)))
    if len(text) > longest:
        visible += " […]"
        warnings.append(words("foreign.shortened"))
    tag = language if language and _LANGUAGE_TAG.fullmatch(language) else None
    return Shown(Phrase(visible, tag, foreign=True), tuple(warnings))


def isolated(text: str, *, longest: int = LONGEST_NAME) -> str:
    """Return a name that can stand inside a sentence of ours: visible, cut, and isolated from the direction around it."""
    cut = text if len(text) <= longest else f"{text[:longest]} […]"
    return f"\N{FIRST STRONG ISOLATE}{_visible(cut).replace(chr(10), ' ')}\N{POP DIRECTIONAL ISOLATE}"


def mixed_letters(text: str) -> dict[str, str]:
    """Return the letters that are not Latin in words that also have Latin ones, each with its script, in order."""
    found: dict[str, str] = {}
    for word in _WORD.findall(text):
        scripts = {letter: _script(letter) for letter in word if letter.isalpha()}
        if _LATIN in scripts.values():
            found |= {letter: script for letter, script in scripts.items() if script not in {_LATIN, _OTHER_SCRIPT}}
    return found


def looks_like(name: str, known_names: Iterable[str]) -> str | None:
    """Return the known name that ``name`` could be taken for, or None."""
    skeleton = _skeleton(name)
    return next((known for known in known_names if skeleton and _skeleton(known) == skeleton), None)


def _visible(text: str) -> str:
    shown: list[str] = []
    marks = 0
    for place, character in enumerate(text):
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks > _MARKS_IN_A_ROW or _is_hidden(text, place):
            shown.append(" " if character == "\t" else f"[U+{ord(character):04X}]")
        else:
            shown.append(character)
    return "".join(shown)


def _is_hidden(text: str, place: int) -> bool:
    character = text[place]
    if character == "\n" or unicodedata.category(character) not in _INVISIBLE:
        return False
    if character in _JOINERS:  # inside an emoji or a word of a script that needs them
        beside = text[max(place - 1, 0) : place] + text[place + 1 : place + 2]
        return any(neighbour.isascii() for neighbour in beside) or len(beside) < 2  # noqa: PLR2004 - one on each side
    return True


def _script(letter: str) -> str:
    """Return the script of a letter (ISO 15924), as far as it matters here."""
    return _SCRIPTS.get(unicodedata.name(letter, "").partition(" ")[0], _OTHER_SCRIPT)


def _skeleton(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name).casefold().translate(_TO_LATIN)
    return "".join(letter for letter in folded if letter.isalnum()).replace("rn", "m").replace("i", "l")
