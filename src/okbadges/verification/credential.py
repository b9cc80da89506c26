"""The steps for one credential, once it could be read: shape, key, signature, dates, status, who issued it, for whom.

A step that cannot run because of an earlier one says so. Shape and dates need only what was read; status asks strangers, so it
is looked at only for content that is proven to be the issuer's. What all of it comes to is decided in `checks.verdict` alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from okbadges.errors import CredentialError
from okbadges.verification import checks, openbadges2
from okbadges.verification.circumstances import Asked
from okbadges.verification.claims import check_challenge, check_claims, end_by_envelope
from okbadges.verification.dates import check_dates
from okbadges.verification.endorsements import check_endorsed, endorsements_in, sum_up
from okbadges.verification.found import find_credential, find_issuer, find_proofs
from okbadges.verification.kinds import kind_of
from okbadges.verification.proofs import check_proofs
from okbadges.verification.reading import issuer_id
from okbadges.verification.recipient import check_recipient
from okbadges.verification.refresh import check_refresh, prevails, refreshed
from okbadges.verification.report import Kind, Outcome, Report
from okbadges.verification.schema_reference import check_schema_reference
from okbadges.verification.shape import check_shape
from okbadges.verification.status import check_status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from okbadges.credentials.strict_json import Json
    from okbadges.verification.circumstances import Circumstances
    from okbadges.verification.embedded import Embedded
    from okbadges.verification.received import Received
    from okbadges.verification.report import Check, StatusFound

_ANSWERS = {Outcome.PASSED: True, Outcome.FAILED: False}


def report_on_credential(taken: Received, at: Circumstances, asked: Asked, *, secured_by: str | None = None) -> Report:
    """Return the report on a credential that could be read, and on what its issuer and others have said of it since.

    A newer version by the issuer is looked at in its place, and endorsements by others beside it; neither is followed further.
    ``secured_by`` is who has proven to have signed all of what it came in: a credential without a proof of its own that
    says it is issued by that very holder is then signed (VC Data Model 2.0, 4.13.4); badges always have their own.
    """
    if kind_of(taken.document) is Kind.OPEN_BADGE_2 and Kind.OPEN_BADGE_2 in at.profile.kinds:
        return _look_at_open_badge_2(taken, at, asked)
    report = _look_at(taken, at, asked, secured_by=secured_by)
    if _is_proven(report):
        report = _with_endorsements(_newer_version(report, at, asked), at)
    return report


def unreadable(error: CredentialError, at: Circumstances, asked: Asked, *, left_open: bool = False) -> Report:
    """Return the report on what could not be read: nothing else can run. ``left_open``: it may be there, and was not had."""
    where = f" (at {error.where})" if error.where else ""
    detail = f"{error.detail}{where}"[:400]
    if left_open:
        readable = checks.not_checked(checks.READABLE, error.code, "The link could not be followed.", detail=detail)
    else:
        message = "There is no credential here that can be read."
        readable = checks.failed(checks.READABLE, error.code, message, detail=detail)
    found = (readable, *wait_for(checks.READABLE, checks.NECESSARY[1:], asked))
    return Report(verdict=checks.verdict(found), checks=found, checked_at=at.now, form="unknown", document_hash="")


def wait_for(earlier: str, later: Sequence[str], asked: Asked) -> list[Check]:
    """Return the checks of the steps that wait for an earlier one, which did not pass."""
    recognition = checks.not_checked(
        checks.ISSUER_RECOGNISED, "earlier-step", "The issuer is not proven.", required=False
    )
    return [*(checks.waiting(check_id, earlier) for check_id in [*later, *asked.check_ids()]), recognition]


def _look_at(taken: Received, at: Circumstances, asked: Asked, *, secured_by: str | None = None) -> Report:
    """Take steps 2 to 8, of this document alone."""
    # Step 1 is done: what was taken in could be read.
    kind, document = kind_of(taken.document), taken.document
    found = [checks.passed(checks.READABLE, "The credential can be read.")]

    # Step 2. Something that is not a badge at all is not looked at further.
    found.append(check_shape(document, kind, at.profile))
    if kind not in at.profile.kinds:
        return _report(taken, [*found, *wait_for(checks.SHAPE, checks.NECESSARY[2:], asked)], at)

    # Steps 3 and 4.
    issuer_key, content = _check_signed(taken, at, secured_by)
    found += [issuer_key, content]

    # Step 5. The dates are told also of a credential that fails elsewhere.
    ends = end_by_envelope(taken.jwt)
    found.append(check_dates(document, now=at.now, envelope_ends=ends, begin_required=at.profile.open_badges))
    found.append(check_schema_reference(document))
    if taken.jwt is not None:
        found.append(check_claims(taken.jwt, document))

    # Steps 6, 7 and 8 speak about the issuer and the person: only when step 4 has proven that the issuer speaks.
    if content.outcome is not Outcome.PASSED:
        return _report(taken, [*found, *wait_for(checks.CONTENT_UNALTERED, [checks.STATUS], asked)], at)
    status, status_found = check_status(document, documents=at.documents, now=at.now, profile=at.profile)
    found += [*status, _check_recognition(issuer_id(document) or "", at)]
    if asked.recipient is not None:
        found.append(check_recipient(document, asked.recipient))
    if checks.CHALLENGE in asked.check_ids():
        found.append(check_challenge(document, taken.jwt, challenge=asked.challenge, domain=asked.domain))
    return _report(taken, found, at, status=status_found)


def _check_signed(taken: Received, at: Circumstances, secured_by: str | None) -> tuple[Check, Check]:
    own_word = secured_by is not None and issuer_id(taken.document) == secured_by
    if own_word and not at.profile.open_badges and taken.jwt is None and "proof" not in taken.document:
        return (
            checks.passed(checks.ISSUER_KEY, "The issuer is who presents it, which is proven."),
            checks.passed(checks.CONTENT_UNALTERED, "The signature of the presentation covers it."),
        )
    return check_proofs(taken, documents=at.documents, now=at.now, profile=at.profile)


def _look_at_open_badge_2(taken: Received, at: Circumstances, asked: Asked) -> Report:
    """Take the same steps by the rules of Open Badges 2.0."""
    examination = openbadges2.examine(taken, documents=at.documents, now=at.now)
    found = [checks.passed(checks.READABLE, "The badge can be read."), *examination.checks]
    issuer = openbadges2.find_issuer(examination, recognised=False)
    if all(check.outcome is Outcome.PASSED for check in found if check.id == checks.CONTENT_UNALTERED):
        found.append(_check_recognition(issuer.id if issuer else "", at))
        if asked.recipient is not None:
            found.append(openbadges2.check_recipient(examination, asked.recipient))
        if checks.CHALLENGE in asked.check_ids():
            found.append(check_challenge(taken.document, taken.jwt, challenge=asked.challenge, domain=asked.domain))
    else:
        found += wait_for(checks.CONTENT_UNALTERED, [], asked)
    report = _report(taken, found, at)
    known = _outcome(found, checks.ISSUER_RECOGNISED) is Outcome.PASSED
    return replace(
        report,
        issuer=replace(issuer, recognised=known) if issuer else None,
        credential=openbadges2.find_credential(examination),
        proofs=openbadges2.find_proofs(taken),
        status=examination.status,
    )


def _newer_version(report: Report, at: Circumstances, asked: Asked) -> Report:
    """Return the report on the newer version that the issuer offers, when it stands for this one; else this one (clause 9, step 3)."""
    newer_report, problem = None, None
    try:
        newer = refreshed(report.document or {}, at.documents)
    except CredentialError as error:
        problem = error
    else:
        if newer is None:
            return report
        newer_report = _look_at(newer, at, asked)
    if newer_report is not None and prevails(report.checks, newer_report.checks):
        return replace(_with(newer_report, [check_refresh(None, stands=True)]), refreshed=True)
    worth = newer_report.verdict if newer_report is not None else None
    return _with(report, [check_refresh(problem, stands=False, newer=worth)])


def _with_endorsements(report: Report, at: Circumstances) -> Report:
    """Verify what others say about the credential: beside it, and never part of its verdict (clause 9, step 6)."""
    document = report.document or {}
    embedded = endorsements_in(document)
    if not embedded:
        return report
    reports = tuple(_report_on_endorsement(one, document, at) for one in embedded)
    verdicts = [report.verdict for report in reports]
    return replace(_with(report, sum_up(embedded, verdicts)), endorsements=reports)


def _report_on_endorsement(embedded: Embedded, document: Mapping[str, Json], at: Circumstances) -> Report:
    if embedded.received is None:
        problem = CredentialError(embedded.problem or "", embedded.detail or "", where=embedded.pointer)
        return replace(unreadable(problem, at, Asked()), pointer=embedded.pointer)
    report = _look_at(embedded.received, at, Asked())
    report = _with(report, [check_endorsed(embedded.received.document, document)])
    return replace(report, pointer=embedded.pointer)


def _is_proven(report: Report) -> bool:
    """Say whether the issuer is proven to have said all this, in the shape that it must have."""
    steps = {checks.SHAPE, checks.ISSUER_KEY, checks.CONTENT_UNALTERED}
    return all(check.outcome is Outcome.PASSED for check in report.checks if check.id in steps)


def _report(
    taken: Received, found: Sequence[Check], at: Circumstances, *, status: tuple[StatusFound, ...] = ()
) -> Report:
    known = _outcome(found, checks.ISSUER_RECOGNISED) is Outcome.PASSED
    return Report(
        verdict=checks.verdict(found),
        checks=tuple(found),
        checked_at=at.now,
        form="jwt" if taken.jwt else "json",
        document_hash=taken.digest.hex(),
        issuer=find_issuer(taken.document, recognised=known),
        credential=find_credential(taken.document),
        recipient_match=_ANSWERS.get(_outcome(found, checks.RECIPIENT)),
        document=taken.document,
        kind=kind_of(taken.document),
        proofs=find_proofs(taken),
        status=status,
    )


def _outcome(found: Sequence[Check], check_id: str) -> Outcome:
    return next((check.outcome for check in found if check.id == check_id), Outcome.NOT_CHECKED)


def _with(report: Report, further: Sequence[Check]) -> Report:
    found = (*report.checks, *further)
    return replace(report, checks=found, verdict=checks.verdict(found))


def _check_recognition(issuer: str, at: Circumstances) -> Check:
    if at.recognised(issuer):
        return checks.passed(checks.ISSUER_RECOGNISED, "This service knows the issuer.", required=False)
    message = "This service does not know the issuer; anybody can make one."
    return checks.failed(
        checks.ISSUER_RECOGNISED, "issuer-not-recognised", message, detail=issuer[:200], required=False
    )
