"""Claim links: the address that the instructor hands over, under which the holder finds the badge and can carry it away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from okbadges.errors import NotFound
from okbadges.passport.sharing import SharedCredential, shared_credential
from okbadges.storage.sealing import token_hash
from okbadges.storage.tables import CredentialRow

if TYPE_CHECKING:
    from sqlmodel import Session


def open_claim_link(session: Session, token: str) -> SharedCredential:
    """Return the holder's own credential. Raises `NotFound` for a token that never was."""
    row = session.exec(select(CredentialRow).where(CredentialRow.claim_token_hash == token_hash(token))).one_or_none()
    if row is None:
        raise NotFound("unknown-claim-link", "There is no such link. Check that the whole address was copied.")
    return shared_credential(session, row, for_teacher=False)
