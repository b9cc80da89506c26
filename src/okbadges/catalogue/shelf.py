"""The published badges in the database: every version for good, and which one is the newest.

A version never changes: what somebody earned keeps its words and its picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, update
from sqlmodel import col, select

from okbadges.catalogue.published import Language, PublishedBadge
from okbadges.errors import NotFound
from okbadges.storage import journal
from okbadges.storage.tables import BadgeImageRow, BadgeVersionRow
from okbadges.storage.writer import add, add_all

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer


def latest_badges(session: Session, *, since: datetime | None = None) -> list[PublishedBadge]:
    """Return the newest version of every badge that is not retired, in order of slug; ``since``: those published at or after that time."""
    offered = [row for row in _newest_rows(session) if row.retired_at is None]
    return [_read(row) for row in offered if since is None or row.published_at >= since]


def latest_of_all(session: Session) -> dict[str, PublishedBadge]:
    """Return the newest version of every badge by slug, the retired ones too: what a new catalogue is compared with."""
    return {row.slug: _read(row) for row in _newest_rows(session)}


def retired_slugs(session: Session) -> frozenset[str]:
    """Return the slugs of the badges that are no longer issued."""
    return frozenset(row.slug for row in _newest_rows(session) if row.retired_at is not None)


def latest_badge(session: Session, slug: str) -> PublishedBadge:
    """Return the newest version of a badge, retired or not. Raises `NotFound`."""
    return _read(latest_row(session, slug))


def latest_row(session: Session, slug: str) -> BadgeVersionRow:
    """Return the row of the newest version of a badge. Raises `NotFound`."""
    newest = (
        select(BadgeVersionRow)
        .where(BadgeVersionRow.slug == slug)
        .order_by(col(BadgeVersionRow.version).desc())
        .limit(1)
    )
    row = session.exec(newest).one_or_none()
    if row is None:
        raise NotFound("unknown-badge", f"There is no badge {slug}; GET /v1/badges lists them.", field="badge")
    return row


def badge_version(session: Session, slug: str, version: int) -> PublishedBadge:
    """Return one version of a badge, however old. Raises `NotFound`."""
    return _read(_version_row(session, slug, version))


def badge_png(session: Session, slug: str, version: int, language: str) -> bytes:
    """Return the PNG of a badge version in a language. Raises `NotFound`."""
    return _png(session, _version_row(session, slug, version).id, language)


def badge_by_row_id(session: Session, row_id: uuid.UUID, language: str) -> tuple[PublishedBadge, bytes]:
    """Return the badge version that a stored credential belongs to, and its PNG in the credential's language."""
    return _read(session.get_one(BadgeVersionRow, row_id)), _png(session, row_id, language)


def versions_of(session: Session, slug: str) -> list[int]:
    """Return the versions of a badge, the newest first."""
    numbers = session.exec(select(BadgeVersionRow.version).where(BadgeVersionRow.slug == slug))
    return sorted(numbers, reverse=True)


def publish(
    writer: Writer,
    stamp: Stamp,
    badges: Mapping[str, tuple[PublishedBadge, Mapping[Language, bytes]]],
    retired: frozenset[str],
) -> None:
    """Store new badge versions with their PNGs by language and retire others, all in one transaction."""

    def change(connection: Connection) -> None:
        for badge, pngs in badges.values():
            row_id = stamp.row_id()
            row = BadgeVersionRow(
                id=row_id,
                slug=badge.slug,
                version=badge.version,
                content_hash=badge.content_hash(),
                definition=badge.model_dump_json(),
                published_at=stamp.now,
            )
            add(connection, row)
            images = [{"badge_version_id": row_id, "language": key, "png": png} for key, png in pngs.items()]
            add_all(connection, BadgeImageRow, images)
            _tell(connection, "badge.published", badge.slug, badge.version)
        for slug in sorted(retired):
            table = BadgeVersionRow
            newest = select(func.max(table.version)).where(table.slug == slug).scalar_subquery()
            where = (col(table.slug) == slug) & (col(table.version) == newest)
            connection.execute(update(table).where(where).values(retired_at=stamp.now))
            _tell(connection, "badge.retired", slug, None)

    def _tell(connection: Connection, action: str, slug: str, version: int | None) -> None:
        event = journal.Event(
            chain=journal.INSTALLATION_CHAIN,
            action=action,
            subject=f"badge:{slug}",
            details={"version": version},
        )
        journal.append(connection, stamp, event)

    writer.write(change)


def _newest_rows(session: Session) -> list[BadgeVersionRow]:
    newest = (
        select(BadgeVersionRow.slug, func.max(BadgeVersionRow.version).label("version"))
        .group_by(BadgeVersionRow.slug)
        .subquery()
    )
    rows = session.exec(
        select(BadgeVersionRow)
        .join(
            newest,
            (newest.c.slug == BadgeVersionRow.slug) & (newest.c.version == BadgeVersionRow.version),
        )
        .order_by(BadgeVersionRow.slug)
    )
    return list(rows)


def _version_row(session: Session, slug: str, version: int) -> BadgeVersionRow:
    found = select(BadgeVersionRow).where(BadgeVersionRow.slug == slug, BadgeVersionRow.version == version)
    row = session.exec(found).one_or_none()
    if row is None:
        raise NotFound("unknown-badge-version", f"The badge {slug} has no version {version}.")
    return row


def _png(session: Session, row_id: uuid.UUID, language: str) -> bytes:
    image = session.get(BadgeImageRow, (row_id, language))
    if image is None:
        raise NotFound("unknown-badge-language", f"This badge has no picture in the language {language}.")
    return image.png


def _read(row: BadgeVersionRow) -> PublishedBadge:
    return PublishedBadge.model_validate_json(row.definition)
