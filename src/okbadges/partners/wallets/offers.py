"""Offers to wallets: a badge that its holder offers from their passport, for half an hour, to one wallet, whatever protocol it speaks.

Of an offer the database keeps hashes. Its token (in the QR code), its pre-authorized code and its six digits are HMACs of the row's key,
so that the page of the passport shows the same ones again. An offer is only as good as its badge: it opens nothing while the badge is
revoked, erased, declined or put away, has ended, or has an issuer that was handed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, or_, select, update
from sqlmodel import col

from okbadges.errors import Gone, NotFound
from okbadges.passport.accepting import can_be_shown
from okbadges.storage import journal
from okbadges.storage.sealing import token_hash
from okbadges.storage.tables import CredentialRow, IssuerRow, ParticipantRow, WalletOfferRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Mapping
    from datetime import date

    from sqlalchemy import ColumnElement, Connection

    from okbadges.passport.holder import Holder
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

LASTS = timedelta(minutes=30)


class Outcome(StrEnum):
    """What a wallet says became of the copy that it was sent."""

    ACCEPTED = "accepted"
    FAILED = "failed"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer as it is stored. ``stands``: its badge may be given to a wallet now."""

    id: uuid.UUID
    credential_row_id: uuid.UUID
    credential_id: str
    language: str
    passport_id: uuid.UUID | None
    asks_digits: bool
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    code_used_at: datetime | None
    challenge_at: datetime | None
    wallet_hash: bytes | None
    outcome: str | None
    stands: bool

    def is_open(self, now: datetime) -> bool:
        """Tell whether a wallet may begin to take it, or begin again."""
        return self.stands and self.ended_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Addresses:
    """What is derived from an offer's key for wallets and their people."""

    secrets: Secrets
    base_url: str
    offer_id: uuid.UUID

    @property
    def token(self) -> str:
        """Return the token that stands in the addresses of the offer."""
        return self.secrets.link_token("wallet-offer", self.offer_id.hex)

    @property
    def code(self) -> str:
        """Return the pre-authorized code."""
        return self.secrets.link_token("wallet-code", self.offer_id.hex)

    @property
    def digits(self) -> str:
        """Return the six digits that the passport shows and the wallet asks for."""
        return self.secrets.wallet_digits(self.offer_id.hex)

    @property
    def notification(self) -> str:
        """Return by what a wallet names the copy when it says what became of it."""
        return self.secrets.link_token("wallet-notification", self.offer_id.hex)


def make_offer(
    writer: Writer,
    stamp: Stamp,
    secrets: Secrets,
    holder: Holder,
    credential: uuid.UUID,
    *,
    offer_id: uuid.UUID | None = None,
    asks_digits: bool = True,
) -> uuid.UUID:
    """Offer a badge of the holder (a row's key) to a wallet and return the offer's key; an earlier offer of it that nobody took ends.

    A form that is sent twice names the same ``offer_id`` and makes one offer. Raises `NotFound` (``unknown-credential``) for a badge that is
    not theirs, not accepted, put away, revoked, not valid any more, or of an issuer that was handed over; and (``unknown-wallet-offer``) for the key of another badge's offer.
    """
    its = Addresses(secrets, "", offer_id or stamp.row_id())

    def change(connection: Connection) -> None:
        made = find_by(connection, col(WalletOfferRow.id) == its.offer_id, today=stamp.now.date())
        if made is not None and made.credential_row_id != credential:
            raise unknown_offer()
        found = connection.execute(_offerable(holder, credential, stamp.now.date())).one_or_none()
        if found is None:
            raise NotFound("unknown-credential", "This badge cannot be taken into a wallet. Look at it once more.")
        if made is not None:
            return
        connection.execute(update(WalletOfferRow).where(_untaken(credential)).values(ended_at=stamp.now))
        add(connection, _row(stamp, its, credential, asks_digits=asks_digits))
        tell(connection, stamp, its.offer_id, "made", {"credential": found.credential_id})

    writer.write(change)
    return its.offer_id


def end_offer(writer: Writer, stamp: Stamp, offer_id: uuid.UUID, *, reason: str) -> None:
    """End an offer that nobody took; one that was taken, or has ended, stays as it is."""

    def change(connection: Connection) -> None:
        offer = find_by(connection, col(WalletOfferRow.id) == offer_id, today=stamp.now.date())
        if offer is None or offer.ended_at is not None or offer.wallet_hash is not None:
            return
        connection.execute(update(WalletOfferRow).where(col(WalletOfferRow.id) == offer_id).values(ended_at=stamp.now))
        tell(connection, stamp, offer.id, "ended", {"reason": reason})

    writer.write(change)


def may_offer(connection: Connection, holder: Holder, credential: uuid.UUID, *, today: date) -> bool:
    """Tell whether `make_offer` would offer this badge."""
    return connection.execute(_offerable(holder, credential, today)).one_or_none() is not None


def newest_offer(connection: Connection, credential: uuid.UUID, *, today: date) -> Offer | None:
    """Return the offer of a badge that was made last, whatever became of it."""
    return find_by(connection, col(WalletOfferRow.credential_row_id) == credential, today=today)


def offer_by_token(connection: Connection, token: str, *, now: datetime) -> Offer:
    """Return the offer of a QR code that a wallet may still begin to take, or that has been taken and not ended.

    Raises `NotFound` (``unknown-wallet-offer``), `Gone` (``wallet-offer-ended``).
    """
    offer = find_by(connection, col(WalletOfferRow.token_hash) == token_hash(token), today=now.date())
    if offer is None:
        raise unknown_offer()
    if not offer.is_open(now):
        raise offer_ended()
    return offer


def untaken_offer(connection: Connection, token: str, *, now: datetime) -> Offer:
    """Return the offer of a QR code that no wallet has taken. Raises as `offer_by_token`, and `Gone` (``wallet-offer-taken``)."""
    offer = offer_by_token(connection, token, now=now)
    if offer.wallet_hash is not None:
        raise Gone(
            "wallet-offer-taken", "A wallet has taken this badge. Make a new code in the passport for another one."
        )
    return offer


def find_by(connection: Connection, which: ColumnElement[bool], *, today: date) -> Offer | None:
    """Return the newest offer of which this is true, or None."""
    row = connection.execute(_offers(today).where(which).order_by(col(WalletOfferRow.id).desc()).limit(1)).one_or_none()
    return None if row is None else Offer(**row._asdict())


def tell(
    connection: Connection,
    stamp: Stamp,
    offer_id: uuid.UUID,
    what: str,
    details: Mapping[str, str] | None = None,
) -> None:
    """Append the event that something became of an offer, to the operator's chain: the auditors of an issuer do not see who takes what into a wallet."""
    event = journal.Event(journal.INSTALLATION_CHAIN, f"wallet-offer.{what}", f"wallet-offer:{offer_id}", details or {})
    journal.append(connection, stamp, event)


def change_offer(connection: Connection, offer_id: uuid.UUID, today: date, *, refuse: Callable[[Offer], None]) -> Offer:
    """Return an offer inside a change, after ``refuse`` raised what speaks against it. Raises `Gone` where it was erased meanwhile."""
    offer = find_by(connection, col(WalletOfferRow.id) == offer_id, today=today)
    if offer is None:
        raise offer_ended()
    refuse(offer)
    return offer


def unknown_offer() -> NotFound:
    """Return the refusal of a token of no offer."""
    return NotFound("unknown-wallet-offer", "There is no such offer. Scan the code in the passport once more.")


def offer_ended() -> Gone:
    """Return the refusal of an offer that is over."""
    return Gone("wallet-offer-ended", "This offer has ended. Make a new code in the passport.")


def _row(stamp: Stamp, its: Addresses, credential: uuid.UUID, *, asks_digits: bool) -> WalletOfferRow:
    return WalletOfferRow(
        id=its.offer_id,
        credential_row_id=credential,
        token_hash=token_hash(its.token),
        code_hash=token_hash(its.code),
        asks_digits=asks_digits,
        made_at=stamp.now,
        expires_at=stamp.now + LASTS,
    )


def _untaken(credential: uuid.UUID) -> ColumnElement[bool]:
    return (
        (col(WalletOfferRow.credential_row_id) == credential)
        & col(WalletOfferRow.ended_at).is_(None)
        & col(WalletOfferRow.wallet_hash).is_(None)
    )


def _may_be_copied(today: date) -> ColumnElement[bool]:
    return (
        can_be_shown()
        & col(CredentialRow.revoked_at).is_(None)
        & col(CredentialRow.copy_of_id).is_(None)
        & or_(col(CredentialRow.valid_until_on).is_(None), col(CredentialRow.valid_until_on) >= today)
        & col(CredentialRow.issuer_id).in_(select(col(IssuerRow.id)).where(col(IssuerRow.handed_over_at).is_(None)))
    )


def _offerable(holder: Holder, credential: uuid.UUID, today: date) -> Select[str]:
    return select(col(CredentialRow.credential_id)).where(
        col(CredentialRow.id) == credential,
        col(CredentialRow.participant_id).in_(holder.participants),
        _may_be_copied(today),
    )


def _offers(today: date) -> Select[Any]:
    own = [
        "id",
        "credential_row_id",
        "asks_digits",
        "made_at",
        "expires_at",
        "ended_at",
        "code_used_at",
        "challenge_at",
        "wallet_hash",
        "outcome",
    ]
    chosen: Select[Any] = (
        select(
            *(getattr(WalletOfferRow, name) for name in own),
            col(CredentialRow.credential_id),
            col(CredentialRow.language),
            col(ParticipantRow.passport_id),
            _may_be_copied(today).label("stands"),
        )
        .join(CredentialRow, col(CredentialRow.id) == col(WalletOfferRow.credential_row_id))
        .join(ParticipantRow, col(ParticipantRow.id) == col(CredentialRow.participant_id))
    )
    return chosen
