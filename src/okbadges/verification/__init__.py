"""Checking credentials: `verify` takes bytes and answers with a `Report`. Pure: the fetch function and the clock are passed in."""

from okbadges.credentials.fetching import Fetch, Fetched, FetchError
from okbadges.verification.circumstances import Recogniser
from okbadges.verification.profile import ANY, OPEN_BADGES, Profile
from okbadges.verification.recipient import Recipient
from okbadges.verification.report import (
    REPORT_VERSION,
    AlignmentFound,
    Check,
    CredentialFound,
    IssuerFound,
    Kind,
    Outcome,
    ProofFound,
    Report,
    StatusFound,
    Verdict,
)
from okbadges.verification.report_json import to_json
from okbadges.verification.verify import nobody, verify

__all__ = [
    "ANY",
    "OPEN_BADGES",
    "REPORT_VERSION",
    "AlignmentFound",
    "Check",
    "CredentialFound",
    "Fetch",
    "FetchError",
    "Fetched",
    "IssuerFound",
    "Kind",
    "Outcome",
    "Profile",
    "ProofFound",
    "Recipient",
    "Recogniser",
    "Report",
    "StatusFound",
    "Verdict",
    "nobody",
    "to_json",
    "verify",
]
