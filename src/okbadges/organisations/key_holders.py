"""Who holds an access key, remembered while nothing of it changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.organisations.access_keys import check_whole, holder_of
from okbadges.storage.edition import Remembered

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlmodel import Session

    from okbadges.organisations.access_keys import KeyCaller
    from okbadges.storage.sealing import Secrets


@dataclass(frozen=True, slots=True)
class Recalled:
    """Who held an access key at one edition of the database."""

    caller: KeyCaller
    edition: int


class KeyHolders:
    """Finds the holders of access keys; one of it serves a whole process."""

    def __init__(self, secrets: Secrets, *, now: Callable[[], datetime]) -> None:
        """Remember nobody yet."""
        self._secrets = secrets
        self._now = now
        self._remembered = Remembered()

    def find(self, session: Session, access_key: str) -> KeyCaller:
        """Return who shows this access key; a key that was revoked a moment ago is not found any more.

        Raises what `okbadges.organisations.access_keys.caller_of` raises.
        """
        key_hash = self._secrets.access_key_hash(access_key)

        def looked_up() -> KeyCaller:
            check_whole(access_key)
            return holder_of(session, key_hash)

        found = self._remembered.page(session).remembered(key_hash, looked_up)
        found.require_running(self._now())
        return found

    def recall(self, access_key: str) -> Recalled | None:
        """Return who held this key when the database was asked last; None where that is not remembered, or the key has ended since.

        Whoever acts on it sees to it that the edition is still the same. Raises `NotAuthenticated` for a key with a typing error.
        """
        page = self._remembered.newest
        found: KeyCaller | None = page.recall(self._secrets.access_key_hash(access_key))
        if found is None:
            # one that was found before was whole, and most are
            check_whole(access_key)
            return None
        return Recalled(found, page.edition) if found.is_running(self._now()) else None
