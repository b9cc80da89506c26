"""Whether the issuer has taken a credential back or put it on hold (Bitstring Status List 1.0, 3.2).

The list is a credential of its own: it must be signed by the issuer of the credential, be within its dates, be of the purpose
that the entry names, and long enough to hide who is looked up. A list that cannot be had or is not to be relied on leaves
the check open (not checked); it never reads as "not revoked".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.credentials.fetching import FetchError
from okbadges.credentials.status_list import decode_list
from okbadges.errors import CredentialError
from okbadges.verification.checks import (
    REFUSED_ADDRESSES,
    STATUS,
    STATUS_ENTRIES,
    failed,
    not_checked,
    passed,
    verdict_of,
)
from okbadges.verification.dates import check_dates
from okbadges.verification.intake import credential_in
from okbadges.verification.proofs import check_proofs, end_by_envelope
from okbadges.verification.reading import issuer_id, items, members, text, types_of
from okbadges.verification.report import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from okbadges.credentials.strict_json import Json
    from okbadges.verification.report import Check
    from okbadges.verification.resolve import Documents

MAX_ENTRIES = 4
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
_TAKEN_BACK = {"revocation": "revoked", "suspension": "suspended"}
_LIST_ENTRY = "BitstringStatusListEntry"
_WITHOUT_EFFECT = frozenset({"refresh", "message"})


def check_status(document: Mapping[str, Json], *, documents: Documents, now: datetime) -> list[Check]:
    """Look every status entry up and return the check ``status``, the worst of them; several entries add a remark of their own.

    Codes when failed: ``revoked``, ``suspended``. Codes when not checked: ``no-status`` (not required: the issuer offers none),
    ``status-without-effect``, ``status-malformed``, ``status-type-unsupported``, ``status-unknown-purpose``,
    ``status-unreachable``, ``url-not-allowed``, ``address-not-allowed``, ``redirect-refused``, ``status-bad-signature``,
    ``status-issuer-mismatch``, ``status-type-mismatch``, ``status-purpose-mismatch``, ``status-list-dates``,
    ``status-list-mismatch``, ``status-too-large``, ``too-many-status-entries``.
    """
    if "credentialStatus" not in document:
        message = "The issuer offers no way to see whether it was taken back."
        return [not_checked(STATUS, "no-status", message, required=False)]
    entries = items(document["credentialStatus"])
    if not entries:
        return [not_checked(STATUS, "status-malformed", "The credential's status is empty.")]
    if len(entries) > MAX_ENTRIES:
        message = f"The credential names {len(entries)} status lists; at most {MAX_ENTRIES} are looked at."
        return [not_checked(STATUS, "too-many-status-entries", message)]
    found = [_check_entry(members(entry), document, documents, now) for entry in entries]
    worst = min(found, key=_rank)
    if len(entries) == 1:
        return [worst]
    remark = "The credential names several status lists, which Open Badges does not allow; each was looked at."
    return [worst, failed(STATUS_ENTRIES, "several-status-entries", remark, required=False)]


def _rank(check: Check) -> tuple[int, bool]:
    """Order checks the worst first; among equals, one that really looked goes first."""
    return list(Verdict).index(verdict_of(check)), check.outcome is not Outcome.PASSED


@dataclass(frozen=True, slots=True)
class _Entry:
    url: str
    index: int
    purpose: str


def _check_entry(
    entry: Mapping[str, object], document: Mapping[str, Json], documents: Documents, now: datetime
) -> Check:
    purpose = text(entry.get("statusPurpose"))
    if purpose in _WITHOUT_EFFECT and _LIST_ENTRY in types_of(entry):
        message = f"A status of purpose {purpose} does not change whether the credential holds."
        return not_checked(STATUS, "status-without-effect", message, required=False)
    try:
        wanted = _read_entry(entry)
        is_set = _look_up(wanted, document, documents, now)
    except FetchError as error:
        code = error.code if error.code in REFUSED_ADDRESSES else "status-unreachable"
        return not_checked(STATUS, code, "The issuer's status list could not be had.", detail=error.detail)
    except CredentialError as error:
        return not_checked(STATUS, error.code, "The issuer's status list cannot be relied on.", detail=error.detail)
    if is_set:
        return failed(
            STATUS, _TAKEN_BACK[wanted.purpose], f"The issuer has {_TAKEN_BACK[wanted.purpose]} the credential."
        )
    return passed(STATUS, f"The issuer's list says: not {_TAKEN_BACK[wanted.purpose]}.", detail=wanted.url[:200])


def _read_entry(entry: Mapping[str, object]) -> _Entry:
    if _LIST_ENTRY not in types_of(entry):
        raise CredentialError("status-type-unsupported", "The status is of a kind that is not looked up.")
    purpose, index = text(entry.get("statusPurpose")), entry.get("statusListIndex")
    if purpose not in _TAKEN_BACK:
        raise CredentialError("status-unknown-purpose", "The status is for a purpose that nobody has defined.")
    if isinstance(index, int) and not isinstance(index, bool):
        index = str(index)  # the examples of Open Badges write a number, the W3C wants a string
    url = text(entry.get("statusListCredential"))
    if url is None or not isinstance(index, str) or not _INDEX.fullmatch(index) or entry.get("statusSize", 1) != 1:
        raise CredentialError("status-malformed", "The status entry does not say where to look.")
    return _Entry(url, int(index), purpose)


def _look_up(wanted: _Entry, document: Mapping[str, Json], documents: Documents, now: datetime) -> bool:
    """Return the bit. Every step is a reason to rely on the list; only when all hold is the bit looked at."""
    received = credential_in(documents.get(wanted.url))
    status_list = received.document
    if "BitstringStatusListCredential" not in types_of(status_list):
        raise CredentialError("status-type-mismatch", "What the address answers is not a status list credential.")
    if issuer_id(status_list) != issuer_id(document):
        raise CredentialError("status-issuer-mismatch", "The status list is somebody else's.")
    if status_list.get("id", wanted.url) != wanted.url:
        raise CredentialError("status-list-mismatch", "The status list says that it belongs at another address.")
    for check in check_proofs(received, documents=documents, now=now):
        if check.outcome is not Outcome.PASSED:
            raise CredentialError(
                "status-bad-signature", f"The status list is not proven to be the issuer's: {check.message}"
            )
    dates = check_dates(status_list, now=now, envelope_ends=end_by_envelope(received.jwt), begin_required=False)
    if dates.outcome is not Outcome.PASSED:
        raise CredentialError("status-list-dates", "The status list is not within its dates.")
    return _bit(members(status_list.get("credentialSubject")), wanted)


def _bit(subject: Mapping[str, object], wanted: _Entry) -> bool:
    if "BitstringStatusList" not in types_of(subject):
        raise CredentialError("status-type-mismatch", "The status list holds something else.")
    if wanted.purpose not in items(subject.get("statusPurpose")):
        raise CredentialError("status-purpose-mismatch", "The status list is for another purpose.")
    encoded = text(subject.get("encodedList"))
    if encoded is None:
        raise CredentialError("status-malformed", "The status list holds no list.")
    return decode_list(encoded).get(wanted.index)
