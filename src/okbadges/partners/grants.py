"""Grants: what the holder of a passport allowed a program. A token of a grant opens as much as its scopes say, until the holder takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlmodel import col, select

from okbadges.errors import NotAllowed
from okbadges.partners.tokens import TokenKind, find_token, unknown_token
from okbadges.storage.tables import OAuthClientRow, OAuthGrantRow, ParticipantRow

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlmodel import Session

_SCOPES = "https://purl.imsglobal.org/spec/ob/v3p0/scope"


class HolderScope(StrEnum):
    """What a holder can allow a program (Open Badges 3.0, 6.1.1); ``offline_access`` asks for a refresh token."""

    READ_CREDENTIALS = f"{_SCOPES}/credential.readonly"
    PUT_CREDENTIALS = f"{_SCOPES}/credential.upsert"
    READ_PROFILE = f"{_SCOPES}/profile.readonly"
    PUT_PROFILE = f"{_SCOPES}/profile.update"
    OFFLINE = "offline_access"


@dataclass(frozen=True, slots=True)
class Granted:
    """Whoever calls with a token of a grant: for whose passport, as which program, and what it may do there."""

    grant_id: uuid.UUID
    client_row_id: uuid.UUID
    passport_id: uuid.UUID
    participants: tuple[uuid.UUID, ...]
    scopes: frozenset[str]

    @property
    def actor(self) -> str:
        """Return how the journal names the program."""
        return f"oauth-client:{self.client_row_id}"

    def require(self, scope: HolderScope) -> None:
        """Raise `NotAllowed` (``scope-missing``) unless the token has the scope."""
        if scope not in self.scopes:
            raise NotAllowed(
                "scope-missing", f"This needs a token with the scope {scope}; the holder can grant it.", field="scope"
            )


def granted_to(session: Session, token: str, *, now: datetime) -> Granted:
    """Return what an access token of a grant opens.

    Raises `NotAuthenticated`: ``token-unknown`` (also when the grant was taken back), ``token-expired``.
    """
    found = find_token(session, token, TokenKind.ACCESS, now=now)
    grant = session.get(OAuthGrantRow, found.rests_on.grant_id) if found.rests_on.grant_id else None
    if grant is None or grant.ended_at is not None:
        raise unknown_token()
    theirs = select(ParticipantRow.id).where(col(ParticipantRow.passport_id) == grant.passport_id)
    return Granted(
        grant_id=grant.id,
        client_row_id=session.get_one(OAuthClientRow, grant.client_row_id).id,
        passport_id=grant.passport_id,
        participants=tuple(session.exec(theirs.order_by(col(ParticipantRow.id)))),
        scopes=found.scopes,
    )
