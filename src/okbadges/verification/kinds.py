"""What kind of document was received: told from its own words, before anything of it is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from okbadges.verification.openbadges2 import is_open_badge_2
from okbadges.verification.reading import types_of
from okbadges.verification.report import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json

_KINDS: Final[Mapping[str, Kind]] = {
    "OpenBadgeCredential": Kind.BADGE,
    "AchievementCredential": Kind.BADGE,
    "EndorsementCredential": Kind.ENDORSEMENT,
    "VerifiablePresentation": Kind.PRESENTATION,
    "EnvelopedVerifiableCredential": Kind.UNKNOWN,
    "EnvelopedVerifiablePresentation": Kind.UNKNOWN,
}


def kind_of(document: Mapping[str, Json]) -> Kind:
    """Return what the document says that it is; one that says several things is nothing that could be shown as one of them."""
    types = types_of(document)
    kinds = {_KINDS[name] for name in types & _KINDS.keys()}
    if len(kinds) > 1:
        return Kind.UNKNOWN
    if kinds:
        return kinds.pop()
    if "VerifiableCredential" in types:
        return Kind.CREDENTIAL
    return Kind.OPEN_BADGE_2 if is_open_badge_2(document) else Kind.UNKNOWN
