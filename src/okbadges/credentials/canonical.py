"""The canonical N-Quads of a credential: what Data Integrity hashes and signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from okbadges.credentials.expansion import BUNDLED
from okbadges.credentials.kept import Kept
from okbadges.credentials.parts import written_options
from okbadges.credentials.rdfc import canonicalise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.expansion import Expander
    from okbadges.credentials.rdfc import Hash
    from okbadges.credentials.strict_json import Json

_MOST_OPTIONS: Final = 128 * 1024
"""How many bytes of options and their canonical forms are remembered together; those of one key take some 1 000."""


class Canonical(Protocol):
    """From a document to its canonical N-Quads: `canonical_nquads` for badges, or one that allows other contexts."""

    def __call__(self, document: Mapping[str, Json], /, *, algorithm: Hash = "sha256") -> str:
        """Return canonical N-Quads; ``algorithm`` is the hash that RDFC-1.0 tells blank nodes apart by."""


class Canonicaliser:
    """Brings documents into canonical form by the contexts of one expander. For threads.

    What many of them share is worked out once: badges and issuers, and the options of a proof, which are the same for all that a key
    signs without a date (`parts`).
    """

    def __init__(self, expander: Expander) -> None:
        """Remember nothing yet."""
        self._expander = expander
        self._options: Kept[str] = Kept(_MOST_OPTIONS)

    def __call__(self, document: Mapping[str, Json], /, *, algorithm: Hash = "sha256") -> str:
        """Return the RDFC-1.0 canonical N-Quads of ``document``; raises the ``CredentialError`` of `expansion` and `rdfc`."""
        if algorithm != "sha256":  # which is the hash that parts are worked out with
            return canonicalise(self._expander.to_quads(document), algorithm=algorithm).nquads
        written = None if "credentialSubject" in document else written_options(document)
        if written is None:
            return self._canonical(document)
        known = self._options.get(written)
        if known is None:
            known = self._canonical(document)
            self._options.keep(written, known, len(written) + len(known))
        return known

    def _canonical(self, document: Mapping[str, Json]) -> str:
        quads, parts = self._expander.to_parts(document)
        return canonicalise(quads, parts=parts).nquads


canonical_nquads: Final = Canonicaliser(BUNDLED)
"""The canonical form of badges. A constant in all that can be seen of it, as `BUNDLED` is."""
