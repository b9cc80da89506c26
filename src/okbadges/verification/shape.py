"""Step 2: whether it is something that can be checked here, and has the shape of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.credentials.model import check_credential_shape, check_presentation_shape
from okbadges.credentials.model import check_shape as check_badge_shape
from okbadges.verification.checks import SHAPE, failed, passed
from okbadges.verification.report import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.model import ShapeMistake
    from okbadges.credentials.strict_json import Json
    from okbadges.verification.profile import Profile
    from okbadges.verification.report import Check

_SHOWN_MISTAKES = 5


def check_shape(document: Mapping[str, Json], kind: Kind, profile: Profile) -> Check:
    """Check the members of a document of this kind (Open Badges 3.0, appendix B; VC Data Model 2.0, 4).

    Codes: ``not-an-open-badge``, ``schema``.
    """
    if kind not in profile.kinds:
        what = "an Open Badge" if profile.open_badges else "a verifiable credential"
        return failed(SHAPE, "not-an-open-badge", f"This does not say that it is {what}.")
    mistakes = [
        mistake for mistake in _mistakes(document, kind, profile) if not _is_status_array(mistake.pointer, document)
    ]
    if mistakes:
        shown = "; ".join(f"{mistake.pointer or '/'}: {mistake.message}" for mistake in mistakes[:_SHOWN_MISTAKES])
        return failed(SHAPE, "schema", "It is not built as its specification says.", detail=shown[:400])
    return passed(SHAPE, "It is built as its specification says.")


def _mistakes(document: Mapping[str, Json], kind: Kind, profile: Profile) -> list[ShapeMistake]:
    if kind is Kind.PRESENTATION:
        return check_presentation_shape(document)
    return check_badge_shape(document) if profile.open_badges else check_credential_shape(document)


def _is_status_array(pointer: str, document: Mapping[str, Json]) -> bool:
    """Several status entries are looked at one by one, and remarked on (`okbadges.verification.status`)."""
    return isinstance(document.get("credentialStatus"), list) and pointer.startswith("/credentialStatus")
