"""Sending what is due: one webhook at a time in the order of the journal, an attempt each, and never two at once of the same delivery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from okbadges.partners.webhooks import fan_out
from okbadges.partners.webhooks.deliveries import State, due_deliveries, due_webhooks, note, take
from okbadges.partners.webhooks.events import message
from okbadges.partners.webhooks.kept import opened
from okbadges.partners.webhooks.signing import signed_headers

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable

    from okbadges.integrations.webhooks import Receivers
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

_PAGES_AT_ONCE = 20
"""How many pages of the journal are read on for each webhook before what is due gets its turn."""
_IN_ONE_TURN = 50
"""How many messages a webhook whose receiver answers well gets before another one has its turn."""


@dataclass(frozen=True, slots=True)
class Sending:
    """Reads the journal on and sends. Safe to share between threads and to run in several processes."""

    writer: Writer
    secrets: Secrets
    receivers: Receivers
    base_url: str
    stamp: Callable[[], Stamp]

    def read_on(self) -> None:
        """Make deliveries of what the journal has for webhooks and was not read yet; of a long past a part, and the rest the next time."""
        for _ in range(_PAGES_AT_ONCE):
            if not fan_out.fan_out(self.writer, now=self.stamp().now):
                return

    def due(self) -> list[uuid.UUID]:
        """Return the webhooks for which something is to be sent now."""
        with self.writer.database.read() as session:
            return due_webhooks(session, now=self.stamp().now)

    def send_to(self, webhook_id: uuid.UUID, *, is_over: Callable[[], bool] = lambda: False) -> int:
        """Send what is due to one webhook, until an attempt fails, the turn is over or ``is_over`` says so; return how many were attempted."""
        with self.writer.database.read() as session:
            due = due_deliveries(session, webhook_id, now=self.stamp().now, limit=_IN_ONE_TURN)
        attempts = 0
        for delivery_id in due:
            if is_over():
                break
            state = self._attempt(delivery_id)
            attempts += state is not None
            if state not in (State.DELIVERED, None):
                break
        return attempts

    def _attempt(self, delivery_id: uuid.UUID) -> State | None:
        """Make one attempt; None when there was none to make."""
        taken = take(self.writer, delivery_id, now=self.stamp().now)
        if taken is None:
            return None
        webhook = opened(taken.webhook, self.secrets)
        body = message(taken.event, self.base_url)
        headers = signed_headers(webhook.signing, str(delivery_id), body, now=self.stamp().now)
        received = self.receivers.post(webhook.url, headers, body)
        state = note(self.writer, self.stamp(), taken, received)
        if state is not State.DELIVERED:
            log = structlog.get_logger()
            log.info("webhook-failed", webhook=str(webhook.id), status=received.status, code=received.trouble)
        return state
