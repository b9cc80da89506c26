"""What a verifier takes: Open Badges only, or anything that is a W3C credential (for partners' test suites)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from okbadges.credentials.canonical import Canonicaliser, canonical_nquads
from okbadges.credentials.expansion import ANY as EVERYTHING
from okbadges.credentials.expansion import BUNDLED
from okbadges.credentials.strict_json import dumps
from okbadges.verification.report import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.data_integrity import Canonical
    from okbadges.credentials.expansion import Expander
    from okbadges.credentials.rdfc import Hash
    from okbadges.credentials.strict_json import Json


@dataclass(frozen=True, slots=True)
class Profile:
    """Which kinds of documents are taken, by which contexts they are read, and what shape they must have."""

    name: str
    kinds: frozenset[Kind]
    expander: Expander
    canonical: Canonicaliser
    """Brings documents into canonical form by the contexts of ``expander``."""
    open_badges: bool
    """Whether the rules of Open Badges are asked of every credential, or only those of the data model."""

    def remembering_canonical(self) -> Canonical:
        """Return `canonical` for the proofs of one document: what they all sign is brought into its form once, not once each."""
        known: dict[tuple[bytes, Hash], str] = {}

        def remembered(document: Mapping[str, Json], *, algorithm: Hash = "sha256") -> str:
            key = dumps(dict(document)), algorithm
            if key not in known:
                known[key] = self.canonical(document, algorithm=algorithm)
            return known[key]

        return remembered


OPEN_BADGES: Final = Profile(
    name="openbadges",
    kinds=frozenset({Kind.BADGE, Kind.ENDORSEMENT, Kind.PRESENTATION, Kind.OPEN_BADGE_2}),
    expander=BUNDLED,
    canonical=canonical_nquads,
    open_badges=True,
)
"""Badges of 3.0 and 2.0, endorsements of them, and presentations that hold nothing else."""

ANY: Final = Profile(
    name="any",
    kinds=frozenset(Kind) - {Kind.UNKNOWN},
    expander=EVERYTHING,
    canonical=Canonicaliser(EVERYTHING),
    open_badges=False,
)
"""Every credential and presentation of the W3C's data model, with the contexts of its test suites besides."""
