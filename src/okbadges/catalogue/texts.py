"""Words in several languages. Whoever asks for one always gets words and is told which language they are in.

Our own texts (`Texts`) exist in Finnish at the least; official names of others (`OfficialName`) exist in whatever
languages their owner gave, and are never translated by us. Northern Sámi (``se``) stays open for a translator.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

Language = Literal["fi", "sv", "en"]
"""The languages that a badge is published and issued in."""

LANGUAGES: tuple[Language, ...] = get_args(Language)

_Words = Annotated[str, Field(min_length=1)]


class Texts(BaseModel):
    """One of our own texts: Finnish always, Swedish and English in every published badge, Northern Sámi when translated."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    fi: _Words
    sv: _Words | None = None
    en: _Words | None = None
    se: _Words | None = None

    def in_language(self, language: str) -> tuple[str, str]:
        """Return the text in ``language`` and that language; where it is missing the Finnish text and ``fi``."""
        return _first(self, (language, "fi"))


class OfficialName(BaseModel):
    """A name that somebody else owns (a unit, an ESCO skill): in at least one language, none of them promised."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    fi: _Words | None = None
    sv: _Words | None = None
    en: _Words | None = None
    se: _Words | None = None

    @model_validator(mode="after")
    def _has_a_language(self) -> Self:
        if not any((self.fi, self.sv, self.en, self.se)):
            raise ValueError("needs a name in at least one language")
        return self

    def in_language(self, language: str) -> tuple[str, str]:
        """Return the name in ``language`` and that language; where it is missing the first of Finnish, English, Swedish, Sámi."""
        return _first(self, (language, "fi", "en", "sv", "se"))


def _first(texts: Texts | OfficialName, languages: tuple[str, ...]) -> tuple[str, str]:
    """Return the first text that there is, in the order of ``languages``, and its language."""
    for language in languages:
        text = {"fi": texts.fi, "sv": texts.sv, "en": texts.en, "se": texts.se}.get(language)
        if text:
            return text, language
    raise AssertionError("a text without any language cannot be made")  # both classes refuse it
