"""Which evidence is kept of a holder, by badge, without opening any of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.catalogue.shelf import latest_badge
from okbadges.passport.own_data import pieces

if TYPE_CHECKING:
    from sqlmodel import Session

    from okbadges.catalogue.published import PublishedBadge
    from okbadges.passport.holder import Holder


@dataclass(frozen=True, slots=True)
class KeptEvidence:
    """How many pieces are kept for a badge."""

    badge: PublishedBadge
    pieces: int


def kept_evidence(session: Session, holder: Holder) -> list[KeptEvidence]:
    """Return the badges for which something is kept, in order of slug."""
    counted = Counter(piece.badge for piece, _ in pieces(session, holder))
    return [KeptEvidence(latest_badge(session, slug), counted[slug]) for slug in sorted(counted)]
