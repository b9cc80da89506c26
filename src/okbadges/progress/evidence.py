"""Evidence: a text, photo or file that shows what a participant did. Private, sealed, apart from every credential, and not for ever.

Only those who lead a group that the participant is in now read it. What a file was called is not kept.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from sqlalchemy import delete, func
from sqlalchemy.orm import defer
from sqlmodel import col, select

from okbadges.catalogue.shelf import latest_row
from okbadges.errors import Conflict, InvalidInput, NotAllowed, NotFound
from okbadges.organisations import consents
from okbadges.organisations.consents import Consenting, How
from okbadges.organisations.groups import led_by, require_leader
from okbadges.organisations.participants import touch
from okbadges.organisations.workshops import chain_of
from okbadges.progress.evidence_content import SUFFIXES, PieceKind
from okbadges.storage import journal
from okbadges.storage.sealing import Sealed
from okbadges.storage.since import at_or_after
from okbadges.storage.tables import EvidenceRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid

    from sqlalchemy import Connection
    from sqlalchemy.orm import InstrumentedAttribute
    from sqlmodel import Session

    from okbadges.organisations.callers import Caller
    from okbadges.organisations.workshops import Organisation
    from okbadges.progress.evidence_content import Content
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

EVIDENCE_MONTHS = 24
"""How long a piece is kept unless the installation says otherwise."""
MOST_PIECES = 200
"""Of one participant: more than anybody looks at, and a disk has an end."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What is known of a piece without opening it; ``size`` in bytes, ``delete_on`` is the day (UTC) on which it goes."""

    id: uuid.UUID
    badge: str
    kind: PieceKind
    media_type: str
    size: int
    created_at: datetime
    delete_on: date

    def file_name(self, name: str | None = None) -> str:
        """Return a name for it on a disk, with its id or another ``name``; what it was called before is not known."""
        return f"evidence-{name or self.id}.{SUFFIXES[self.media_type]}"


@dataclass(frozen=True, slots=True)
class NewPiece:
    """A piece to be kept for a badge; ``agreed`` is that the participant said so to whoever keeps it, which is recorded."""

    badge: str
    content: Content
    agreed: bool


def leads(session: Session, caller: Caller, participant_id: uuid.UUID) -> bool:
    """Tell whether the caller leads a running group that the participant is in: only then are notes and evidence for their eyes."""
    return caller.member_id is not None and led_by(session, caller.member_id, participant_id)


def require_own_group(session: Session, caller: Caller, participant_id: uuid.UUID) -> Organisation:
    """Return the participant's organisation if the caller leads a running group that they are in now.

    Raises `NotAllowed` (``leaders-only``) for an administrator who does not, `NotFound` for everybody else.
    """
    organisation = require_leader(session, caller, participant_id)
    if not leads(session, caller, participant_id):
        raise NotAllowed(
            "leaders-only", "Evidence is for those who lead a group that the participant is in.", field="Authorization"
        )
    return organisation


def check_badge(session: Session, badge: str) -> None:
    """Raise `InvalidInput` (``unknown-badge``) for a badge that there is not."""
    try:
        latest_row(session, badge)
    except NotFound as unknown:
        raise InvalidInput(unknown.code, unknown.detail, field="badge") from None


def keep_evidence(
    writer: Writer,
    stamp: Stamp,
    secrets: Secrets,
    *,
    organisation: Organisation,
    participant_id: uuid.UUID,
    new: NewPiece,
    months: int = EVIDENCE_MONTHS,
) -> Piece:
    """Keep a piece of evidence for so many ``months``.

    Raises `Conflict`: ``consent-missing`` where they never agreed or took it back, ``evidence-full`` beyond `MOST_PIECES`.
    """
    row_id, content = stamp.row_id(), new.content
    row = EvidenceRow(
        id=row_id,
        participant_id=participant_id,
        badge=new.badge,
        kind=content.kind.value,
        media_type=content.media_type,
        size=len(content.data),
        sealed_content=secrets.seal(
            content.data, bound_to=_bound_to(row_id), random_bytes=stamp.random_bytes, kind=Sealed.EVIDENCE
        ),
        created_at=stamp.now,
        created_by=stamp.actor,
        delete_on=months_after(stamp.now.date(), months),
    )

    def change(connection: Connection) -> None:
        _require_agreed(connection, stamp, participant_id, agreed=new.agreed)
        touch(connection, stamp, participant_id)
        _require_space(connection, participant_id)
        add(connection, row)
        _tell(connection, stamp, organisation, "evidence.added", row_id, badge=new.badge, kind=row.kind, size=row.size)

    writer.write(change)
    return _piece(row)


def evidence_of(
    session: Session,
    participant_id: uuid.UUID,
    *,
    badge: str | None = None,
    since: datetime | None = None,
    after: uuid.UUID | None = None,
    limit: int = 50,
) -> list[Piece]:
    """Return what is known of a participant's pieces, in order of id, after that id; nothing is opened. ``since``: kept then."""
    kept = at_or_after(since, EvidenceRow.created_at)
    rows = select(EvidenceRow).where(EvidenceRow.participant_id == participant_id, kept)
    if badge is not None:
        rows = rows.where(EvidenceRow.badge == badge)
    if after is not None:
        rows = rows.where(col(EvidenceRow.id) > after)
    content = cast("InstrumentedAttribute[bytes]", EvidenceRow.sealed_content)
    rows = rows.order_by(col(EvidenceRow.id)).limit(limit).options(defer(content))
    return [_piece(row) for row in session.exec(rows)]


def open_evidence(
    session: Session, secrets: Secrets, participant_id: uuid.UUID, piece_id: uuid.UUID
) -> tuple[Piece, bytes]:
    """Return a piece of a participant with what it holds. Raises `NotFound` (``unknown-evidence``)."""
    row = session.get(EvidenceRow, piece_id)
    if row is None or row.participant_id != participant_id:
        raise _unknown()
    return _piece(row), secrets.unseal(row.sealed_content, bound_to=_bound_to(row.id), kind=Sealed.EVIDENCE)


def delete_evidence(
    writer: Writer, stamp: Stamp, *, organisation: Organisation, participant_id: uuid.UUID, piece_id: uuid.UUID
) -> None:
    """Delete a piece of a participant for good. Raises `NotFound` (``unknown-evidence``), also when it was deleted before."""

    def change(connection: Connection) -> None:
        its = (col(EvidenceRow.id) == piece_id, col(EvidenceRow.participant_id) == participant_id)
        if connection.execute(delete(EvidenceRow).where(*its)).rowcount == 0:
            raise _unknown()
        _tell(connection, stamp, organisation, "evidence.deleted", piece_id)

    writer.write(change)


def _require_space(connection: Connection, participant_id: uuid.UUID) -> None:
    kept = select(func.count(col(EvidenceRow.id))).where(EvidenceRow.participant_id == participant_id)
    if connection.execute(kept).scalar_one() >= MOST_PIECES:
        raise Conflict("evidence-full", f"There are {MOST_PIECES} pieces already; delete what is not needed any more.")


def _require_agreed(connection: Connection, stamp: Stamp, participant_id: uuid.UUID, *, agreed: bool) -> None:
    if agreed:
        consents.give(connection, stamp, participant_id, Consenting.EVIDENCE, How.IN_PERSON)
    elif not consents.holds(connection, participant_id, Consenting.EVIDENCE):
        raise Conflict(
            "consent-missing",
            "The participant has not agreed that evidence is kept. Ask them; when they say yes, send agreed=true.",
            field="agreed",
        )


def _piece(row: EvidenceRow) -> Piece:
    return Piece(row.id, row.badge, PieceKind(row.kind), row.media_type, row.size, row.created_at, row.delete_on)


def _unknown() -> NotFound:
    return NotFound("unknown-evidence", "There is no such piece of evidence of this participant.", field="evidence")


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later; the last of the month where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _bound_to(row_id: uuid.UUID) -> str:
    return f"evidence:{row_id.hex}"


def _tell(
    connection: Connection,
    stamp: Stamp,
    organisation: Organisation,
    action: str,
    piece_id: uuid.UUID,
    **details: str | int,
) -> None:
    chain = chain_of(connection, organisation)
    journal.append(connection, stamp, journal.Event(chain, action, f"evidence:{piece_id}", details))
