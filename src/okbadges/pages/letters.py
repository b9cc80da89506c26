"""Letters in words: plain, in the holder's language, without a name, and without anything that tells what the passport is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.pages.site import site_of

if TYPE_CHECKING:
    from fastapi import FastAPI

    from okbadges.passport.letters import Letter, Wording


def wording(app: FastAPI) -> Wording:
    """Return what puts letters into the words of the pages; in Finnish where a language is not offered any more."""
    texts = site_of(app).words

    def in_words(letter: Letter) -> str:
        words = texts.get(letter.language) or next(iter(texts.values()))
        return words(f"mail.letters.{letter.kind}", says=letter.says)

    return in_words
