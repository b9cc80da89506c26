"""Joining: whoever has cards of several organisations can bring what is behind them together in one passport. Only they can.

A participant is taken out again in person, with a card to a passport of their own (`okbadges.passport.cards.issue_card`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlmodel import col

from okbadges.errors import Conflict, Gone
from okbadges.passport.brought import move_brought
from okbadges.passport.holder import chain_of_passport
from okbadges.passport.let_in import forget_ways_in
from okbadges.passport.profiles import forget_profile
from okbadges.storage import journal
from okbadges.storage.tables import CardRow, ParticipantRow, PassportRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid

    from sqlalchemy import Connection

    from okbadges.passport.holder import Holder
    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer


def join_passports(writer: Writer, stamp: Stamp, holder: Holder, other_card: uuid.UUID) -> None:
    """Bring everything behind another card of the holder into their open passport; the other card ends.

    Whoever calls this has seen the other card's code, and its PIN where it has one. Raises `Conflict` (``same-passport``), `Gone`
    (``card-ended``).
    """

    def change(connection: Connection) -> None:
        other = _require_another(connection, holder, other_card)
        theirs = col(ParticipantRow.passport_id) == other
        joined = connection.execute(update(ParticipantRow).where(theirs).values(passport_id=holder.passport_id))
        # the cards come along, ended, so that a restore does not find one of them alive in front of an empty passport
        connection.execute(
            update(CardRow)
            .where(col(CardRow.passport_id) == other, col(CardRow.ended_at).is_(None))
            .values(ended_at=stamp.now)
        )
        connection.execute(
            update(CardRow).where(col(CardRow.passport_id) == other).values(passport_id=holder.passport_id)
        )
        connection.execute(
            update(PassportRow).where(col(PassportRow.id) == other).values(visits_from=stamp.now, pin_hash=None)
        )
        # what programs were allowed there was about fewer badges
        forget_ways_in(connection, other)
        move_brought(connection, out_of=other, into=holder.passport_id)
        # which of two profiles is right only the holder knows: that of the open passport stays
        forget_profile(connection, other)
        event = journal.Event(
            chain=chain_of_passport(connection, holder.passport_id),
            action="passport.joined",
            subject=f"passport:{holder.passport_id}",
            details={"participants": joined.rowcount, "other": str(other)},
        )
        journal.append(connection, stamp, event)

    writer.write(change)


def is_joined(connection: Connection, passport_id: uuid.UUID) -> bool:
    """Tell whether there are several participants in a passport."""
    theirs = select(col(ParticipantRow.id)).where(col(ParticipantRow.passport_id) == passport_id).limit(2)
    return len(connection.execute(theirs).all()) > 1


def new_passport(connection: Connection, stamp: Stamp, participant_id: uuid.UUID) -> uuid.UUID:
    """Put a participant into a new passport inside a change, out of the one where they were; return its key."""
    row = PassportRow(id=stamp.row_id(), created_at=stamp.now, visits_from=stamp.now)
    add(connection, row)
    theirs = update(ParticipantRow).where(col(ParticipantRow.id) == participant_id)
    connection.execute(theirs.values(passport_id=row.id))
    return row.id


def _require_another(connection: Connection, holder: Holder, other_card: uuid.UUID) -> uuid.UUID:
    """Return the passport of the other card; both cards have to be alive now, and to open different ones."""
    card = connection.execute(
        select(col(CardRow.passport_id), col(CardRow.ended_at)).where(col(CardRow.id) == other_card)
    ).one()
    if card.passport_id == holder.passport_id:
        raise Conflict("same-passport", "This card opens the passport that is open now.", field="code")
    if card.ended_at is not None:
        raise Gone("card-ended", "This card was replaced by a new one. Use the new card.")
    mine = select(col(CardRow.id)).where(col(CardRow.id) == holder.card_id, col(CardRow.ended_at).is_(None))
    if connection.execute(mine).first() is None:
        raise Gone("card-ended", "The card with which this passport is open was replaced. Open it with the new one.")
    other: uuid.UUID = card.passport_id
    return other
