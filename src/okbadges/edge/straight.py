"""The straight way: a few addresses that are asked for all day are answered before the framework looks for a route (decision 0032).

Looking through two hundred routes and solving what a function wants from a request costs several times what the answers
themselves cost. A `Road` names the same function that the route has and hands it the same arguments, read from a request that
is well formed in every respect. Any other request for the address takes the framework's way, which says what is wrong with it; so does one
for which a road answers None, after it has read the body too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request

from okbadges.errors import OkbadgesError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Road:
    """One address: its method, its template (``/s/{token}``), and what answers it, given the request and the parts by name.

    ``shapes`` says for some parts which texts are well formed, as regular expressions; any other part is whatever has no slash.
    """

    method: str
    path: str
    answer: Callable[..., Awaitable[ASGIApp | None]]
    shapes: tuple[tuple[str, str], ...] = ()

    def pattern(self) -> re.Pattern[str]:
        """Return the expression that a well formed path matches whole."""
        shapes, pieces, end = dict(self.shapes), [], 0
        for place in _PLACE.finditer(self.path):
            name = place.group(1)
            pieces += [re.escape(self.path[end : place.start()]), f"(?P<{name}>{shapes.get(name, '[^/]+')})"]
            end = place.end()
        return re.compile("".join((*pieces, re.escape(self.path[end:]))), re.ASCII)


class Ready:
    """An answer of which everything is bytes already, so that it goes out any number of times for the price of sending it."""

    __slots__ = ("_body", "_headers", "_status")

    def __init__(self, status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> None:
        """Answer ``body`` with these headers; their names are in small letters."""
        self._status, self._headers, self._body = status, tuple(headers), body

    @classmethod
    def of(cls, response: Response) -> Ready:
        """Return the answer that a response gives that is not streamed."""
        return cls(response.status_code, response.raw_headers, bytes(response.body))

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        # a list of its own: what stands around adds to it
        await send({"type": "http.response.start", "status": self._status, "headers": list(self._headers)})
        await send({"type": "http.response.body", "body": self._body})


class Straight:
    """Answers the requests that fit a road, and passes every other one on."""

    def __init__(
        self, app: ASGIApp, *, roads: Sequence[Road], answer: Callable[[Request, Exception], Response]
    ) -> None:
        """Wrap ``app``, in which every road has its route too; ``answer`` says how a refusal looks."""
        self._app = app
        self._answer = answer
        self._roads = [(road.method, road.path.partition("{")[0], road.pattern().fullmatch, road) for road in roads]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on. What nobody expected is for whoever stands around this to answer."""
        if scope["type"] == "http":
            path: str = scope["path"]
            for method, beginning, fits, road in self._roads:
                if scope["method"] == method and path.startswith(beginning) and (found := fits(path)) is not None:
                    scope["route"] = road  # the log names its path
                    request = Request(scope, receive)
                    response: ASGIApp | None
                    try:
                        response = await road.answer(request, **found.groupdict())
                    except OkbadgesError as refused:
                        response = self._answer(request, refused)
                    if response is None:
                        receive = _read_again(await request.body(), receive)
                        break
                    await response(scope, receive, send)
                    return
        await self._app(scope, receive, send)


def _read_again(body: bytes, receive: Receive) -> Receive:
    """Return a way to read a body that was read already."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def once_more() -> Message:
        return messages.pop() if messages else await receive()

    return once_more
