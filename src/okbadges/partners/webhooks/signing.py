"""The secrets of a webhook, and the signatures made with them as Standard Webhooks writes them down.

The newest secret signs for good, each one before it for a day more, so that a receiver can change its own without losing a message.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import orjson
from standardwebhooks import Webhook as Signing

from okbadges.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Callable

OLD_SIGNS_FOR = timedelta(hours=24)
MOST_OLD = 3
"""How many old secrets may sign beside the newest: each of them makes the header longer."""
_PREFIX = "whsec_"
_BYTES = 32


@dataclass(frozen=True, slots=True)
class Old:
    """A secret that was rotated, and until when it signs."""

    secret: str
    until: datetime


@dataclass(frozen=True, slots=True)
class SigningSecrets:
    """The secret that signs, and those that were rotated a short while ago."""

    newest: str
    old: tuple[Old, ...] = ()

    def at(self, now: datetime) -> tuple[str, ...]:
        """Return the secrets that sign at a time, the newest first."""
        return (self.newest, *(one.secret for one in self.old if now < one.until))

    def rotated(self, now: datetime, random_bytes: Callable[[int], bytes]) -> SigningSecrets:
        """Return these with a new secret. Raises `Conflict` (``rotated-too-often``) while too many old ones sign."""
        still = tuple(one for one in self.old if now < one.until)
        if len(still) >= MOST_OLD:
            raise Conflict(
                "rotated-too-often",
                f"The secret was rotated {MOST_OLD} times within {OLD_SIGNS_FOR.total_seconds() / 3600:.0f} hours; wait until one of the old ones "
                "has ended. If a secret is in wrong hands, delete the webhook and make another.",
            )
        return replace(new_secrets(random_bytes), old=(Old(self.newest, now + OLD_SIGNS_FOR), *still))

    def written(self) -> bytes:
        """Return these as they are sealed."""
        return orjson.dumps(self)


def new_secrets(random_bytes: Callable[[int], bytes]) -> SigningSecrets:
    """Return the first secret of a webhook."""
    return SigningSecrets(_PREFIX + base64.b64encode(random_bytes(_BYTES)).decode())


def read_secrets(written: bytes) -> SigningSecrets:
    """Return the secrets that were sealed."""
    read = orjson.loads(written)
    old = tuple(Old(one["secret"], datetime.fromisoformat(one["until"])) for one in read["old"])
    return SigningSecrets(read["newest"], old)


def signed_headers(secrets: SigningSecrets, message_id: str, body: bytes, *, now: datetime) -> dict[str, str]:
    """Return the headers with which a message is sent now: one signature for each secret that signs."""
    signatures = [Signing(secret).sign(message_id, now, body.decode()) for secret in secrets.at(now)]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
