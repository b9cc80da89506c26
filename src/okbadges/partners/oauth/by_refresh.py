"""New tokens for a refresh token (RFC 6749, 6), which is used up by it. One that comes a second time was copied: then the grant ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749.grants import RefreshTokenGrant
from sqlalchemy import select, update
from sqlmodel import col

from okbadges.partners.oauth.programs import end_grant
from okbadges.partners.oauth.server import Standing
from okbadges.partners.tokens import TokenKind, new_token
from okbadges.storage.sealing import token_hash
from okbadges.storage.tables import OAuthGrantRow, OAuthTokenRow

if TYPE_CHECKING:
    import uuid

    from okbadges.partners.oauth.clients import Program
    from okbadges.partners.oauth.server import Asking, Server


@dataclass(frozen=True, slots=True)
class Refresh:
    """A refresh token that holds."""

    id: uuid.UUID
    grant_id: uuid.UUID
    scope: str

    def get_scope(self) -> str:
        """Return what it is for."""
        return self.scope

    def check_client(self, _client: Program) -> bool:
        """Tell that it is the program's: others' are not found."""
        return True


class ByRefresh(RefreshTokenGrant):  # type: ignore[misc]  # authlib has no types
    """The grant of a holder, for as long as the program comes by."""

    request: Asking
    server: Server

    def authenticate_refresh_token(self, refresh_token: str) -> Refresh | None:
        """Return the token if it is the program's and holds. One that was used before ends its grant."""
        connection, stamp = self.server.connection, self.server.stamp
        token, grant = OAuthTokenRow, OAuthGrantRow
        row = connection.execute(
            select(col(token.id), col(token.grant_id), col(token.scopes), col(token.ended_at), col(token.expires_at))
            .join(grant, col(grant.id) == col(token.grant_id))
            .where(
                col(token.token_hash) == token_hash(refresh_token),
                col(token.kind) == TokenKind.REFRESH,
                col(grant.client_row_id) == self.request.client.row_id,
            )
        ).one_or_none()
        if row is None or row.expires_at <= stamp.now:
            return None
        if row.ended_at is not None:
            end_grant(connection, stamp, row.grant_id, because="refresh-repeated")
            return None
        return Refresh(row.id, row.grant_id, row.scopes)

    def authenticate_user(self, refresh_token: Refresh) -> Standing:
        """Return what the holder allowed."""
        return Standing(refresh_token.grant_id, refresh_token.scope)

    def issue_token(self, user: Standing, refresh_token: Refresh) -> dict[str, Any]:
        """Return an access token for the scopes that are wished, and a refresh token for all that the one before was for."""
        scope = self.request.payload.scope or refresh_token.scope
        token: dict[str, Any] = self.generate_token(user=user, scope=scope, include_refresh_token=False)
        return {**token, "refresh_token": new_token(TokenKind.REFRESH, self.server.stamp.random_bytes)}

    def revoke_old_credential(self, refresh_token: Refresh) -> None:
        """Note that the token was used."""
        this = update(OAuthTokenRow).where(col(OAuthTokenRow.id) == refresh_token.id)
        self.server.connection.execute(this.values(ended_at=self.server.stamp.now))
