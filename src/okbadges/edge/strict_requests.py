"""JSON bodies of our API are read by the strict reader: duplicate keys, NaN and their like are refused, not guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Request, Response

from okbadges.credentials import strict_json
from okbadges.edge.routing import LateRoute
from okbadges.errors import CredentialError, MalformedInput

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable


class StrictRequest(Request):
    """A request whose JSON body is read strictly."""

    limits = strict_json.DEFAULT_LIMITS

    async def json(self) -> Any:  # noqa: ANN401 - the type of the method it replaces
        """Return the body as JSON. Raises `MalformedInput` with what is wrong and where."""
        return await self.json_of(self)

    @classmethod
    async def json_of(cls, request: Request) -> Any:  # noqa: ANN401 - whatever JSON says
        """Return the body of any request as JSON, read in this way. Raises `MalformedInput`."""
        try:
            body = await request.body()
            read = strict_json.loads(body, limits=cls.limits)
        except CredentialError as refused:
            raise MalformedInput(refused.code, refused.detail, field=refused.field or "body") from None
        # only the escape can bring one in: the character itself is no JSON
        where = _nul_in(read) if rb"\u0000" in body else None
        if where is not None:
            raise MalformedInput("text-nul", "A text holds the character NUL (U+0000).", field=where or "body")
        return read


class LargeStrictRequest(StrictRequest):
    """One whose body holds as much as the limit on bodies lets through (`okbadges.edge.body_limit`)."""

    limits = strict_json.Limits(bytes=1024 * 1024)


class StrictRoute(LateRoute):
    """A route that reads its body through `StrictRequest`."""

    request_class: type[StrictRequest] = StrictRequest

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the request before the body is read."""
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await handle(self.request_class(request.scope, request.receive))

        return strictly


class LargeStrictRoute(StrictRoute):
    """A route that reads a large body through `LargeStrictRequest`."""

    request_class = LargeStrictRequest


def _nul_in(value: strict_json.Json, where: str = "") -> str | None:
    """Return the JSON pointer of the first text with NUL, of its object where it is a key; None when there is none."""
    if isinstance(value, str):
        return where if "\0" in value else None
    members: Iterable[tuple[str, strict_json.Json]] = ()
    if isinstance(value, dict):
        if any("\0" in key for key in value):
            return where
        members = value.items()
    elif isinstance(value, list):
        members = ((str(place), item) for place, item in enumerate(value))
    found = (_nul_in(item, f"{where}/{name}") for name, item in members)
    return next((pointer for pointer in found if pointer is not None), None)
