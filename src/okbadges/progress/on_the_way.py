"""Where several people stand at once: which badges each has begun, which can be awarded now, and which they hold.

It is for those who lead them. Nothing here is shown to the people themselves: their passport counts nothing that is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlmodel import col

from okbadges.catalogue.shelf import latest_badges
from okbadges.progress.steps import progress_in, ticks_of
from okbadges.storage.successions import is_replaced
from okbadges.storage.tables import BadgeVersionRow, CredentialRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from okbadges.catalogue.published import PublishedBadge
    from okbadges.progress.steps import Progress


@dataclass(frozen=True, slots=True)
class Begun:
    """A badge that somebody is on the way to; ``to_collect`` are the badges that a summary badge still waits for, by slug."""

    badge: PublishedBadge
    progress: Progress
    to_collect: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        """Tell whether every step was seen, and everything is held that the badge collects."""
        return not self.progress.missing and not self.to_collect

    @property
    def last_ticked_at(self) -> datetime | None:
        """Return when a step was ticked last; None where none is."""
        return max((step.tick.ticked_at for step in self.progress.steps if step.tick), default=None)


@dataclass(frozen=True, slots=True)
class Held:
    """A badge that somebody was awarded, and that stands: not taken back, not ended, replaced by none. Whether they accepted it is theirs."""

    badge: str
    version: int
    language: str
    awarded_on: date


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Where one participant stands: what can be awarded now comes first, then what was seen last; what they hold, the newest first."""

    begun: tuple[Begun, ...]
    held: tuple[Held, ...]

    @property
    def ready(self) -> tuple[Begun, ...]:
        """Return what can be awarded now."""
        return tuple(one for one in self.begun if one.is_ready)

    @property
    def unfinished(self) -> tuple[Begun, ...]:
        """Return what is on its way and cannot be awarded yet."""
        return tuple(one for one in self.begun if not one.is_ready)

    def holds(self, badge: str) -> Held | None:
        """Return the newest one of a badge that they hold, if they do."""
        return next((one for one in self.held if one.badge == badge), None)


def standpoints(session: Session, participants: Collection[uuid.UUID], *, today: date) -> dict[uuid.UUID, Standpoint]:
    """Return where each of these participants stands ``today``, in as many queries as for one.

    A badge counts as begun when a step of it was ticked, and a summary badge also when everything is held that it collects. What is
    held or retired is not on its way.
    """
    badges, ticks, held = latest_badges(session), ticks_of(session, participants), _held(session, participants, today)
    found = {}
    for participant_id in participants:
        theirs = held.get(participant_id, [])
        slugs = {one.badge for one in theirs}
        begun = []
        for badge in badges:
            of_badge, to_collect = ticks.get((participant_id, badge.slug)), _to_collect(badge, slugs)
            if badge.slug not in slugs and (of_badge or (badge.collects and not to_collect)):
                begun.append(Begun(badge, progress_in(badge, of_badge or {}), to_collect))
        found[participant_id] = Standpoint(_in_order(begun), tuple(reversed(theirs)))
    return found


def _to_collect(badge: PublishedBadge, held: Collection[str]) -> tuple[str, ...]:
    return tuple(slug for slug in badge.collects if slug not in held)


def _in_order(begun: Sequence[Begun]) -> tuple[Begun, ...]:
    def when(one: Begun) -> float:
        return one.last_ticked_at.timestamp() if one.last_ticked_at else 0.0

    return tuple(sorted(begun, key=lambda one: (one.is_ready, when(one)), reverse=True))


def _held(session: Session, participants: Collection[uuid.UUID], today: date) -> dict[uuid.UUID, list[Held]]:
    """Return what each of them holds, in the order in which it was issued."""
    rows = session.connection().execute(
        select(
            col(CredentialRow.participant_id),
            col(BadgeVersionRow.slug),
            col(BadgeVersionRow.version),
            col(CredentialRow.language),
            col(CredentialRow.awarded_on),
        )
        .join(BadgeVersionRow, col(BadgeVersionRow.id) == CredentialRow.badge_version_id)
        .where(
            col(CredentialRow.participant_id).in_(participants),
            col(CredentialRow.revoked_at).is_(None),
            col(CredentialRow.erased_at).is_(None),
            col(CredentialRow.copy_of_id).is_(None),
            ~is_replaced(CredentialRow),
            or_(col(CredentialRow.valid_until_on).is_(None), col(CredentialRow.valid_until_on) >= today),
        )
        .order_by(col(CredentialRow.id))
    )
    found: dict[uuid.UUID, list[Held]] = {}
    for participant_id, slug, version, language, awarded_on in rows:
        found.setdefault(participant_id, []).append(Held(slug, version, language, awarded_on))
    return found
