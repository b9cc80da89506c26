"""The steps for a presentation: who presents is proven first, then every credential that it holds is verified by itself.

The worst of what it holds is what the presentation is worth (`okbadges.verification.presentations` has the rules).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from okbadges.credentials.controllers import AUTHENTICATION
from okbadges.errors import CredentialError
from okbadges.verification import checks
from okbadges.verification.claims import begin_by_envelope, check_challenge, end_by_envelope
from okbadges.verification.credential import report_on_credential, unreadable
from okbadges.verification.dates import check_dates
from okbadges.verification.found import find_proofs
from okbadges.verification.presentations import check_presented, credentials_in, holder_of
from okbadges.verification.proofs import check_proofs
from okbadges.verification.report import Kind, Outcome, Report
from okbadges.verification.shape import check_shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from okbadges.verification.circumstances import Asked, Circumstances
    from okbadges.verification.embedded import Embedded
    from okbadges.verification.received import Received
    from okbadges.verification.report import Check


def report_on_presentation(taken: Received, at: Circumstances, asked: Asked) -> Report:
    """Return the report on a presentation that could be read, with one on every credential that it holds."""
    found = [
        checks.passed(checks.READABLE, "The presentation can be read."),
        check_shape(taken.document, Kind.PRESENTATION, at.profile),
    ]
    holder, proven = _who_presents(taken, at)
    found += proven
    found.append(_check_times(taken, at))
    if asked.challenge is not None or asked.domain is not None:
        found.append(check_challenge(taken.document, taken.jwt, challenge=asked.challenge, domain=asked.domain))
    if holder is None or any(check.outcome is not Outcome.PASSED for check in proven):
        found.append(checks.waiting(checks.PRESENTED, checks.CONTENT_UNALTERED))
        return _report(taken, found, at)
    presented = credentials_in(taken.document)
    reports = tuple(_report_on(one, at, asked.of_each_credential(), holder) for one in presented)
    verdicts = [report.verdict for report in reports]
    found.append(check_presented(presented, verdicts, holder=holder, badges=at.profile.open_badges))
    if asked.recipient is not None and not presented:
        message = "Nothing is presented that could be about the person who was named."
        found.append(checks.not_checked(checks.RECIPIENT, "nothing-presented", message))
    return replace(_report(taken, found, at), credentials=reports, holder=holder)


def _who_presents(taken: Received, at: Circumstances) -> tuple[str | None, tuple[Check, Check]]:
    """Return who presents and the checks ``holder-key`` and ``content-unaltered``."""
    try:
        holder = holder_of(taken)
    except CredentialError as error:
        nobody = checks.failed(checks.HOLDER_KEY, error.code, "The presentation does not say who presents.")
        return None, (nobody, checks.waiting(checks.CONTENT_UNALTERED, checks.HOLDER_KEY))
    return holder, check_proofs(
        taken, controller=holder, purpose=AUTHENTICATION, documents=at.documents, now=at.now, profile=at.profile
    )


def _check_times(taken: Received, at: Circumstances) -> Check:
    return check_dates(
        taken.document,
        now=at.now,
        envelope_begins=begin_by_envelope(taken.jwt),
        envelope_ends=end_by_envelope(taken.jwt),
        begin_required=False,
    )


def _report_on(one: Embedded, at: Circumstances, asked: Asked, holder: str) -> Report:
    if one.received is None:
        problem = CredentialError(one.problem or "", one.detail or "", where=one.pointer)
        return replace(unreadable(problem, at, asked), pointer=one.pointer)
    report = report_on_credential(one.received, at, asked, secured_by=holder)
    return replace(report, pointer=one.pointer)


def _report(taken: Received, found: Sequence[Check], at: Circumstances) -> Report:
    return Report(
        verdict=checks.verdict(found, necessary=checks.NECESSARY_TO_PRESENT),
        checks=tuple(found),
        checked_at=at.now,
        form="json",
        document_hash="",
        document=taken.document,
        kind=Kind.PRESENTATION,
        proofs=find_proofs(taken),
    )
