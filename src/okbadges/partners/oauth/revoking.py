"""Giving a token back (RFC 7009): an access token by itself, a refresh token with everything that the holder had allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc7009 import RevocationEndpoint
from sqlalchemy import select, update
from sqlmodel import col

from okbadges.partners.oauth.clients import KeyClient
from okbadges.partners.oauth.programs import end_grant
from okbadges.partners.tokens import TokenKind
from okbadges.storage.sealing import token_hash
from okbadges.storage.tables import OAuthGrantRow, OAuthTokenRow

if TYPE_CHECKING:
    import uuid

    from okbadges.partners.oauth.clients import Client
    from okbadges.partners.oauth.server import Asking, Server


@dataclass(frozen=True, slots=True)
class Kept:
    """A token as it is kept, and whose it is: of a program, or of an access key."""

    id: uuid.UUID
    is_refresh: bool
    grant_id: uuid.UUID | None
    program_id: uuid.UUID | None
    access_key_id: uuid.UUID | None

    def check_client(self, client: Client) -> bool:
        """Tell whether it is this client's."""
        if isinstance(client, KeyClient):
            return self.access_key_id == client.caller.access_key_id
        return self.program_id == client.row_id


class Revocation(RevocationEndpoint):  # type: ignore[misc]  # authlib has no types
    """The endpoint inside one change."""

    server: Server

    def create_endpoint_request(self, request: Asking) -> Asking:
        """Return the request, which is one already."""
        return request

    def check_params(self, request: Asking, client: Client) -> None:
        """Refuse what is not asked for here. Raises authlib's errors."""
        if request.form.get("token_type_hint", "access_token") not in self.SUPPORTED_TOKEN_TYPES:
            # authlib would say 401, which is for programs that are not who they say
            raise OAuth2Error("The token_type_hint is access_token or refresh_token.", error="unsupported_token_type")
        super().check_params(request, client)

    def query_token(self, token_string: str, token_type_hint: str | None) -> Kept | None:  # noqa: ARG002 - a token is found without the hint
        """Return the token, whatever its kind, also one that ended."""
        token, grant = OAuthTokenRow, OAuthGrantRow
        row = self.server.connection.execute(
            select(
                col(token.id), col(token.kind), col(token.grant_id), col(grant.client_row_id), col(token.access_key_id)
            )
            .outerjoin(grant, col(grant.id) == col(token.grant_id))
            .where(col(token.token_hash) == token_hash(token_string), col(token.offer_id).is_(None))
        ).one_or_none()
        if row is None:
            return None
        return Kept(row.id, row.kind == TokenKind.REFRESH, row.grant_id, row.client_row_id, row.access_key_id)

    def revoke_token(self, token: Kept, _request: Asking) -> None:
        """End the token, of a refresh token the whole grant."""
        connection, stamp = self.server.connection, self.server.stamp
        if token.is_refresh and token.grant_id is not None:
            end_grant(connection, stamp, token.grant_id, because="given-back")
            return
        this = update(OAuthTokenRow).where(col(OAuthTokenRow.id) == token.id, col(OAuthTokenRow.ended_at).is_(None))
        connection.execute(this.values(ended_at=stamp.now))
