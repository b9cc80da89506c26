"""From a report to everything a page shows of one credential. The same for share pages, claim pages and `/verify`.

What the badge says is shown in our own words and picture only when the badge is one of ours (`badge`); otherwise it is
foreign text, shown as such, below a verdict that it cannot reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from okbadges.pages.badge_view import BadgeView, badge_view
from okbadges.pages.check_words import LONGEST_DETAIL, CheckLine, check_lines
from okbadges.pages.foreign import LONGEST_NAME, show
from okbadges.pages.issuer_view import IssuerView, issuer_view
from okbadges.pages.others_view import OtherView, endorsement_views, held_views, notes
from okbadges.pages.verdict_words import Panel, check_name, holds_no_badge, is_genuine, panel
from okbadges.verification.report import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from okbadges.catalogue.published import PublishedBadge
    from okbadges.pages.words import Phrase, Words
    from okbadges.verification.report import AlignmentFound, CredentialFound, Report

_MOST_ALIGNMENTS = 30


@dataclass(frozen=True, slots=True)
class TechnicalLine:
    """One fact for a technical reader."""

    label: str
    value: Phrase


@dataclass(frozen=True, slots=True)
class ForeignAlignment:
    """What a stranger's badge says it relates to."""

    name: Phrase
    framework: Phrase | None
    address: Phrase


@dataclass(frozen=True, slots=True)
class ForeignBadge:
    """What a credential says of its badge, in the words of whoever wrote it."""

    name: Phrase | None
    description: Phrase | None
    criteria: Phrase | None
    facts: tuple[TechnicalLine, ...]
    alignments: tuple[ForeignAlignment, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CredentialView:
    """One credential on a page; ``lead`` are the words before what the holder can do, ``checks_folded`` where no badge was found."""

    panel: Panel
    lead: str
    badge: BadgeView | None
    foreign: ForeignBadge | None
    issuer: IssuerView | None
    checks: tuple[CheckLine, ...]
    checks_folded: bool
    technical: tuple[TechnicalLine, ...]
    notes: tuple[str, ...]
    held: tuple[OtherView, ...]
    endorsements: tuple[OtherView, ...]


def credential_view(
    report: Report,
    words: Words,
    *,
    badge: PublishedBadge | None,
    revoked_on: date | None = None,
    known_names: Iterable[str] = (),
) -> CredentialView:
    """Return what a page shows; ``badge`` is the version that the credential is proven to be of, if it is one of ours."""
    found = report.credential if badge is None else None
    return CredentialView(
        panel=panel(report, words, revoked_on=revoked_on),
        lead=_lead(report, words),
        badge=badge_view(badge, words) if badge else None,
        foreign=_foreign(found, words) if found else None,
        issuer=issuer_view(report, words, known_names=known_names),
        checks=check_lines(report, words),
        checks_folded=holds_no_badge(report),
        technical=tuple(_technical(report, words)),
        notes=notes(report, words),
        held=held_views(report, words),
        endorsements=endorsement_views(report, words),
    )


def _lead(report: Report, words: Words) -> str:
    match report.verdict:
        case Verdict.VALID if is_genuine(report):
            return words("holder.can")
        case Verdict.REVOKED | Verdict.SUSPENDED | Verdict.EXPIRED:
            return words("holder.was")
        case Verdict.INVALID | Verdict.REJECTED:
            return words("holder.claims")
        case _:
            return words("holder.says")


def _foreign(found: CredentialFound, words: Words) -> ForeignBadge:
    """Show a stranger's words as plain text; nothing is loaded, nothing is a link."""
    name = found.achievement_name or found.name
    texts = {"name": name, "description": found.description, "criteria": found.criteria}
    shown = {key: show(text, words, language=found.language) for key, text in texts.items() if text}
    warnings = dict.fromkeys(warning for one in shown.values() for warning in one.warnings)
    phrases = {key: one.phrase for key, one in shown.items()}
    return ForeignBadge(
        name=phrases.get("name"),
        description=phrases.get("description"),
        criteria=phrases.get("criteria"),
        facts=tuple(_foreign_facts(found, words)),
        alignments=tuple(_alignment(one, words) for one in found.alignments[:_MOST_ALIGNMENTS]),
        warnings=tuple(warnings),
    )


def _foreign_facts(found: CredentialFound, words: Words) -> Iterable[TechnicalLine]:
    for key, moment in (("verify.from", found.valid_from), ("verify.until", found.valid_until)):
        if moment:
            yield _line(words(key), words.day(moment), words)
    if found.criteria_url:
        yield _line(words("verify.criteria_address"), found.criteria_url, words)
    if found.image_url:
        yield _line(words("verify.picture"), words("verify.picture_not_loaded"), words)
    if found.has_evidence:
        yield _line(words("verify.evidence"), words("verify.has_evidence"), words)


def _alignment(one: AlignmentFound, words: Words) -> ForeignAlignment:
    return ForeignAlignment(
        name=show(one.name, words, longest=LONGEST_NAME).phrase,
        framework=show(one.framework, words, longest=LONGEST_NAME).phrase if one.framework else None,
        address=show(one.url, words, longest=LONGEST_NAME).phrase,
    )


def _technical(report: Report, words: Words) -> Iterable[TechnicalLine]:
    """List what a technical reader compares: the machine's own word, identifiers, moments in UTC."""
    yield _line(words("technical.verdict"), report.verdict.value, words)
    yield _line(words("technical.checked_at"), words.instant(report.checked_at), words)
    yield _line(words("technical.form"), report.form, words)
    yield _line(words("technical.hash"), report.document_hash, words)
    yield from _identifiers(report, words)
    for check in report.checks:
        if check.detail:
            what = show(check.detail, words, longest=LONGEST_DETAIL).phrase
            yield TechnicalLine(check_name(check.id, words), what)


def _identifiers(report: Report, words: Words) -> Iterable[TechnicalLine]:
    found = report.credential
    if found is None:
        return
    for key, value in (
        ("technical.credential", found.id),
        ("technical.achievement", found.achievement_id),
        ("technical.subject", found.subject_id),
        ("technical.issuer", report.issuer.id if report.issuer else None),
        ("technical.valid_from", _utc(found.valid_from)),
        ("technical.valid_until", _utc(found.valid_until)),
    ):
        if value:
            yield _line(words(key), value, words)


def _line(label: str, value: str, words: Words) -> TechnicalLine:
    return TechnicalLine(label, show(value, words, longest=LONGEST_NAME).phrase)


def _utc(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""
