"""From a report to the panel at the top of a page: one headline, a few sentences, a tone and a sign. No HTML.

Green is for a valid badge of an issuer that this service knows, and for nothing else. The panel holds our own words only: what
a stranger wrote never reaches it, so that no badge can imitate a verdict. The issuer's name appears when it is recognised.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from okbadges.pages.foreign import isolated
from okbadges.verification.checks import CONTENT_UNALTERED, ISSUER_KEY, READABLE, RECIPIENT, SHAPE
from okbadges.verification.report import Kind, Outcome, Verdict

if TYPE_CHECKING:
    from datetime import date

    from okbadges.pages.words import Words
    from okbadges.verification.report import Report


class Tone(StrEnum):
    """The four colours of a verdict; the words and the sign say the same."""

    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"
    ENDED = "ended"


class Sign(StrEnum):
    """The sign beside the words, each of another shape."""

    TICK = "tick"
    QUESTION = "question"
    CROSS = "cross"
    BAR = "bar"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Panel:
    """What a page says first."""

    tone: Tone
    sign: Sign
    headline: str
    sentences: tuple[str, ...]
    checked: str


def panel(report: Report, words: Words, *, revoked_on: date | None = None) -> Panel:
    """Return the panel of a report, in the language of ``words``; ``revoked_on`` is the day where we know it: for our own badges."""
    checked = words("verdict.checked", moment=words.moment(report.checked_at))
    match report.verdict:
        case Verdict.VALID if _recognised(report):
            return Panel(Tone.GOOD, Sign.TICK, words("verdict.valid.headline"), _issued(report, words), checked)
        case Verdict.VALID:
            return _unknown_issuer(words, checked)
        case Verdict.INDETERMINATE:
            return _indeterminate(report, words, checked)
        case Verdict.INVALID | Verdict.REJECTED:
            return _bad(report, words, checked)
        case _:
            return _not_in_force(report, words, checked, revoked_on)


def outcome_of(report: Report, check_id: str) -> Outcome:
    """Return what became of a check; one that is not in the report was not made."""
    return next((check.outcome for check in report.checks if check.id == check_id), Outcome.NOT_CHECKED)


def is_genuine(report: Report) -> bool:
    """Tell whether the signature held and is that of an issuer known here, whatever happened to the badge afterwards."""
    held = all(outcome_of(report, check_id) is Outcome.PASSED for check_id in (ISSUER_KEY, CONTENT_UNALTERED))
    return held and _recognised(report)


def _recognised(report: Report) -> bool:
    """Tell whether this service knows who issued it; of a presentation, who issued every badge in it."""
    if report.kind is Kind.PRESENTATION:
        return bool(report.credentials) and all(map(_recognised, report.credentials))
    return report.issuer is not None and report.issuer.recognised


def _issued(report: Report, words: Words) -> tuple[str, ...]:
    """Return who issued it, in which month, and until when it is valid."""
    if report.issuer is None or report.credential is None or report.credential.valid_from is None:
        return ()
    name = isolated(report.issuer.name or report.issuer.id)
    issued = words("verdict.issued", issuer=name, month=words.in_month(report.credential.valid_from))
    until = report.credential.valid_until
    return issued, words("verdict.valid.until", day=words.day(until)) if until else words("verdict.valid.forever")


def _unknown_issuer(words: Words, checked: str) -> Panel:
    sentences = words("verdict.unknown.about"), words("verdict.unknown.advice")
    return Panel(Tone.CAUTION, Sign.QUESTION, words("verdict.unknown.headline"), sentences, checked)


def _indeterminate(report: Report, words: Words, checked: str) -> Panel:
    """Return the panel of something that could not be checked: not now, or not here at all, which is said in other words."""
    open_checks = {
        check.id: check.code
        for check in report.checks
        if check.outcome is Outcome.NOT_CHECKED and check.required and check.code != "earlier-step"
    }
    key = "unsupported" if _NOT_SUPPORTED.intersection(open_checks.values()) else "indeterminate"
    missing = ", ".join(check_name(check_id, words) for check_id in open_checks) or words("check.other")
    sentences = [words(f"verdict.{key}.about", missing=missing), words(f"verdict.{key}.advice")]
    if READABLE in open_checks:  # only a link that could not be followed is left unread
        sentences[0] = words("verdict.rejected.link")
    elif not _recognised(report):
        sentences.insert(1, words("verdict.unknown_issuer"))
    return Panel(Tone.CAUTION, Sign.QUESTION, words(f"verdict.{key}.headline"), tuple(sentences), checked)


_NOT_SUPPORTED = frozenset(
    {
        "form-not-supported",
        "unsupported-suite",
        "unsupported-key",
        "did-unsupported",
        "status-type-unsupported",
        "status-form-unsupported",
        "status-unknown-purpose",
        "envelope-not-supported",
        "ambiguous-node",
        "subject-not-provable",
    }
)
"""Codes of checks that trying again will not help."""


def check_name(check_id: str, words: Words) -> str:
    """Return what a check is called in the middle of a sentence; its id where it has no words yet."""
    return words(f"check.{check_id}.name") if words.knows(f"check.{check_id}.name") else check_id


def _not_in_force(report: Report, words: Words, checked: str, revoked_on: date | None) -> Panel:
    """Return the panel of a badge that was taken back, held back, has ended or has not begun."""
    key = report.verdict.value.lower()
    found = report.credential
    moment = found and (found.valid_from if report.verdict is Verdict.NOT_YET_VALID else found.valid_until)
    day = words.day(moment) if moment else ""
    headline = words(f"verdict.{key}.{'genuine' if is_genuine(report) else 'plain'}", day=day)
    if report.verdict is Verdict.REVOKED and is_genuine(report) and revoked_on is not None:
        headline = words("verdict.revoked.genuine_on", day=words.day(revoked_on))
    held = outcome_of(report, CONTENT_UNALTERED) is Outcome.PASSED
    sentences = [words(f"verdict.{key}.about") if held else words("verdict.unproven")]
    if not _recognised(report):
        sentences.insert(0, words("verdict.unknown_issuer"))
    elif is_genuine(report):
        sentences[0:0] = _issued(report, words)[:1]
    return Panel(*_LOOKS[report.verdict], headline, tuple(sentences), checked)


_LOOKS = {
    Verdict.REVOKED: (Tone.ENDED, Sign.BAR),
    Verdict.SUSPENDED: (Tone.ENDED, Sign.BAR),
    Verdict.EXPIRED: (Tone.ENDED, Sign.CLOCK),
    Verdict.NOT_YET_VALID: (Tone.CAUTION, Sign.CLOCK),
}


def _bad(report: Report, words: Words, checked: str) -> Panel:
    """Return the panel of something that must not be relied on, or is no badge: why, and what to do now."""
    key = _reason(report)
    sentences = [words(f"verdict.{key}.about"), words(f"verdict.{key}.advice")]
    if report.verdict is Verdict.REJECTED:
        detail = _why_unreadable(report)
        if detail:
            sentences[0] = words(f"verdict.rejected.{detail}")
    tone, sign = (Tone.CAUTION, Sign.QUESTION) if key == "rejected" else (Tone.BAD, Sign.CROSS)
    return Panel(tone, sign, words(f"verdict.{key}.headline"), tuple(sentences), checked)


def holds_no_badge(report: Report) -> bool:
    """Tell whether there was nothing to check: no badge was found, which is a mistake of a file and not of a person."""
    return report.verdict in {Verdict.INVALID, Verdict.REJECTED} and _reason(report) == "rejected"


def _reason(report: Report) -> str:
    """Return why: only a signature that does not fit is called altered or forged, everything else by its own name."""
    if report.verdict is Verdict.REJECTED:
        return "rejected"
    failed = {check.id: check.code for check in report.checks if check.outcome is Outcome.FAILED and check.required}
    by_content = {"bad-signature": "altered", "unsigned": "unsigned"}.get(failed.get(CONTENT_UNALTERED) or "")
    if by_content:
        return by_content
    if failed.get(SHAPE) == "not-an-open-badge":
        return "rejected"
    if failed.get(ISSUER_KEY) in _ANOTHERS_KEY:
        return "wrong_key"
    return "recipient" if RECIPIENT in failed else "invalid"


_ANOTHERS_KEY = frozenset({"key-not-issuers", "did-document-mismatch"})


def _why_unreadable(report: Report) -> str | None:
    code = next((check.code for check in report.checks if check.id == READABLE), None)
    if code == "too-large":
        return "too_large"
    return {"png": "picture", "svg": "picture", "url": "link"}.get(report.form)
