"""One event on its way to one webhook: taken by one process, sent, noted; tried again after growing pauses, and then given up.

Whoever takes a delivery moves its next time on by a minute first. A process that dies between sending and noting leaves it to be taken
again after that: nothing is lost, and what comes twice comes with the same id.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import exists, update
from sqlmodel import col, select

from okbadges.errors import Conflict, NotFound
from okbadges.partners.webhooks.kept import Because, disable, require_enabled, require_row, tell
from okbadges.storage.tables import EventRow, WebhookAttemptRow, WebhookDeliveryRow, WebhookRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection
    from sqlmodel import Session

    from okbadges.integrations.webhooks import Received
    from okbadges.organisations.workshops import Organisation
    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer

AGAIN_AFTER = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""After these pauses a message is tried again, each up to a tenth longer; then it is given up."""
LONGEST_WISH = timedelta(hours=24)
"""The longest Retry-After that is heeded."""
TAKEN_FOR = timedelta(minutes=1)
"""How long a process has for one attempt before another one may make it."""
DISABLED_AFTER = timedelta(days=5)
"""How long a webhook may fail without one success before it is disabled."""
_SURE_AFTER = 5
"""Only from this attempt of a message on, hours after its first: a receiver that failed long ago is not judged by one bad moment now."""
_GONE, _TOO_MANY, _UNAVAILABLE = 410, 429, 503


class State(StrEnum):
    """What became of a delivery."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given-up"


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that this process has to attempt now; ``attempt`` counts from 1, ``of_round`` those since it was last asked for."""

    delivery_id: uuid.UUID
    webhook: WebhookRow
    event: EventRow
    attempt: int
    of_round: int


def delivery_id(webhook_id: uuid.UUID, event_id: uuid.UUID) -> uuid.UUID:
    """Return the id of the delivery of an event to a webhook, which is the id of its message: always the same."""
    return uuid.uuid5(webhook_id, event_id.hex)


def due_webhooks(session: Session, *, now: datetime) -> list[uuid.UUID]:
    """Return the webhooks for which something is to be sent now."""
    due = select(WebhookDeliveryRow.webhook_id).where(_is_due(now), _is_enabled()).distinct()
    return list(session.exec(due))


def due_deliveries(session: Session, webhook_id: uuid.UUID, *, now: datetime, limit: int) -> list[uuid.UUID]:
    """Return what is to be sent to a webhook now, in the order of the journal."""
    due = (
        select(WebhookDeliveryRow.id)
        .join(EventRow, col(EventRow.id) == WebhookDeliveryRow.event_id)
        .where(WebhookDeliveryRow.webhook_id == webhook_id, _is_due(now))
        .order_by(col(EventRow.chain), col(EventRow.number))
        .limit(limit)
    )
    return list(session.exec(due))


def take(writer: Writer, delivery_id: uuid.UUID, *, now: datetime) -> Taken | None:
    """Take a delivery for one attempt; None when another process did, or it is not to be sent any more."""
    mine = update(WebhookDeliveryRow).where(col(WebhookDeliveryRow.id) == delivery_id, _is_due(now), _is_enabled())
    values = {"attempts": col(WebhookDeliveryRow.attempts) + 1, "next_at": now + TAKEN_FOR, "changed_at": now}

    def change(connection: Connection) -> int:
        if not connection.execute(mine.values(values)).rowcount:
            return 0
        its = select(WebhookDeliveryRow.attempts).where(WebhookDeliveryRow.id == delivery_id)
        return connection.execute(its).scalar_one()

    attempt = writer.write(change)
    if not attempt:
        return None
    with writer.database.read() as session:
        row = session.get_one(WebhookDeliveryRow, delivery_id)
        webhook, event = session.get_one(WebhookRow, row.webhook_id), session.get_one(EventRow, row.event_id)
        session.expunge_all()
    if webhook.ended_at is not None:
        return None
    return Taken(delivery_id, webhook, event, attempt, attempt - row.earlier_attempts)


def note(writer: Writer, stamp: Stamp, taken: Taken, received: Received) -> State:
    """Note what came of an attempt: delivered, to be tried again, or given up; and disable a webhook that has failed for too long.

    A delivery that another process has taken meanwhile is left to that one, unless it arrived.
    """
    outcome = outcome_of(received)
    attempt = WebhookAttemptRow(
        id=stamp.row_id(),
        delivery_id=taken.delivery_id,
        at=stamp.now,
        status=received.status,
        outcome=outcome,
        milliseconds=received.milliseconds,
    )

    def change(connection: Connection) -> State:
        add(connection, attempt)
        if outcome == "delivered":
            _settle(connection, stamp, State.DELIVERED, col(WebhookDeliveryRow.id) == taken.delivery_id)
            _mark_failing(connection, taken, None)
            return State.DELIVERED
        _mark_failing(connection, taken, stamp.now)
        state = _put_off(connection, stamp, taken, received)
        because = _reason_to_disable(connection, stamp, taken, received)
        if because is not None:
            disable(connection, stamp, taken.webhook.id, because)
        return state

    return writer.write(change)


def outcome_of(received: Received) -> str:
    """Return in a word what came of an attempt."""
    match received.status:
        case None:
            return received.trouble or "unreachable"
        case status if 200 <= status < 300:  # noqa: PLR2004 - the classes of HTTP
            return "delivered"
        case status if 300 <= status < 400:  # noqa: PLR2004 - the same
            return "redirected"
        case status:
            return "gone" if status == _GONE else "refused"


def redeliver(
    writer: Writer, stamp: Stamp, organisation: Organisation, webhook_id: uuid.UUID, delivery_id: uuid.UUID
) -> None:
    """Have a message sent again, with its id, as if it were new. Raises `NotFound`, and `Conflict` (``delivery-pending``, ``webhook-disabled``)."""

    def change(connection: Connection) -> None:
        row = require_row(connection, organisation.id, webhook_id)
        its = col(WebhookDeliveryRow.id) == delivery_id, col(WebhookDeliveryRow.webhook_id) == webhook_id
        state = connection.execute(select(WebhookDeliveryRow.state).where(*its)).scalar_one_or_none()
        if state is None:
            raise unknown_delivery()
        require_enabled(row)
        if state == State.PENDING:
            raise Conflict("delivery-pending", "This message is on its way already; it is sent at the time in next_at.")
        anew = {
            "state": State.PENDING,
            "earlier_attempts": col(WebhookDeliveryRow.attempts),
            "next_at": stamp.now,
            "settled_at": None,
            "changed_at": stamp.now,
        }
        connection.execute(update(WebhookDeliveryRow).where(*its).values(anew))
        tell(connection, stamp, webhook_id, "webhook.redelivered", delivery=str(delivery_id))

    writer.write(change)


def unknown_delivery() -> NotFound:
    """Return the refusal for a delivery that the webhook does not have, or not any more."""
    return NotFound(
        "unknown-delivery",
        "This webhook has no such delivery. Those that are done are kept for 30 days.",
        field="delivery",
    )


def try_now(connection: Connection, stamp: Stamp, webhook_id: uuid.UUID) -> None:
    """Let what waits for a webhook be sent at once, inside the change that enables it again."""
    waits = col(WebhookDeliveryRow.webhook_id) == webhook_id, col(WebhookDeliveryRow.state) == State.PENDING
    connection.execute(update(WebhookDeliveryRow).where(*waits).values(next_at=stamp.now))


def settle_what_waits(connection: Connection, stamp: Stamp, webhook_id: uuid.UUID) -> None:
    """Give up what waits for a webhook, inside the change that ends it."""
    _settle(connection, stamp, State.GIVEN_UP, col(WebhookDeliveryRow.webhook_id) == webhook_id)


def wait_for(received: Received, taken: Taken, stamp: Stamp) -> timedelta | None:
    """Return how long to wait before the next attempt: the pause of the schedule, or longer where the receiver asks for it. None: no more."""
    if taken.of_round > len(AGAIN_AFTER):
        return None
    pause = AGAIN_AFTER[taken.of_round - 1]
    pause += pause * (int.from_bytes(stamp.random_bytes(2), "big") / 0xFFFF) / 10
    wished = _wish(received.retry_after, stamp.now) if received.status in (_TOO_MANY, _UNAVAILABLE) else None
    return max(pause, min(wished, LONGEST_WISH)) if wished else pause


def _wish(retry_after: str | None, now: datetime) -> timedelta | None:
    """Read the header Retry-After (RFC 9110 10.2.3), seconds or a date; None for one that is neither."""
    if retry_after is None:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        return timedelta(seconds=min(int(retry_after[:9]), LONGEST_WISH.total_seconds()))
    try:
        at = parsedate_to_datetime(retry_after)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    except (ValueError, OverflowError):
        return None


def _put_off(connection: Connection, stamp: Stamp, taken: Taken, received: Received) -> State:
    still_mine = (col(WebhookDeliveryRow.id) == taken.delivery_id) & (col(WebhookDeliveryRow.attempts) == taken.attempt)
    pause = wait_for(received, taken, stamp)
    if pause is None:
        _settle(connection, stamp, State.GIVEN_UP, still_mine)
        return State.GIVEN_UP
    waits = update(WebhookDeliveryRow).where(still_mine, col(WebhookDeliveryRow.state) == State.PENDING)
    connection.execute(waits.values(next_at=stamp.now + pause, changed_at=stamp.now))
    return State.PENDING


def _settle(connection: Connection, stamp: Stamp, state: State, which: ColumnElement[bool]) -> None:
    its = update(WebhookDeliveryRow).where(which, col(WebhookDeliveryRow.state) == State.PENDING)
    connection.execute(its.values(state=state, next_at=None, settled_at=stamp.now, changed_at=stamp.now))


def _mark_failing(connection: Connection, taken: Taken, since: datetime | None) -> None:
    """Note since when a webhook has failed without a success; None: it has just not."""
    its = col(WebhookRow.id) == taken.webhook.id
    other = col(WebhookRow.failing_since).is_not(None) if since is None else col(WebhookRow.failing_since).is_(None)
    connection.execute(update(WebhookRow).where(its, other).values(failing_since=since))


def _reason_to_disable(connection: Connection, stamp: Stamp, taken: Taken, received: Received) -> Because | None:
    if received.status == _GONE:
        return Because.GONE
    its = select(WebhookRow.failing_since).where(WebhookRow.id == taken.webhook.id)
    since = connection.execute(its).scalar_one()
    is_long = since is not None and stamp.now - since >= DISABLED_AFTER
    return Because.FAILING if is_long and taken.of_round >= _SURE_AFTER else None


def _is_due(now: datetime) -> ColumnElement[bool]:
    return (col(WebhookDeliveryRow.state) == State.PENDING) & (col(WebhookDeliveryRow.next_at) <= now)


def _is_enabled() -> ColumnElement[bool]:
    return exists().where(
        col(WebhookRow.id) == col(WebhookDeliveryRow.webhook_id),
        col(WebhookRow.disabled_at).is_(None),
        col(WebhookRow.ended_at).is_(None),
    )
