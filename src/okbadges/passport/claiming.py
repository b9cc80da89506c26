"""Claim links: the address that the instructor hands over, under which the holder finds the badge and can carry it away.

Whoever has a claim link is the holder: they see every share link that shows their badge, and can take each back at once. That is so
until a card opens their passport. From then on the card is the key, and a claim link tells no more than that: whoever kept one has nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from okbadges.errors import Gone, NotFound
from okbadges.organisations.consents import How
from okbadges.passport.accepting import Decision, decide
from okbadges.passport.cards import is_opened_by_card
from okbadges.passport.own_links import OwnLink, links_of_credential, withdraw_link
from okbadges.passport.sharing import SharedCredential, shared_credential, successor_of
from okbadges.storage.sealing import token_hash
from okbadges.storage.tables import BadgeVersionRow, CredentialRow, ShareLinkItemRow

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer


@dataclass(frozen=True, slots=True)
class Claimed:
    """What stands behind a claim link: the holder's badge, and the links of it that still open.

    ``newer`` is the row of the newest credential in its place, of which the holder has a claim link too.
    """

    shared: SharedCredential
    open_links: tuple[OwnLink, ...]
    newer: uuid.UUID | None
    accepted: bool
    declined: bool


def open_claim_link(session: Session, token: str, *, now: datetime) -> Claimed:
    """Return the holder's own credential and its open share links.

    Raises `NotFound` for a token that never was, `Gone` (``claim-in-passport``) once a card opens the passport that the credential is in.
    """
    row = _claimed_row(session, token)
    links = tuple(links_of_credential(session, row.id, now=now))
    return Claimed(
        shared=shared_credential(session, row, for_teacher=False),
        open_links=links,
        newer=successor_of(session, row.id),
        accepted=row.accepted_at is not None,
        declined=row.declined_at is not None,
    )


def withdraw(session: Session, writer: Writer, stamp: Stamp, token: str, link_id: uuid.UUID) -> None:
    """Take one share link of the holder's badge back; from now on it is gone, and taking it back again changes nothing.

    Raises `NotFound` for a claim token that never was, and for a link that does not show this badge; `Gone` (``claim-in-passport``).
    """
    row = _claimed_row(session, token)
    shows = select(ShareLinkItemRow).where(
        ShareLinkItemRow.share_link_id == link_id, ShareLinkItemRow.credential_row_id == row.id
    )
    if session.exec(shows).first() is None:
        raise NotFound("unknown-share-link", "This badge has no such link.")
    withdraw_link(writer, stamp, [row.participant_id], link_id, still=lambda now: _require_no_card(now, row))


def decide_on_claimed(session: Session, writer: Writer, stamp: Stamp, token: str, decision: Decision) -> None:
    """Take the badge behind a claim link, or decline it. Raises `NotFound` for a token that never was, `Gone` (``claim-in-passport``)."""
    row = _claimed_row(session, token)
    decide(
        writer,
        stamp,
        decision,
        credential=row.id,
        participants=[row.participant_id],
        how=How.CLAIM_LINK,
        still=lambda now: _require_no_card(now, row),
    )


def to_hand_over(session: Session, participant_id: uuid.UUID, badge: str, *, awarded_by: str) -> uuid.UUID | None:
    """Return the credential whose claim link may still be shown to whoever awarded it (their actor), to be handed over at once.

    That is the newest one of the badge, while its holder has said nothing to it and no card opens their passport.
    """
    newest = session.exec(
        select(CredentialRow)
        .join(BadgeVersionRow, col(BadgeVersionRow.id) == CredentialRow.badge_version_id)
        .where(CredentialRow.participant_id == participant_id, BadgeVersionRow.slug == badge)
        .where(col(CredentialRow.copy_of_id).is_(None), col(CredentialRow.revoked_at).is_(None))
        .order_by(col(CredentialRow.id).desc())
        .limit(1)
    ).one_or_none()
    if newest is None or newest.issued_by != awarded_by or newest.accepted_at or newest.declined_at:
        return None
    return None if is_opened_by_card(session.connection(), participant_id) else newest.id


def _claimed_row(session: Session, token: str) -> CredentialRow:
    row = session.exec(select(CredentialRow).where(CredentialRow.claim_token_hash == token_hash(token))).one_or_none()
    if row is None:
        raise NotFound("unknown-claim-link", "There is no such link. Check that the whole address was copied.")
    _require_no_card(session.connection(), row)
    return row


def _require_no_card(connection: Connection, row: CredentialRow) -> None:
    """Refuse what a card opens by now: looked at once more inside each change, since the card may have come in between."""
    if is_opened_by_card(connection, row.participant_id):
        raise Gone("claim-in-passport", "This badge is in its holder's skills passport. Open it at /p with the card.")
