"""What a holder sees of wallets: which copies of their badge there are, since when, and what each wallet said became of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from okbadges.partners.wallets.offers import Outcome
from okbadges.storage.tables import CredentialRow, WalletOfferRow

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlmodel import Session

    from okbadges.partners.wallets.offers import Offer


@dataclass(frozen=True, slots=True)
class WalletCopy:
    """A copy in a wallet: since when, and what the wallet said last (None: nothing). Which wallet it is nobody knows."""

    since: datetime
    outcome: Outcome | None


def copies_of(session: Session, credential_row_id: uuid.UUID) -> list[WalletCopy]:
    """Return the copies of a badge, the oldest first."""
    rows = session.exec(
        select(CredentialRow).where(CredentialRow.copy_of_id == credential_row_id).order_by(col(CredentialRow.id))
    )
    answered = session.exec(
        select(WalletOfferRow)
        .where(WalletOfferRow.credential_row_id == credential_row_id, col(WalletOfferRow.outcome).is_not(None))
        .order_by(col(WalletOfferRow.outcome_at))
    )
    # a wallet's offers and its copy are known by the same hash
    said = {one.wallet_hash: one.outcome for one in answered}
    return [WalletCopy(row.issued_at, _outcome(said.get(row.repeat_hash))) for row in rows]


def is_given(session: Session, offer: Offer) -> bool:
    """Tell whether the wallet that took an offer has its copy: it may have been cut off in between, and come again."""
    if offer.wallet_hash is None:
        return False
    return (
        session.exec(select(CredentialRow.id).where(CredentialRow.repeat_hash == offer.wallet_hash)).first() is not None
    )


def _outcome(word: str | None) -> Outcome | None:
    return Outcome(word) if word else None
