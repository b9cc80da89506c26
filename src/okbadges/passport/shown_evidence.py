"""Evidence on a share link: the pieces of the badges that it shows, where the holder wants that, and no others.

A piece that came after the link was made is not on it, and one whose day has come is gone before it is deleted.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from okbadges.errors import NotFound
from okbadges.passport.own_links import Shown
from okbadges.progress.evidence import MOST_PIECES, evidence_of, open_evidence
from okbadges.progress.evidence_content import PieceKind

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection
    from datetime import date

    from sqlmodel import Session

    from okbadges.passport.sharing import OpenedLink, SharedCredential
    from okbadges.progress.evidence import Piece
    from okbadges.storage.sealing import Secrets

_NAME_LENGTH = 20


@dataclass(frozen=True, slots=True)
class ShownPiece:
    """A piece of evidence as a page shows it: a text whole, of a photo or file only what it is.

    ``name`` is what it is called on this link: its id would tell when it was kept, to the millisecond.
    """

    piece: Piece
    text: str | None
    name: str


def name_on_link(link_id: uuid.UUID, piece_id: uuid.UUID) -> str:
    """Return what a piece of evidence is called on a link: the same each time, another one on another link, and nothing to read from it."""
    return hashlib.sha256(b"evidence on a link" + link_id.bytes + piece_id.bytes).hexdigest()[:_NAME_LENGTH]


def shown_evidence(
    session: Session, secrets: Secrets, opened: OpenedLink, shared: SharedCredential, *, today: date
) -> tuple[ShownPiece, ...]:
    """Return what a link shows of the evidence for one of its badges, the oldest first."""
    return tuple(
        ShownPiece(piece, _text(session, secrets, shared.participant_id, piece), name_on_link(opened.id, piece.id))
        for piece in _pieces(session, opened, shared, today)
    )


def open_shown_evidence(
    session: Session, secrets: Secrets, opened: OpenedLink, name: str, *, today: date
) -> tuple[Piece, bytes]:
    """Return a piece that a link shows under this name, with what it holds. Raises `NotFound` (``unknown-evidence``) for every other."""
    for shared in opened.credentials:
        for piece in _pieces(session, opened, shared, today):
            if name_on_link(opened.id, piece.id) == name:
                return open_evidence(session, secrets, shared.participant_id, piece.id)
    raise _unknown()


def open_own_evidence(
    session: Session, secrets: Secrets, participants: Collection[uuid.UUID], piece_id: uuid.UUID
) -> tuple[Piece, bytes]:
    """Return a piece of the holder's own, with what it holds. Raises `NotFound` (``unknown-evidence``)."""
    for participant_id in participants:
        try:
            return open_evidence(session, secrets, participant_id, piece_id)
        except NotFound:
            continue
    raise _unknown()


def _pieces(session: Session, opened: OpenedLink, shared: SharedCredential, today: date) -> list[Piece]:
    if Shown.EVIDENCE not in opened.shows:
        return []
    kept = evidence_of(session, shared.participant_id, badge=shared.badge.slug, limit=MOST_PIECES)
    return [piece for piece in kept if piece.created_at <= opened.made_at and piece.delete_on > today]


def _text(session: Session, secrets: Secrets, participant_id: uuid.UUID, piece: Piece) -> str | None:
    if piece.kind is not PieceKind.TEXT:
        return None
    return open_evidence(session, secrets, participant_id, piece.id)[1].decode()


def _unknown() -> NotFound:
    return NotFound("unknown-evidence", "This link shows no such piece.")
