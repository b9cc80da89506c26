"""The collection: what a passport holds, as its holder sees it. New badges first, then what is theirs, then what is on its way.

What is missing is never counted: there is a next step, and a summary badge that comes near.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from okbadges.catalogue.shelf import badge_by_row_id, latest_badges
from okbadges.errors import NotFound
from okbadges.progress.steps import progress_of, started_badges
from okbadges.storage.successions import is_replaced
from okbadges.storage.tables import CredentialRow, IssuerRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlmodel import Session

    from okbadges.catalogue.published import PublishedBadge
    from okbadges.passport.holder import Holder
    from okbadges.progress.steps import Progress

NEAR = 2
"""A summary badge comes near when so many small badges lead to it, or fewer."""


@dataclass(frozen=True, slots=True)
class Held:
    """One credential of the passport; ``row_id`` names it on the holder's pages and opens nothing elsewhere."""

    row_id: uuid.UUID
    credential_id: str
    participant_id: uuid.UUID
    badge: PublishedBadge
    language: str
    issuer: str
    document: bytes
    image_png: bytes
    awarded_on: date
    issued_at: datetime
    accepted_at: datetime | None
    declined_at: datetime | None
    hidden_at: datetime | None
    revoked_at: datetime | None

    @property
    def is_new(self) -> bool:
        """Tell whether the holder has not said anything to it yet."""
        return self.accepted_at is None and self.declined_at is None

    @property
    def can_be_shown(self) -> bool:
        """Tell whether a link may show it."""
        return self.accepted_at is not None and self.hidden_at is None


@dataclass(frozen=True, slots=True)
class Way:
    """A badge on its way: somebody saw steps of it, and it was not awarded yet, whatever its holder would say to it."""

    participant_id: uuid.UUID
    badge: PublishedBadge
    progress: Progress


@dataclass(frozen=True, slots=True)
class Near:
    """A summary badge that few small badges lead to: those of them that are still to come."""

    badge: PublishedBadge
    to_come: tuple[PublishedBadge, ...]


@dataclass(frozen=True, slots=True)
class Collection:
    """Everything in a passport, the newest first."""

    held: tuple[Held, ...]
    ways: tuple[Way, ...]
    near: tuple[Near, ...]

    @property
    def new(self) -> tuple[Held, ...]:
        """Return what waits for a word of the holder, without what was revoked meanwhile."""
        return tuple(one for one in self.held if one.is_new and one.revoked_at is None)

    @property
    def shelf(self) -> tuple[Held, ...]:
        """Return what was accepted and is not hidden."""
        return tuple(one for one in self.held if one.can_be_shown)

    @property
    def put_away(self) -> tuple[Held, ...]:
        """Return what the holder hid or declined."""
        return tuple(one for one in self.held if one.hidden_at is not None or one.declined_at is not None)


def collection_of(session: Session, holder: Holder) -> Collection:
    """Return everything in a passport. Credentials that a newer one replaced, and copies for wallets, are not shown twice."""
    held = tuple(_held(session, row, issuer) for row, issuer in _rows(session, holder))
    badges = latest_badges(session)
    # also what they declined: it was awarded, they have answered, and nobody is told to ask for it. What was revoked may be earned anew
    awarded = {one.badge.slug for one in held if one.revoked_at is None}
    return Collection(held, tuple(_ways(session, holder, badges, awarded)), tuple(_near(badges, awarded)))


def held_by(session: Session, holder: Holder, row_id: uuid.UUID) -> Held:
    """Return one credential of the passport. Raises `NotFound` (``unknown-credential``) for any other."""
    for row, issuer in _rows(session, holder, only=row_id):
        return _held(session, row, issuer)
    raise NotFound("unknown-credential", "There is no such badge in this passport.")


def way_to(session: Session, holder: Holder, badge: PublishedBadge) -> list[Way]:
    """Return how far each participant of the passport has come in a badge; nothing for who has not begun."""
    ways = [Way(one, badge, progress_of(session, one, badge)) for one in holder.participants]
    return [way for way in ways if any(step.tick for step in way.progress.steps)]


def _rows(session: Session, holder: Holder, *, only: uuid.UUID | None = None) -> Sequence[tuple[CredentialRow, str]]:
    theirs = (
        select(CredentialRow, IssuerRow.name)
        .join(IssuerRow, col(IssuerRow.id) == CredentialRow.issuer_id)
        .where(
            col(CredentialRow.participant_id).in_(holder.participants),
            col(CredentialRow.erased_at).is_(None),
            col(CredentialRow.copy_of_id).is_(None),
        )
        .order_by(col(CredentialRow.id).desc())
    )
    if only is not None:
        return session.exec(theirs.where(CredentialRow.id == only)).all()
    return session.exec(theirs.where(~is_replaced(CredentialRow))).all()


def _held(session: Session, row: CredentialRow, issuer: str) -> Held:
    badge, png = badge_by_row_id(session, row.badge_version_id, row.language)
    return Held(
        row_id=row.id,
        credential_id=row.credential_id,
        participant_id=row.participant_id,
        badge=badge,
        language=row.language,
        issuer=issuer,
        document=row.document or b"",
        image_png=png,
        awarded_on=row.awarded_on,
        issued_at=row.issued_at,
        accepted_at=row.accepted_at,
        declined_at=row.declined_at,
        hidden_at=row.hidden_at,
        revoked_at=row.revoked_at,
    )


def _ways(session: Session, holder: Holder, badges: Sequence[PublishedBadge], awarded: set[str]) -> list[Way]:
    by_slug = {badge.slug: badge for badge in badges}
    return [
        Way(participant_id, by_slug[slug], progress_of(session, participant_id, by_slug[slug]))
        for participant_id in holder.participants
        for slug in started_badges(session, participant_id)
        if slug in by_slug and slug not in awarded
    ]


def _near(badges: Sequence[PublishedBadge], awarded: set[str]) -> list[Near]:
    by_slug = {badge.slug: badge for badge in badges}
    near = []
    for badge in badges:
        to_come = [slug for slug in badge.collects if slug not in awarded]
        if badge.slug not in awarded and badge.collects and len(to_come) <= NEAR and len(to_come) < len(badge.collects):
            near.append(Near(badge, tuple(by_slug[slug] for slug in to_come if slug in by_slug)))
    return sorted(near, key=lambda one: len(one.to_come))
