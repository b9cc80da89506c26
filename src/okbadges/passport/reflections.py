"""Own words: how a badge or a step felt, and how sure somebody is, before and after. Private unless they show them by a link of theirs.

Nobody who works there reads them. They are sealed, and they go when the participant is erased or wipes them away.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update
from sqlmodel import col
from sqlmodel import select as select_rows

from okbadges.errors import InvalidInput, NotFound
from okbadges.organisations.workshops import chain_of
from okbadges.storage import journal
from okbadges.storage.sealing import Sealed
from okbadges.storage.tables import ReflectionRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

    from sqlalchemy import ColumnElement, Connection, Select
    from sqlmodel import Session

    from okbadges.organisations.workshops import Organisation
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets
    from okbadges.storage.writer import Writer

LONGEST_WORDS = 2000
SURENESS = range(1, 6)
"""From 1 (not at all) to 5 (very)."""


@dataclass(frozen=True, slots=True)
class Reflection:
    """What somebody wrote for themselves about a badge, or about the step with this criterion (its hash; empty for the badge)."""

    participant_id: uuid.UUID
    badge: str
    criterion_hash: str
    words: str | None
    sure_before: int | None
    sure_after: int | None

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing in it."""
        return self.words is None and self.sure_before is None and self.sure_after is None


def checked(reflection: Reflection) -> Reflection:
    """Return a reflection as it is kept. Raises `InvalidInput`: ``own-words-length``, ``own-words-form``, ``sureness``."""
    words = unicodedata.normalize("NFC", reflection.words or "").replace("\r\n", "\n").strip() or None
    if words is not None and len(words) > LONGEST_WORDS:
        raise InvalidInput(
            "own-words-length", f"Write {LONGEST_WORDS} characters at the most; these are {len(words)}.", field="words"
        )
    if words is not None and not all(sign.isprintable() or sign in "\n\t\u200d" for sign in words):
        raise InvalidInput(
            "own-words-form", "There is a sign in the text that cannot be read. Write it again.", field="words"
        )
    for field, sure in (("sure_before", reflection.sure_before), ("sure_after", reflection.sure_after)):
        if sure is not None and sure not in SURENESS:
            raise InvalidInput("sureness", "Choose one of the five.", field=field)
    return replace(reflection, words=words)


def keep_reflection(
    writer: Writer, stamp: Stamp, secrets: Secrets, organisation: Organisation, reflection: Reflection
) -> None:
    """Keep what somebody wrote in place of what was there; an empty one wipes it away. What is the same already is no change.

    What was wiped away is named by its row's key, which tells nothing, so that a restore wipes it away again. Raises as `checked` does. That the participant is the holder's is for the caller to know.
    """
    wanted = checked(reflection)

    def change(connection: Connection) -> None:
        found = connection.execute(_kept(wanted)).one_or_none()
        kept = _unsealed(secrets, wanted, *found[1:]) if found else None
        if kept == wanted or (kept is None and wanted.is_empty):
            return
        _write(connection, stamp, secrets, wanted, found.id if found else None)
        event = journal.Event(
            chain_of(connection, organisation),
            action="reflection.wiped" if wanted.is_empty else "reflection.kept",
            subject=f"participant:{wanted.participant_id}",
            details={"words": str(found.id)} if found and wanted.is_empty else {},
        )
        journal.append(connection, stamp, event)

    writer.write(change)


def reflections_of(session: Session, secrets: Secrets, participants: Collection[uuid.UUID]) -> list[Reflection]:
    """Return everything that these participants wrote, for their own eyes."""
    rows = session.exec(
        select_rows(ReflectionRow)
        .where(col(ReflectionRow.participant_id).in_(participants))
        .order_by(col(ReflectionRow.id))
    )
    return [_read(secrets, row) for row in rows]


def require_own(participant_id: uuid.UUID, participants: Collection[uuid.UUID]) -> None:
    """Raise `NotFound` (``unknown-participant``) unless the participant is one of the holder's."""
    if participant_id not in participants:
        raise NotFound("unknown-participant", "This is not part of your passport.")


def bound_to(participant_id: uuid.UUID, badge: str, criterion_hash: str) -> str:
    """Return what the sealed words of a reflection are bound to."""
    return f"reflection:{participant_id.hex}:{badge}:{criterion_hash}"


def _write(
    connection: Connection, stamp: Stamp, secrets: Secrets, wanted: Reflection, row_id: uuid.UUID | None
) -> None:
    if wanted.is_empty:
        connection.execute(delete(ReflectionRow).where(_is(wanted)))
        return
    row = ReflectionRow(
        id=row_id or stamp.row_id(),
        participant_id=wanted.participant_id,
        badge=wanted.badge,
        criterion_hash=wanted.criterion_hash,
        sealed_words=_sealed(secrets, stamp, wanted),
        sure_before=wanted.sure_before,
        sure_after=wanted.sure_after,
        written_at=stamp.now,
    )
    if row_id is None:
        add(connection, row)
    else:
        values = row.model_dump(include={"sealed_words", "sure_before", "sure_after", "written_at"})
        connection.execute(update(ReflectionRow).where(_is(wanted)).values(**values))


def _kept(wanted: Reflection) -> Select[uuid.UUID, bytes | None, int | None, int | None]:
    return select(
        col(ReflectionRow.id),
        col(ReflectionRow.sealed_words),
        col(ReflectionRow.sure_before),
        col(ReflectionRow.sure_after),
    ).where(_is(wanted))


def _is(wanted: Reflection) -> ColumnElement[bool]:
    return (
        (col(ReflectionRow.participant_id) == wanted.participant_id)
        & (col(ReflectionRow.badge) == wanted.badge)
        & (col(ReflectionRow.criterion_hash) == wanted.criterion_hash)
    )


def _sealed(secrets: Secrets, stamp: Stamp, wanted: Reflection) -> bytes | None:
    if wanted.words is None:
        return None
    plain, bound_to = wanted.words.encode(), _bound_to(wanted)
    return secrets.seal(plain, bound_to=bound_to, random_bytes=stamp.random_bytes, kind=Sealed.OWN_WORDS)


def _read(secrets: Secrets, row: ReflectionRow) -> Reflection:
    about = Reflection(row.participant_id, row.badge, row.criterion_hash, None, None, None)
    return _unsealed(secrets, about, row.sealed_words, row.sure_before, row.sure_after)


def _unsealed(
    secrets: Secrets, about: Reflection, sealed: bytes | None, sure_before: int | None, sure_after: int | None
) -> Reflection:
    words = sealed and secrets.unseal(sealed, bound_to=_bound_to(about), kind=Sealed.OWN_WORDS).decode()
    return replace(about, words=words or None, sure_before=sure_before, sure_after=sure_after)


def _bound_to(wanted: Reflection) -> str:
    return bound_to(wanted.participant_id, wanted.badge, wanted.criterion_hash)
