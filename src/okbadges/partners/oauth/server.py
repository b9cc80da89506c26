"""The authorization server: authlib tells the story of each grant, here is what this service knows and keeps of it.

It works inside one change of the writer, so that whatever a grant looked at is still so when its tokens are kept: a code that two
programs bring at the same time is used once. Who asks was found out before (`okbadges.partners.oauth.clients`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidClientError, OAuth2Payload, OAuth2Request
from sqlalchemy import update
from sqlmodel import col

from okbadges.partners.grants import HolderScope
from okbadges.partners.oauth.clients import KeyClient
from okbadges.partners.tokens import RestsOn, TokenKind, keep_token, new_token
from okbadges.storage.tables import OAuthClientRow

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping

    from authlib.oauth2 import OAuth2Error
    from sqlalchemy import Connection

    from okbadges.partners.oauth.clients import Client, Program
    from okbadges.storage.journal import Stamp

ACCESS_LASTS = timedelta(hours=1)
REFRESH_LASTS = timedelta(days=90)
"""Begins anew with each refresh: who does not come by for so long asks the holder again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the protocol: where to lead the browser (``location``), or what to say in JSON."""

    status: int
    body: Mapping[str, Any]
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a holder allowed, as far as a code or a refresh token says it: authlib calls it the user."""

    grant_id: uuid.UUID
    scope: str


class Parameters(OAuth2Payload):  # type: ignore[misc]  # authlib has no types
    """The parameters of a request, each of which was sent once."""

    def __init__(self, values: Mapping[str, str]) -> None:
        """Keep them."""
        self._values = dict(values)

    @property
    def data(self) -> dict[str, str]:
        """Return the parameters by name."""
        return self._values

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        """Return the parameters as authlib asks for those that could be there twice."""
        return defaultdict(list, {name: [value] for name, value in self._values.items()})


class Asking(OAuth2Request):  # type: ignore[misc]  # the same
    """A request, read before: its parameters, and who sent it."""

    def __init__(self, method: str, uri: str, values: Mapping[str, str], client: Client | None) -> None:
        """Keep what was read. ``client`` is whoever showed a secret that holds."""
        super().__init__(method, uri)
        self.payload = Parameters(values)
        self.shown_by = client
        self.client: Any = client
        """The client that a grant is about: authlib sets it."""

    @property
    def form(self) -> dict[str, str]:
        """Return the parameters of the form."""
        form: dict[str, str] = self.payload.data
        return form


class Server(AuthorizationServer):  # type: ignore[misc]  # the same
    """The server inside one change."""

    def __init__(self, connection: Connection, stamp: Stamp, *, issuer: str, program: Program | None = None) -> None:
        """Keep what is granted through ``connection``; ``program`` is the one that a holder is asked about."""
        super().__init__(scopes_supported=list(HolderScope))
        self.connection = connection
        self.stamp = stamp
        self.issuer = issuer
        self.program = program

    def query_client(self, client_id: str) -> Program | None:
        """Return the program that was found by this name before."""
        return self.program if self.program is not None and self.program.client_id == client_id else None

    def authenticate_client(self, request: Asking, _methods: object, _endpoint: str = "token") -> Client:
        """Return who showed a secret that holds: that was found out before the change."""
        if request.shown_by is None:
            raise InvalidClientError(status_code=401)
        return request.shown_by

    def create_oauth2_request(self, request: Asking) -> Asking:
        """Return the request, which is one already."""
        return request

    def generate_token(self, *, scope: str, include_refresh_token: bool = True, **_: object) -> dict[str, Any]:
        """Return new tokens in the shape of an answer (RFC 6749, 5.1); the second one only for who may come while the holder is away."""
        token = {
            "access_token": new_token(TokenKind.ACCESS, self.stamp.random_bytes),
            "token_type": "Bearer",
            "expires_in": int(ACCESS_LASTS.total_seconds()),
            "scope": " ".join(sorted(set(scope.split()))),
        }
        if include_refresh_token and HolderScope.OFFLINE in scope.split():
            token["refresh_token"] = new_token(TokenKind.REFRESH, self.stamp.random_bytes)
        return token

    def save_token(self, token: dict[str, Any], request: Asking) -> None:
        """Keep the tokens of an answer, and note that the program was here."""
        client, standing = request.client, request.user
        if isinstance(client, KeyClient):
            rests_on = RestsOn(access_key_id=client.caller.access_key_id)
        else:
            rests_on = RestsOn(grant_id=standing.grant_id)
            its = update(OAuthClientRow).where(col(OAuthClientRow.id) == client.row_id)
            self.connection.execute(its.values(last_used_at=self.stamp.now))
        self._keep(token["access_token"], TokenKind.ACCESS, token["scope"], rests_on, ACCESS_LASTS)
        if "refresh_token" in token:
            self._keep(token["refresh_token"], TokenKind.REFRESH, standing.scope, rests_on, REFRESH_LASTS)

    def _keep(self, token: str, kind: TokenKind, scope: str, rests_on: RestsOn, lasts: timedelta) -> None:
        keep_token(self.connection, self.stamp, token, kind=kind, scopes=scope.split(), rests_on=rests_on, lasts=lasts)

    def refused(self, request: Asking, error: OAuth2Error) -> Answer:
        """Return the answer that says an error: to the program, or by leading the browser back where that is known to be right."""
        return cast("Answer", self.handle_error_response(request, error))

    def send_signal(self, *_: object, **__: object) -> None:
        """Tell nobody: who wants to know reads the journal."""

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Answer:  # noqa: ANN401 - JSON
        """Return an answer; one that leads a browser back says who gives it (RFC 9207)."""
        location = dict(headers).get("Location")
        if location is not None:
            return Answer(status, {}, add_params_to_uri(location, [("iss", self.issuer)]))
        return Answer(status, body)
