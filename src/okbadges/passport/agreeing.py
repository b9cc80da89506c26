"""The holder's own consents: giving one again, and taking one back, which takes effect at once.

Without consent to receive nothing new is awarded to them; what they have can still be corrected and renewed. Without consent to evidence what is kept of it goes, and nothing new comes.
A link is taken back in `okbadges.passport.own_links`. What they have stays theirs in every case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlmodel import col

from okbadges.errors import InvalidInput
from okbadges.organisations import consents
from okbadges.organisations.consents import Consenting, How
from okbadges.passport.holder import chain_of_passport
from okbadges.storage import journal
from okbadges.storage.tables import EvidenceRow

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from okbadges.passport.holder import Holder
    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer


def agree(writer: Writer, stamp: Stamp, holder: Holder, purpose: Consenting) -> None:
    """Agree to something for everything in the passport; what holds already is no change. Raises `InvalidInput` (``consent-purpose``)."""
    _require_not_a_share(purpose)

    def change(connection: Connection) -> None:
        given = [consents.give(connection, stamp, one, purpose, How.PASSPORT) for one in holder.participants]
        if any(given):
            _tell(connection, stamp, holder, "consent.given", purpose)

    writer.write(change)


def take_back(writer: Writer, stamp: Stamp, holder: Holder, purpose: Consenting) -> int:
    """Take a consent back, or say no before anybody asked; return how many pieces of evidence went with it. Raises `InvalidInput` (``consent-purpose``)."""
    _require_not_a_share(purpose)

    def change(connection: Connection) -> int:
        withdrawn = consents.withdraw(connection, stamp, holder.participants, purpose)
        refused = [consents.refuse(connection, stamp, one, purpose, How.PASSPORT) for one in holder.participants]
        pieces = 0
        if purpose is Consenting.EVIDENCE:
            theirs = col(EvidenceRow.participant_id).in_(holder.participants)
            pieces = connection.execute(delete(EvidenceRow).where(theirs)).rowcount
        if withdrawn or any(refused) or pieces:
            _tell(connection, stamp, holder, "consent.withdrawn", purpose, evidence=pieces)
        return pieces

    return writer.write(change)


def _tell(connection: Connection, stamp: Stamp, holder: Holder, action: str, purpose: Consenting, **more: int) -> None:
    event = journal.Event(
        chain=chain_of_passport(connection, holder.passport_id),
        action=action,
        subject=f"passport:{holder.passport_id}",
        details={"purpose": purpose, **more},
    )
    journal.append(connection, stamp, event)


def _require_not_a_share(purpose: Consenting) -> None:
    if purpose is Consenting.SHARING:
        raise InvalidInput("consent-purpose", "A link is taken back by itself, on its own page.", field="purpose")
