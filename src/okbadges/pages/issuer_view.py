"""From a report to what a page says of the issuer: who it says it is, whether this service knows them, and how we know.

A name proves nothing, anyone can write it. Where an unknown issuer bears the name of a known one, or one that looks the same,
the page warns. What a stranger wrote is never a link.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.pages.foreign import LONGEST_NAME, isolated, looks_like, show
from okbadges.pages.verdict_words import outcome_of
from okbadges.pages.words import Phrase
from okbadges.verification.checks import CONTENT_UNALTERED, ISSUER_KEY, ISSUER_RECOGNISED
from okbadges.verification.report import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from okbadges.pages.words import Words
    from okbadges.verification.report import Report


@dataclass(frozen=True, slots=True)
class IssuerView:
    """Who issued a badge, in words."""

    name: Phrase
    recognised: bool
    sentences: tuple[str, ...]
    warnings: tuple[str, ...]
    identifier: Phrase
    web: Phrase | None


def is_key_itself(report: Report) -> bool:
    """Tell whether the identifier of the issuer holds the key, which nobody then publishes anywhere (did:key, did:jwk)."""
    return report.issuer is not None and report.issuer.id.startswith(("did:key:", "did:jwk:"))


def issuer_view(report: Report, words: Words, *, known_names: Iterable[str]) -> IssuerView | None:
    """Return what to say of the issuer, or None where the credential names nobody."""
    issuer = report.issuer
    if issuer is None:
        return None
    shown = show(issuer.name, words, longest=LONGEST_NAME) if issuer.name else None
    warnings = list(shown.warnings) if shown else []
    is_another = outcome_of(report, ISSUER_RECOGNISED) is Outcome.FAILED
    imitated = looks_like(issuer.name, known_names) if issuer.name and is_another else None
    if imitated:
        warnings.insert(0, words("issuer.looks_like", known=isolated(imitated)))
    trusted = _signed(report) or not issuer.recognised  # a known issuer's address only from what they have signed
    return IssuerView(
        name=shown.phrase if shown else Phrase(words("issuer.nameless"), words.language),
        recognised=issuer.recognised,
        sentences=tuple(_how_we_know(report, words)),
        warnings=tuple(warnings),
        identifier=show(issuer.id, words, longest=LONGEST_NAME).phrase,
        web=show(issuer.url, words, longest=LONGEST_NAME).phrase if issuer.url and trusted else None,
    )


def _how_we_know(report: Report, words: Words) -> Iterable[str]:
    """Say what the checks about the issuer found; an issuer who is not proven is neither known nor unknown."""
    known = {Outcome.PASSED: "issuer.known", Outcome.FAILED: "issuer.unknown", Outcome.NOT_CHECKED: "issuer.claimed"}
    yield words(known[outcome_of(report, ISSUER_RECOGNISED)])
    if not _signed(report):
        yield words("issuer.no_key")
    else:
        yield words("issuer.key_in_identifier" if is_key_itself(report) else "issuer.key")


def _signed(report: Report) -> bool:
    return all(outcome_of(report, one) is Outcome.PASSED for one in (ISSUER_KEY, CONTENT_UNALTERED))
