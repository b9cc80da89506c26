"""Who holds an access key, looked up together for all who call at the same time, and remembered while nothing of it changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from okbadges.errors import NotAuthenticated
from okbadges.organisations.access_keys import KeyCaller, check_whole, holder_of
from okbadges.storage.edition import Remembered
from okbadges.storage.gathering import Awaited, Gathering, answer_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlmodel import Session

    from okbadges.storage.database import Database
    from okbadges.storage.edition import Page
    from okbadges.storage.sealing import Secrets

MOST_TOGETHER: Final = 256


@dataclass(frozen=True, slots=True)
class Recalled:
    """Who held an access key at one edition of the database."""

    caller: KeyCaller
    edition: int


class KeyHolders:
    """Finds the holders of access keys for routes that hold no thread."""

    def __init__(self, database: Database, secrets: Secrets, *, now: Callable[[], datetime]) -> None:
        """Look them up in ``database``."""
        self._database = database
        self._secrets = secrets
        self._now = now
        self._remembered = Remembered()
        self._gathering: Gathering[tuple[bytes, Awaited[KeyCaller]]] = Gathering(
            self._find, name="okbadges-keys", most=MOST_TOGETHER
        )

    def recall(self, access_key: str) -> Recalled | None:
        """Return who held this key when the database was asked last; None where that is not remembered, or the key has ended since.

        Whoever acts on it sees to it that the edition is still the same. Raises `NotAuthenticated` for a key with a typing error.
        """
        check_whole(access_key)
        page = self._remembered.newest
        found: KeyCaller | None = page.recall(self._secrets.access_key_hash(access_key))
        return Recalled(found, page.edition) if found is not None and found.is_running(self._now()) else None

    async def find(self, access_key: str) -> KeyCaller:
        """Return who shows this access key; a key that was revoked a moment ago is not found any more.

        Raises what `okbadges.organisations.access_keys.caller_of` raises, and `Unavailable`.
        """
        check_whole(access_key)
        answer: Awaited[KeyCaller] = Awaited()
        self._gathering.put((self._secrets.access_key_hash(access_key), answer))
        return await answer.future

    def close(self) -> None:
        """Answer those who asked, then stop."""
        self._gathering.close()

    def _find(self, asked: list[tuple[bytes, Awaited[KeyCaller]]]) -> None:
        try:
            with self._database.read() as session:
                page = self._remembered.page(session)
                answers = [(answer, self._found(session, page, key_hash)) for key_hash, answer in asked]
        except Exception as unexpected:  # noqa: BLE001 - whatever it is, everybody must get an answer
            answers = [(answer, unexpected) for _, answer in asked]
        answer_all(answers)

    def _found(self, session: Session, page: Page, key_hash: bytes) -> KeyCaller | Exception:
        try:
            found = page.remembered(key_hash, lambda: holder_of(session, key_hash))
            found.require_running(self._now())
        except NotAuthenticated as refused:
            return refused
        return found
