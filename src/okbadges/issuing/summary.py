"""What a summary badge rests on: every badge it collects, held by the same participant and not taken back.

When it was earned plays no part: a badge from before the summary existed counts like any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_
from sqlalchemy import select as core_select
from sqlmodel import col, select

from okbadges.errors import Conflict, InvalidInput
from okbadges.storage.tables import BadgeVersionRow, CollectedCredentialRow, CredentialRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.catalogue.published import PublishedBadge


def collected_credentials(
    session: Session, participant: uuid.UUID | None, badge: PublishedBadge, *, today: date
) -> tuple[uuid.UUID, ...]:
    """Return the row of the newest credential of each badge that a summary badge collects; nothing for a skill badge.

    Raises `InvalidInput` (``summary-incomplete``), naming each badge that is not held: never earned, revoked, or ended.
    """
    if badge.kind != "summary":
        return ()
    held: dict[str, uuid.UUID] = {}
    if participant is not None:
        rows = session.exec(
            select(BadgeVersionRow.slug, CredentialRow.id)
            .join(BadgeVersionRow, col(BadgeVersionRow.id) == CredentialRow.badge_version_id)
            .where(
                CredentialRow.participant_id == participant,
                col(BadgeVersionRow.slug).in_(badge.collects),
                col(CredentialRow.revoked_at).is_(None),
                col(CredentialRow.copy_of_id).is_(None),
                or_(col(CredentialRow.valid_until_on).is_(None), col(CredentialRow.valid_until_on) >= today),
            )
            .order_by(col(CredentialRow.id))
        )
        held = dict(rows.all())
    missing = [slug for slug in badge.collects if slug not in held]
    if missing:
        raise InvalidInput(
            "summary-incomplete",
            f"{badge.slug} brings together badges that the participant has to hold first; still to come: {', '.join(missing)}.",
            field="badge",
        )
    return tuple(held[slug] for slug in badge.collects)


def keep_collected(connection: Connection, summary_id: uuid.UUID, collected: Sequence[uuid.UUID]) -> None:
    """Tie a new summary credential to what it rests on. Raises `Conflict` when one of them was revoked a moment ago."""
    if not collected:
        return
    still_held = connection.execute(
        core_select(col(CredentialRow.id))
        .where(col(CredentialRow.id).in_(collected), col(CredentialRow.revoked_at).is_(None))
        .with_for_update(read=True)
    ).all()
    if len(still_held) != len(collected):
        raise Conflict(
            "summary-changed",
            "A badge that this summary brings together was just revoked; nothing was issued. Look at the badges again.",
            field="badge",
        )
    for credential_row_id in collected:
        add(connection, CollectedCredentialRow(summary_id=summary_id, credential_row_id=credential_row_id))
