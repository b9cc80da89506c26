"""Endorsements inside a credential: they are somebody else's words, so they are never covered by the issuer's verdict in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.verification.checks import ENDORSEMENTS, not_checked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.verification.report import Check

_MEMBERS = ("endorsement", "endorsementJwt")


def check_endorsements(document: Mapping[str, object]) -> list[Check]:
    """Say that endorsements are there and are not looked at; nothing when there are none. Never required.

    Code: ``endorsements-not-supported``.
    """
    if not _has_endorsements(document):
        return []
    message = "The credential holds endorsements by others; they are not looked at."
    return [not_checked(ENDORSEMENTS, "endorsements-not-supported", message, required=False)]


def _has_endorsements(value: object) -> bool:
    if isinstance(value, list):
        return any(map(_has_endorsements, value))
    if not isinstance(value, dict):
        return False
    return any(name in value for name in _MEMBERS) or any(map(_has_endorsements, value.values()))
