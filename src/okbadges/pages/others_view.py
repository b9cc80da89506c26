"""What a report holds besides its own credential: badges that are presented, and what others say. No HTML.

All of it is foreign text below a verdict that it cannot reach; each is said with what its own verification came to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.pages.foreign import LONGEST_NAME, show
from okbadges.pages.verdict_words import Panel, panel
from okbadges.pages.words import Phrase
from okbadges.verification.report import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from okbadges.pages.words import Words
    from okbadges.verification.report import Report

_NOTED = (Kind.ENDORSEMENT, Kind.PRESENTATION, Kind.OPEN_BADGE_2)


@dataclass(frozen=True, slots=True)
class OtherView:
    """One credential inside another document: what its own verification came to, what it is called or says, and who says so."""

    panel: Panel
    text: Phrase
    by: Phrase | None


def notes(report: Report, words: Words) -> tuple[str, ...]:
    """Return what a reader must know of the document before its content: what it is, and of which version and copy it is."""
    return tuple(words(key) for key in _note_keys(report))


def _note_keys(report: Report) -> Iterable[str]:
    if report.kind in _NOTED:
        yield f"verify.kind.{report.kind.value}"
    if report.refreshed:
        yield "verify.refreshed"
    if any(proof.selective for proof in report.proofs):
        yield "verify.selective"


def held_views(report: Report, words: Words) -> tuple[OtherView, ...]:
    """Return the credentials that a presentation holds, by name and issuer."""
    return tuple(_view(one, _name(one), words) for one in report.credentials)


def endorsement_views(report: Report, words: Words) -> tuple[OtherView, ...]:
    """Return what others say of the credential, each with who says it."""
    return tuple(
        _view(one, one.credential.description if one.credential else None, words) for one in report.endorsements
    )


def _view(report: Report, text: str | None, words: Words) -> OtherView:
    issuer = report.issuer
    named = (issuer.name or issuer.id) if issuer else None
    return OtherView(
        panel=panel(report, words),
        text=show(text, words).phrase if text else Phrase(words("verify.nameless"), words.language),
        by=show(named, words, longest=LONGEST_NAME).phrase if named else None,
    )


def _name(report: Report) -> str | None:
    found = report.credential
    return (found.achievement_name or found.name) if found else None
