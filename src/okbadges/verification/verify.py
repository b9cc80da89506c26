"""The story of checking, step by step.

1. It can be read, within limits. 2. It has the shape of an Open Badges credential. 3. The key is the issuer's own.
4. The content is as it was signed. 5. It is within its dates. 6. The issuer has not taken it back. 7. This service knows the
issuer, or does not. 8. It is about the person who was named, if one was.

Step 1 is here; steps 2 to 8 are in `okbadges.verification.credential` (in `okbadges.verification.openbadges2` for the older
standard), and a presentation, which is several credentials and who presents them, in `okbadges.verification.presentation`.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from okbadges.credentials.fetching import FetchError
from okbadges.errors import CredentialError
from okbadges.verification import checks
from okbadges.verification.circumstances import Asked, Circumstances
from okbadges.verification.credential import report_on_credential, unreadable
from okbadges.verification.embedded import from_envelope, is_envelope
from okbadges.verification.intake import form_of, take_in
from okbadges.verification.kinds import kind_of
from okbadges.verification.presentation import report_on_presentation
from okbadges.verification.profile import OPEN_BADGES, Profile
from okbadges.verification.recipient import Recipient
from okbadges.verification.report import Kind
from okbadges.verification.resolve import Documents

if TYPE_CHECKING:
    from datetime import datetime

    from okbadges.credentials.fetching import Fetch
    from okbadges.verification.circumstances import Recogniser
    from okbadges.verification.proven import Proven
    from okbadges.verification.report import Report


def nobody(issuer: str) -> bool:  # noqa: ARG001 - every recogniser is asked for an issuer
    """Recognise no issuer: the answer of a verifier that keeps no list."""
    return False


def verify(  # noqa: PLR0913 - each is said by name, and most are left out
    received: bytes,
    *,
    fetch: Fetch,
    now: datetime,
    recipient: Recipient | str | None = None,
    challenge: str | None = None,
    domain: str | None = None,
    recognised: Recogniser = nobody,
    profile: Profile = OPEN_BADGES,
    proven: Proven | None = None,
) -> Report:
    """Check one credential or presentation and report on every check; whatever ``received`` holds, the answer is a report.

    ``received`` is JSON, a VC-JWT, a baked PNG or SVG, or the text of one https link. ``fetch`` gets issuers' documents and status
    lists; it may raise anything when there is no answer. ``now`` is aware. ``recipient`` (an e-mail address, a subject's URI,
    or a `Recipient`) and ``challenge`` with ``domain`` are required checks once given. ``recognised`` says whether this
    service knows an issuer, which never changes the verdict. ``profile`` says what is taken: Open Badges, unless told otherwise.
    ``proven`` remembers signatures that held, for whoever verifies many. Raises `ValueError` for a ``now`` without a zone.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware of its time zone")
    at = Circumstances(Documents(fetch, proven=proven), now, recognised, profile)
    named = Recipient.from_text(recipient) if isinstance(recipient, str) else recipient
    report = _report_on(received, at, Asked(named, challenge, domain))
    return replace(report, form=form_of(received), document_hash=hashlib.sha256(received).hexdigest())


def _report_on(received: bytes, at: Circumstances, asked: Asked) -> Report:
    try:
        taken = take_in(received, at.documents)
        if is_envelope(taken.document):
            taken = from_envelope(taken.document)
    except CredentialError as error:
        # A link that could not be followed leaves everything open; one that must not be followed is refused.
        left_open = isinstance(error, FetchError) and error.code not in checks.REFUSED_ADDRESSES
        return unreadable(error, at, asked, left_open=left_open)
    if kind_of(taken.document) is Kind.PRESENTATION:
        return report_on_presentation(taken, at, asked)
    return report_on_credential(taken, at, asked)
