"""An installation with as many processes as a test wants, and an instructor who remembers every answer.

A process that is left alone is a process that was killed: nothing that it held in memory is ever used again.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crash.invariants import violations
from crash.ledger import Ledger
from okbadges.building import build_rooms
from support.world import Clock, opened, order, settings_for

if TYPE_CHECKING:
    from httpx2 import Response

    from support.doors import Doors
    from support.world import Prepared, World

_REVOKE = {"reason": "issued-in-error"}


@dataclass
class Installation:
    """A prepared database, the clock of everybody who works on it, and what clients were told by any of its processes."""

    url: str
    keys: Prepared
    doors: Doors
    clock: Clock = field(default_factory=Clock)
    ledger: Ledger = field(default_factory=Ledger)
    processes: ExitStack = field(default_factory=ExitStack)

    def start(self) -> World:
        """Start one more process of the service."""
        return self.processes.enter_context(opened(self.url, self.keys, self.clock, self.doors))

    def send(self, process: World, key: str, **changes: Any) -> Response:
        """Let Iida order under an Idempotency-Key, and remember an acknowledged answer."""
        self.ledger.sends(key)
        headers = {**process.as_iida(), "Idempotency-Key": key}
        answer = process.client.post("/v1/credentials", json=order(**changes), headers=headers)
        if answer.status_code == 201:
            self.ledger.was_issued(key, answer.content)
        return answer

    def issue(self, process: World, key: str, **changes: Any) -> str:
        """Order, insist that it works, and return the credential's id."""
        answer = self.send(process, key, **changes)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def reissue(self, process: World, credential_id: str, key: str) -> Response:
        """Let Iida reissue in another language under an Idempotency-Key, and remember an acknowledged answer."""
        self.ledger.sends(key)
        answer = process.client.post(
            f"/v1/credentials/{credential_id}/reissue",
            json={"reason": "issued-in-error", "changes": {"language": "sv"}},
            headers={**process.as_iida(), "Idempotency-Key": key},
        )
        if answer.status_code == 201:
            self.ledger.was_issued(key, answer.content)
        return answer

    def revoke(self, process: World, credential_id: str) -> Response:
        """Let Iida revoke, and remember an acknowledged answer."""
        answer = process.client.post(f"/v1/credentials/{credential_id}/revoke", json=_REVOKE, headers=process.as_iida())
        if answer.status_code == 200:
            self.ledger.was_revoked(credential_id, answer.json()["revoked_at"])
        return answer

    def violations(self) -> list[str]:
        """Return what is wrong, as a process of its own sees it a little later; nobody may write meanwhile."""
        self.clock.move(seconds=5)
        rooms = build_rooms(settings_for(self.url), demo=False, now=self.clock)
        try:
            return violations(rooms, self.ledger.so_far())
        finally:
            rooms.writer.close()
            rooms.database.close()
