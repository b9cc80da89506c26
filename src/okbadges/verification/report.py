"""What a verification found: one verdict, and every check with what it saw. Stable and versioned as JSON.

A check that failed is a `Check` in a `Report`, never an exception, and a check that could not run is ``not-checked``,
never ``passed``. The verdict follows from the checks alone (`okbadges.verification.checks.verdict`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from okbadges.credentials.strict_json import Json

REPORT_VERSION = 1


class Verdict(StrEnum):
    """The eight words, the worst first: the worst that applies wins."""

    REJECTED = "REJECTED"
    INVALID = "INVALID"
    REVOKED = "REVOKED"
    SUSPENDED = "SUSPENDED"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    INDETERMINATE = "INDETERMINATE"
    VALID = "VALID"


class Kind(StrEnum):
    """What was checked; every kind has the same checks as far as they make sense for it."""

    BADGE = "badge"
    ENDORSEMENT = "endorsement"
    PRESENTATION = "presentation"
    CREDENTIAL = "credential"
    OPEN_BADGE_2 = "open-badge-2"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """What became of one check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, slots=True)
class Check:
    """One check that ran, or says that it could not.

    ``id`` is kebab-case and stable (pages translate by it), ``message`` is English for a developer, ``clause`` names the
    rule, ``code`` is the reason of a failure, ``detail`` what was found (never a secret, never more than a few hundred characters).
    A check that is not ``required`` never changes the verdict.
    """

    id: str
    outcome: Outcome
    message: str
    clause: str
    code: str | None = None
    detail: str | None = None
    required: bool = True


@dataclass(frozen=True, slots=True)
class AlignmentFound:
    """One alignment of the achievement, as the credential states it."""

    name: str
    url: str
    code: str | None
    framework: str | None
    type: str | None


@dataclass(frozen=True, slots=True)
class IssuerFound:
    """Who issued it, as the credential states it, and whether this service knows them."""

    id: str
    name: str | None
    url: str | None
    recognised: bool


@dataclass(frozen=True, slots=True)
class CredentialFound:
    """What the credential says, read from the signed document; meaningful only beside the verdict."""

    id: str | None
    name: str | None
    achievement_id: str | None
    achievement_name: str | None
    description: str | None
    criteria: str | None
    criteria_url: str | None
    image_url: str | None
    image_caption: str | None
    language: str | None
    subject_id: str | None
    valid_from: datetime | None
    valid_until: datetime | None
    awarded_at: datetime | None
    alignments: tuple[AlignmentFound, ...]
    has_evidence: bool


@dataclass(frozen=True, slots=True)
class ProofFound:
    """One signature that the credential carries, as it says; whether it holds is in the check ``content-unaltered``.

    ``kind`` is ``data-integrity``, ``jwt`` or ``hosted`` (Open Badges 2.0); ``suite`` the cryptosuite or the algorithm.
    ``selective`` says that the holder chose which parts of what was signed this copy shows.
    """

    kind: str
    suite: str | None
    verification_method: str | None
    created: datetime | None = None
    selective: bool = False

    @property
    def covers(self) -> str:
        """Of what it speaks when it holds: ``everything`` that was signed, ``what-is-shown`` of it, or ``what-the-host-says``.

        What a hosted badge says today is all that its address vouches for; nobody has signed it.
        """
        if self.kind == "hosted":
            return "what-the-host-says"
        return "what-is-shown" if self.selective else "everything"


@dataclass(frozen=True, slots=True)
class StatusFound:
    """One status entry: where it points, what for, and what was read there (``state``; None when it could not be read).

    ``state`` is ``clear`` or ``set``, for messages the value in hex; ``message`` is what the issuer wrote for that value.
    """

    type: str | None
    purpose: str | None
    list_url: str | None
    index: int | None
    state: str | None
    message: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """The answer of `okbadges.verification.verify`.

    ``form`` is how it came (``json``, ``jwt``, ``png``, ``svg``, ``url``, ``unknown``); ``document_hash`` is the SHA-256 of
    the received bytes in hex; ``document`` is the credential JSON that was checked (None when nothing was readable) and is
    not part of the JSON form. ``recipient_match`` is None when nobody asked, or when it could not be told.

    ``endorsements`` are the reports on what others say about this credential; they never change its verdict.
    ``credentials`` are the reports on what a presentation holds, and ``holder`` is who presents; the worst of them is the
    verdict. ``refreshed`` says that the issuer's newer version was checked in place of the one that was received. ``pointer`` is
    the JSON pointer to where an endorsement or a presented credential stands in the document around it; None for that document.
    """

    verdict: Verdict
    checks: tuple[Check, ...]
    checked_at: datetime
    form: str
    document_hash: str
    issuer: IssuerFound | None = None
    credential: CredentialFound | None = None
    endorsements: tuple[Report, ...] = ()
    recipient_match: bool | None = None
    document: Mapping[str, Json] | None = None
    kind: Kind = Kind.UNKNOWN
    proofs: tuple[ProofFound, ...] = ()
    status: tuple[StatusFound, ...] = ()
    credentials: tuple[Report, ...] = ()
    holder: str | None = None
    refreshed: bool = False
    pointer: str | None = None
