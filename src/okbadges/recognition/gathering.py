"""From what a student shows to badges that can be mapped: each verified just now, each with what is known of its award."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.catalogue.texts import LANGUAGES
from okbadges.errors import InvalidInput, NotAllowed
from okbadges.issuing.order import Purpose
from okbadges.recognition.mapping.considered import Considered, Earned

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from okbadges.catalogue.units import Generation, Generations
    from okbadges.passport.sharing import OpenedLink, SharedCredential
    from okbadges.verification.report import Report

    Verify = Callable[[bytes], Report]


def on_link(opened: OpenedLink, verify: Verify) -> tuple[Considered, ...]:
    """Return the badges that a link of purpose study plan shows, verified now.

    Raises `NotAllowed` (``not-for-study-plan``) for a link that was made for another purpose: the holder did not agree to this.
    """
    if opened.purpose is not Purpose.STUDY_PLAN:
        raise NotAllowed(
            "not-for-study-plan",
            "This link was made for another purpose. Ask its holder for one that is for a teacher.",
            field="share_links",
        )
    return tuple(_ours(shared, verify(shared.document)) for shared in opened.credentials)


def of_others(report: Report) -> Considered:
    """Return a badge of which only its own words are known, from the report on it."""
    found = report.credential
    alignments = found.alignments if found else ()
    return Considered(
        credential_id=(found.id if found else None) or f"sha256:{report.document_hash}",
        document_hash=report.document_hash,
        name=(found.achievement_name or found.name if found else None) or "",
        language=found.language if found else None,
        verdict=report.verdict,
        issuer=(report.issuer.name or report.issuer.id) if report.issuer else "",
        earned=None,
        codes=tuple(word for one in alignments for word in (one.code, one.url) if word),
    )


def chosen_generation(units: Generations, *, named: str | None, begins_on: date | None, today: date) -> Generation:
    """Return the generation of the student's requirements: the one that is named, else by the first day of the study right, else today's.

    Raises `InvalidInput` (``generation-unknown``): no such one, or a study right from before the first that is known.
    """
    found = units.named(named) if named else units.on(begins_on or today)
    if found is None:
        known = ", ".join(one.generation for one in units.all)
        raise InvalidInput(
            "generation-unknown",
            f"The requirements that are known here are those of {known}, for study rights from {units.all[0].applies_from} on.",
            field="generation" if named else "begins_on",
        )
    return found


def _ours(shared: SharedCredential, report: Report) -> Considered:
    facts, badge = shared.teacher_facts, shared.badge
    name, language = badge.name.in_language(shared.language if shared.language in LANGUAGES else "fi")
    return Considered(
        credential_id=shared.credential_id,
        document_hash=shared.document_hash,
        name=name,
        language=language,
        verdict=report.verdict,
        issuer=shared.issuer,
        earned=Earned(
            slug=badge.slug,
            version=badge.version,
            kind=badge.kind,
            awarded_on=shared.awarded_on,
            award_language=facts.award_language if facts else None,
            areas=badge.areas,
            records=facts.recognition_records if facts else (),
            teacher_only=badge.teacher_only,
            basis_ended=facts.basis_ended if facts else False,
        ),
    )
