"""The neutrality lint: words that could tell why somebody was at a workshop.

A hit stops the catalogue (unless its file says why the word is right) and only warns everywhere else: names of issuers,
organisations and workshops, notes, captions. The stems are compared with the beginnings of whole words, so that "environmental" is
not taken for "mental health". The lint helps a writer to notice; it does not prove that a text is neutral.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.catalogue.texts import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STEMS: Mapping[str, tuple[str, ...]] = {
    "fi": (
        *("kuntout", "mielenterv", "päihde", "päiht", "vamma", "työttöm", "työtön", "työkyv", "osatyökyk", "osatyöky"),
        *(
            "syrjäyt",
            "pudok",
            "tuen tarve",
            "tuen tarpe",
            "diagno",
            "saira",
            "masen",
            "psyyk",
            "psyk",
            "rikos",
            "lastensuoj",
        ),
    ),
    "sv": (
        *("arbetslös", "funktionsned", "missbruk", "sjuk", "diagnos", "rehabilit", "psykisk", "psykiatr", "handikapp"),
        *("stödbehov", "utslagning", "kriminal", "barnskydd"),
    ),
    "en": (
        *("rehab", "unemploy", "disab", "mental health", "addict", "illness", "crimin", "diagnos", "psychiatr"),
        *("substance abuse", "support need"),
    ),
}
"""The beginnings of disclosing words by language. A space stands for any space or hyphen."""

ANYWHERE = ("telma",)
"""The programme whose name alone discloses; in every language."""

_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")


def _pattern(stems: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of whole words that begin with one of the stems."""
    choices = "|".join(re.escape(stem).replace(r"\ ", r"[\s\-]+") for stem in sorted(stems, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{choices})\w*", re.IGNORECASE)


_PATTERNS = {language: _pattern((*STEMS[language], *ANYWHERE)) for language in LANGUAGES}
_ANY_LANGUAGE = _pattern({*ANYWHERE, *(stem for stems in STEMS.values() for stem in stems)})


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A warning: this ``word`` in this ``field`` could tell why somebody was at a workshop."""

    field: str
    word: str

    @property
    def message(self) -> str:
        """The warning in one sentence."""
        return f"the word {self.word!r} could tell why somebody was there; say what the person can do instead"


def find_disclosing_words(text: str, language: str | None = None) -> list[str]:
    """Return the disclosing words in ``text`` as they stand there, each once, in order.

    With a ``language`` only its stems are looked for; without one, or with one that has no stems, those of all languages.
    """
    plain = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    pattern = _PATTERNS.get(language, _ANY_LANGUAGE) if language in LANGUAGES else _ANY_LANGUAGE
    return list(dict.fromkeys(match.group() for match in pattern.finditer(plain)))


def warn(texts: Iterable[tuple[str, str]]) -> list[Disclosure]:
    """Return a warning for each disclosing word in the ``(field, text)`` pairs, in any language. Nothing is refused."""
    return [Disclosure(field, word) for field, text in texts for word in find_disclosing_words(text)]
