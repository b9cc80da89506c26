"""HEAD: what GET would say, without saying it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp

    from support.world import World

PATHS = ["/", "/badges", "/v1/badges", "/issuers/ok/did.json", "/healthz", "/nothing"]


@pytest.mark.parametrize("path", PATHS)
def test_head_answers_like_get_without_the_body(world: World, path: str) -> None:
    """Status, type and length are those of GET; there is no body."""
    full, head = world.client.get(path), world.client.head(path)
    assert (head.status_code, head.content) == (full.status_code, b"")
    for name in ("content-type", "content-length"):
        assert head.headers[name] == full.headers[name]


def test_head_is_logged_as_what_it_was(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """The log line keeps the method and the template of the route."""
    world.client.head("/issuers/ok/did.json")
    said = "".join(capsys.readouterr())
    assert "HEAD" in said
    assert "/issuers/{slug}/did.json" in said


def test_a_real_server_agrees(serve: Callable[[Callable[[str], ASGIApp]], str], world: World) -> None:
    """Behind uvicorn, too, HEAD announces the length and sends nothing, and the connection can be used again."""
    import http.client  # noqa: PLC0415 - only here a connection is looked at from outside
    from urllib.parse import urlsplit  # noqa: PLC0415

    base = serve(lambda _: world.app)
    connection = http.client.HTTPConnection(urlsplit(base).netloc)
    for _ in range(2):
        connection.request("HEAD", "/v1/badges")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"")
        assert int(answer.headers["content-length"]) > 0
    connection.close()
