"""Whether the issuer has taken a badge of 2.0 back: by what its host says, and by the issuer's revocation list.

The list is for signed badges; a hosted one that stands in it was taken back as well. A list that the profile names and that
cannot be had, or is not to be relied on, leaves the check open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.errors import CredentialError
from okbadges.verification.checks import STATUS
from okbadges.verification.openbadges2.addresses import same_address, web_address
from okbadges.verification.openbadges2.outcomes import failed, not_checked, open_or_failed, passed
from okbadges.verification.reading import items, members, text, types_of
from okbadges.verification.report import StatusFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json
    from okbadges.verification.report import Check
    from okbadges.verification.resolve import Documents

_OPEN_CODES = frozenset({"status-malformed", "status-type-mismatch", "status-issuer-mismatch", "status-list-mismatch"})
_HOST, _LIST, _PURPOSE = "HostedBadge", "RevocationList", "revocation"


def revoked_by_host(assertion: Mapping[str, Json], reason: str | None) -> tuple[Check, StatusFound]:
    """Return what it comes to when the host says that the badge was taken back, or the badge says it of itself."""
    found = StatusFound(_HOST, _PURPOSE, text(assertion.get("id")), None, "set", reason)
    return failed(STATUS, "revoked", "The issuer has revoked the badge.", detail=(reason or "")[:200] or None), found


def check_status(
    assertion: Mapping[str, Json], issuer: Mapping[str, Json], documents: Documents, *, is_hosted: bool
) -> tuple[Check, tuple[StatusFound, ...]]:
    """Look the badge up in the issuer's revocation list, after its host has said that it is there or it proved to be signed.

    Codes when failed: ``revoked``. Codes when not checked: ``no-status`` (not required: a signed badge without a list),
    ``status-unreachable``, ``status-malformed``, ``status-type-mismatch``, ``status-issuer-mismatch``,
    ``status-list-mismatch`` and refused addresses.
    """
    host = (StatusFound(_HOST, _PURPOSE, text(assertion.get("id")), None, "clear", None),) if is_hosted else ()
    if "revocationList" not in issuer:
        if is_hosted:
            return passed(STATUS, "The host says that the badge is still there."), host
        message = "The issuer offers no way to see whether it was taken back."
        return not_checked(STATUS, "no-status", message, required=False), host
    named = issuer["revocationList"]
    url = text(named) or text(members(named).get("id"))
    try:
        entry = _entry_of(assertion, _read_list(url, issuer, documents))
    except CredentialError as error:
        message = "The issuer's revocation list could not be had, or cannot be relied on."
        open_check = open_or_failed(STATUS, error, message, unreachable="status-unreachable", open_codes=_OPEN_CODES)
        return open_check, (*host, StatusFound(_LIST, _PURPOSE, url, None, None, None))
    if entry is None:
        clear = StatusFound(_LIST, _PURPOSE, url, None, "clear", None)
        return passed(STATUS, "The issuer's list says: not revoked.", detail=(url or "")[:200]), (*host, clear)
    reason = text(entry.get("revocationReason"))
    found = StatusFound(_LIST, _PURPOSE, url, None, "set", reason)
    return failed(STATUS, "revoked", "The issuer has revoked the badge.", detail=(reason or "")[:200] or None), (
        *host,
        found,
    )


def _read_list(url: object, issuer: Mapping[str, Json], documents: Documents) -> list[object]:
    """Return the entries of the list; every step is a reason to rely on it."""
    address = web_address(url)
    if address is None:
        raise CredentialError("status-malformed", "The revocation list has no web address.")
    document = documents.get_json(address.url)
    if "RevocationList" not in types_of(document):
        raise CredentialError("status-type-mismatch", "What the address answers is no revocation list.")
    if not same_address(document.get("id", url), url):
        raise CredentialError("status-list-mismatch", "The revocation list says that it belongs at another address.")
    owner = document.get("issuer", issuer.get("id"))
    if not same_address(text(owner) or members(owner).get("id"), issuer.get("id")):
        raise CredentialError("status-issuer-mismatch", "The revocation list is somebody else's.")
    if "revokedAssertions" not in document:
        raise CredentialError("status-malformed", "The revocation list holds no list.")
    return items(document["revokedAssertions"])


def _entry_of(assertion: Mapping[str, Json], entries: list[object]) -> Mapping[str, object] | None:
    """Return the entry that takes the badge back, by its ``id`` or (older) ``uid``; raise for one that names nothing."""
    identifier, uid = assertion.get("id"), assertion.get("uid")
    for entry in entries:
        listed = {"id": entry} if isinstance(entry, str) else members(entry)
        names = text(listed.get("id")), text(listed.get("uid"))
        if names == (None, None):
            raise CredentialError("status-malformed", "An entry of the revocation list names no badge.")
        is_this = same_address(names[0], identifier) or (names[1] is not None and names[1] == uid)
        if is_this and listed.get("revoked") is not False:
            return listed
    return None
