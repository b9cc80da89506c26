"""What never changes and is dear to work out, remembered for the next report: signatures that held, status lists that were read.

A signature over given bytes by a given key holds for good, and the same bytes are always the same list. Nothing else is remembered:
whose list and whose key it is, the dates, the status and who is asked about are looked at anew for every report.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from okbadges.credentials.kept import Kept
from okbadges.credentials.places import everything

if TYPE_CHECKING:
    from okbadges.credentials.keys import PublicKey
    from okbadges.credentials.status_list import StatusBits
    from okbadges.verification.received import Received

MOST: Final = 4096
"""How many signatures are remembered: 32 bytes each, the one that was asked for longest ago goes first."""

MOST_LIST_BYTES: Final = 8 * 1024 * 1024
"""How many bytes of lists: a list of 131 072 bits takes 30 to 90 kB, as it was received, read and unpacked."""

_FOR_A_BYTE: Final = 3
_FOR_A_VALUE: Final = 500
"""How much memory is kept for a byte of a list (as it was received, read, and in a JWT unwrapped) and for each of its values, at the most."""


@dataclass(frozen=True, slots=True)
class ListRead:
    """A status list as it was read from its bytes: the credential that it is, and its bits. Nobody changes either."""

    received: Received
    bits: StatusBits


class Proven:
    """Remembers which proofs of which documents hold, and lists that were read. For threads; a failure is never remembered."""

    def __init__(self, *, most: int = MOST, most_list_bytes: int = MOST_LIST_BYTES) -> None:
        """Remember ``most`` signatures, and lists of ``most_list_bytes`` together."""
        self._signatures: Kept[bool] = Kept(most)
        self._lists: Kept[ListRead] = Kept(most_list_bytes)

    def holds(self, which: bytes) -> bool:
        """Say whether the signature ``which`` (see `signature_over`) is known to hold."""
        return self._signatures.get(which) is not None

    def remember(self, which: bytes) -> None:
        """Remember a signature that was verified and held."""
        self._signatures.keep(which, value=True)

    def list_in(self, body: bytes, kind: str) -> ListRead | None:
        """Return what exactly these bytes were read as, when they were read before as a list of this ``kind``."""
        return self._lists.get((kind, body))

    def remember_list(self, body: bytes, kind: str, read: ListRead) -> None:
        """Remember what ``body`` was read as. Only for one that was proven to be somebody's: strangers' junk would push it out."""
        values = sum(1 for _ in everything(dict(read.received.document)))
        weight = _FOR_A_BYTE * len(body) + _FOR_A_VALUE * values + read.bits.size // 8
        self._lists.keep((kind, body), read, weight)


def signature_over(received: Received, number: int, key: PublicKey, rules: str) -> bytes:
    """Return what the verdict on proof ``number`` of a document depends on: every byte of it, the key, the rules it is read by."""
    circumstances = f"{rules}\0{number}\0{key.kind}\0{key.encoded.hex()}\0".encode()
    return hashlib.sha256(circumstances + received.digest).digest()
