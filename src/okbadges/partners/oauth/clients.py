"""Clients: the two kinds of programs that get tokens here. What authlib asks of a client, they answer.

An access key is a client by itself: its prefix is the name, the whole key the secret, and a token of it opens no more than the key
(decision 0028). Every other program registers itself, and gets nothing but what a holder allows it.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson
from sqlmodel import col, select

from okbadges.errors import NotAuthenticated
from okbadges.organisations.access_keys import caller_of
from okbadges.partners.oauth.reading import no_client
from okbadges.storage.sealing import token_hash
from okbadges.storage.tables import OAuthClientRow

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.organisations.access_keys import KeyCaller
    from okbadges.partners.oauth.reading import Sent
    from okbadges.storage.sealing import Secrets

PROGRAM_MARK = "okp_"
"""How the name of a program begins that registered itself."""
_KEY_MARK = "okb_"
_WRONG = "This client_id and client_secret are not known here together, or were ended."


@dataclass(frozen=True, slots=True)
class Program:
    """A program that registered itself, as it described itself."""

    row_id: uuid.UUID
    client_id: str
    secret_hash: bytes
    registration: dict[str, Any]

    @property
    def actor(self) -> str:
        """Return how the journal names it."""
        return f"oauth-client:{self.row_id}"

    @property
    def name(self) -> str:
        """Return its name, as it says itself."""
        return str(self.registration["client_name"])

    @property
    def host(self) -> str:
        """Return the host that all its addresses have: the one thing of it that nobody else can say of themselves."""
        return urlsplit(str(self.registration["client_uri"])).netloc

    def get_client_id(self) -> str:
        """Return its name in the protocol."""
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        """Return nothing: where to lead back to is said every time."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """Return the wished scopes if all of them were registered; None for none, or for others."""
        wished = (scope or "").split()
        return " ".join(sorted(set(wished))) if wished and set(wished) <= set(self._listed("scope")) else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Tell whether an address is one of those that it registered, to the letter."""
        return redirect_uri in self.registration["redirect_uris"]

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """Tell whether it may show its secret in this way."""
        return bool(method == self.registration["token_endpoint_auth_method"])

    def check_response_type(self, response_type: str) -> bool:
        """Tell whether it gets a code."""
        return response_type in self.registration["response_types"]

    def check_grant_type(self, grant_type: str) -> bool:
        """Tell how it may ask for tokens."""
        return grant_type in self.registration["grant_types"]

    def _listed(self, member: str) -> list[str]:
        return str(self.registration[member]).split()


@dataclass(frozen=True, slots=True)
class KeyClient:
    """An access key that asks for a token of itself."""

    caller: KeyCaller

    @property
    def client_id(self) -> str:
        """Return its prefix."""
        return self.caller.prefix

    @property
    def actor(self) -> str:
        """Return how the journal names it."""
        return self.caller.actor

    def get_client_id(self) -> str:
        """Return its name in the protocol."""
        return self.client_id

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """Tell whether it may show its secret in this way."""
        return method in ("client_secret_basic", "client_secret_post")

    def check_grant_type(self, grant_type: str) -> bool:
        """Tell how it may ask for tokens."""
        return grant_type == "client_credentials"


Client = Program | KeyClient


def authenticated_client(session: Session, secrets: Secrets, sent: Sent, *, now: datetime) -> Client:
    """Return who sent a request.

    Raises `NotAuthenticated`: ``invalid-client``; ``access-key-malformed`` where a typing error in an access key is the reason; and
    `MalformedInput` (``invalid-request``) for two secrets at once.
    """
    shown = sent.shown()
    method = "client_secret_basic" if shown.in_header else "client_secret_post"
    client: Client | None
    if shown.client_id.startswith(PROGRAM_MARK):
        client = find_program(session, shown.client_id)
        if client is None or not hmac.compare_digest(client.secret_hash, token_hash(shown.secret)):
            raise no_client(_WRONG)
    else:
        client = _key(session, secrets, shown.secret, now=now)
        if shown.client_id.removeprefix(_KEY_MARK) != client.caller.prefix:
            raise no_client(_WRONG)
    if not client.check_endpoint_auth_method(method, "token"):
        raise no_client("This program registered to show its secret by HTTP Basic.")
    return client


def find_program(session: Session, client_id: str) -> Program | None:
    """Return the program with this name, if one registered by it."""
    row = session.exec(select(OAuthClientRow).where(col(OAuthClientRow.client_id) == client_id)).one_or_none()
    return Program(row.id, row.client_id, row.secret_hash, orjson.loads(row.registration)) if row else None


def program_by_row(connection: Connection, row_id: uuid.UUID) -> Program:
    """Return a program that is there, inside a change."""
    its = (col(OAuthClientRow.client_id), col(OAuthClientRow.secret_hash), col(OAuthClientRow.registration))
    row = connection.execute(select(*its).where(col(OAuthClientRow.id) == row_id)).one()
    return Program(row_id, row.client_id, row.secret_hash, orjson.loads(row.registration))


def _key(session: Session, secrets: Secrets, secret: str, *, now: datetime) -> KeyClient:
    try:
        return KeyClient(caller_of(session, secrets, secret, now=now))
    except NotAuthenticated as refused:
        if refused.code == "access-key-malformed":
            raise
        raise no_client(_WRONG) from None
