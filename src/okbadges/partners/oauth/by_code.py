"""A code, and the tokens for it (RFC 6749, 4.1, with PKCE): the code is made when a holder allows a program something, and counts once.

The code is kept with the grant, as a hash, for ten minutes. Whoever brings it again ends the grant: one of the two was not the program.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749 import AccessDeniedError, InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from sqlalchemy import select, update
from sqlmodel import col

from okbadges.partners.oauth.programs import end_grant, end_grants
from okbadges.partners.oauth.server import Standing
from okbadges.storage import journal
from okbadges.storage.sealing import token_hash
from okbadges.storage.tables import OAuthGrantRow
from okbadges.storage.writer import add

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from okbadges.partners.oauth.clients import Program
    from okbadges.partners.oauth.server import Asking, Server

CODE_LASTS = timedelta(minutes=10)
_BYTES = 32


@dataclass(frozen=True, slots=True)
class Code:
    """A code that waits to be used."""

    grant_id: uuid.UUID
    passport_id: uuid.UUID
    scope: str
    redirect_uri: str
    granted_at: datetime
    code_challenge: str
    code_challenge_method: str = "S256"

    def get_redirect_uri(self) -> str:
        """Return where it was sent."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """Return what the holder allowed."""
        return self.scope


class S256Only(CodeChallenge):  # type: ignore[misc]  # authlib has no types
    """PKCE, always, and only by hash: what stands in an address would otherwise be the secret itself."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: ByCode, redirect_uri: str) -> None:
        """Refuse a wish without a challenge, or without its method. Raises authlib's `InvalidRequestError`."""
        if {"code_challenge", "code_challenge_method"} - grant.request.payload.data.keys():
            raise InvalidRequestError("Send code_challenge and code_challenge_method=S256 (PKCE).")
        super().validate_code_challenge(grant, redirect_uri)


class ByCode(AuthorizationCodeGrant):  # type: ignore[misc]  # the same
    """The grant of a holder, by a code."""

    request: Asking
    server: Server
    chosen: str = ""
    """What the holder chose of what is wished."""

    def create_authorization_response(self, redirect_uri: str, grant_user: uuid.UUID | None) -> tuple[int, str, object]:
        """Make the code for a passport and return where to lead the browser with it, and with what was allowed; refused without a passport."""
        if grant_user is None:
            raise AccessDeniedError(redirect_uri=redirect_uri)
        stamp = self.server.stamp
        code = base64.urlsafe_b64encode(stamp.random_bytes(_BYTES)).rstrip(b"=").decode()
        self.request.user = grant_user
        self.save_authorization_code(code, self.request)
        told = [("code", code), ("scope", self.chosen), ("state", self.request.payload.state)]
        return 302, "", [("Location", add_params_to_uri(redirect_uri, told))]

    def save_authorization_code(self, code: str, request: Asking) -> None:
        """Keep what the holder allowed, with the code's hash."""
        connection, stamp, program = self.server.connection, self.server.stamp, request.client
        row = OAuthGrantRow(
            id=stamp.row_id(),
            client_row_id=program.row_id,
            passport_id=request.user,
            scopes=self.chosen,
            granted_at=stamp.now,
            code_hash=token_hash(code),
            code_challenge=request.payload.data["code_challenge"],
            redirect_uri=request.payload.redirect_uri,
            code_expires_at=stamp.now + CODE_LASTS,
        )
        add(connection, row)
        names = " ".join(scope.rpartition("/")[2] for scope in row.scopes.split())
        event = journal.Event(
            chain=journal.INSTALLATION_CHAIN,
            action="program.allowed",
            subject=f"passport:{row.passport_id}",
            details={"grant": str(row.id), "program": str(program.row_id), "scopes": names},
        )
        journal.append(connection, stamp, event)

    def query_authorization_code(self, code: str, client: Program) -> Code | None:
        """Return the code if it is the program's and holds. One that was used before ends its grant."""
        connection, stamp = self.server.connection, self.server.stamp
        row = connection.execute(
            select(*OAuthGrantRow.__table__.columns).where(  # type: ignore[attr-defined]  # SQLModel does not say so
                col(OAuthGrantRow.code_hash) == token_hash(code), col(OAuthGrantRow.client_row_id) == client.row_id
            )
        ).one_or_none()
        if row is None:
            return None
        if row.code_used_at is not None:
            end_grant(connection, stamp, row.id, because="code-repeated")
            return None
        if row.ended_at is not None or row.code_expires_at <= stamp.now:
            return None
        return Code(row.id, row.passport_id, row.scopes, row.redirect_uri, row.granted_at, row.code_challenge)

    def validate_token_request(self) -> None:
        """Go through authlib's steps; where the program names scopes it gets those among them that it was allowed."""
        super().validate_token_request()
        code, wished = self.request.authorization_code, (self.request.payload.scope or "").split()
        if not wished:
            return
        scope = " ".join(one for one in code.scope.split() if one in wished)
        if not scope:
            raise InvalidScopeError
        self.request.authorization_code = replace(code, scope=scope)

    def authenticate_user(self, authorization_code: Code) -> Standing:
        """Return what the holder allowed."""
        return Standing(authorization_code.grant_id, authorization_code.scope)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Note that the code was used. What the same program was allowed before in this passport ends: it stands there once."""
        connection, stamp, client = self.server.connection, self.server.stamp, self.request.client
        this = col(OAuthGrantRow.id) == authorization_code.grant_id
        connection.execute(update(OAuthGrantRow).where(this).values(code_used_at=stamp.now))
        before = (
            (col(OAuthGrantRow.client_row_id) == client.row_id)
            & (col(OAuthGrantRow.passport_id) == authorization_code.passport_id)
            & (col(OAuthGrantRow.granted_at) <= authorization_code.granted_at)
            & ~this
        )
        ended = end_grants(connection, stamp, before)
        event = journal.Event(
            chain=journal.INSTALLATION_CHAIN,
            action="program.connected",
            subject=f"passport:{authorization_code.passport_id}",
            details={"grant": str(authorization_code.grant_id), "ended": len(ended)},
        )
        journal.append(connection, stamp, event)
