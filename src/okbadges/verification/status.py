"""Step 6: whether the issuer has taken a credential back or put it on hold (Open Badges 3.0, 9, step 4).

Three kinds of entries are looked up: Bitstring Status List, its draft StatusList2021 (`status_lists`), and the older list of
1EdTech (`revocation_list`). A list that cannot be had or is not to be relied on leaves the check open (not checked); it never
reads as "not revoked". What was read is told entry by entry beside the check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from okbadges.credentials.fetching import FetchError
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
from okbadges.verification.profile import OPEN_BADGES
from okbadges.verification.reading import items, members, text, types_of
from okbadges.verification.report import Outcome, StatusFound, Verdict
from okbadges.verification.revocation_list import ENTRY_TYPE as REVOCATION_LIST
from okbadges.verification.revocation_list import is_revoked
from okbadges.verification.status_lists import (
    BITSTRING,
    MESSAGE,
    REFRESH,
    REVOCATION,
    STATUS_LIST_2021,
    SUSPENSION,
    look_up,
    place,
    read_entry,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from okbadges.credentials.strict_json import Json
    from okbadges.verification.profile import Profile
    from okbadges.verification.report import Check
    from okbadges.verification.resolve import Documents

MAX_ENTRIES = 4
_SHOWN = 300
"""Characters of an address or a message that a report repeats."""

_LIST_KINDS: Final = {kind.entry_type: kind for kind in (BITSTRING, STATUS_LIST_2021)}
_KNOWN_TYPES: Final = frozenset({*_LIST_KINDS, REVOCATION_LIST})
_TAKEN_BACK: Final = {REVOCATION: "revoked", SUSPENSION: "suspended"}
_WITHOUT_EFFECT: Final = frozenset({REFRESH, MESSAGE})


def check_status(
    document: Mapping[str, Json], *, documents: Documents, now: datetime, profile: Profile = OPEN_BADGES
) -> tuple[list[Check], tuple[StatusFound, ...]]:
    """Look every status entry up; return the check ``status``, the worst of them, and what was found in each entry.

    Several entries add a remark of their own. Codes when failed: ``revoked``, ``suspended``. Codes when not checked: ``no-status``
    (not required: the issuer offers none), ``status-without-effect`` (not required: messages and newer versions change nothing,
    not even when they cannot be read), ``status-type-unsupported``, ``too-many-status-entries``, ``status-unreachable``,
    ``url-not-allowed``, ``address-not-allowed``, ``redirect-refused``, and those of `status_lists` and `revocation_list`.
    """
    if "credentialStatus" not in document:
        message = "The issuer offers no way to see whether it was taken back."
        return [not_checked(STATUS, "no-status", message, required=False)], ()
    entries = [members(entry) for entry in items(document["credentialStatus"])]
    if not entries:
        return [not_checked(STATUS, "status-malformed", "The credential's status is empty.")], ()
    if len(entries) > MAX_ENTRIES:
        message = f"The credential names {len(entries)} status lists; at most {MAX_ENTRIES} are looked at."
        return [not_checked(STATUS, "too-many-status-entries", message)], ()
    looked = [_look_at(entry, document, documents=documents, now=now, profile=profile) for entry in entries]
    checks = [min((check for check, _ in looked), key=_rank)]
    if len(entries) > 1:
        remark = "The credential names several status lists, which Open Badges does not allow; each was looked at."
        checks.append(failed(STATUS_ENTRIES, "several-status-entries", remark, required=False))
    return checks, tuple(found for _, found in looked)


def _rank(check: Check) -> tuple[int, bool]:
    """Order checks the worst first; among equals, one that really looked goes first."""
    return list(Verdict).index(verdict_of(check)), check.outcome is not Outcome.PASSED


def _look_at(
    entry: Mapping[str, object], document: Mapping[str, Json], *, documents: Documents, now: datetime, profile: Profile
) -> tuple[Check, StatusFound]:
    purpose, value, message = _purpose(entry), None, None
    try:
        kind = _kind(entry)
        if kind == REVOCATION_LIST:
            value = int(is_revoked(_url(entry), document, documents=documents, now=now, profile=profile))
        else:
            wanted = read_entry(entry, _LIST_KINDS[kind])
            value = look_up(wanted, document, documents=documents, now=now, profile=profile)
            message = _shown(wanted.messages.get(value))
    except CredentialError as error:
        harmless = purpose in _WITHOUT_EFFECT and types_of(entry) & _KNOWN_TYPES == {BITSTRING.entry_type}
        check = _without_effect(purpose, error.detail) if harmless else _not_read(error)
    else:
        check = _read(purpose, value, message)
    return check, _found(entry, purpose, value, message)


def _kind(entry: Mapping[str, object]) -> str:
    """Return the one type by which the entry is looked up; an entry of two would be two entries, of which one is hidden."""
    known = types_of(entry) & _KNOWN_TYPES
    if len(known) != 1:
        raise CredentialError("status-type-unsupported", "The status is of a kind that is not looked up.")
    return next(iter(known))


def _purpose(entry: Mapping[str, object]) -> str | None:
    stated = text(entry.get("statusPurpose"))
    return REVOCATION if REVOCATION_LIST in types_of(entry) else stated


def _url(entry: Mapping[str, object]) -> str:
    url = text(entry.get("id"))
    if url is None:
        raise CredentialError("status-malformed", "The status entry does not say where to look.")
    return url


def _not_read(error: CredentialError) -> Check:
    if isinstance(error, FetchError):
        code = error.code if error.code in REFUSED_ADDRESSES else "status-unreachable"
        return not_checked(STATUS, code, "The issuer's status list could not be had.", detail=error.detail)
    return not_checked(STATUS, error.code, "The issuer's status list cannot be relied on.", detail=error.detail[:400])


def _read(purpose: str | None, value: int, message: str | None) -> Check:
    if purpose not in _TAKEN_BACK:
        return _without_effect(purpose, message)
    word = _TAKEN_BACK[purpose]
    if value:
        return failed(STATUS, word, f"The issuer has {word} the credential.", detail=message)
    return passed(STATUS, f"The issuer's list says: not {word}.", detail=message)


def _without_effect(purpose: str | None, detail: str | None) -> Check:
    message = f"A status of purpose {purpose} does not change whether the credential holds."
    return not_checked(STATUS, "status-without-effect", message, detail=detail, required=False)


def _found(entry: Mapping[str, object], purpose: str | None, value: int | None, message: str | None) -> StatusFound:
    known = types_of(entry)
    url = entry.get("id") if REVOCATION_LIST in known else entry.get("statusListCredential")
    return StatusFound(
        type=_shown(min(known & _KNOWN_TYPES or known, default=None)),
        purpose=_shown(purpose),
        list_url=_shown(text(url)),
        index=place(entry.get("statusListIndex")),
        state=_state(purpose, value),
        message=message,
    )


def _state(purpose: str | None, value: int | None) -> str | None:
    if value is None:
        return None
    return f"0x{value:x}" if purpose == MESSAGE else "set" if value else "clear"


def _shown(value: str | None) -> str | None:
    return value[:_SHOWN] if value is not None else None
