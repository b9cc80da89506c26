"""The holder: whoever opened a passport with its card. Nothing else says who they are, and nothing of the opening is kept but the first.

A wrong code or PIN is counted by who tried and by the card, in the database, so that guessing ends soon and on every process.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlmodel import col, select

from okbadges.errors import Gone, InvalidInput, NotAllowed, NotFound
from okbadges.organisations.failures import Tries
from okbadges.organisations.workshops import organisation_of
from okbadges.storage import journal
from okbadges.storage.sealing import token_hash
from okbadges.storage.tables import CardRow, IssuerRow, OrganisationRow, ParticipantRow, PassportRow

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection
    from sqlmodel import Session

    from okbadges.organisations.failures import Failures
    from okbadges.organisations.workshops import Organisation
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

WRONG_CODES = Tries("card-code", 50)
"""Codes of no card and no link, by the address that they came from: a whole workshop may have one, and a code has 60 bits."""
PINS = Tries("passport-pin", 10)
"""PINs for one card, right or wrong: a PIN is short, and whoever tries it has the card already."""
_PIN = re.compile(r"[0-9]{4,8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Holder:
    """An open passport: its card, its participants (one for each organisation), and whether a PIN protects it."""

    passport_id: uuid.UUID
    card_id: uuid.UUID
    participants: tuple[uuid.UUID, ...]
    has_pin: bool


def card_by_token(session: Session, token: str) -> uuid.UUID:
    """Return the card with this QR code. Raises `NotFound` (``unknown-card``), `Gone` (``card-ended``)."""
    return _card(session, col(CardRow.token_hash) == token_hash(token))


def card_by_code(session: Session, secrets: Secrets, failures: Failures, code: str, *, tried_from: str) -> uuid.UUID:
    """Return the card with this code (as `okbadges.passport.cards.read_code` gives it).

    Raises `NotFound` (``unknown-card``, counted for ``tried_from``), `Gone` (``card-ended``), `TooManyRequests`.
    """
    failures.refuse_when_too_many(WRONG_CODES, tried_from)
    try:
        return _card(session, col(CardRow.code_hash) == secrets.code_hash(code))
    except NotFound:
        failures.count_failure(WRONG_CODES, tried_from)
        raise


def check_pin(session: Session, secrets: Secrets, failures: Failures, card_id: uuid.UUID, pin: str) -> None:
    """Check the PIN of a card's passport. Each try counts before it is looked at.

    Raises `NotAllowed` (``wrong-pin``), `TooManyRequests`, `Unavailable` where the try could not be counted.
    """
    failures.count_try(PINS, card_id.hex)
    passport = session.get_one(PassportRow, session.get_one(CardRow, card_id).passport_id)
    given = secrets.pin_hash(passport.id.hex, pin)
    if passport.pin_hash is None or not hmac.compare_digest(passport.pin_hash, given):
        raise NotAllowed("wrong-pin", "This is not the PIN of this passport. Try again.", field="pin")


def holder_of_card(session: Session, card_id: uuid.UUID, *, began_at: datetime | None = None) -> Holder | None:
    """Return who holds a card; None once it ended, or when the visit began before all visits were ended."""
    card = session.get(CardRow, card_id)
    if card is None or card.ended_at is not None:
        return None
    passport = session.get_one(PassportRow, card.passport_id)
    if began_at is not None and began_at < passport.visits_from.replace(microsecond=0):
        return None
    theirs = select(ParticipantRow.id).where(ParticipantRow.passport_id == passport.id).order_by(col(ParticipantRow.id))
    return Holder(passport.id, card_id, tuple(session.exec(theirs)), passport.pin_hash is not None)


def note_first_opening(writer: Writer, stamp: Stamp, card_id: uuid.UUID) -> None:
    """Write down that a card was opened for the first time, so that an instructor sees that it arrived. No later opening is kept."""

    def change(connection: Connection) -> None:
        first = update(CardRow).where(col(CardRow.id) == card_id, col(CardRow.opened_at).is_(None))
        if connection.execute(first.values(opened_at=stamp.now)).rowcount:
            chain = chain_of_passport(connection, _passport_of_card(connection, card_id))
            journal.append(connection, stamp, journal.Event(chain, action="card.opened", subject=f"card:{card_id}"))

    writer.write(change)


def set_pin(writer: Writer, stamp: Stamp, secrets: Secrets, holder: Holder, pin: str | None) -> None:
    """Set the PIN of a passport, or take it away; every other visit that is open ends.

    Raises `InvalidInput` (``pin-form``).
    """
    if pin is not None and _PIN.fullmatch(pin) is None:
        raise InvalidInput("pin-form", "A PIN has 4 to 8 digits.", field="pin")
    kept = secrets.pin_hash(holder.passport_id.hex, pin) if pin is not None else None

    def change(connection: Connection) -> None:
        connection.execute(
            update(PassportRow)
            .where(col(PassportRow.id) == holder.passport_id)
            .values(pin_hash=kept, visits_from=stamp.now)
        )
        event = journal.Event(
            chain=chain_of_passport(connection, holder.passport_id),
            action="pin.set" if kept else "pin.removed",
            subject=f"passport:{holder.passport_id}",
        )
        journal.append(connection, stamp, event)

    writer.write(change)


def card_issued_at(session: Session, holder: Holder) -> datetime:
    """Return when the card was issued with which the passport is open: a card that the holder does not know of is told by its day."""
    return session.get_one(CardRow, holder.card_id).issued_at


def organisations_of(session: Session, holder: Holder) -> dict[uuid.UUID, Organisation]:
    """Return the organisation of each participant of a passport."""
    rows = session.exec(
        select(ParticipantRow.id, OrganisationRow)
        .join(OrganisationRow, col(OrganisationRow.id) == ParticipantRow.organisation_id)
        .where(ParticipantRow.passport_id == holder.passport_id)
    )
    return {participant_id: organisation_of(row) for participant_id, row in rows}


def chain_of_passport(connection: Connection, passport_id: uuid.UUID) -> str:
    """Return the journal's chain that tells of a passport: that of the issuer whose participant it had first.

    An issuer that was handed over writes nothing any more; where there is no other, the installation's own chain tells it.
    """
    first = (
        select(IssuerRow.slug)
        .join(OrganisationRow, col(OrganisationRow.issuer_id) == IssuerRow.id)
        .join(ParticipantRow, col(ParticipantRow.organisation_id) == OrganisationRow.id)
        .where(ParticipantRow.passport_id == passport_id, col(IssuerRow.handed_over_at).is_(None))
        .order_by(col(ParticipantRow.created_at), col(ParticipantRow.id))
        .limit(1)
    )
    found: str | None = connection.execute(first).scalar_one_or_none()
    return found or journal.INSTALLATION_CHAIN


def _passport_of_card(connection: Connection, card_id: uuid.UUID) -> uuid.UUID:
    found: uuid.UUID = connection.execute(select(CardRow.passport_id).where(CardRow.id == card_id)).scalar_one()
    return found


def _card(session: Session, which: ColumnElement[bool]) -> uuid.UUID:
    row = session.exec(select(CardRow).where(which)).one_or_none()
    if row is None:
        raise NotFound("unknown-card", "No card has this code. Look at your card once more.", field="code")
    if row.ended_at is not None:
        raise Gone("card-ended", "This card was replaced by a new one. Open your passport with the new card.")
    return row.id
