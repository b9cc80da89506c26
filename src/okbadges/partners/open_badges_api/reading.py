"""What the Open Badges API gives a program that may read (6.2.2): the badges that the holder took, and those that were brought.

Of ours it is what the passport shows on its shelf: accepted and not hidden, the newest of a line that was corrected, no copies for
wallets. A revoked one stays among them: whoever has it learns of it by its status. All are in one order, by when they became the
holder's, so that what is new comes at the end and no page moves under a reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlmodel import col

from okbadges.passport.accepting import can_be_shown
from okbadges.passport.brought import brought_by_ids
from okbadges.storage.successions import is_replaced
from okbadges.storage.tables import BroughtCredentialRow, CredentialRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from okbadges.partners.grants import Granted
    from okbadges.storage.sealing import Secrets

USUAL_LIMIT = 20
MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class WantedPage:
    """Which part is wanted: so many, after so many, and only what came or changed at ``since`` or later."""

    limit: int
    offset: int
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class CredentialPage:
    """One page, and how many there are in all: the exact bytes, those with an embedded proof apart from the JWTs."""

    total: int
    documents: tuple[bytes, ...]
    jwts: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    came_at: datetime
    row_id: uuid.UUID
    changed_at: datetime
    is_ours: bool


def credentials_for(session: Session, secrets: Secrets, granted: Granted, wanted: WantedPage) -> CredentialPage:
    """Return a page of what the passport of a grant gives to programs."""
    entries = [*_ours(session, granted.participants), *_brought(session, granted.passport_id)]
    if wanted.since is not None:
        entries = [one for one in entries if one.changed_at >= wanted.since]
    entries.sort(key=lambda one: (one.came_at, one.row_id))
    return _opened(session, secrets, len(entries), entries[wanted.offset : wanted.offset + wanted.limit])


def _opened(session: Session, secrets: Secrets, total: int, page: Sequence[_Entry]) -> CredentialPage:
    """Return the bytes of a page; what was removed or erased a moment ago is not in it any more."""
    ours = {one.row_id for one in page if one.is_ours}
    rows = session.execute(
        select(col(CredentialRow.id), col(CredentialRow.document)).where(col(CredentialRow.id).in_(ours))
    )
    issued = {row.id: row.document for row in rows if row.document is not None}
    brought = brought_by_ids(session, secrets, {one.row_id for one in page} - ours)
    jwts = {row_id: one.document.strip() for row_id, one in brought.items() if one.is_jwt}
    documents = issued | {row_id: one.document for row_id, one in brought.items() if not one.is_jwt}
    return CredentialPage(
        total,
        tuple(documents[one.row_id] for one in page if one.row_id in documents),
        tuple(jwts[one.row_id] for one in page if one.row_id in jwts),
    )


def _ours(session: Session, participants: Collection[uuid.UUID]) -> Iterator[_Entry]:
    rows = session.execute(
        select(
            col(CredentialRow.id),
            col(CredentialRow.accepted_at),
            col(CredentialRow.issued_at),
            col(CredentialRow.revoked_at),
        ).where(
            col(CredentialRow.participant_id).in_(participants),
            col(CredentialRow.copy_of_id).is_(None),
            col(CredentialRow.document).is_not(None),
            ~is_replaced(CredentialRow),
            can_be_shown(),
        )
    )
    for row in rows:
        # what takes the place of an accepted badge is accepted with it, and came when it was issued
        came_at = max(row.accepted_at, row.issued_at)
        yield _Entry(came_at, row.id, max(came_at, row.revoked_at or came_at), is_ours=True)


def _brought(session: Session, passport_id: uuid.UUID) -> Iterator[_Entry]:
    rows = session.execute(
        select(
            col(BroughtCredentialRow.id), col(BroughtCredentialRow.brought_at), col(BroughtCredentialRow.changed_at)
        ).where(col(BroughtCredentialRow.passport_id) == passport_id)
    )
    for row in rows:
        yield _Entry(row.brought_at, row.id, row.changed_at, is_ours=False)
