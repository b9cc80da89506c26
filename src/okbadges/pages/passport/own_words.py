"""Own words on the pages of a passport: the form in which its holder writes, filled with what is kept or with what they just typed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Form

from okbadges.passport.holder import organisations_of
from okbadges.passport.reflections import Reflection, keep_reflection, reflections_of, require_own

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping

    from sqlmodel import Session

    from okbadges.edge.rooms import Rooms
    from okbadges.errors import InvalidInput
    from okbadges.pages.words import Words
    from okbadges.passport.holder import Holder

_NO_CHOICE = 0
"""What a choice becomes that is none of those on offer: nothing that could be kept."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form sent, as it was typed; ``step`` is the hash of a criterion, or empty for the whole badge."""

    step: str
    words: str
    sure_before: str
    sure_after: str

    def about(self, step: str) -> Typed:
        """Return the same about another step, or about the whole badge."""
        return replace(self, step=step)


def typed(
    words: Annotated[str, Form()] = "",
    step: Annotated[str, Form()] = "",
    sure_before: Annotated[str, Form()] = "",
    sure_after: Annotated[str, Form()] = "",
) -> Typed:
    """Read the form; nothing is judged yet, so that nothing that was typed is lost."""
    return Typed(step, words, sure_before, sure_after)


TypedWords = Annotated[Typed, Depends(typed)]


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why a form was not accepted: what it said, the field at fault, and words for it."""

    typed: Typed
    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class WordsForm:
    """One form for own words: about the badge (``step`` is empty) or about one of its steps."""

    id: str
    action: str
    step: str
    words: str
    sure_before: str
    sure_after: str
    is_kept: bool
    mistake: Mistake | None


def keep_typed(rooms: Rooms, holder: Holder, participant: uuid.UUID, badge: str, what: Typed) -> None:
    """Keep what was typed. Raises as `okbadges.passport.reflections.keep_reflection` does, and `NotFound` for a participant of others."""
    require_own(participant, holder.participants)
    with rooms.database.read() as session:
        organisation = organisations_of(session, holder)[participant]
    wanted = Reflection(participant, badge, what.step, what.words, _sure(what.sure_before), _sure(what.sure_after))
    keep_reflection(rooms.writer, rooms.stamp("holder"), rooms.secrets, organisation, wanted)


def kept_words(session: Session, rooms: Rooms, holder: Holder, badge: str) -> dict[str, Reflection]:
    """Return what the holder wrote about a badge (under an empty key) and its steps (by hash of the criterion)."""
    written = reflections_of(session, rooms.secrets, holder.participants)
    return {one.criterion_hash: one for one in written if one.badge == badge}


def words_form(
    id_: str, action: str, step: str, kept: Mapping[str, Reflection], mistake: Mistake | None = None
) -> WordsForm:
    """Return the form for a badge or a step: with what was typed where it was refused, else with what is kept."""
    found = kept.get(step)
    if mistake is not None and mistake.typed.step == step:
        sent = mistake.typed
        return WordsForm(id_, action, step, sent.words, sent.sure_before, sent.sure_after, found is not None, mistake)
    before, after = (found.sure_before, found.sure_after) if found else (None, None)
    words = found.words if found else None
    return WordsForm(id_, action, step, words or "", str(before or ""), str(after or ""), found is not None, None)


def mistake_of(what: Typed, refused: InvalidInput, words: Words) -> Mistake:
    """Return what to say beside the field that was refused."""
    return Mistake(what, refused.field or "words", words(f"passport.own.mistake.{refused.code}"))


def _sure(text: str) -> int | None:
    if not text:
        return None
    return int(text) if len(text) == 1 and text in "12345" else _NO_CHOICE
