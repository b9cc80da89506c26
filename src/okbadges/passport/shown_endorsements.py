"""Endorsements: what a school signed about a badge is its holder's, and on a share link only where they chose that.

One that was made after the link is not on it; one that was revoked since is not shown any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlmodel import col

from okbadges.errors import NotFound
from okbadges.passport.own_links import Shown
from okbadges.storage.tables import CredentialRow, EndorsementRow, SigningKeyRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

    from okbadges.passport.holder import Holder
    from okbadges.passport.sharing import OpenedLink, SharedCredential


@dataclass(frozen=True, slots=True)
class Endorsement:
    """One endorsement that stands: ``credential_id`` is what it endorses, ``document`` the exact signed bytes."""

    id: uuid.UUID
    endorsement_id: str
    credential_id: str
    document: bytes
    made_at: datetime


def endorsements_of(session: Session, credentials: Collection[uuid.UUID]) -> list[Endorsement]:
    """Return what stands about these credentials (rows' keys), the oldest first."""
    return standing_endorsements(session, col(EndorsementRow.credential_row_id).in_(credentials))


def endorsements_held(session: Session, holder: Holder) -> list[Endorsement]:
    """Return every endorsement of a passport, the oldest first."""
    return standing_endorsements(session, col(CredentialRow.participant_id).in_(holder.participants))


def shown_endorsements(session: Session, opened: OpenedLink, shared: SharedCredential) -> list[Endorsement]:
    """Return what a link shows of the endorsements of one of its badges, the oldest first."""
    if Shown.ENDORSEMENT not in opened.shows:
        return []
    found = standing_endorsements(session, col(CredentialRow.credential_id) == shared.credential_id)
    return [one for one in found if one.made_at <= opened.made_at]


def open_shown_endorsement(session: Session, opened: OpenedLink, endorsement: uuid.UUID) -> Endorsement:
    """Return an endorsement that a link shows. Raises `NotFound` (``unknown-endorsement``) for every other one."""
    for shared in opened.credentials:
        for one in shown_endorsements(session, opened, shared):
            if one.id == endorsement:
                return one
    raise _unknown()


def open_own_endorsement(session: Session, holder: Holder, endorsement: uuid.UUID) -> Endorsement:
    """Return an endorsement of the holder's own. Raises `NotFound` (``unknown-endorsement``)."""
    for one in endorsements_held(session, holder):
        if one.id == endorsement:
            return one
    raise _unknown()


def standing_endorsements(session: Session, which: ColumnElement[bool]) -> list[Endorsement]:
    """Return those that are neither revoked nor erased, and were not signed with a key that was found compromised; the oldest first."""
    rows = session.execute(
        select(EndorsementRow, col(CredentialRow.credential_id))
        .join(CredentialRow, col(CredentialRow.id) == col(EndorsementRow.credential_row_id))
        .join(SigningKeyRow, col(SigningKeyRow.id) == col(EndorsementRow.signing_key_id))
        .where(which, col(EndorsementRow.revoked_at).is_(None), col(SigningKeyRow.compromised_since).is_(None))
        .order_by(col(EndorsementRow.id))
    )
    return [
        Endorsement(row.id, row.endorsement_id, credential_id, row.document, row.made_at)
        for row, credential_id in rows
        if row.document is not None
    ]


def _unknown() -> NotFound:
    return NotFound("unknown-endorsement", "There is no such endorsement here.")
