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
class Report:
    """The answer of `okbadges.verification.verify`.

    ``form`` is how it came (``json``, ``jwt``, ``png``, ``svg``, ``url``, ``unknown``); ``document_hash`` is the SHA-256 of
    the received bytes in hex; ``document`` is the credential JSON that was checked (None when nothing was readable) and is
    not part of the JSON form. ``recipient_match`` is None when nobody asked, or when it could not be told.
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
