"""Share links: an unguessable address that shows a credential for a purpose until a day, and can be withdrawn.

What stands behind a link beyond the credential itself depends on its purpose: for ``study-plan`` a teacher also sees the
organisation, the workshop, the observation and the mappings that only a teacher may see (decisions.md, "What is public").
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from sqlmodel import col, select

from okbadges.catalogue.shelf import badge_by_row_id
from okbadges.corrections.reissue import newest_successor
from okbadges.credentials.fetching import Fetched
from okbadges.errors import Gone, NotFound
from okbadges.issuing.order import Purpose
from okbadges.organisations.issuers import issuer_by_id
from okbadges.organisations.workshops import RecognitionRecord, recognition_records
from okbadges.passport.accepting import shown_by_link
from okbadges.passport.own_links import check_link, shown_of, unknown_link
from okbadges.progress.observation import Observation
from okbadges.storage.sealing import token_hash
from okbadges.storage.tables import (
    CollectedCredentialRow,
    CredentialRow,
    OrganisationRow,
    ShareLinkItemRow,
    ShareLinkRow,
    WorkshopRow,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from sqlmodel import Session

    from okbadges.catalogue.published import PublishedBadge
    from okbadges.passport.holder import Holder
    from okbadges.passport.own_links import Shown, WantedLink

__all__ = [
    "Observation",
    "OpenedLink",
    "Purpose",
    "SharedCredential",
    "TeacherFacts",
    "as_it_would_open",
    "open_own_link",
    "open_share_link",
    "shared_credential",
]

_OBSERVATION = TypeAdapter(Observation)


@dataclass(frozen=True, slots=True)
class TeacherFacts:
    """What only a link of purpose study plan (or later a signed-in teacher) shows."""

    organisation: str
    workshop: str
    awarded_on: date
    award_language: str | None
    observation: Observation | None
    recognition_records: tuple[RecognitionRecord, ...]
    basis_ended: bool = False
    """Whether a badge that this summary badge rests on was revoked, and nothing came in its place."""


@dataclass(frozen=True, slots=True)
class SharedCredential:
    """One credential behind an open link: the exact signed bytes and the badge version they belong to."""

    credential_id: str
    document: bytes
    document_hash: str
    badge: PublishedBadge
    language: str
    image_png: bytes
    revoked_on: date | None
    has_successor: bool
    """Whether a newer credential was issued in its place: corrected or renewed."""
    teacher_facts: TeacherFacts | None
    participant_id: uuid.UUID
    """Never shown: it leads to what the holder may want to be seen beside the badge."""
    awarded_on: date
    """Shown to a teacher, and where the holder wants it."""
    issuer: str


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """An open share link and what it shows: badges, and what the holder wanted to be seen beside them.

    What came after ``made_at`` is never beside them: nobody looked at it when the link was made.
    """

    id: uuid.UUID
    purpose: Purpose
    expires_on: date
    made_at: datetime
    shows: frozenset[Shown]
    has_code: bool
    credentials: tuple[SharedCredential, ...]


def open_share_link(session: Session, token: str, *, now: datetime) -> OpenedLink:
    """Return what a share link shows.

    Raises `NotFound` for a token that never was, `Gone` (``share-ended``) for one that ended: the person with the link should hear that it
    ended, not that it was mistyped; whether its day came or its holder took it back is for nobody to know.
    """
    link = session.exec(select(ShareLinkRow).where(ShareLinkRow.token_hash == token_hash(token))).one_or_none()
    if link is None:
        raise _unknown_link()
    _require_open(link, now)
    opened = _opened(session, link)
    if not opened.credentials:
        raise _ended()
    return opened


def open_own_link(
    session: Session, participants: Collection[uuid.UUID], link_id: uuid.UUID, *, now: datetime
) -> OpenedLink:
    """Return what a link of the holder's own shows; no credentials, where they put all of them away.

    Raises `NotFound` (``unknown-share-link``) for a link of others, `Gone` for one that ended.
    """
    link = session.get(ShareLinkRow, link_id)
    if link is None or link.participant_id not in participants:
        raise unknown_link()
    _require_open(link, now)
    return _opened(session, link)


def as_it_would_open(session: Session, holder: Holder, wanted: WantedLink, *, now: datetime) -> OpenedLink:
    """Return what others would see if the holder made this link now. Raises what `okbadges.passport.own_links.check_link` raises."""
    checked = check_link(session, holder, wanted, today=now.date())
    rows = {
        row.id: row for row in session.exec(select(CredentialRow).where(col(CredentialRow.id).in_(checked.credentials)))
    }
    for_teacher = checked.purpose is Purpose.STUDY_PLAN
    shown = tuple(shared_credential(session, rows[one], for_teacher=for_teacher) for one in checked.credentials)
    return OpenedLink(uuid.UUID(int=0), checked.purpose, checked.expires_on, now, checked.shows, False, shown)  # noqa: FBT003 - no link, no code


def shared_document(session: Session, token: str, *, now: datetime) -> Fetched:
    """Answer a pasted share link of our own as a server would, with the signed bytes: so that `/verify` takes it like any link."""
    try:
        opened = open_share_link(session, token, now=now)
    except NotFound:
        return Fetched(404)
    except Gone:
        return Fetched(410)
    return Fetched(200, {"content-type": "application/vc"}, opened.credentials[0].document)


def shared_credential(session: Session, row: CredentialRow, *, for_teacher: bool) -> SharedCredential:
    """Gather what may be shown of a stored credential. Raises `NotFound` for an erased one: there is nothing left to show."""
    if row.document is None:
        raise _unknown_link()
    badge, png = badge_by_row_id(session, row.badge_version_id, row.language)
    return SharedCredential(
        credential_id=row.credential_id,
        document=row.document,
        document_hash=row.document_hash,
        badge=badge,
        language=row.language,
        image_png=png,
        revoked_on=row.revoked_at.date() if row.revoked_at else None,
        has_successor=successor_of(session, row.id) is not None,
        teacher_facts=_teacher_facts(session, row) if for_teacher else None,
        participant_id=row.participant_id,
        awarded_on=row.awarded_on,
        issuer=issuer_by_id(session, row.issuer_id).name,
    )


def successor_of(session: Session, row_id: uuid.UUID) -> uuid.UUID | None:
    """Return the row of the newest credential in the place of this one; None where it is the newest itself."""
    newest = newest_successor(session, row_id)
    return newest if newest != row_id else None


def _opened(session: Session, link: ShareLinkRow) -> OpenedLink:
    purpose = Purpose(link.purpose)
    rows = session.exec(
        select(CredentialRow)
        .join(ShareLinkItemRow, col(ShareLinkItemRow.credential_row_id) == CredentialRow.id)
        .join(ShareLinkRow, col(ShareLinkRow.id) == ShareLinkItemRow.share_link_id)
        .where(ShareLinkItemRow.share_link_id == link.id, shown_by_link())
        .order_by(col(ShareLinkItemRow.position))
    )
    shown = tuple(shared_credential(session, row, for_teacher=purpose is Purpose.STUDY_PLAN) for row in rows)
    return OpenedLink(
        link.id, purpose, link.expires_on, link.created_at, shown_of(link), link.code_hash is not None, shown
    )


def _require_open(link: ShareLinkRow, now: datetime) -> None:
    if link.withdrawn_at is not None or now.date() > link.expires_on:
        raise _ended()


def _ended() -> Gone:
    return Gone("share-ended", "This link has ended. Ask the holder of the badge for a new one.")


def _unknown_link() -> NotFound:
    return NotFound("unknown-share-link", "There is no such link. Check that the whole address was copied.")


def _teacher_facts(session: Session, row: CredentialRow) -> TeacherFacts:
    return TeacherFacts(
        organisation=session.get_one(OrganisationRow, row.organisation_id).name,
        workshop=session.get_one(WorkshopRow, row.workshop_id).name,
        awarded_on=row.awarded_on,
        award_language=row.award_language,
        observation=_observation(row.observation),
        recognition_records=recognition_records(session, row.workshop_id),
        basis_ended=_basis_ended(session, row.id),
    )


def _basis_ended(session: Session, summary_id: uuid.UUID) -> bool:
    collected = select(CollectedCredentialRow.credential_row_id).where(CollectedCredentialRow.summary_id == summary_id)
    return any(
        session.get_one(CredentialRow, newest_successor(session, one)).revoked_at is not None
        for one in session.exec(collected).all()
    )


def _observation(stored: str | None) -> Observation | None:
    if stored is None:
        return None
    return _OBSERVATION.validate_json(stored)
