"""The least that a server can do, with the options of ours: every request is answered with one word. For comparison only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from okbadges.cli.serve import run
from okbadges.settings import load_settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_HEAD = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/plain"), (b"content-length", b"5")],
}
_BODY = {"type": "http.response.body", "body": b"hello"}


async def hello(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer, whatever was asked."""
    if scope["type"] == "http":
        await send(_HEAD)
        await send(_BODY)


def app() -> ASGIApp:
    """Return the application."""
    return hello


if __name__ == "__main__":
    run("hello:app", load_settings())
