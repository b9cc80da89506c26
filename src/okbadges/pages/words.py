"""The words of the pages: one message catalogue per language, as data, and dates and numbers as that language writes them.

A catalogue is a folder in ``locale/``, one YAML file for each part of the site; a key is the path to a text, joined by dots
(``verdict.valid.headline``). They hold plain sentences, never HTML; ``{places}`` are filled here. Finnish is complete by
definition; a language without any words is prepared but not offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from functools import cache
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

import yaml
from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from decimal import Decimal
    from pathlib import Path

LANGUAGE_NAMES = {"fi": "Suomi", "sv": "Svenska", "en": "English", "se": "Davvisámegiella"}
"""Every language that has a catalogue, in the order of the language switch, each in its own name."""

FIRST_LANGUAGE = "fi"

_BABEL_LOCALES = {"fi": "fi", "sv": "sv_FI", "en": "en_GB", "se": "se_FI"}
_TIME_ZONE = "Europe/Helsinki"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser of libyaml where PyYAML has it: a server starts almost a second sooner."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words and the language they are really in; ``foreign`` marks what somebody else wrote."""

    text: str
    language: str | None
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language. Calling it with a key gives the sentence, with its ``{places}`` filled."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of ``key``. Raises `KeyError` for a key that no catalogue has: a mistake of ours, found by a test."""
        text = self.texts[key]
        return text.format(**values) if values else text

    def knows(self, key: str) -> bool:
        """Tell whether there is a text for ``key``."""
        return key in self.texts

    def counted(self, key: str, number: int) -> str:
        """Return the text for one (``key.one``) or for several (``key.other``), with the number as ``{number}``."""
        return self(f"{key}.{'one' if number == 1 else 'other'}", number=number)

    def day(self, day: date) -> str:
        """Return a day in full, as the language writes it."""
        return format_date(day, self("date.day"), locale=self._locale)

    def in_month(self, day: date) -> str:
        """Return "in November 2026": the public precision of an award."""
        return self("date.in_month", month=format_date(day, "LLLL", locale=self._locale), year=day.year)

    def moment(self, at: datetime) -> str:
        """Return a day and a time of day on a Finnish clock."""
        local = at.astimezone(time_zone())
        time = format_time(local, self("date.time"), locale=self._locale)
        return self("date.moment", day=self.day(local), time=time)

    def instant(self, at: datetime) -> str:
        """Return a moment for a technical reader: in UTC, to the second, in every language alike."""
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def slots(self, at: datetime) -> dict[str, str]:
        """Return a moment as it stands in the slots of a page (`okbadges.edge.remembered`)."""
        return {"moment": self.moment(at), "instant": self.instant(at)}

    def number(self, number: Decimal) -> str:
        """Return a decimal number with the decimal mark of the language."""
        return format_decimal(number, locale=self._locale)

    def language_name(self, code: str) -> str:
        """Return what a language is called in this one; its code where that is not known."""
        return cast("str | None", self._locale.languages.get(code)) or code

    def script_name(self, code: str) -> str:
        """Return what a script (ISO 15924) is called; its code where that is not known."""
        return cast("str | None", self._locale.scripts.get(code)) or code

    def phrase(self, text_and_language: tuple[str, str]) -> Phrase:
        """Return a text of ours with its language, as `Texts.in_language` gives it."""
        return Phrase(*text_and_language)

    @property
    def _locale(self) -> Locale:
        return _locale_of(self.language)


@dataclass(frozen=True, slots=True)
class SlottedWords(Words):
    """Words that leave a slot where a moment would stand; ``mark`` is what nobody can have written into a page."""

    mark: str = ""

    def moment(self, at: datetime) -> str:  # noqa: ARG002 - whatever the moment is
        """Return the slot of a day and a time of day."""
        return f"{self.mark}moment"

    def instant(self, at: datetime) -> str:  # noqa: ARG002 - whatever the moment is
        """Return the slot of a moment for a technical reader."""
        return f"{self.mark}instant"


@cache
def _locale_of(language: str) -> Locale:
    return Locale.parse(_BABEL_LOCALES[language])


def time_zone() -> ZoneInfo:
    """Return the clock of the pages. Raises `ZoneInfoNotFoundError` on a machine without time zone data (package tzdata)."""
    return ZoneInfo(_TIME_ZONE)


def read_catalogues(folder: Path) -> dict[str, Words]:
    """Read every catalogue of ``folder``; languages without any words are left out, and gaps are filled from Finnish."""
    flat = {code: read_texts(folder / code) for code in LANGUAGE_NAMES}
    first = flat[FIRST_LANGUAGE]
    return {code: Words(code, {**first, **texts}) for code, texts in flat.items() if texts}


def read_texts(folder: Path) -> dict[str, str]:
    """Return every text of one language by its key. Raises `ValueError` for a key that stands in two files: one would be lost."""
    texts: dict[str, str] = {}
    for file in sorted(folder.glob("*.yaml")):
        found = _flat(yaml.load(file.read_text("utf-8"), _LOADER) or {})  # noqa: S506 - safe, either of them
        if twice := texts.keys() & found.keys():
            raise ValueError(f"{file} says again: {', '.join(sorted(twice))}")
        texts |= found
    return texts


def _flat(tree: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """Turn the nested catalogue into dotted keys. Raises `TypeError` for anything that is not a text."""
    texts: dict[str, str] = {}
    for name, value in tree.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            texts |= _flat(value, f"{key}.")
        elif isinstance(value, str):
            texts[key] = value
        else:
            raise TypeError(f"{key} is not a text; put quotes around it")
    return texts
