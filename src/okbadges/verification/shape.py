"""Step 2: whether it is an Open Badges 3.0 credential, and has the shape of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.credentials.model import check_shape as find_mistakes
from okbadges.credentials.vocabulary import CREDENTIALS_V1
from okbadges.verification.checks import SHAPE, failed, not_checked, passed
from okbadges.verification.reading import items, text, types_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json
    from okbadges.verification.report import Check

_BADGE_TYPES = frozenset({"OpenBadgeCredential", "AchievementCredential"})
_OPEN_BADGES_2 = ("https://w3id.org/openbadges/v2", "https://w3id.org/openbadges/v1")
_OTHER_KINDS = {
    "VerifiablePresentation": "a presentation of credentials",
    "EnvelopedVerifiableCredential": "an enveloped credential",
    "EndorsementCredential": "an endorsement",
}
_SHOWN_MISTAKES = 5


def check_shape(document: Mapping[str, Json]) -> Check:
    """Check the type and the members of the credential (Open Badges 3.0, appendix B).

    Codes: ``not-an-open-badge``, ``schema``; not checked: ``form-not-supported`` for what is known to be something else.
    """
    other = _other_kind(document)
    if other is not None:
        return not_checked(SHAPE, "form-not-supported", f"This is {other}, which cannot be checked here yet.")
    if not _BADGE_TYPES & types_of(document):
        return failed(SHAPE, "not-an-open-badge", "This does not say that it is an Open Badges 3.0 credential.")
    mistakes = [mistake for mistake in find_mistakes(document) if not _is_status_array(mistake.pointer, document)]
    if mistakes:
        shown = "; ".join(f"{mistake.pointer or '/'}: {mistake.message}" for mistake in mistakes[:_SHOWN_MISTAKES])
        return failed(SHAPE, "schema", "The credential is not built as Open Badges 3.0 says.", detail=shown[:400])
    return passed(SHAPE, "The credential is built as Open Badges 3.0 says.")


def _other_kind(document: Mapping[str, Json]) -> str | None:
    contexts = {text(context) for context in items(document.get("@context"))}
    if contexts & {*_OPEN_BADGES_2}:
        return "an Open Badges 2.0 badge"
    if CREDENTIALS_V1 in contexts or "vc" in document:
        return "a credential of the older data model (VCDM 1.1)"
    names = types_of(document)
    return next((kind for name, kind in _OTHER_KINDS.items() if name in names), None)


def _is_status_array(pointer: str, document: Mapping[str, Json]) -> bool:
    """Several status entries are looked at one by one, and remarked on (`okbadges.verification.status`)."""
    return isinstance(document.get("credentialStatus"), list) and pointer.startswith("/credentialStatus")
