"""A decision that is corrected, on its badges as they are now: what could be verified again is as it is, the rest as it was seen. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from okbadges.recognition.changes import state_of
from okbadges.recognition.record import RECOGNISES

if TYPE_CHECKING:
    from datetime import date

    from okbadges.recognition.matters import Matter


@dataclass(frozen=True, slots=True)
class Again:
    """A matter that is taken up again. ``before`` is how it stood in the decision, ``unread`` the badges that could not be verified again."""

    matter: Matter
    before: tuple[str, ...]
    unread: tuple[str, ...]

    @property
    def is_unread(self) -> bool:
        """Tell whether nothing could be verified again: the link has ended, or all of it was erased."""
        return len(self.unread) == len(self.matter.badges)


def verified_again(decided: Matter, now: Matter | None, *, decided_on: date) -> Again:
    """Return the matter of a decision with its badges as they are ``now``, where the documents can still be read.

    A badge that is not in force does not count any more. One that cannot be read stays as it was seen, with the day of that. Where a badge
    that counted does not, only what the badges show now is left of the outcomes, and only what they allow now can be decided: a
    correction never recognises more than was decided, and nothing on badges that are gone.
    """
    here = {one.credential_id: one for one in now.badges} if now else {}
    bars = dict(decided.bars)
    for credential_id in here.keys() & {one.credential_id for one in decided.badges}:
        bars.pop(credential_id, None)
        if now and credential_id in now.bars:
            bars[credential_id] = now.bars[credential_id]
    badges = tuple(
        here.get(one.credential_id, one.model_copy(update={"seen_on": one.seen_on or decided_on}))
        for one in decided.badges
    )
    again = replace(decided, badges=badges, bars=bars)
    unread = tuple(one.credential_id for one in decided.badges if one.credential_id not in here)
    has_lost = any(then.counted and not one.counted for then, one in zip(decided.badges, badges, strict=True))
    return Again(_with_less(again, now) if now and has_lost else again, state_of(decided), unread)


def _with_less(again: Matter, now: Matter) -> Matter:
    """Return what is left of a matter of which a badge was lost."""
    covered = tuple(one for one in again.covered if one in now.covered)
    lost = tuple(one for one in again.covered if one not in now.covered)
    offered = tuple(one for one in again.offered if one in now.offered or one not in RECOGNISES)
    return replace(again, covered=covered, missing=tuple(sorted({*again.missing, *lost})), offered=offered)
