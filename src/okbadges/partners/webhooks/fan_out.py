"""Reading the journal on for every webhook: each event that one is to be told of becomes a delivery, and the cursor moves in the same change.

The events of a chain are numbered without gaps and committed in that order, so behind a cursor nothing can appear. Two processes that
read the same events move the same cursor, and only one of them can.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, update
from sqlmodel import col, select

from okbadges.partners.webhooks.deliveries import State, delivery_id
from okbadges.partners.webhooks.events import BY_ACTION, TEST, Told
from okbadges.storage import journal
from okbadges.storage.tables import (
    CredentialRow,
    DecisionRow,
    EventHeadRow,
    EventRow,
    IssuerRow,
    OrganisationRow,
    WebhookDeliveryRow,
    WebhookRow,
)
from okbadges.storage.writer import add_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.storage.database import Database
    from okbadges.storage.writer import Writer

AT_ONCE = 200
"""How many events are read at once for one webhook."""


@dataclass(frozen=True, slots=True)
class _Behind:
    """A webhook that a chain has new events for: which cursor it is, where it stands, and what is told."""

    webhook_id: uuid.UUID
    organisation_id: uuid.UUID
    chain: str
    cursor: str
    at: int
    told: frozenset[str]


def fan_out(writer: Writer, *, now: datetime) -> bool:
    """Read on for every enabled webhook, up to so many events of each chain; tell whether there may be more. Nothing new: nothing is written."""
    more = False
    for behind in _those_behind(writer.database):
        with writer.database.read() as session:
            events = _events_after(session, behind)
            wanted = _wanted(session, behind, events)
        if events:
            _move(writer, behind, to=events[-1].number, wanted=wanted, now=now)
            more = more or len(events) == AT_ONCE
    return more


def _those_behind(database: Database) -> list[_Behind]:
    heads = (select(EventHeadRow.chain, EventHeadRow.number)).order_by(EventHeadRow.chain)
    enabled = (
        select(WebhookRow, IssuerRow.slug)
        .join(OrganisationRow, col(OrganisationRow.id) == WebhookRow.organisation_id)
        .join(IssuerRow, col(IssuerRow.id) == OrganisationRow.issuer_id)
        .where(col(WebhookRow.disabled_at).is_(None), col(WebhookRow.ended_at).is_(None))
        .order_by(col(WebhookRow.id))
    )
    with database.read() as session:
        newest = dict(session.exec(heads).all())
        found = session.exec(enabled).all()
    return [
        behind for row, issuer in found for behind in _cursors(row, issuer) if behind.at < newest.get(behind.chain, 0)
    ]


def _cursors(row: WebhookRow, issuer: str) -> tuple[_Behind, _Behind]:
    told = frozenset(row.events.split())
    issuer_at = row.issuer_from if row.issuer_cursor is None else row.issuer_cursor
    catalogue_at = row.catalogue_from if row.catalogue_cursor is None else row.catalogue_cursor
    return (
        _Behind(row.id, row.organisation_id, issuer, "issuer", issuer_at, told),
        _Behind(row.id, row.organisation_id, journal.INSTALLATION_CHAIN, "catalogue", catalogue_at, told),
    )


def _events_after(session: Session, behind: _Behind) -> Sequence[Any]:
    after = (
        select(EventRow.id, EventRow.number, EventRow.action, EventRow.subject)
        .where(EventRow.chain == behind.chain, EventRow.number > behind.at)
        .order_by(col(EventRow.number))
        .limit(AT_ONCE)
    )
    return session.exec(after).all()


def _wanted(session: Session, behind: _Behind, events: Sequence[Any]) -> list[uuid.UUID]:
    """Return which of the events this webhook is to be told of, in their order."""
    by_type: dict[str, list[Any]] = defaultdict(list)
    for event in events:
        kind = BY_ACTION.get(event.action)
        if kind is not None and (kind in behind.told or kind == TEST):
            by_type[kind].append(event)
    chosen = {event.id for kind, some in by_type.items() for event in _its_own(session, behind, kind, some)}
    return [event.id for event in events if event.id in chosen]


def _its_own(session: Session, behind: _Behind, kind: str, events: list[Any]) -> list[Any]:
    """Return those events of one type that belong to the webhook's organisation."""
    match kind:
        case Told.BADGE_PUBLISHED:
            return events
        case Told.RECOGNITION_DECIDED:
            ids = {uuid.UUID(event.subject.partition(":")[2]): event for event in events}
            own = select(DecisionRow.id).where(
                col(DecisionRow.id).in_(ids), DecisionRow.organisation_id == behind.organisation_id
            )
            return [ids[one] for one in session.exec(own)]
        case Told.CREDENTIAL_ISSUED | Told.CREDENTIAL_REVOKED:
            names = {event.subject: event for event in events}
            its = select(CredentialRow.credential_id).where(
                col(CredentialRow.credential_id).in_(names),
                CredentialRow.organisation_id == behind.organisation_id,
                # that a holder took a badge into a wallet is theirs to tell
                col(CredentialRow.copy_of_id).is_(None),
            )
            return [names[one] for one in session.exec(its)]
        case _:
            return [event for event in events if event.subject == f"webhook:{behind.webhook_id}"]


def _move(writer: Writer, behind: _Behind, *, to: int, wanted: list[uuid.UUID], now: datetime) -> None:
    column = {"issuer": WebhookRow.issuer_cursor, "catalogue": WebhookRow.catalogue_cursor}[behind.cursor]
    begin = {"issuer": WebhookRow.issuer_from, "catalogue": WebhookRow.catalogue_from}[behind.cursor]
    deliveries = {delivery_id(behind.webhook_id, event_id): event_id for event_id in wanted}
    stands = update(WebhookRow).where(
        col(WebhookRow.id) == behind.webhook_id,
        func.coalesce(col(column), col(begin)) == behind.at,
        col(WebhookRow.disabled_at).is_(None),
        col(WebhookRow.ended_at).is_(None),
    )

    def change(connection: Connection) -> None:
        if not connection.execute(stands.values({f"{behind.cursor}_cursor": to})).rowcount:
            return
        there = set(connection.scalars(select(WebhookDeliveryRow.id).where(col(WebhookDeliveryRow.id).in_(deliveries))))
        new = [_values(behind, one, event_id, now) for one, event_id in deliveries.items() if one not in there]
        add_all(connection, WebhookDeliveryRow, new)

    writer.write(change)


def _values(behind: _Behind, its_id: uuid.UUID, event_id: uuid.UUID, now: datetime) -> dict[str, Any]:
    row = WebhookDeliveryRow(
        id=its_id, webhook_id=behind.webhook_id, event_id=event_id, state=State.PENDING, changed_at=now, next_at=now
    )
    return row.model_dump()
