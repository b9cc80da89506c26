"""Programs that a holder let into their passport: which, with what they may do, and taken back at once.

A grant stands while something of it can still open the passport: a token that holds, or a code that waits to be used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from sqlalchemy import and_, func, or_, select, update
from sqlmodel import col

from okbadges.errors import NotFound
from okbadges.partners.grants import HolderScope
from okbadges.partners.oauth.clients import program_by_row
from okbadges.storage import journal
from okbadges.storage.tables import OAuthGrantRow, OAuthTokenRow

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection
    from sqlmodel import Session

    from okbadges.passport.holder import Holder
    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer


@dataclass(frozen=True, slots=True)
class LetIn:
    """A program that may do something in a passport now. ``last_used_at`` is when it got its newest token: they hold an hour."""

    grant_id: uuid.UUID
    name: str
    host: str
    scopes: tuple[HolderScope, ...]
    granted_at: datetime
    last_used_at: datetime | None
    until: datetime


def programs_let_in(session: Session, holder: Holder, *, now: datetime) -> list[LetIn]:
    """Return the programs whose grants stand, the newest first."""
    connection = session.connection()
    newest_token, last_end = func.max(col(OAuthTokenRow.issued_at)), func.max(col(OAuthTokenRow.expires_at))
    of_grant = and_(
        col(OAuthTokenRow.grant_id) == col(OAuthGrantRow.id),
        col(OAuthTokenRow.ended_at).is_(None),
        col(OAuthTokenRow.expires_at) > now,
    )
    theirs = (
        select(col(OAuthGrantRow.id), newest_token, last_end)
        .outerjoin(OAuthTokenRow, of_grant)
        .where(col(OAuthGrantRow.passport_id) == holder.passport_id, col(OAuthGrantRow.ended_at).is_(None))
        .group_by(col(OAuthGrantRow.id))
        .order_by(col(OAuthGrantRow.id).desc())
    )
    told = []
    rows = cast("list[tuple[uuid.UUID, datetime | None, datetime | None]]", connection.execute(theirs).all())
    for grant_id, used_at, ends_at in rows:
        row = session.get_one(OAuthGrantRow, grant_id)
        waits = row.code_used_at is None and row.code_expires_at > now
        if not waits and ends_at is None:
            continue
        program = program_by_row(connection, row.client_row_id)
        scopes = tuple(HolderScope(one) for one in row.scopes.split())
        until = ends_at or row.code_expires_at
        told.append(LetIn(row.id, program.name, program.host, scopes, row.granted_at, used_at, until))
    return told


def take_back(writer: Writer, stamp: Stamp, holder: Holder, grant_id: uuid.UUID) -> None:
    """Take back what a program may do, at once; taking it back again changes nothing. Raises `NotFound` (``unknown-program``)."""

    def change(connection: Connection) -> None:
        theirs = select(col(OAuthGrantRow.id)).where(
            col(OAuthGrantRow.id) == grant_id, col(OAuthGrantRow.passport_id) == holder.passport_id
        )
        if connection.execute(theirs).first() is None:
            raise NotFound("unknown-program", "This program is not in this passport.")
        end_grant(connection, stamp, grant_id, because="taken-back")

    writer.write(change)


def end_grant(connection: Connection, stamp: Stamp, grant_id: uuid.UUID, *, because: str) -> None:
    """End a grant and all its tokens inside a change, with its event; one that ended already stays as it is."""
    passport_id = end_grants(connection, stamp, col(OAuthGrantRow.id) == grant_id)
    for one in passport_id:
        event = journal.Event(
            chain=journal.INSTALLATION_CHAIN,
            action="program.ended",
            subject=f"passport:{one}",
            details={"grant": str(grant_id), "because": because},
        )
        journal.append(connection, stamp, event)


def end_grants(connection: Connection, stamp: Stamp, which: ColumnElement[bool]) -> list[uuid.UUID]:
    """End grants and their tokens inside a change that has an event of its own; return the passport of each that stood till now."""
    standing = select(col(OAuthGrantRow.id), col(OAuthGrantRow.passport_id)).where(
        which, col(OAuthGrantRow.ended_at).is_(None)
    )
    rows = connection.execute(standing).all()
    ids = [row.id for row in rows]
    if ids:
        ended = {"ended_at": stamp.now}
        connection.execute(update(OAuthGrantRow).where(col(OAuthGrantRow.id).in_(ids)).values(ended))
        alive = or_(col(OAuthTokenRow.ended_at).is_(None))
        connection.execute(update(OAuthTokenRow).where(col(OAuthTokenRow.grant_id).in_(ids), alive).values(ended))
    return [row.passport_id for row in rows]
