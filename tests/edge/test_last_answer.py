"""What becomes of an error that nobody expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi.testclient import TestClient

from support.world import BASE_URL

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest
    from fastapi import FastAPI

    from support.world import World

BROWSER = {"Accept": "text/html", "Accept-Language": "fi"}


def _broken(app: FastAPI) -> TestClient:
    """Add a route with a bug, and return a client that raises whatever leaves the application."""

    @app.get("/broken/{name}")
    def broken(name: str) -> None:
        raise RuntimeError(f"secret detail of {name}")

    return TestClient(app, base_url=BASE_URL)


def test_a_bug_is_answered_like_everything_else(world_apart: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A 500 carries the security headers, the server above hears of no exception, and the log tells places, not words."""
    client = _broken(world_apart.app)
    answer = client.get("/broken/maija")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"
    said = "".join(capsys.readouterr())
    assert "unexpected-error" in said
    assert "broken:" in said
    assert "secret detail" not in said
    page = client.get("/broken/maija", headers=BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (500, "text/html; charset=utf-8")


def test_a_bug_in_the_page_for_bugs_is_still_answered(world_apart: World) -> None:
    """When the error page itself is broken, a person gets the problem document."""
    client = _broken(world_apart.app)
    world_apart.app.state.site = None
    answer = client.get("/broken/maija", headers=BROWSER)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")


def test_an_answer_that_breaks_half_way_is_cut_off(world_apart: World, capsys: pytest.CaptureFixture[str]) -> None:
    """After the first bytes there is no second answer: it is logged, and the server cuts the connection."""
    from fastapi.responses import StreamingResponse  # noqa: PLC0415 - only this test answers in pieces

    def pieces() -> Iterator[bytes]:
        yield b"first"
        raise RuntimeError("secret detail")

    @world_apart.app.get("/half")
    def half() -> StreamingResponse:
        return StreamingResponse(pieces())

    answer = TestClient(world_apart.app, base_url=BASE_URL).get("/half")
    assert (answer.status_code, answer.content) == (200, b"first")
    said = "".join(capsys.readouterr())
    assert "unexpected-error" in said
    assert "secret detail" not in said
