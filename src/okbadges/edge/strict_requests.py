"""JSON bodies of our API are read by the strict reader: duplicate keys, NaN and their like are refused, not guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from okbadges.credentials import strict_json
from okbadges.errors import CredentialError, MalformedInput

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


class StrictRequest(Request):
    """A request whose JSON body is read strictly."""

    async def json(self) -> Any:  # noqa: ANN401 - the type of the method it replaces
        """Return the body as JSON. Raises `MalformedInput` with what is wrong and where."""
        try:
            return strict_json.loads(await self.body())
        except CredentialError as refused:
            raise MalformedInput(refused.code, refused.detail, field=refused.field or "body") from None


class StrictRoute(APIRoute):
    """A route that reads its body through `StrictRequest`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the request before the body is read."""
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strictly
