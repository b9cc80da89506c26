"""What one verification is made in and for: shared by every step, and by the credentials inside the one that was received."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.verification import checks

if TYPE_CHECKING:
    from datetime import datetime

    from okbadges.verification.profile import Profile
    from okbadges.verification.recipient import Recipient
    from okbadges.verification.resolve import Documents

Recogniser = Callable[[str], bool]
"""Says whether a service knows an issuer by its identifier."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The documents that may be asked for (counted over the whole verification), the time, who is known, what is taken."""

    documents: Documents
    now: datetime
    recognised: Recogniser
    profile: Profile


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller wants to know beyond the credential itself; each becomes a required check."""

    recipient: Recipient | None = None
    challenge: str | None = None
    domain: str | None = None

    def check_ids(self) -> list[str]:
        """Return the checks that are wanted."""
        by_challenge = self.challenge is not None or self.domain is not None
        return [checks.RECIPIENT] * (self.recipient is not None) + [checks.CHALLENGE] * by_challenge

    def of_each_credential(self) -> Asked:
        """Return what is asked of every credential in a presentation: the challenge is for the presentation alone."""
        return Asked(self.recipient)
