"""The profile that a program put for the holder of a passport: sealed, because it may hold a name and an address.

Nobody checked it, and okbadges uses it for nothing: it is given back to programs that the holder allows to read it, and the holder sees
and removes it. It is deleted when nobody has put it for as long as anything else stays that is not used any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update
from sqlmodel import col

from okbadges.storage import journal
from okbadges.storage.sealing import Sealed
from okbadges.storage.tables import HolderProfileRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer


@dataclass(frozen=True, slots=True)
class HolderProfile:
    """A profile as it was put last, as JSON, and when."""

    document: bytes
    changed_at: datetime


def profile_of(session: Session, secrets: Secrets, passport_id: uuid.UUID) -> HolderProfile | None:
    """Return the profile of a passport; None when no program has put one."""
    return _kept(session.connection(), secrets, passport_id)


def keep_profile(
    writer: Writer,
    stamp: Stamp,
    secrets: Secrets,
    passport_id: uuid.UUID,
    document: bytes,
    *,
    still: Callable[[Connection], None],
) -> None:
    """Keep a profile in the place of what was there; the same one again is no change. ``still`` raises what speaks against it by now."""
    sealed = secrets.seal(
        document, bound_to=_bound_to(passport_id), random_bytes=stamp.random_bytes, kind=Sealed.BROUGHT
    )

    def change(connection: Connection) -> None:
        still(connection)
        before = _kept(connection, secrets, passport_id)
        if before is not None and before.document == document:
            return
        if before is None:
            add(connection, HolderProfileRow(passport_id=passport_id, sealed_profile=sealed, changed_at=stamp.now))
        else:
            its = update(HolderProfileRow).where(col(HolderProfileRow.passport_id) == passport_id)
            connection.execute(its.values(sealed_profile=sealed, changed_at=stamp.now))
        _tell(connection, stamp, "profile.kept", passport_id)

    writer.write(change)


def remove_profile(writer: Writer, stamp: Stamp, passport_id: uuid.UUID) -> None:
    """Remove the profile of a passport; where there is none nothing is changed."""

    def change(connection: Connection) -> None:
        if forget_profile(connection, passport_id):
            _tell(connection, stamp, "profile.removed", passport_id)

    writer.write(change)


def forget_profile(connection: Connection, passport_id: uuid.UUID) -> int:
    """Delete the profile of a passport inside a change that ends what it was for; return how many there were."""
    its = delete(HolderProfileRow).where(col(HolderProfileRow.passport_id) == passport_id)
    return connection.execute(its).rowcount


def _kept(connection: Connection, secrets: Secrets, passport_id: uuid.UUID) -> HolderProfile | None:
    row = connection.execute(
        select(col(HolderProfileRow.sealed_profile), col(HolderProfileRow.changed_at)).where(
            col(HolderProfileRow.passport_id) == passport_id
        )
    ).one_or_none()
    if row is None:
        return None
    document = secrets.unseal(row.sealed_profile, bound_to=_bound_to(passport_id), kind=Sealed.BROUGHT)
    return HolderProfile(document, row.changed_at)


def _bound_to(passport_id: uuid.UUID) -> str:
    return f"profile:{passport_id.hex}"


def _tell(connection: Connection, stamp: Stamp, action: str, passport_id: uuid.UUID) -> None:
    # the operator's chain: what a holder does with their profile is nothing to the auditors of an issuer
    event = journal.Event(journal.INSTALLATION_CHAIN, action, f"passport:{passport_id}")
    journal.append(connection, stamp, event)
