"""What the doors of the authorization server do: one change each, and an answer of the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from authlib.oauth2.rfc6749 import InvalidRequestError

from okbadges.partners.oauth.by_code import ByCode, S256Only
from okbadges.partners.oauth.by_key import ByKey
from okbadges.partners.oauth.by_refresh import ByRefresh
from okbadges.partners.oauth.metadata import REVOKE_AT, TOKEN_AT
from okbadges.partners.oauth.revoking import Revocation
from okbadges.partners.oauth.server import Answer, Asking, Server

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from okbadges.partners.oauth.clients import Client
    from okbadges.partners.oauth.reading import Sent
    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer


def get_token(writer: Writer, stamp: Stamp, sent: Sent, client: Client, *, issuer: str) -> Answer:
    """Answer at the token endpoint. Tokens are as visits are: they open what a key or a grant opens, and leave no event."""

    def change(connection: Connection) -> Answer:
        server = Server(connection, stamp, issuer=issuer)
        server.register_grant(ByKey)
        server.register_grant(ByCode, [S256Only(required=True)])
        server.register_grant(ByRefresh)
        request = Asking("POST", issuer + TOKEN_AT, sent.values, client)
        if request.payload.grant_type is None:
            return server.refused(request, InvalidRequestError("Send grant_type."))
        return cast("Answer", server.create_token_response(request))

    return writer.write(change)


def give_back(writer: Writer, stamp: Stamp, sent: Sent, client: Client, *, issuer: str) -> Answer:
    """Answer at the revocation endpoint."""

    def change(connection: Connection) -> Answer:
        server = Server(connection, stamp, issuer=issuer)
        server.register_endpoint(Revocation)
        request = Asking("POST", issuer + REVOKE_AT, sent.values, client)
        return cast("Answer", server.create_endpoint_response(Revocation.ENDPOINT_NAME, request))

    return writer.write(change)
