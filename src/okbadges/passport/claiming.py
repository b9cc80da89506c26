"""Claim links: the address that the instructor hands over, under which the holder finds the badge and can carry it away.

Whoever has a claim link is the holder: they see every share link that shows their badge, and can take each back at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlmodel import col, select

from okbadges.errors import NotFound
from okbadges.issuing.order import Purpose
from okbadges.organisations.issuers import issuer_by_id
from okbadges.passport.sharing import SharedCredential, shared_credential, successor_of
from okbadges.storage import journal
from okbadges.storage.sealing import token_hash
from okbadges.storage.tables import CredentialRow, ShareLinkItemRow, ShareLinkRow

if TYPE_CHECKING:
    import uuid
    from datetime import date, datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer


@dataclass(frozen=True, slots=True)
class OwnLink:
    """A share link as its owner sees it; ``id`` names it and opens nothing."""

    id: uuid.UUID
    purpose: Purpose
    expires_on: date


@dataclass(frozen=True, slots=True)
class Claimed:
    """What stands behind a claim link: the holder's badge, and the links of it that still open.

    ``newer`` is the row of the newest credential in its place, of which the holder has a claim link too.
    """

    shared: SharedCredential
    open_links: tuple[OwnLink, ...]
    newer: uuid.UUID | None


def open_claim_link(session: Session, token: str, *, now: datetime) -> Claimed:
    """Return the holder's own credential and its open share links. Raises `NotFound` for a token that never was."""
    row = _claimed_row(session, token)
    links = session.exec(
        select(ShareLinkRow)
        .join(ShareLinkItemRow, col(ShareLinkItemRow.share_link_id) == ShareLinkRow.id)
        .where(ShareLinkItemRow.credential_row_id == row.id)
        .where(col(ShareLinkRow.withdrawn_at).is_(None), col(ShareLinkRow.expires_on) >= now.date())
        .order_by(col(ShareLinkRow.created_at))
    )
    own = tuple(OwnLink(link.id, Purpose(link.purpose), link.expires_on) for link in links)
    return Claimed(shared_credential(session, row, for_teacher=False), own, successor_of(session, row.id))


def withdraw(session: Session, writer: Writer, stamp: Stamp, token: str, link_id: uuid.UUID) -> None:
    """Take one share link of the holder's badge back; from now on it is gone, and taking it back again changes nothing.

    Raises `NotFound` for a claim token that never was, and for a link that does not show this badge.
    """
    row = _claimed_row(session, token)
    shows = select(ShareLinkItemRow).where(
        ShareLinkItemRow.share_link_id == link_id, ShareLinkItemRow.credential_row_id == row.id
    )
    if session.exec(shows).first() is None:
        raise NotFound("unknown-share-link", "This badge has no such link.")
    chain = issuer_by_id(session, row.issuer_id).slug

    def change(connection: Connection) -> None:
        is_open = (col(ShareLinkRow.id) == link_id) & col(ShareLinkRow.withdrawn_at).is_(None)
        if connection.execute(update(ShareLinkRow).where(is_open).values(withdrawn_at=stamp.now)).rowcount:
            event = journal.Event(chain, action="share-link.withdrawn", subject=f"share-link:{link_id}")
            journal.append(connection, stamp, event)

    writer.write(change)


def _claimed_row(session: Session, token: str) -> CredentialRow:
    row = session.exec(select(CredentialRow).where(CredentialRow.claim_token_hash == token_hash(token))).one_or_none()
    if row is None:
        raise NotFound("unknown-claim-link", "There is no such link. Check that the whole address was copied.")
    return row
