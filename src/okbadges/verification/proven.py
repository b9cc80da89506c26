"""Signatures that held: a signature over given bytes by a given key holds for good, so it is not worked out twice.

Only that is remembered. Whose key it is, the dates, the status and who is asked about are looked at anew for every report.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from okbadges.credentials.strict_json import dumps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.strict_json import Json

MOST: Final = 4096
"""How many are remembered: 32 bytes each, the one that was asked for longest ago goes first."""


class Proven:
    """Remembers which proofs of which documents hold. For any number of threads; a failure is never remembered."""

    def __init__(self, *, most: int = MOST) -> None:
        """Remember ``most`` signatures."""
        self._most = most
        self._held: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()

    def holds(self, which: bytes) -> bool:
        """Say whether the signature ``which`` (see `signature_over`) is known to hold."""
        with self._lock:
            if which not in self._held:
                return False
            self._held.move_to_end(which)
            return True

    def remember(self, which: bytes) -> None:
        """Remember a signature that was verified and held."""
        with self._lock:
            self._held[which] = None
            while len(self._held) > self._most:
                self._held.popitem(last=False)


def signature_over(document: Mapping[str, Json], number: int, key: PublicKey, rules: str) -> bytes:
    """Return what the verdict on proof ``number`` of ``document`` depends on: every byte of it, the key, the rules it is read by."""
    digest = hashlib.sha256(f"{rules}\0{number}\0{key.kind}\0{key.encoded.hex()}\0".encode())
    digest.update(dumps({**document}))
    return digest.digest()
