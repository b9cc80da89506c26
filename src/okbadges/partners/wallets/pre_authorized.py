"""The pre-authorized code (OpenID4VCI 1.0, 6): once, with the six digits of the passport, it becomes a token that opens its offer.

Wrong digits are counted by the offer. With the fifth wrong try the offer ends, whoever tried: a new one takes its holder a moment.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from sqlalchemy import update
from sqlmodel import col

from okbadges.errors import InvalidInput, TooManyRequests
from okbadges.organisations.failures import Tries
from okbadges.partners.tokens import RestsOn, TokenKind, find_token, keep_token, new_token, unknown_token
from okbadges.partners.wallets.offers import Addresses, change_offer, end_offer, find_by, tell
from okbadges.storage.sealing import token_hash
from okbadges.storage.tables import WalletOfferRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.organisations.failures import Failures
    from okbadges.partners.wallets.offers import Offer
    from okbadges.storage.database import Database
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

GRANT_TYPE: Final = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
TOKEN_LASTS = timedelta(minutes=30)
WRONG_DIGITS = Tries("wallet-digits", 5)
"""Six digits for one offer, right or wrong."""
BY_CONFIGURATION, BY_IDENTIFIER = "wallet-offer", "wallet-offer:identified"
"""How a token's wallet names what it wants (OpenID4VCI 1.0, 8.2): as the metadata does, or as the token's answer did."""


@dataclass(frozen=True, slots=True)
class Exchanging:
    """Exchanges codes for tokens."""

    database: Database
    writer: Writer
    secrets: Secrets
    failures: Failures
    random_bytes: Callable[[int], bytes]

    def exchange(self, stamp: Stamp, code: str, digits: str | None, *, identified: bool = False) -> str:
        """Return a token for a code, once; ``digits`` are what was typed into the wallet.

        Raises `InvalidInput`: ``invalid-request`` (digits that are missing, or not asked for), ``invalid-grant`` (a code that is unknown, used
        or over, wrong digits, or too many of them); `Unavailable` where a try could not be counted.
        """
        with self.database.read() as session:
            offer = find_by(
                session.connection(), col(WalletOfferRow.code_hash) == token_hash(code), today=stamp.now.date()
            )
        if offer is None:
            raise _invalid_grant("This code is not known here.")
        _refuse_used(offer, stamp.now)
        self._check_digits(stamp, offer, digits)
        token = new_token(TokenKind.ACCESS, self.random_bytes)
        self.writer.write(partial(_use_code, stamp=stamp, offer=offer, token=token, identified=identified))
        return token

    def _check_digits(self, stamp: Stamp, offer: Offer, digits: str | None) -> None:
        if not offer.asks_digits:
            if digits is not None:
                raise InvalidInput("invalid-request", "This offer has no tx_code; leave it out.", field="tx_code")
            return
        if digits is None:
            raise InvalidInput(
                "invalid-request", "Send the six digits that the passport shows as tx_code.", field="tx_code"
            )
        try:
            self.failures.count_try(WRONG_DIGITS, offer.id.hex)
        except TooManyRequests:
            raise self._ended(stamp, offer) from None
        right = Addresses(self.secrets, "", offer.id).digits
        if not hmac.compare_digest(right.encode(), digits.encode()):
            self._end_after_the_last(stamp, offer)
            raise InvalidInput(
                "invalid-grant", "These are not the six digits that the passport shows.", field="tx_code"
            )

    def _end_after_the_last(self, stamp: Stamp, offer: Offer) -> None:
        """End an offer whose tries are used up: at every door, not only at this one. Raises `InvalidInput` when it did."""
        try:
            self.failures.refuse_when_too_many(WRONG_DIGITS, offer.id.hex)
        except TooManyRequests:
            raise self._ended(stamp, offer) from None

    def _ended(self, stamp: Stamp, offer: Offer) -> InvalidInput:
        end_offer(self.writer, stamp, offer.id, reason="digits")
        return _invalid_grant(
            "The digits were wrong too often, and this offer has ended. Make a new code in the passport."
        )


def offer_of_token(session: Session, token: str, *, now: datetime) -> tuple[Offer, bool]:
    """Return the offer that a token opens, and whether its wallet names what it wants by an identifier.

    Raises `NotAuthenticated`: ``token-unknown`` (also when the offer has ended), ``token-expired``.
    """
    found = find_token(session, token, TokenKind.ACCESS, now=now)
    if found.rests_on.offer_id is None:
        raise unknown_token()
    offer = find_by(session.connection(), col(WalletOfferRow.id) == found.rests_on.offer_id, today=now.date())
    if offer is None or not offer.stands or offer.ended_at is not None:
        raise unknown_token()
    return offer, BY_IDENTIFIER in found.scopes


def _use_code(connection: Connection, *, stamp: Stamp, offer: Offer, token: str, identified: bool) -> None:
    change_offer(connection, offer.id, stamp.now.date(), refuse=lambda now: _refuse_used(now, stamp.now))
    connection.execute(update(WalletOfferRow).where(col(WalletOfferRow.id) == offer.id).values(code_used_at=stamp.now))
    keep_token(
        connection,
        stamp,
        token,
        kind=TokenKind.ACCESS,
        scopes=[BY_IDENTIFIER if identified else BY_CONFIGURATION],
        rests_on=RestsOn(offer_id=offer.id),
        lasts=TOKEN_LASTS,
    )
    tell(connection, stamp, offer.id, "opened")


def _refuse_used(offer: Offer, now: datetime) -> None:
    if offer.code_used_at is not None or offer.wallet_hash is not None:
        raise _invalid_grant("This code was used already. Make a new one in the passport.")
    if not offer.is_open(now):
        raise _invalid_grant("This offer has ended. Make a new code in the passport.")


def _invalid_grant(detail: str) -> InvalidInput:
    return InvalidInput("invalid-grant", detail, field="pre-authorized_code")
