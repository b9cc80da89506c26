"""From the checks of a report to lines that a person can open: what ran, what became of it, what was found. No HTML.

"In order", and its tick, stand only beside a check that ran and passed. A check that another room adds, and that has no words
here yet, is shown with its own English message: nothing that was looked at is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.pages.foreign import show
from okbadges.pages.issuer_view import is_key_itself
from okbadges.pages.words import Phrase
from okbadges.verification.checks import ISSUER_KEY
from okbadges.verification.report import Outcome

if TYPE_CHECKING:
    from okbadges.pages.words import Words
    from okbadges.verification.report import Check, Report

LONGEST_DETAIL = 400


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check in words. ``sign`` is ``passed``, ``failed``, ``not-checked`` or ``notice``."""

    sign: str
    label: str
    sentence: Phrase
    about: str | None
    found: Phrase
    detail: Phrase | None
    code: str | None
    clause: str


def check_lines(report: Report, words: Words) -> tuple[CheckLine, ...]:
    """Return a line for every check of the report, in its order."""
    return tuple(_line(check, report, words) for check in report.checks)


def _line(check: Check, report: Report, words: Words) -> CheckLine:
    sign = _sign(check)
    detail = show(check.detail, words, longest=LONGEST_DETAIL).phrase if check.detail else None
    return CheckLine(
        sign=sign,
        label=words(f"outcome.{sign}"),
        sentence=_sentence(check, words),
        about=_about(check, report, words),
        found=Phrase(check.message, "en"),
        detail=detail,
        code=check.code,
        clause=check.clause,
    )


def _about(check: Check, report: Report, words: Words) -> str | None:
    """Explain the check that ran; of one that did not run say why, or nothing."""
    if check.code == "earlier-step":
        return words("check.earlier-step")
    key = f"check.{check.id}.about"
    if check.outcome is Outcome.NOT_CHECKED:
        key = f"check.{check.id}.about-{check.code}"
    elif check.id == ISSUER_KEY and is_key_itself(report):
        key = "issuer.key_in_identifier"
    return words(key) if words.knows(key) else None


def _sign(check: Check) -> str:
    """Return how a check is marked; one that failed and does not decide anything is a thing to notice."""
    if check.outcome is Outcome.FAILED and not check.required:
        return "notice"
    return check.outcome.value


def _sentence(check: Check, words: Words) -> Phrase:
    """Return the sentence for the code, else for the outcome, else the check's own message."""
    for key in (f"check.{check.id}.{check.code}", f"check.{check.id}.{check.outcome.value}"):
        if words.knows(key):
            return Phrase(words(key), words.language)
    return Phrase(check.message, "en")
