"""The e-mail address that a holder can add to their passport, for one thing: a link that opens the passport once is sent there.

Nobody needs one. It counts once the holder typed the code that was mailed to it, one address for each passport, and they take it away
whenever they like. It goes with its card too: whoever found a card may have added an address of their own. Kept are the address, sealed,
and an HMAC by which it is found. Several passports may have the same address.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update
from sqlmodel import col

from okbadges.errors import Conflict, Gone, InvalidInput
from okbadges.integrations.mail import read_address
from okbadges.organisations.consents import WORDING
from okbadges.organisations.failures import Tries
from okbadges.passport.holder import chain_of_passport, holder_of_card
from okbadges.passport.letters import Kind, Letter, enqueue
from okbadges.storage import journal
from okbadges.storage.sealing import Sealed, token_hash
from okbadges.storage.tables import CardRow, OutgoingMailRow, PassportMailRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection
    from sqlmodel import Session

    from okbadges.organisations.failures import Failures
    from okbadges.passport.holder import Holder
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

CODE_LASTS = timedelta(minutes=15)
LINK_LASTS = timedelta(minutes=30)
TO_ONE_ADDRESS = Tries("mail-address", 5)
"""Letters that people ask for to one address, whether it is known or not."""
FROM_ONE_PLACE = Tries("mail-asking", 30)
"""Links that are asked for from one place: a whole workshop may have one."""
ADDED = Tries("mail-adding", 5)
"""Addresses that one passport is given: nobody is to send letters to strangers."""
CODES = Tries("mail-code", 5)
"""Codes that are typed for one passport, right or wrong: a code is short."""


@dataclass(frozen=True, slots=True)
class PassportMail:
    """The address of a passport; ``confirmed_at`` is None while its code is awaited, until ``code_until``."""

    address: str
    added_at: datetime
    confirmed_at: datetime | None
    code_until: datetime


def mail_of(session: Session, secrets: Secrets, holder: Holder) -> PassportMail | None:
    """Return the address of a passport, opened; None for who has none."""
    row = _row(session.connection(), holder.passport_id)
    if row is None:
        return None
    address = open_address(secrets, row.id, row.sealed_address)
    return PassportMail(address, row.added_at, row.confirmed_at, row.added_at + CODE_LASTS)


def open_address(secrets: Secrets, row_id: uuid.UUID, sealed: bytes) -> str:
    """Open the address of a row."""
    return secrets.unseal(sealed, bound_to=_bound_to(row_id), kind=Sealed.MAIL).decode()


def add_mail(
    writer: Writer, stamp: Stamp, secrets: Secrets, failures: Failures, holder: Holder, typed: str, *, language: str
) -> None:
    """Send a code to an address, which becomes that of the passport when the code is typed. Another one that still waits for its code goes.

    Raises `InvalidInput` (``mail-form``), `Conflict` (``mail-there``), `Gone` (``card-ended``), `TooManyRequests`, `Unavailable`.
    """
    address = read_address(typed)
    failures.count_try(ADDED, holder.passport_id.hex)
    failures.count_try(TO_ONE_ADDRESS, address)
    row_id = stamp.row_id()
    row = PassportMailRow(
        id=row_id,
        passport_id=holder.passport_id,
        address_hash=secrets.mail_hash(address),
        sealed_address=secrets.seal(
            address.encode(), bound_to=_bound_to(row_id), random_bytes=stamp.random_bytes, kind=Sealed.MAIL
        ),
        language=language,
        wording=WORDING,
        added_at=stamp.now,
    )
    letter = Letter(Kind.CODE, address, language, secrets.mail_code(row_id.hex))

    def change(connection: Connection) -> None:
        _require_open(connection, holder)
        there = _row(connection, holder.passport_id)
        if there is not None and there.confirmed_at is not None:
            raise Conflict("mail-there", "This passport has an e-mail address. Remove it first.", field="address")
        forget_mail(connection, holder.passport_id)
        add(connection, row)
        enqueue(connection, stamp, secrets, letter, row_id=stamp.row_id(), passport_id=holder.passport_id)
        tell(connection, stamp, "mail.added", holder.passport_id)

    writer.write(change)


def confirm_mail(
    writer: Writer, stamp: Stamp, secrets: Secrets, failures: Failures, holder: Holder, typed: str
) -> None:
    """Take the code that was mailed; each try counts before it is looked at. An address that is confirmed stays as it is.

    Raises `InvalidInput` (``mail-code-wrong``), `Gone` (``mail-code-ended``), `TooManyRequests`, `Unavailable`.
    """
    failures.count_try(CODES, holder.passport_id.hex)
    code = "".join(typed.split())

    def change(connection: Connection) -> None:
        row = _row(connection, holder.passport_id)
        if row is not None and row.confirmed_at is not None:
            return
        if row is None or row.added_at + CODE_LASTS <= stamp.now:
            raise Gone("mail-code-ended", "This code is older than 15 minutes. Add the address again for a new one.")
        if not hmac.compare_digest(secrets.mail_code(row.id.hex).encode(), code.encode()):
            raise InvalidInput("mail-code-wrong", "This is not the code. Look at the newest letter.", field="code")
        same = col(PassportMailRow.id) == row.id
        connection.execute(update(PassportMailRow).where(same).values(confirmed_at=stamp.now))
        tell(connection, stamp, "mail.confirmed", holder.passport_id)

    writer.write(change)


def remove_mail(writer: Writer, stamp: Stamp, holder: Holder) -> None:
    """Take the address of a passport away, and every letter that is on its way; where there is none nothing is changed."""

    def change(connection: Connection) -> None:
        if forget_mail(connection, holder.passport_id):
            tell(connection, stamp, "mail.removed", holder.passport_id)

    writer.write(change)


def forget_mail(connection: Connection, passport_id: uuid.UUID) -> int:
    """Delete the address of a passport inside a change that ends what it was for; return how many there were."""
    connection.execute(delete(OutgoingMailRow).where(col(OutgoingMailRow.passport_id) == passport_id))
    its = delete(PassportMailRow).where(col(PassportMailRow.passport_id) == passport_id)
    return connection.execute(its).rowcount


def ask_for_link(
    writer: Writer, stamp: Stamp, secrets: Secrets, failures: Failures, typed: str, *, language: str, asked_from: str
) -> None:
    """Note that somebody asks for a link to an address. Whether any passport has it is looked up later, and told to nobody.

    So every address takes the same work and the same time. Noting is no change of state and leaves no event, as counting leaves none.
    Raises `InvalidInput` (``mail-form``), `TooManyRequests`, `Unavailable`.
    """
    address = read_address(typed)
    failures.count_try(FROM_ONE_PLACE, asked_from)
    failures.count_try(TO_ONE_ADDRESS, address)
    letter = Letter(Kind.ASKED, address, language, "")
    row_id = stamp.row_id()
    writer.write(lambda connection: enqueue(connection, stamp, secrets, letter, row_id=row_id, passport_id=None))


def holder_of_link(session: Session, token: str, *, now: datetime) -> Holder | None:
    """Return whose passport a mailed link opens, by the card that opens it now; None where it has no such card.

    Looking does not use the link up. Raises `Gone` (``mail-link-ended``: used, replaced, too old, or never there).
    """
    its = select(col(PassportMailRow.passport_id)).where(_link(token, now))
    passport_id = session.execute(its).scalar_one_or_none()
    if passport_id is None:
        raise _link_ended()
    card = select(col(CardRow.id)).where(col(CardRow.passport_id) == passport_id, col(CardRow.ended_at).is_(None))
    card_id = session.execute(card.order_by(col(CardRow.id).desc()).limit(1)).scalar_one_or_none()
    return None if card_id is None else holder_of_card(session, card_id)


def use_link(writer: Writer, stamp: Stamp, token: str, holder: Holder) -> None:
    """Use a mailed link up: of two browsers at the same moment one finds it used. Raises `Gone` (``mail-link-ended``)."""

    def change(connection: Connection) -> None:
        its = update(PassportMailRow).where(
            _link(token, stamp.now), col(PassportMailRow.passport_id) == holder.passport_id
        )
        if connection.execute(its.values(link_hash=None, link_until=None)).rowcount == 0:
            raise _link_ended()
        _require_open(connection, holder)
        tell(connection, stamp, "mail-link.used", holder.passport_id)

    writer.write(change)


def _row(connection: Connection, passport_id: uuid.UUID) -> Any:  # noqa: ANN401 - a row of columns has no type of its own
    return connection.execute(
        select(PassportMailRow).where(col(PassportMailRow.passport_id) == passport_id)
    ).one_or_none()


def _bound_to(row_id: uuid.UUID) -> str:
    return f"mail:{row_id.hex}"


def _link(token: str, now: datetime) -> ColumnElement[bool]:
    return (col(PassportMailRow.link_hash) == token_hash(token)) & (col(PassportMailRow.link_until) > now)


def _require_open(connection: Connection, holder: Holder) -> None:
    """Refuse for a passport whose card was replaced while its page was open."""
    card = select(col(CardRow.id)).where(col(CardRow.id) == holder.card_id, col(CardRow.ended_at).is_(None))
    if connection.execute(card).first() is None:
        raise Gone("card-ended", "The card with which this passport is open was replaced. Open it with the new one.")


def _link_ended() -> Gone:
    return Gone("mail-link-ended", "This link was used already, or it is older than 30 minutes. Ask for a new one.")


def tell(connection: Connection, stamp: Stamp, action: str, passport_id: uuid.UUID) -> None:
    """Write into the journal what became of a passport's address: no more than that."""
    chain = chain_of_passport(connection, passport_id)
    journal.append(connection, stamp, journal.Event(chain, action, f"passport:{passport_id}"))
