"""Taking: a wallet that proved its key gets the copy of the badge that was offered. The first wallet is the only one.

Which wallet it is gets written down before the copy is issued: of two at once one is refused, and one that was cut off asks again and
gets the same copy (`okbadges.corrections.copies`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import update
from sqlmodel import col

from okbadges.errors import Conflict, MalformedInput
from okbadges.organisations.callers import Caller
from okbadges.organisations.roles import Role, Scope
from okbadges.organisations.workshops import organisation_of
from okbadges.partners.wallets.offers import Outcome, change_offer, offer_ended, tell
from okbadges.storage.tables import CredentialRow, OrganisationRow, WalletOfferRow

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.corrections.copies import Copies
    from okbadges.issuing.answers import Issued
    from okbadges.partners.wallets.offers import Offer
    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer

ACTOR = "wallet"
"""How the journal names whoever takes an offer; which wallet it is stays out of it."""


@dataclass(frozen=True, slots=True)
class Taking:
    """Gives offered badges to wallets."""

    writer: Writer
    copies: Copies

    def take(self, stamp: Stamp, offer: Offer, wallet: str, *, challenge_at: datetime | None = None) -> Issued:
        """Return the copy of an offered badge for the wallet with this DID, which proved its key.

        ``challenge_at`` is when the challenge was made that it answered, which is then used up. Raises `Conflict` (``wallet-offer-taken``: by
        another wallet, ``already-revoked``), `MalformedInput` (``challenge-used``), `InvalidInput` (what issuing refuses), `Gone` (``wallet-offer-ended``).
        """
        known_as = self.copies.known_as(offer.credential_row_id, wallet)

        def refuse(now: Offer) -> None:
            if not now.stands or now.ended_at is not None:
                raise offer_ended()
            if now.wallet_hash not in (None, known_as):
                raise Conflict(
                    "wallet-offer-taken", "Another wallet has taken this badge. Make a new code in the passport."
                )
            if challenge_at is not None and now.challenge_at is not None and challenge_at <= now.challenge_at:
                raise MalformedInput("challenge-used", "This challenge was answered already; begin the exchange again.")

        def change(connection: Connection) -> None:
            now = change_offer(connection, offer.id, stamp.now.date(), refuse=refuse)
            values: dict[str, Any] = {"challenge_at": challenge_at} if challenge_at else {}
            if now.wallet_hash is None:
                values |= {"wallet_hash": known_as, "taken_at": stamp.now}
            if values:
                connection.execute(update(WalletOfferRow).where(col(WalletOfferRow.id) == offer.id).values(**values))
                tell(connection, stamp, offer.id, "taken-again" if now.wallet_hash else "taken")

        self.writer.write(change)
        with self.copies.database.read() as session:
            caller = _in_the_name_of(session, offer.credential_row_id)
        issued = self.copies.issue_copy(offer.credential_id, wallet, caller=caller)
        if issued.revoked_at is not None:
            raise Conflict("already-revoked", "This wallet's copy was revoked, and no other is made.")
        return issued


def note_outcome(writer: Writer, stamp: Stamp, offer: Offer, outcome: Outcome) -> None:
    """Keep what the wallet says became of its copy; the same again changes nothing."""

    def change(connection: Connection) -> None:
        now = change_offer(connection, offer.id, stamp.now.date(), refuse=lambda _: None)
        if now.outcome == outcome:
            return
        said = {"outcome": outcome.value, "outcome_at": stamp.now}
        connection.execute(update(WalletOfferRow).where(col(WalletOfferRow.id) == offer.id).values(**said))
        tell(connection, stamp, offer.id, "answered", {"outcome": outcome.value})

    writer.write(change)


def _in_the_name_of(session: Session, credential_row_id: uuid.UUID) -> Caller:
    """Return as whom a copy is issued: as the organisation that awarded the badge, on its holder's wish."""
    row = session.get_one(OrganisationRow, session.get_one(CredentialRow, credential_row_id).organisation_id)
    organisation = organisation_of(row)
    return Caller(
        actor=ACTOR,
        organisations={organisation.slug: organisation},
        scopes=frozenset({Scope.ISSUE}),
        role=Role.PARTNER,
        member_id=None,
    )
