"""Endorsements of a badge of 2.0: what others say about the Assertion, the BadgeClass or the issuer. Never a reason for a verdict.

Only hosted ones are looked up, in what is left of the addresses that may be asked; which of them hold is told in one remark.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from okbadges.credentials.fetching import FetchError
from okbadges.errors import CredentialError
from okbadges.verification.checks import ENDORSEMENTS
from okbadges.verification.openbadges2.addresses import in_scope, same_address, web_address
from okbadges.verification.openbadges2.contexts import require_plain_terms
from okbadges.verification.openbadges2.objects import fetch_object
from okbadges.verification.openbadges2.outcomes import failed, not_checked, of_2_0
from okbadges.verification.openbadges2.shape import HOSTED, is_revoked, require_profile
from okbadges.verification.reading import items, members, text, types_of
from okbadges.verification.report import Check, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from okbadges.credentials.strict_json import Json
    from okbadges.verification.resolve import Documents

MAX_ENDORSEMENTS: Final = 4

_HOLDS, _ELSEWHERE, _OPEN, _FAILS = "hold", "endorse something else", "could not be looked up", "do not hold"


def check_endorsements(endorsed: Sequence[Mapping[str, Json]], documents: Documents) -> list[Check]:
    """Return one remark about all endorsements, or nothing when there are none; it is never required.

    Codes: ``endorsements-fail`` when one does not hold or is about something else; not checked: ``endorsements-open`` when one
    could not be looked up, or when there are more than four.
    """
    named = [(entry, document) for document in endorsed for entry in items(document.get("endorsement"))]
    if not named:
        return []
    outcomes = Counter(_outcome(entry, document, documents) for entry, document in named[:MAX_ENDORSEMENTS])
    outcomes[_OPEN] += len(named[MAX_ENDORSEMENTS:])
    detail = ", ".join(f"{count} {what}" for what, count in outcomes.items() if count)
    if outcomes[_FAILS] or outcomes[_ELSEWHERE]:
        message = "Not everything that is there as an endorsement by others is one."
        return [failed(ENDORSEMENTS, "endorsements-fail", message, detail=detail, required=False)]
    if outcomes[_OPEN]:
        message = "Not every endorsement by others could be looked up."
        return [not_checked(ENDORSEMENTS, "endorsements-open", message, detail=detail, required=False)]
    message = "Others endorse the badge, and say so at their own addresses."
    return [of_2_0(Check(ENDORSEMENTS, Outcome.PASSED, message, "", detail=detail, required=False))]


def _outcome(entry: object, endorsed: Mapping[str, Json], documents: Documents) -> str:
    """Say what became of one endorsement; what stands at its address counts, not a copy of it."""
    identifier = text(entry) or text(members(entry).get("id"))
    address = web_address(identifier)
    if address is None:
        return _OPEN
    try:
        document = documents.get_json(address.url)
        if not same_address(document.get("id"), identifier) or "Endorsement" not in types_of(document):
            return _FAILS
        if is_revoked(document) or not types_of(document.get("verification")) & HOSTED:
            return _FAILS
        if not same_address(members(document.get("claim")).get("id"), endorsed.get("id")):
            return _ELSEWHERE
        require_plain_terms(document)
        issuer = document.get("issuer")
        endorser = fetch_object(text(issuer) or text(members(issuer).get("id")), documents)
        require_profile(endorser)
    except CredentialError as error:
        return _OPEN if isinstance(error, FetchError) and error.code != "gone" else _FAILS
    return _HOLDS if in_scope(identifier, endorser) else _FAILS
