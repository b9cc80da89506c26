"""A participant's small steps towards a badge: which criteria somebody saw them meet, and what follows from that for an award.

A step is known by the words of its criterion in every language. So a tick counts for each version of the badge that still says the
same, and for none that says something else. What was not seen has no row, no date and no word: nothing is ever recorded as failed.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from sqlmodel import col, select

from okbadges.progress.observation import Observation
from okbadges.storage.since import at_or_after
from okbadges.storage.tables import TickedStepRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Mapping
    from datetime import date, datetime

    from sqlmodel import Session

    from okbadges.catalogue.published import PublishedBadge
    from okbadges.catalogue.texts import Texts


@dataclass(frozen=True, slots=True)
class Tick:
    """That a step was seen: by whom (a role, never a name), how, and when. Its note stays sealed (`okbadges.progress.notes`)."""

    id: uuid.UUID
    observed_by: str
    method: str
    observed_on: date
    sealed_note: bytes | None
    ticked_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One criterion of a badge, by its 1-based number, and the tick if there is one."""

    number: int
    criterion: Texts
    tick: Tick | None


@dataclass(frozen=True, slots=True)
class Progress:
    """The steps of one badge version, in order, with what was ticked so far."""

    steps: tuple[Step, ...]

    @property
    def missing(self) -> tuple[int, ...]:
        """Return the 1-based numbers of the steps that are not ticked."""
        return tuple(step.number for step in self.steps if step.tick is None)

    def observation(self) -> Observation | None:
        """Return what the ticks tell together, or None without any.

        ``observed_by`` is the role that saw the most steps (the first to see one, where several saw as many); ``occasions`` are
        the distinct days.
        """
        ticks = sorted((step.tick for step in self.steps if step.tick is not None), key=lambda tick: tick.observed_on)
        if not ticks:
            return None
        role, _ = Counter(tick.observed_by for tick in ticks).most_common(1)[0]
        return Observation(
            observed_by=role,
            methods=tuple(sorted({tick.method for tick in ticks})),
            occasions=len({tick.observed_on for tick in ticks}),
            observed_from=ticks[0].observed_on,
            observed_until=ticks[-1].observed_on,
        )


def criterion_hash(criterion: Texts) -> str:
    """Return the SHA-256 (hex) of a criterion's words in all its languages: equal words, equal hash, in whatever version."""
    words = criterion.model_dump(mode="json", exclude_none=True)
    return hashlib.sha256(orjson.dumps(words, option=orjson.OPT_SORT_KEYS)).hexdigest()


def progress_of(session: Session, participant_id: uuid.UUID, badge: PublishedBadge) -> Progress:
    """Return how far a participant has come in this version of a badge; whoever is unknown has ticked nothing."""
    ticks = ticks_of(session, [participant_id], badges=[badge.slug])
    return progress_in(badge, ticks.get((participant_id, badge.slug), {}))


def progress_in(badge: PublishedBadge, ticks: Mapping[str, Tick]) -> Progress:
    """Return what ticks (by the hash of their criterion) say of this version of a badge."""
    return Progress(
        tuple(
            Step(number, criterion, ticks.get(criterion_hash(criterion)))
            for number, criterion in enumerate(badge.criteria, start=1)
        )
    )


def ticks_of(
    session: Session, participants: Collection[uuid.UUID], *, badges: Collection[str] | None = None
) -> dict[tuple[uuid.UUID, str], dict[str, Tick]]:
    """Return the ticks of these participants, of some badges if they are named: by participant and badge, then by criterion."""
    rows = select(TickedStepRow).where(col(TickedStepRow.participant_id).in_(participants))
    if badges is not None:
        rows = rows.where(col(TickedStepRow.badge).in_(badges))
    found: dict[tuple[uuid.UUID, str], dict[str, Tick]] = {}
    for row in session.exec(rows):
        tick = Tick(row.id, row.observed_by, row.method, row.observed_on, row.sealed_note, row.ticked_at)
        found.setdefault((row.participant_id, row.badge), {})[row.criterion_hash] = tick
    return found


def started_badges(session: Session, participant_id: uuid.UUID, *, since: datetime | None = None) -> list[str]:
    """Return the slugs of the badges in which a participant has ticked a step, in order; ``since``: at or after that time."""
    ticked = at_or_after(since, TickedStepRow.ticked_at)
    slugs = select(TickedStepRow.badge).where(TickedStepRow.participant_id == participant_id, ticked).distinct()
    return sorted(session.exec(slugs))
