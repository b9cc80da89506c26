"""The story of checking a credential, step by step.

1. It can be read, within limits. 2. It has the shape of an Open Badges 3.0 credential. 3. The key is the issuer's own.
4. The content is as it was signed. 5. It is within its dates. 6. The issuer has not taken it back. 7. This service knows the
issuer, or does not. 8. It is about the person who was named, if one was.

A step that cannot run because of an earlier one says so. Steps 2, 3 and 5 need only what step 1 read; step 6 asks strangers, so it
runs only for content that is proven to be the issuer's. What all of it comes to is decided in `checks.verdict` alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.credentials.fetching import FetchError
from okbadges.errors import CredentialError
from okbadges.verification import checks
from okbadges.verification.dates import check_dates
from okbadges.verification.endorsements import check_endorsements
from okbadges.verification.found import find_credential, find_issuer
from okbadges.verification.intake import form_of, take_in
from okbadges.verification.proofs import check_challenge, check_claims, check_proofs, end_by_envelope
from okbadges.verification.reading import issuer_id
from okbadges.verification.recipient import Recipient, check_recipient
from okbadges.verification.report import Outcome, Report
from okbadges.verification.resolve import Documents
from okbadges.verification.schema_reference import check_schema_reference
from okbadges.verification.shape import check_shape
from okbadges.verification.status import check_status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from okbadges.credentials.fetching import Fetch
    from okbadges.verification.intake import Received
    from okbadges.verification.report import Check


Recogniser = Callable[[str], bool]
"""Says whether a service knows an issuer by its identifier."""

_ANSWERS = {Outcome.PASSED: True, Outcome.FAILED: False}


def nobody(issuer: str) -> bool:  # noqa: ARG001 - every recogniser is asked for an issuer
    """Recognise no issuer: the answer of a verifier that keeps no list."""
    return False


def verify(
    received: bytes,
    *,
    fetch: Fetch,
    now: datetime,
    recipient: Recipient | str | None = None,
    challenge: str | None = None,
    domain: str | None = None,
    recognised: Recogniser = nobody,
) -> Report:
    """Check one credential and report on every check; whatever ``received`` holds, the answer is a report.

    ``received`` is JSON, a VC-JWT, a baked PNG or SVG, or the text of one https link. ``fetch`` gets issuers' documents and status
    lists; it may raise anything when there is no answer. ``now`` is aware. ``recipient`` (an e-mail address, a subject's URI,
    or a `Recipient`) and ``challenge`` with ``domain`` are required checks once given. ``recognised`` says whether this
    service knows an issuer, which never changes the verdict. Raises `ValueError` for a ``now`` without a zone.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware of its time zone")
    documents = Documents(fetch)
    named = Recipient.from_text(recipient) if isinstance(recipient, str) else recipient
    asked = _Asked(named, challenge, domain)
    taken = None
    try:
        taken = take_in(received, documents)
    except CredentialError as error:
        found = _unreadable(error, asked)
    else:
        found = _check(taken, documents, now, asked, recognised)
    return _report(received, taken, found, now)


def _report(received: bytes, taken: Received | None, found: tuple[Check, ...], now: datetime) -> Report:
    outcomes = {check.id: check.outcome for check in found}
    known = outcomes[checks.ISSUER_RECOGNISED] is Outcome.PASSED
    return Report(
        verdict=checks.verdict(found),
        checks=found,
        checked_at=now,
        form=form_of(received),
        document_hash=hashlib.sha256(received).hexdigest(),
        issuer=find_issuer(taken.document, recognised=known) if taken else None,
        credential=find_credential(taken.document) if taken else None,
        recipient_match=_ANSWERS.get(outcomes.get(checks.RECIPIENT, Outcome.NOT_CHECKED)),
        document=taken.document if taken else None,
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the caller wants to know beyond the credential itself; each becomes a required check."""

    recipient: Recipient | None
    challenge: str | None
    domain: str | None

    def check_ids(self) -> list[str]:
        """Return the checks that are wanted."""
        by_challenge = self.challenge is not None or self.domain is not None
        return [checks.RECIPIENT] * (self.recipient is not None) + [checks.CHALLENGE] * by_challenge


def _unreadable(error: CredentialError, asked: _Asked) -> tuple[Check, ...]:
    """Step 1 did not pass: nothing else can run. A link that could not be followed leaves everything open."""
    if isinstance(error, FetchError) and error.code not in checks.REFUSED_ADDRESSES:
        readable = checks.not_checked(
            checks.READABLE, error.code, "The link could not be followed.", detail=error.detail
        )
    else:
        where = f" (at {error.where})" if error.where else ""
        message = "There is no credential here that can be read."
        readable = checks.failed(checks.READABLE, error.code, message, detail=f"{error.detail}{where}"[:400])
    return readable, *_wait_for(checks.READABLE, checks.NECESSARY[1:], asked)


def _check(
    taken: Received, documents: Documents, now: datetime, asked: _Asked, recognised: Recogniser
) -> tuple[Check, ...]:
    # Step 1 is done: what was taken in could be read.
    document = taken.document
    found = [checks.passed(checks.READABLE, "The credential can be read.")]

    # Step 2. Something that is not a badge at all is not looked at further.
    shape = check_shape(document)
    found.append(shape)
    if shape.outcome is Outcome.NOT_CHECKED:
        return *found, *_wait_for(checks.SHAPE, checks.NECESSARY[2:], asked)

    # Steps 3 and 4.
    issuer_key, content = check_proofs(taken, documents=documents, now=now)
    found += [issuer_key, content]

    # Step 5. The dates are told also of a credential that fails elsewhere.
    found.append(check_dates(document, now=now, envelope_ends=end_by_envelope(taken.jwt)))
    found += [check_schema_reference(document), *check_endorsements(document)]
    if taken.jwt is not None:
        found.append(check_claims(taken.jwt))

    # Steps 6, 7 and 8 speak about the issuer and the person: only when step 4 has proven that the issuer speaks.
    if content.outcome is not Outcome.PASSED:
        return *found, *_wait_for(checks.CONTENT_UNALTERED, [checks.STATUS], asked)
    found += check_status(document, documents=documents, now=now)
    found.append(_check_recognition(issuer_id(document) or "", recognised))
    if asked.recipient is not None:
        found.append(check_recipient(document, asked.recipient))
    if checks.CHALLENGE in asked.check_ids():
        found.append(check_challenge(document, challenge=asked.challenge, domain=asked.domain))
    return tuple(found)


def _wait_for(earlier: str, later: Sequence[str], asked: _Asked) -> list[Check]:
    recognition = checks.not_checked(
        checks.ISSUER_RECOGNISED, "earlier-step", "The issuer is not proven.", required=False
    )
    return [*(checks.waiting(check_id, earlier) for check_id in [*later, *asked.check_ids()]), recognition]


def _check_recognition(issuer: str, recognised: Recogniser) -> Check:
    if recognised(issuer):
        return checks.passed(checks.ISSUER_RECOGNISED, "This service knows the issuer.", required=False)
    message = "This service does not know the issuer; anybody can make one."
    return checks.failed(
        checks.ISSUER_RECOGNISED, "issuer-not-recognised", message, detail=issuer[:200], required=False
    )
