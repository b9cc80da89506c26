"""The short note of a tick, for those who lead the participant's groups: checked as it is written, and sealed.

Words that could tell why somebody was at a workshop only warn; what tells who somebody is (an e-mail address, a phone number, a
personal identity code) is refused. Both help a writer to notice; they do not prove that a note is neutral.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from okbadges.catalogue.neutrality import warn
from okbadges.errors import InvalidInput
from okbadges.organisations.labels import refuse_identifiers
from okbadges.storage.sealing import Sealed

if TYPE_CHECKING:
    import uuid

    from okbadges.progress.steps import Tick
    from okbadges.storage.journal import Stamp
    from okbadges.storage.sealing import Secrets

LONGEST_NOTE = 500

# 20.11.2026, 20.-22.11., 2026-11-20, 9.00-15.00: a day or a time of day is a number that identifies nobody
_WHEN = re.compile(
    r"(?<![\d.])(?:\d{4}-\d{2}-\d{2}"
    r"|(?:\d{1,2}\.\s?[-\u2013]\s?)?\d{1,2}\.\s?\d{1,2}\.(?:\s?\d{4}|\s?\d{2})?"
    r"|\d{1,2}[.:]\d{2})(?!\d)"
)


def checked_note(note: str | None) -> str | None:
    """Return a note without the space around it, None when nothing is left.

    Raises `InvalidInput`: ``note-too-long``, ``note-characters`` (what cannot be seen), ``note-personal-details``.
    """
    text = readable(note or "", longest=LONGEST_NOTE, field="note")
    try:
        refuse_identifiers(_WHEN.sub("|", text), field="note")
    except InvalidInput:
        raise InvalidInput(
            "note-personal-details",
            "Leave out what tells who somebody is (an address, a phone number, an identity code); say what they did.",
            field="note",
        ) from None
    return text or None


def readable(text: str, *, longest: int, field: str) -> str:
    """Return a text of one or more lines in Unicode's composed form (NFC), without the space around it.

    Raises `InvalidInput` (``<field>-too-long``, ``<field>-characters``) beyond ``longest`` characters and for what cannot be seen.
    """
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if len(plain) > longest:
        raise InvalidInput(f"{field}-too-long", f"Write at most {longest} characters.", field=field)
    if not all(part.isprintable() for line in plain.split("\n") for part in line.split("\t")):
        raise InvalidInput(
            f"{field}-characters", "Write plain text: there is a character in it that cannot be seen.", field=field
        )
    return plain


def warnings_of(text: str, *, field: str) -> list[str]:
    """Return a sentence for each word that could tell why somebody was there; nothing is refused for it."""
    return [disclosure.message for disclosure in warn([(field, text)])]


def seal_note(secrets: Secrets, stamp: Stamp, row_id: uuid.UUID, note: str | None) -> bytes | None:
    """Return a checked note as it is stored with the tick of this row."""
    if note is None:
        return None
    return secrets.seal(note.encode(), bound_to=_bound_to(row_id), random_bytes=stamp.random_bytes, kind=Sealed.WORDS)


def note_of(secrets: Secrets, tick: Tick) -> str | None:
    """Return the note of a tick. Only for those who lead a group that the participant is in."""
    return open_note(secrets, tick.id, tick.sealed_note)


def open_note(secrets: Secrets, row_id: uuid.UUID, sealed: bytes | None) -> str | None:
    """Return what is kept as note with the tick of this row: for their leaders, and for the person whom it is about."""
    if sealed is None:
        return None
    return secrets.unseal(sealed, bound_to=_bound_to(row_id), kind=Sealed.WORDS).decode()


def _bound_to(row_id: uuid.UUID) -> str:
    return f"note:{row_id.hex}"
