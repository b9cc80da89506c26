"""What clients were told: every acknowledged answer, byte for byte, to be held against the database afterwards."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass
class Ledger:
    """The clients' own book-keeping; the service knows nothing of it. Many threads write into it."""

    issued: dict[str, bytes] = field(default_factory=dict)
    """The answer that each Idempotency-Key got first."""
    revoked: dict[str, str] = field(default_factory=dict)
    """When each credential was revoked, as it was answered first."""
    sent: set[str] = field(default_factory=set)
    """Every Idempotency-Key that was ever sent, answered or not."""
    mistakes: list[str] = field(default_factory=list)
    """What clients saw that they must never see."""
    equal_repeats: int = 0
    refused: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def sends(self, key: str) -> None:
        """Note that an order goes out under ``key``."""
        with self._lock:
            self.sent.add(key)

    def was_issued(self, key: str, answer: bytes) -> bool:
        """Note an acknowledged answer and say whether it is the first for its key; a later one must be the same bytes."""
        with self._lock:
            first = self.issued.setdefault(key, answer)
            is_first = first is answer
            if first != answer:
                self.mistakes.append(f"I2: the repeat of {key} was answered with other bytes")
            elif not is_first:
                self.equal_repeats += 1
            return is_first

    def was_revoked(self, credential_id: str, revoked_at: str) -> None:
        """Note an acknowledged revocation; a later one must tell the same time."""
        with self._lock:
            if self.revoked.setdefault(credential_id, revoked_at) != revoked_at:
                self.mistakes.append(f"I5: {credential_id} was revoked at two different times")

    def was_refused(self) -> None:
        """Note that another order under a used key was refused."""
        with self._lock:
            self.refused += 1

    def saw(self, mistake: str) -> None:
        """Note an answer that no client may ever get."""
        with self._lock:
            self.mistakes.append(mistake)

    def so_far(self) -> Ledger:
        """Return a copy: what was acknowledged by now has to be in the database by now."""
        with self._lock:
            return Ledger(dict(self.issued), dict(self.revoked), set(self.sent), list(self.mistakes))
