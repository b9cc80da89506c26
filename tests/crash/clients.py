"""Instructors' programs as they behave in a bad network: they order, send again until they are answered, and remember every answer."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from support.world import order

if TYPE_CHECKING:
    from crash.ledger import Ledger

_ANSWER_WITHIN_SECONDS = 45
_AGAIN_LATER = frozenset({429, 503})
_LANGUAGES = ("fi", "sv")


@dataclass(frozen=True, slots=True)
class Door:
    """Where the service answers, the access key that opens it, and the day on which everything ordered there was earned."""

    port: int
    access_key: str
    awarded_on: str


class Clients:
    """As many programs as are wanted, each on a thread and a connection of its own, until they are told to stop."""

    def __init__(self, door: Door, ledger: Ledger, *, at_once: int, seed: int) -> None:
        """Get ready; nothing is sent before `start`."""
        self._stopping = threading.Event()
        self.answered = threading.Event()
        """Set by every acknowledged order; whoever waits for the next one clears it."""
        self._programs = [_Program(door, ledger, self, random.Random(f"{seed}/{n}"), n) for n in range(at_once)]  # noqa: S311 - a load, not a secret
        self._threads = [threading.Thread(target=program.run, daemon=True) for program in self._programs]

    @property
    def is_stopping(self) -> bool:
        """Say whether everybody was told to stop."""
        return self._stopping.is_set()

    def start(self) -> None:
        """Begin to order."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let everybody finish the request that is under way."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(_ANSWER_WITHIN_SECONDS + 10)

    def unanswered(self) -> list[str]:
        """Return the keys whose orders were never answered."""
        return [key for program in self._programs for key in program.pending]

    def finish(self) -> None:
        """Send each unanswered order once more, and each answered one too: every answer has to be the first one again."""
        with ThreadPoolExecutor(len(self._programs)) as pool:
            list(pool.map(_Program.finish, self._programs))


def order_for(key: str, awarded_on: str, *, other: bool = False) -> dict[str, Any]:
    """Return the order that belongs to a key, or ``other``: one that does not."""
    seen = {"observed_by": "instructor", "methods": ["observation"], "occasions": 2}
    usual = order(awarded_on=awarded_on, observation=seen)
    return {**usual, "language": _LANGUAGES[(len(key) + ord(key[-1]) + other) % 2]}


class _Program:
    """One client. Its orders are its own; each has a key, and is sent until it is answered."""

    def __init__(self, door: Door, ledger: Ledger, all_of_them: Clients, chance: random.Random, number: int) -> None:
        self._door, self._ledger, self._all, self._chance, self._number = door, ledger, all_of_them, chance, number
        self._connection: http.client.HTTPConnection | None = None
        self.pending: list[str] = []
        self._answered: list[tuple[str, str]] = []
        self._made = 0

    def run(self) -> None:
        while not self._all.is_stopping:
            self._one_step()
            time.sleep(self._chance.uniform(0, 0.1))

    def finish(self) -> None:
        for key in [*self.pending, *(key for key, _ in self._answered)]:
            for _ in range(20):
                if self._order(key):
                    break
                time.sleep(0.1)

    def _one_step(self) -> None:
        what = self._chance.random()
        if self.pending:
            self._order(self.pending[0])
        elif what < 0.15 and self._answered:
            self._order(self._chance.choice(self._answered)[0])
        elif what < 0.20 and self._answered:
            self._order_something_else(self._chance.choice(self._answered)[0])
        elif what < 0.35 and self._answered:
            self._revoke(self._chance.choice(self._answered)[1])
        else:
            self._made += 1
            key = f"client-{self._number}-order-{self._made}"
            self.pending.append(key)
            self._order(key)

    def _order(self, key: str) -> bool:
        """Send one order and say whether it was acknowledged."""
        self._ledger.sends(key)
        status, body = self._post("/v1/credentials", order_for(key, self._door.awarded_on), {"Idempotency-Key": key})
        if status == 201:
            if self._ledger.was_issued(key, body):
                self._answered.append((key, json.loads(body)["id"]))
            if key in self.pending:
                self.pending.remove(key)
            self._all.answered.set()
            return True
        if status == 409 and json.loads(body)["code"] == "idempotency-key-in-flight":
            return False
        self._expect_patience("an order", status, body)
        return False

    def _order_something_else(self, key: str) -> None:
        status, body = self._post(
            "/v1/credentials", order_for(key, self._door.awarded_on, other=True), {"Idempotency-Key": key}
        )
        if status == 422 and json.loads(body)["code"] == "idempotency-key-reused":
            self._ledger.was_refused()
        else:
            self._expect_patience("another order under a used key", status, body)

    def _revoke(self, credential_id: str) -> None:
        status, body = self._post(f"/v1/credentials/{credential_id}/revoke", {"reason": "issued-in-error"}, {})
        if status == 200:
            self._ledger.was_revoked(credential_id, json.loads(body)["revoked_at"])
        else:
            self._expect_patience("a revocation", status, body)

    def _expect_patience(self, what: str, status: int | None, body: bytes) -> None:
        """Take "not now" for an answer; anything else that is not the right one is a mistake of the service."""
        if status is not None and status not in _AGAIN_LATER:
            self._ledger.saw(f"answers: {what} was answered {status} {body[:300].decode(errors='replace')}")
        time.sleep(self._chance.uniform(0.05, 0.2))

    def _post(self, path: str, content: dict[str, Any], headers: dict[str, str]) -> tuple[int | None, bytes]:
        """Return status and body of a whole answer, or no status when the connection broke before it was there."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._door.port, timeout=_ANSWER_WITHIN_SECONDS)
        known = {"Authorization": f"Bearer {self._door.access_key}", "Content-Type": "application/json"}
        try:
            self._connection.request("POST", path, json.dumps(content), {**known, **headers})
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            return None, b""
