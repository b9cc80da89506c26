"""Hosted badges: what stands at the address of the Assertion is the badge (Open Badges 2.0, HostedBadge Verification).

A file proves nothing by itself. It must say exactly what its host says, or it is not what was awarded; and the host must be
one that the issuer has named.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from okbadges.credentials.fetching import FetchError
from okbadges.errors import CredentialError
from okbadges.verification.checks import CONTENT_UNALTERED, ISSUER_KEY
from okbadges.verification.openbadges2.addresses import in_scope, is_at_home, same_address, web_address
from okbadges.verification.openbadges2.outcomes import failed, not_checked, open_or_failed, passed
from okbadges.verification.openbadges2.shape import is_revoked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json
    from okbadges.verification.openbadges2.objects import Chain
    from okbadges.verification.report import Check
    from okbadges.verification.resolve import Documents

_REVOKED: Final = "It was taken back, so there is nothing left to compare with."


@dataclass(frozen=True, slots=True)
class Hosted:
    """What the host says: whether it is the same, and whether the badge is still there (``revoked`` with the reason given)."""

    content: Check
    revoked: bool = False
    reason: str | None = None


def ask_host(assertion: Mapping[str, Json], documents: Documents) -> Hosted:
    """Fetch the Assertion from its ``id`` and compare.

    Codes of ``content-unaltered``: ``content-differs``, ``id-mismatch``; not checked: ``assertion-unreachable``, ``revoked``
    and refused addresses.
    """
    try:
        live = _fetch(assertion.get("id"), documents)
    except CredentialError as error:
        if isinstance(error, FetchError) and error.code == "gone":
            return Hosted(not_checked(CONTENT_UNALTERED, "revoked", _REVOKED), revoked=True)
        message = "The badge could not be compared with what its host says."
        unreachable = open_or_failed(
            CONTENT_UNALTERED, error, message, unreachable="assertion-unreachable", open_codes=frozenset()
        )
        return Hosted(unreachable)
    if is_revoked(live):
        reason = live.get("revocationReason")
        content = not_checked(CONTENT_UNALTERED, "revoked", _REVOKED)
        return Hosted(content, revoked=True, reason=reason if isinstance(reason, str) else None)
    if _canonical(live) != _canonical(assertion):
        message = "The badge says something else than what its host says."
        return Hosted(failed(CONTENT_UNALTERED, "content-differs", message, detail=str(live["id"])[:200]))
    return Hosted(passed(CONTENT_UNALTERED, "The badge is exactly what its host says.", detail=str(live["id"])[:200]))


def _fetch(identifier: Json, documents: Documents) -> Mapping[str, Json]:
    address = web_address(identifier)
    if address is None:  # the shape demands one of every hosted badge, but not of one that says that it was revoked
        raise CredentialError("hosted-without-address", "It does not say where it is hosted.", where="/id")
    live = documents.get_json(address.url)
    if not same_address(live.get("id"), identifier):
        raise CredentialError("id-mismatch", "What stands at its address is another badge.", where="/id")
    return live


def check_scope(assertion: Mapping[str, Json], chain: Chain) -> Check:
    """Check that the badge is hosted where its issuer's profile allows, and that what it was awarded for is the issuer's.

    Codes: ``outside-issuer-scope``, ``badge-not-issuers``.
    """
    issuer, badge = chain.issuer, chain.badge
    if not in_scope(assertion.get("id"), issuer):
        message = "The badge is hosted in a place that its issuer has not named."
        return failed(ISSUER_KEY, "outside-issuer-scope", message, detail=str(assertion.get("id"))[:200])
    identifier = badge.get("id")
    if web_address(identifier) is not None and not (is_at_home(identifier, issuer) or in_scope(identifier, issuer)):
        message = "What the badge was awarded for stands in a place that the issuer has not named."
        return failed(ISSUER_KEY, "badge-not-issuers", message, detail=str(identifier)[:200])
    return passed(ISSUER_KEY, "The badge is hosted where its issuer says.", detail=str(issuer.get("id"))[:200])


def _canonical(document: Mapping[str, Json]) -> str:
    """Return one text for all JSON texts of the same content; ``true`` and ``1``, which Python holds for equal, stay apart."""
    return json.dumps(document, sort_keys=True)
