"""The canonical N-Quads of a credential: what Data Integrity hashes and signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from okbadges.credentials.expansion import to_quads
from okbadges.credentials.rdfc import canonicalise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.rdfc import Hash
    from okbadges.credentials.strict_json import Json


class Canonical(Protocol):
    """From a document to its canonical N-Quads: `canonical_nquads` for badges, or one that allows other contexts."""

    def __call__(self, document: Mapping[str, Json], /, *, algorithm: Hash = "sha256") -> str:
        """Return canonical N-Quads; ``algorithm`` is the hash that RDFC-1.0 tells blank nodes apart by."""


def canonical_nquads(document: Mapping[str, Json], *, algorithm: Hash = "sha256") -> str:
    """Return the RDFC-1.0 canonical N-Quads of ``document``; raises the ``CredentialError`` of `expansion` and `rdfc`."""
    return canonicalise(to_quads(document), algorithm=algorithm).nquads
