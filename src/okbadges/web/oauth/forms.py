"""The forms that programs send: read whole, each parameter once, nothing in the address; and whoever sent them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request

from okbadges.edge.access import count_wrong
from okbadges.edge.limits import client_of
from okbadges.errors import MalformedInput, NotAuthenticated
from okbadges.partners.oauth.clients import authenticated_client
from okbadges.partners.oauth.reading import Sent, read_form

if TYPE_CHECKING:
    from okbadges.edge.rooms import Rooms
    from okbadges.partners.oauth.clients import Client

_FORM = "application/x-www-form-urlencoded"


async def sent_form(request: Request) -> Sent:
    """Return the form of a request. Raises `MalformedInput` (``invalid-request``)."""
    if request.url.query:
        # an address is written down in many places: no secret, no code and no token is ever taken from one
        raise MalformedInput("invalid-request", "Send everything in the form; nothing in the address.")
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != _FORM:
        raise MalformedInput("invalid-request", f"Send a form, with Content-Type: {_FORM}.")
    return read_form(await request.body(), request.headers.get("authorization"))


CLIENT = "Client"
"""The name of how programs say who they are, in the OpenAPI document."""
SentOf = Annotated[Sent, Depends(sent_form)]


def its_client(request: Request, rooms: Rooms, sent: Sent) -> Client:
    """Return who sent a form, as often as its limits let it.

    Raises `NotAuthenticated` and `MalformedInput` as `authenticated_client` does, `TooManyRequests` as `okbadges.edge.access.caller` does.
    """
    try:
        with rooms.database.read() as session:
            client = authenticated_client(session, rooms.secrets, sent, now=rooms.now())
    except NotAuthenticated as refused:
        count_wrong(rooms, refused, client_of(request.scope))
        raise
    rooms.limits.take_of_key(client.client_id)
    return client


def described(
    required: tuple[str, ...], properties: dict[str, str], examples: dict[str, dict[str, str]]
) -> dict[str, Any]:
    """Describe a form for the OpenAPI document: each parameter with what it is."""
    schema = {
        "type": "object",
        "required": list(required),
        "properties": {name: {"type": "string", "description": words} for name, words in properties.items()},
    }
    told = {name: {"summary": name, "value": value} for name, value in examples.items()}
    return {
        "requestBody": {"required": True, "content": {_FORM: {"schema": schema, "examples": told}}},
        "security": [{CLIENT: []}],
    }
