"""Programs that were let into a passport, as far as the passport itself has to know: what of them is told to its holder, and when they go.

They end with a new card, as an e-mail address does: whoever found the old one may have let them in. What a program may do is in
`okbadges.partners`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete
from sqlmodel import col, select

from okbadges.passport.mail import forget_mail
from okbadges.storage.tables import OAuthClientRow, OAuthGrantRow, OAuthTokenRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator

    from sqlalchemy import Connection
    from sqlmodel import Session


def forget_ways_in(connection: Connection, passport_id: uuid.UUID) -> None:
    """Delete every way into a passport but its card, inside a change that ends what they were for: the address, and what programs were allowed."""
    forget_mail(connection, passport_id)
    theirs = select(OAuthGrantRow.id).where(col(OAuthGrantRow.passport_id) == passport_id)
    connection.execute(delete(OAuthTokenRow).where(col(OAuthTokenRow.grant_id).in_(theirs)))
    connection.execute(delete(OAuthGrantRow).where(col(OAuthGrantRow.passport_id) == passport_id))


def programs_told(session: Session, passport_id: uuid.UUID) -> Iterator[dict[str, Any]]:
    """Go through what programs were allowed, also what ended, as values that JSON knows."""
    rows = session.exec(
        select(OAuthGrantRow, OAuthClientRow.registration)
        .join(OAuthClientRow, col(OAuthClientRow.id) == col(OAuthGrantRow.client_row_id))
        .where(col(OAuthGrantRow.passport_id) == passport_id)
        .order_by(col(OAuthGrantRow.id))
    )
    for row, registration in rows:
        said = orjson.loads(registration)
        tokens = select(OAuthTokenRow).where(col(OAuthTokenRow.grant_id) == row.id).order_by(col(OAuthTokenRow.id))
        when = row.model_dump(mode="json", include={"granted_at", "code_used_at", "ended_at"})
        yield {
            "program": said["client_name"],
            "address": said["client_uri"],
            "scopes": row.scopes.split(),
            **when,
            "tokens": [
                token.model_dump(mode="json", include={"kind", "scopes", "issued_at", "expires_at", "ended_at"})
                for token in session.exec(tokens)
            ],
        }
