"""The log of what was sent to a webhook: each message, what became of it, and its newest attempts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import col, select

from okbadges.partners.webhooks.deliveries import State, unknown_delivery
from okbadges.partners.webhooks.events import BY_ACTION
from okbadges.partners.webhooks.kept import Because
from okbadges.storage.tables import EventRow, WebhookAttemptRow, WebhookDeliveryRow, WebhookRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlmodel import Session
    from sqlmodel.sql.expression import Select

    from okbadges.organisations.workshops import Organisation

MOST_ATTEMPTS = 20
"""How many attempts of one message are shown: two rounds of it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: ``status`` of the answer, if there was one, ``outcome`` in a word, and how long it took in milliseconds."""

    at: datetime
    status: int | None
    outcome: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message: what it tells of, where it stands, and its newest attempts, the newest first."""

    id: uuid.UUID
    event_id: uuid.UUID
    type: str
    subject: str
    chain: str
    number: int
    happened_at: datetime
    state: State
    attempts: int
    next_at: datetime | None
    settled_at: datetime | None
    log: tuple[Attempt, ...]


def webhooks_of(
    session: Session, organisation: Organisation, *, after: uuid.UUID | None, since: datetime | None, limit: int
) -> Sequence[WebhookRow]:
    """Return the webhooks of an organisation that have not ended, in order of id, after that id, made or changed ``since``."""
    its = select(WebhookRow).where(WebhookRow.organisation_id == organisation.id, col(WebhookRow.ended_at).is_(None))
    if after is not None:
        its = its.where(WebhookRow.id > after)
    if since is not None:
        its = its.where(WebhookRow.changed_at >= since)
    return session.exec(its.order_by(col(WebhookRow.id)).limit(limit)).all()


def deliveries_of(
    session: Session, webhook_id: uuid.UUID, *, after: uuid.UUID | None, since: datetime | None, limit: int
) -> list[Delivery]:
    """Return what was sent, or is to be, oldest event first, after the event with that id; ``since``: on which something happened."""
    its = _with_events().where(WebhookDeliveryRow.webhook_id == webhook_id)
    if after is not None:
        its = its.where(WebhookDeliveryRow.event_id > after)
    if since is not None:
        its = its.where(WebhookDeliveryRow.changed_at >= since)
    found = session.exec(its.order_by(col(WebhookDeliveryRow.event_id)).limit(limit)).all()
    return _opened(session, found)


def find_delivery(session: Session, webhook_id: uuid.UUID, delivery_id: uuid.UUID) -> Delivery:
    """Return one message of a webhook. Raises `NotFound` (``unknown-delivery``)."""
    its = _with_events().where(WebhookDeliveryRow.webhook_id == webhook_id, WebhookDeliveryRow.id == delivery_id)
    found = _opened(session, session.exec(its).all())
    if not found:
        raise unknown_delivery()
    return found[0]


def stopped(session: Session, organisation_id: uuid.UUID) -> int:
    """Return how many webhooks of an organisation were disabled without anybody saying so."""
    its = select(func.count()).where(
        col(WebhookRow.organisation_id) == organisation_id,
        col(WebhookRow.disabled_because).in_((Because.FAILING, Because.GONE)),
        col(WebhookRow.ended_at).is_(None),
    )
    return session.scalar(its) or 0


def waiting(session: Session, webhook_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return how many messages wait for each of these webhooks."""
    its = (
        select(WebhookDeliveryRow.webhook_id, func.count())
        .where(col(WebhookDeliveryRow.webhook_id).in_(webhook_ids), WebhookDeliveryRow.state == State.PENDING)
        .group_by(col(WebhookDeliveryRow.webhook_id))
    )
    return dict(session.exec(its).all())


def _with_events() -> Select[WebhookDeliveryRow, EventRow]:
    return select(WebhookDeliveryRow, EventRow).join(EventRow, col(EventRow.id) == WebhookDeliveryRow.event_id)


def _opened(session: Session, found: Sequence[tuple[WebhookDeliveryRow, EventRow]]) -> list[Delivery]:
    logs = _logs(session, [row.id for row, _ in found])
    its = select(WebhookRow.id).where(
        col(WebhookRow.id).in_({row.webhook_id for row, _ in found}), col(WebhookRow.disabled_at).is_(None)
    )
    enabled = set(session.exec(its))
    return [
        Delivery(
            id=row.id,
            event_id=row.event_id,
            type=BY_ACTION[event.action],
            subject=event.subject,
            chain=event.chain,
            number=event.number,
            happened_at=event.at,
            state=State(row.state),
            attempts=row.attempts,
            # nothing is sent to one that is disabled, at no time
            next_at=row.next_at if row.webhook_id in enabled else None,
            settled_at=row.settled_at,
            log=tuple(logs[row.id][:MOST_ATTEMPTS]),
        )
        for row, event in found
    ]


def _logs(session: Session, delivery_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Attempt]]:
    its = select(WebhookAttemptRow).where(col(WebhookAttemptRow.delivery_id).in_(delivery_ids))
    logs: dict[uuid.UUID, list[Attempt]] = defaultdict(list)
    for row in session.exec(its.order_by(col(WebhookAttemptRow.id).desc())):
        logs[row.delivery_id].append(Attempt(row.at, row.status, row.outcome, row.milliseconds))
    return logs
