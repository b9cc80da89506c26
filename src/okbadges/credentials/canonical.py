"""The canonical N-Quads of a credential: what Data Integrity hashes and signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.credentials.expansion import to_quads
from okbadges.credentials.rdfc import canonicalise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.strict_json import Json


def canonical_nquads(document: Mapping[str, Json]) -> str:
    """Return the RDFC-1.0 canonical N-Quads of ``document``; raises the ``CredentialError`` of `expansion` and `rdfc`."""
    return canonicalise(to_quads(document)).nquads
