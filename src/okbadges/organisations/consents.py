"""Consents: what a participant agreed to, in which words, how and since when. Each stands alone, and each can be taken back.

Receiving badges, keeping evidence and every single share are three different things. There is one open row at the most for
each of the first two, and one for every link; a row that was withdrawn stays, so that both days can be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, update
from sqlalchemy import select as core_select
from sqlmodel import col, select

from okbadges.errors import Conflict
from okbadges.storage.tables import ConsentRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.storage.journal import Stamp

WORDING = "2026-11-22-b"
"""Which words people agree to now: a new value with every change of them, so that it stays known who agreed to which.

What changed with each is in ``docs/privacy/README.md``."""


_SAID: Final = core_select(col(ConsentRow.participant_id), col(ConsentRow.withdrawn_at)).where(
    col(ConsentRow.participant_id).in_(bindparam("participants", expanding=True)),
    col(ConsentRow.purpose) == bindparam("purpose"),
    col(ConsentRow.share_link_id).is_(None),
)


class Consenting(StrEnum):
    """What can be agreed to."""

    RECEIVING = "receiving"
    EVIDENCE = "evidence"
    SHARING = "sharing"
    """One link. Of a link for a study plan also that a school decides on what it shows, and keeps its decision."""


class How(StrEnum):
    """How somebody said it: themselves on a page, or in person to somebody who works there and wrote it down."""

    PASSPORT = "passport"
    CLAIM_LINK = "claim-link"
    IN_PERSON = "in-person"


@dataclass(frozen=True, slots=True)
class Consent:
    """One thing that was agreed to; ``withdrawn_at`` is None while it holds."""

    id: uuid.UUID
    participant_id: uuid.UUID
    purpose: Consenting
    share_link_id: uuid.UUID | None
    wording: str
    given_how: How
    given_at: datetime
    withdrawn_at: datetime | None


def consents_of(session: Session, participants: Collection[uuid.UUID]) -> list[Consent]:
    """Return everything that these participants ever agreed to, the oldest first."""
    rows = session.exec(
        select(ConsentRow).where(col(ConsentRow.participant_id).in_(participants)).order_by(col(ConsentRow.id))
    )
    return [_consent(row) for row in rows]


def newest(consents: Sequence[Consent], purpose: Consenting) -> Consent | None:
    """Return the word on something that counts among these: the one that holds, else the last; None where nothing was ever said."""
    said = [one for one in consents if one.purpose is purpose]
    return next((one for one in said if one.withdrawn_at is None), said[-1] if said else None)


def all_agree(consents: Sequence[Consent], purpose: Consenting, participants: Collection[uuid.UUID]) -> bool:
    """Tell whether each of these participants agreed to something and has not taken it back: they are one person."""
    agreed = {one.participant_id for one in consents if one.purpose is purpose and one.withdrawn_at is None}
    return agreed.issuperset(participants)


def holds(
    connection: Connection, participant_id: uuid.UUID, purpose: Consenting, *, share_link_id: uuid.UUID | None = None
) -> bool:
    """Tell whether the participant agreed to something and has not taken it back."""
    open_row = select(ConsentRow.id).where(
        ConsentRow.participant_id == participant_id,
        ConsentRow.purpose == purpose,
        ConsentRow.share_link_id == share_link_id,
        col(ConsentRow.withdrawn_at).is_(None),
    )
    return connection.execute(open_row.limit(1)).first() is not None


def who_withdrew(connection: Connection, participants: Collection[uuid.UUID], purpose: Consenting) -> set[uuid.UUID]:
    """Return who of these participants agreed once and took it back. Who never said anything has not said no."""
    said = connection.execute(_SAID, {"participants": list(participants), "purpose": purpose}).all()
    return {row.participant_id for row in said} - {row.participant_id for row in said if row.withdrawn_at is None}


def consent_withdrawn(purpose: Consenting) -> Conflict:
    """Return the refusal to go on for somebody who took back what they had agreed to."""
    return Conflict(
        "consent-withdrawn",
        f"The participant took back their consent ({purpose}). Talk with them; they can give it again in their passport.",
        field="participant",
    )


def give(
    connection: Connection,
    stamp: Stamp,
    participant_id: uuid.UUID,
    purpose: Consenting,
    how: How,
    *,
    share_link_id: uuid.UUID | None = None,
) -> bool:
    """Write inside a change that something was agreed to; False where it was agreed to already and holds."""
    if holds(connection, participant_id, purpose, share_link_id=share_link_id):
        return False
    row = ConsentRow(
        id=stamp.row_id(),
        participant_id=participant_id,
        purpose=purpose,
        share_link_id=share_link_id,
        wording=WORDING,
        given_how=how,
        given_at=stamp.now,
        recorded_by=stamp.actor,
    )
    add(connection, row)
    return True


def refuse(connection: Connection, stamp: Stamp, participant_id: uuid.UUID, purpose: Consenting, how: How) -> bool:
    """Write inside a change that somebody said no to what they were never asked; False where they said something already."""
    said = select(ConsentRow.id).where(ConsentRow.participant_id == participant_id, ConsentRow.purpose == purpose)
    if connection.execute(said.limit(1)).first() is not None:
        return False
    give(connection, stamp, participant_id, purpose, how)
    withdraw(connection, stamp, [participant_id], purpose)
    return True


def withdraw_share(connection: Connection, stamp: Stamp, share_link_id: uuid.UUID) -> None:
    """Take back inside a change the consent to a link, whoever gave it."""
    its = (col(ConsentRow.share_link_id) == share_link_id) & col(ConsentRow.withdrawn_at).is_(None)
    connection.execute(update(ConsentRow).where(its).values(withdrawn_at=stamp.now))


def withdraw(
    connection: Connection,
    stamp: Stamp,
    participants: Collection[uuid.UUID],
    purpose: Consenting,
) -> int:
    """Take back inside a change what these participants agreed to; return how many rows that were."""
    theirs = update(ConsentRow).where(
        col(ConsentRow.participant_id).in_(participants),
        col(ConsentRow.purpose) == purpose,
        col(ConsentRow.share_link_id).is_(None),
        col(ConsentRow.withdrawn_at).is_(None),
    )
    return connection.execute(theirs.values(withdrawn_at=stamp.now)).rowcount


def _consent(row: ConsentRow) -> Consent:
    return Consent(
        id=row.id,
        participant_id=row.participant_id,
        purpose=Consenting(row.purpose),
        share_link_id=row.share_link_id,
        wording=row.wording,
        given_how=How(row.given_how),
        given_at=row.given_at,
        withdrawn_at=row.withdrawn_at,
    )
