"""The participants whom orders name: what issuing has to know of them, asked for all orders of a group at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, select
from sqlmodel import col

from okbadges.organisations.consents import Consenting, who_withdrew
from okbadges.progress.steps import progress_in, ticks_of
from okbadges.storage.tables import ParticipantRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence

    from sqlmodel import Session

    from okbadges.catalogue.published import PublishedBadge
    from okbadges.issuing.order import Order
    from okbadges.progress.steps import Progress, Tick

_THERE: Final = select(col(ParticipantRow.id), col(ParticipantRow.organisation_id)).where(
    col(ParticipantRow.id).in_(bindparam("participants", expanding=True)),
    col(ParticipantRow.stands_for_erased).is_(False),
)


@dataclass(frozen=True, slots=True)
class Named:
    """Participants by their id: the organisation of each who is there, who took back that they want badges, and what was ticked."""

    organisations: Mapping[uuid.UUID, uuid.UUID]
    withdrew: frozenset[uuid.UUID]
    _ticks: Mapping[tuple[uuid.UUID, str], Mapping[str, Tick]]

    def progress(self, participant: uuid.UUID, badge: PublishedBadge) -> Progress:
        """Return how far a participant has come in a badge that one of the orders is for."""
        return progress_in(badge, self._ticks.get((participant, badge.slug), {}))


def named_by(session: Session, orders: Sequence[Order]) -> Named:
    """Return what is known of everybody whom these orders name; three questions, however many they are, and none where they name nobody."""
    for_known = [order for order in orders if order.participant is not None]
    participants = {order.participant for order in for_known if order.participant is not None}
    if not participants:
        return Named({}, frozenset(), {})
    connection = session.connection()
    there = connection.execute(_THERE, {"participants": list(participants)})
    # PostgreSQL would refuse the question for all over one order with a character that it cannot store; no slug has one
    badges = {order.badge for order in for_known if order.badge.isascii() and order.badge.isprintable()}
    return Named(
        {row.id: row.organisation_id for row in there},
        frozenset(who_withdrew(connection, participants, Consenting.RECEIVING)),
        ticks_of(session, participants, badges=badges),
    )
