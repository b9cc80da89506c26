"""Lists of bits that say whether credentials were taken back: Bitstring Status List 1.0 (3.2, validate) and StatusList2021.

A list is a credential of its own. It is relied on only when it is signed by the issuer of the credential, within its dates, of
the kind and the purpose that the entry names, at home at the address that was asked, and long enough to hide who is looked up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from okbadges.credentials.status_list import LARGEST_VALUE_BITS, StatusBits, decode_list, decode_list_2021
from okbadges.errors import CredentialError
from okbadges.verification.claims import end_by_envelope
from okbadges.verification.dates import check_dates
from okbadges.verification.intake import credential_in
from okbadges.verification.proofs import check_proofs
from okbadges.verification.proven import ListRead
from okbadges.verification.reading import issuer_id, items, members, text, types_of
from okbadges.verification.report import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from okbadges.credentials.strict_json import Json
    from okbadges.verification.profile import Profile
    from okbadges.verification.received import Received
    from okbadges.verification.resolve import Documents

REVOCATION: Final = "revocation"
SUSPENSION: Final = "suspension"
REFRESH: Final = "refresh"
MESSAGE: Final = "message"

_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
_STATUS_VALUE = re.compile(r"0x([0-9A-Fa-f]{1,2})")


@dataclass(frozen=True, slots=True)
class ListKind:
    """One kind of list: the type of an entry, of the list credential and of its subject, and how its bits are written."""

    entry_type: str
    credential_type: str
    subject_type: str
    purposes: frozenset[str]
    decode: Callable[[str], StatusBits]


BITSTRING: Final = ListKind(
    "BitstringStatusListEntry",
    "BitstringStatusListCredential",
    "BitstringStatusList",
    frozenset({REVOCATION, SUSPENSION, REFRESH, MESSAGE}),
    decode_list,
)
STATUS_LIST_2021: Final = ListKind(
    "StatusList2021Entry",
    "StatusList2021Credential",
    "StatusList2021",
    frozenset({REVOCATION, SUSPENSION}),
    decode_list_2021,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A status entry that says where to look: the list, the place in it, what for, and what the values mean."""

    kind: ListKind
    url: str
    index: int
    purpose: str
    size: int
    """In bits."""
    messages: Mapping[int, str]


def place(value: object) -> int | None:
    """Return ``statusListIndex`` as a number, or None: a decimal text, or the number that the examples of Open Badges write."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return int(value) if isinstance(value, str) and _INDEX.fullmatch(value) else None


def read_entry(entry: Mapping[str, object], kind: ListKind) -> Entry:
    """Read a status entry; raise "status-unknown-purpose" or "status-malformed" (the specification's MALFORMED_VALUE_ERROR)."""
    purpose = text(entry.get("statusPurpose"))
    if purpose not in kind.purposes:
        raise CredentialError("status-unknown-purpose", "The status is for a purpose that nobody has defined.")
    url, index = text(entry.get("statusListCredential")), place(entry.get("statusListIndex"))
    size = entry.get("statusSize", 1)
    if url is None:
        raise _malformed("statusListCredential is not the address of a list")
    if index is None:
        raise _malformed('statusListIndex is not a whole number, written without leading zeros such as "94567"')
    if type(size) is not int or not 1 <= size <= LARGEST_VALUE_BITS:
        raise _malformed(f"statusSize is not a number of bits from 1 to {LARGEST_VALUE_BITS}")
    if kind is STATUS_LIST_2021 and size != 1:
        raise CredentialError("status-malformed", "A list of 2021 has one bit for each credential.")
    return Entry(kind, url, index, purpose, size, _messages(entry, size, required=purpose == MESSAGE))


def _malformed(what: str) -> CredentialError:
    return CredentialError("status-malformed", f"The status entry does not say where to look: {what}.")


def _messages(entry: Mapping[str, object], size: int, *, required: bool) -> Mapping[int, str]:
    """Read ``statusMessage``: one text for each value that ``size`` bits can have (Bitstring Status List 1.0, 2.1)."""
    listed = items(entry.get("statusMessage"))
    if not listed and size == 1 and not required:
        return {}
    messages = {}
    for one in map(members, listed):
        value = _STATUS_VALUE.fullmatch(text(one.get("status")) or "")
        message = text(one.get("message"))
        if value is not None and message is not None:
            messages[int(value[1], base=16)] = message
    if len(listed) != 1 << size or set(messages) != set(range(1 << size)):
        raise CredentialError("status-malformed", "The status entry does not say what each of its values means.")
    return messages


def look_up(
    entry: Entry, document: Mapping[str, Json], *, documents: Documents, now: datetime, profile: Profile
) -> int:
    """Return the value that the list holds for the credential ``document``; only when every reason to rely on it holds.

    Raises `FetchError` when the list cannot be had, `CredentialError` with the reason when it is not to be relied on:
    ``status-type-mismatch``, ``status-issuer-mismatch``, ``status-list-mismatch``, ``status-bad-signature``,
    ``status-list-dates``, ``status-purpose-mismatch``, ``status-malformed``, and the codes of reading it.
    """
    kind, url, issuer = entry.kind, entry.url, issuer_id(document)
    found = documents.once(
        ("status list", kind.entry_type, url, issuer),
        lambda: _proven_list(kind, url, issuer, documents=documents, now=now, profile=profile),
    )
    if entry.purpose not in found.purposes:
        raise CredentialError("status-purpose-mismatch", "The status list is for another purpose.")
    return found.bits.value(entry.index, size=entry.size)


@dataclass(frozen=True, slots=True)
class _ProvenList:
    purposes: list[object]
    bits: StatusBits


def _proven_list(
    kind: ListKind, url: str, issuer: str | None, *, documents: Documents, now: datetime, profile: Profile
) -> _ProvenList:
    body = documents.get(url)
    known = documents.proven.list_in(body, kind.entry_type)
    received = known.received if known else credential_in(body)
    status_list = received.document
    if kind.credential_type not in types_of(status_list):
        raise CredentialError("status-type-mismatch", "What the address answers is not a status list credential.")
    if status_list.get("id", url) != url:
        raise CredentialError("status-list-mismatch", "The status list says that it belongs at another address.")
    require_proven(received, issuer, documents=documents, now=now, profile=profile)
    subject = members(status_list.get("credentialSubject"))
    encoded = text(subject.get("encodedList"))
    if kind.subject_type not in types_of(subject):
        raise CredentialError("status-type-mismatch", "The status list holds something else.")
    if encoded is None:
        raise CredentialError("status-malformed", "The status list holds no list.")
    bits = known.bits if known else kind.decode(encoded)
    if not known:
        documents.proven.remember_list(body, kind.entry_type, ListRead(received, bits))
    return _ProvenList(items(subject.get("statusPurpose")), bits)


def require_proven(
    received: Received, issuer: str | None, *, documents: Documents, now: datetime, profile: Profile
) -> None:
    """Require that the list that was received is signed by ``issuer`` and within its dates.

    Raises "status-issuer-mismatch" (somebody else's), "status-bad-signature" (not proven) or "status-list-dates".
    """
    if issuer is None or issuer_id(received.document) != issuer:
        raise CredentialError("status-issuer-mismatch", "The status list is somebody else's.")
    open_checks = [
        check
        for check in check_proofs(received, documents=documents, now=now, profile=profile)
        if check.outcome is not Outcome.PASSED
    ]
    if open_checks:
        # One check waits for the other; the one that did not wait has the reason.
        reason = min(open_checks, key=lambda check: check.code == "earlier-step")
        said = f"{reason.message} {reason.detail or ''}".strip()
        raise CredentialError("status-bad-signature", f"The status list is not proven to be the issuer's. {said}")
    ends = end_by_envelope(received.jwt)
    dates = check_dates(received.document, now=now, envelope_ends=ends, begin_required=False)
    if dates.outcome is not Outcome.PASSED:
        raise CredentialError("status-list-dates", "The status list is not within its dates.")
