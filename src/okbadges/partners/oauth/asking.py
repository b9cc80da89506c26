"""A program asks a holder (RFC 6749, 4.1.1): what it wishes is read before anybody is shown anything, and again when they answer.

Who asks, and where they may be led back to, comes first: while one of these is not known nobody is led anywhere. Whatever else is wrong is
told to the program, where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError, InvalidScopeError

from okbadges.errors import InvalidInput, MalformedInput, NotFound
from okbadges.partners.grants import HolderScope
from okbadges.partners.oauth.by_code import ByCode, S256Only
from okbadges.partners.oauth.clients import find_program
from okbadges.partners.oauth.metadata import AUTHORIZE_AT
from okbadges.partners.oauth.reading import MOST_PARAMETERS, each_once
from okbadges.partners.oauth.server import Answer, Asking, Server

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

    from sqlalchemy import Connection
    from sqlmodel import Session

    from okbadges.partners.oauth.clients import Program
    from okbadges.storage.journal import Stamp
    from okbadges.storage.writer import Writer

LONGEST_QUERY = 2800
"""In characters: as much as a cookie holds, while somebody fetches the card that opens their passport."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a program asks a holder for, and where to lead them back to."""

    program: Program
    values: dict[str, str]
    scopes: tuple[HolderScope, ...]

    @property
    def redirect_uri(self) -> str:
        """Return where to lead back to."""
        return self.values["redirect_uri"]


def read_wish(session: Session, query: str, *, stamp: Stamp, issuer: str) -> Wish | Answer:
    """Return what a program wishes, or the answer that leads back to it at once with what is wrong.

    Raises `NotFound` (``unknown-program``) and `InvalidInput` (``redirect-uri``, ``invalid-request``): then nobody is led back.
    """
    values, mistake = _values(query)
    program = find_program(session, values.get("client_id", ""))
    if program is None:
        raise NotFound("unknown-program", "No program registered by this client_id.", field="client_id")
    if not program.check_redirect_uri(values.get("redirect_uri", "")):
        raise InvalidInput("redirect-uri", "The program did not register this redirect_uri.", field="redirect_uri")
    server, request = _server(session.connection(), stamp, issuer, program, values)
    try:
        if mistake is not None:
            raise mistake
        scope = _consent(server, request).request.scope
    except OAuth2Error as refused:
        return _refused(server, request, refused)
    wished = scope.split()
    return Wish(program, values, tuple(one for one in HolderScope if one in wished))


def allow(
    writer: Writer, stamp: Stamp, wish: Wish, *, passport_id: uuid.UUID, scopes: Collection[str], issuer: str
) -> Answer:
    """Allow a program some of what it wishes and return the answer that leads back to it with a code.

    Raises `InvalidInput` (``nothing-allowed``) where nothing is left that a program could do.
    """
    chosen = [one for one in wish.scopes if one in scopes]
    if not set(chosen) - {HolderScope.OFFLINE}:
        raise InvalidInput("nothing-allowed", "Choose what the program may do, or refuse.", field="scope")

    def change(connection: Connection) -> Answer:
        server, request = _server(connection, stamp, issuer, wish.program, wish.values)
        grant = _consent(server, request)
        grant.chosen = " ".join(sorted(chosen))
        return _answered(server, request, grant, passport_id)

    return writer.write(change)


def refuse(session: Session, wish: Wish, *, stamp: Stamp, issuer: str) -> Answer:
    """Return the answer that leads back to the program and says that the holder refused."""
    server, request = _server(session.connection(), stamp, issuer, wish.program, wish.values)
    return _answered(server, request, _consent(server, request), None)


def _values(query: str) -> tuple[dict[str, str], OAuth2Error | None]:
    """Return the parameters, and what is wrong with one of them, for the program to hear once it is known which it is.

    Raises `InvalidInput` (``invalid-request``) for those that cannot be read at all.
    """
    if len(query) > LONGEST_QUERY:
        raise MalformedInput(
            "invalid-request", f"The request of the program is longer than {LONGEST_QUERY} characters."
        )
    try:
        pairs = parse_qsl(query, max_num_fields=MOST_PARAMETERS, errors="strict")
    except ValueError:
        raise MalformedInput("invalid-request", "The request of the program cannot be read.") from None
    try:
        values, mistake = each_once(pairs), None
    except MalformedInput as refused:
        # who asks must be sure: of a doubled name or address nobody guesses one
        doubled = {name for name in ("client_id", "redirect_uri") if [one for one, _ in pairs].count(name) > 1}
        values = {name: value for name, value in pairs if name not in doubled}
        mistake = InvalidRequestError(refused.detail)
    state = values.get("state", "")
    if not state.isascii() or not state.isprintable():
        values.pop("state")
        mistake = InvalidRequestError("The state is printable ASCII.")
    return values, mistake


def _server(
    connection: Connection, stamp: Stamp, issuer: str, program: Program, values: dict[str, str]
) -> tuple[Server, Asking]:
    server = Server(connection, stamp, issuer=issuer, program=program)
    server.register_grant(ByCode, [S256Only(required=True)])
    return server, Asking("GET", issuer + AUTHORIZE_AT, values, None)


def _consent(server: Server, request: Asking) -> ByCode:
    """Go through authlib's steps, and through those that are ours. Raises authlib's errors."""
    grant: ByCode = server.get_consent_grant(request)
    if not request.payload.state:
        raise InvalidRequestError("Send a state.")
    if set(request.scope.split()) <= {HolderScope.OFFLINE}:
        raise InvalidScopeError("Ask for something to do, not only for offline_access.")
    return grant


def _answered(server: Server, request: Asking, grant: ByCode, passport_id: uuid.UUID | None) -> Answer:
    return cast("Answer", server.create_authorization_response(request, grant_user=passport_id, grant=grant))


def _refused(server: Server, request: Asking, refused: OAuth2Error) -> Answer:
    refused.redirect_uri, refused.state = request.payload.redirect_uri, request.payload.state
    return server.refused(request, refused)
