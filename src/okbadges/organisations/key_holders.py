"""Who holds an access key, looked up together for all who call at the same time, and remembered while nothing of it changes."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Final

from okbadges.errors import OkbadgesError
from okbadges.organisations.access_keys import KeyCaller, check_whole, holder_of
from okbadges.storage.edition import Remembered
from okbadges.storage.gathering import Gathering

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from okbadges.storage.database import Database
    from okbadges.storage.sealing import Secrets

MOST_TOGETHER: Final = 256


class KeyHolders:
    """Finds the holders of access keys for routes that hold no thread."""

    def __init__(self, database: Database, secrets: Secrets, *, now: Callable[[], datetime]) -> None:
        """Look them up in ``database``."""
        self._database = database
        self._secrets = secrets
        self._now = now
        self._remembered = Remembered()
        self._gathering: Gathering[tuple[bytes, Future[KeyCaller]]] = Gathering(
            self._find, name="okbadges-keys", most=MOST_TOGETHER
        )

    def find(self, access_key: str) -> Future[KeyCaller]:
        """Return who shows this access key; a key that was revoked a moment ago is not found any more.

        Raises, or its future raises, what `okbadges.organisations.access_keys.caller_of` raises, and `Unavailable`.
        """
        check_whole(access_key)
        answer: Future[KeyCaller] = Future()
        answer.set_running_or_notify_cancel()
        self._gathering.put((self._secrets.access_key_hash(access_key), answer))
        return answer

    def close(self) -> None:
        """Answer those who asked, then stop."""
        self._gathering.close()

    def _find(self, asked: list[tuple[bytes, Future[KeyCaller]]]) -> None:
        try:
            with self._database.read() as session:
                page = self._remembered.page(session)
                for key_hash, answer in asked:
                    _settle(
                        answer, partial(page.remembered, key_hash, partial(holder_of, session, key_hash)), self._now()
                    )
        except Exception as unexpected:  # noqa: BLE001 - whatever it is, everybody must get an answer
            for _, answer in asked:
                if not answer.done():
                    answer.set_exception(unexpected)


def _settle(answer: Future[KeyCaller], find: Callable[[], KeyCaller], now: datetime) -> None:
    try:
        found = find()
        found.require_running(now)
    except OkbadgesError as refused:
        answer.set_exception(refused)
    else:
        answer.set_result(found)
