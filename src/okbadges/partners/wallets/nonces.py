"""What a wallet signs to prove its key: made here, unpredictable, good for ten minutes, and nothing of it is stored.

A nonce says when it was made, with a tag that only this service can write. One that is ``bound_to`` an offer is good for nothing else.
"""

from __future__ import annotations

import base64
import hmac
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from okbadges.storage.sealing import Secrets

LASTS = timedelta(minutes=10)
_CHANCE_BYTES: Final = 12
_NONCE: Final = re.compile(r"([0-9]{15,17})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{22})\Z")
_A_MILLION: Final = 1_000_000


def new_nonce(secrets: Secrets, *, now: datetime, random_bytes: Callable[[int], bytes], bound_to: str = "") -> str:
    """Return a new nonce."""
    chance = base64.urlsafe_b64encode(random_bytes(_CHANCE_BYTES)).decode()
    words = f"{round(now.timestamp() * _A_MILLION)}.{chance}"
    return f"{words}.{secrets.wallet_tag(f'{bound_to}:{words}')}"


def made_at(secrets: Secrets, nonce: str, *, now: datetime, bound_to: str = "") -> datetime | None:
    """Return when a nonce was made; None for one that is not ours, is bound to something else, or is too old."""
    match = _NONCE.match(nonce)
    if match is None:
        return None
    words = f"{match[1]}.{match[2]}"
    if not hmac.compare_digest(secrets.wallet_tag(f"{bound_to}:{words}"), match[3]):
        return None
    # the tag holds, so this is a number that was written here
    made = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(match[1]))
    return made if timedelta() <= now - made + timedelta(seconds=1) <= LASTS + timedelta(seconds=1) else None
