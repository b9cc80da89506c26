"""The browser of the tests shows pages of a running server, and notices what must never happen in them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, StreamingResponse
from starlette.routing import Route

from support.chromium import PHONE, Visitor, pages_on_paper

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from playwright.sync_api import Browser
    from starlette.requests import Request

    from support.server import Serve


def _pages(base_url: str) -> Starlette:
    """Make an application of three pages; the second does what no page of ours may do, the third arrives in pieces."""

    async def good(_: Request) -> HTMLResponse:
        return HTMLResponse(
            f"<!doctype html><html lang=fi><title>Hyvä</title><h1>Osaamismerkki</h1><a href='{base_url}/bad'>bad</a>"
            f"<a href='{base_url}/slow'>slow</a>"
        )

    async def bad(_: Request) -> HTMLResponse:
        return HTMLResponse(
            "<!doctype html><title>Bad</title><img src='https://tracker.example/x.png'><script>nothing.here()</script>"
        )

    async def pieces() -> AsyncIterator[str]:
        yield "<!doctype html><title>Askeleet</title><h1>Askeleet</h1>" + " " * 4096
        await asyncio.sleep(0.3)
        yield "<input type=checkbox><input type=checkbox>"

    async def slow(_: Request) -> StreamingResponse:
        return StreamingResponse(pieces(), media_type="text/html")

    return Starlette(routes=[Route("/", good), Route("/bad", bad), Route("/slow", slow)])


def test_it_works(serve: Serve, visitor: Visitor) -> None:
    """A page is served, opened at the width of a phone, and read."""
    base_url = serve(_pages)
    page = visitor.open(base_url + "/", size=PHONE, scheme="dark")
    assert page.get_by_role("heading").inner_text() == "Osaamismerkki"
    assert page.evaluate("innerWidth") == 360
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is True


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_a_click_is_done_when_all_of_the_next_page_is_there(
    serve: Serve, visitor: Visitor, *, javascript: bool
) -> None:
    """What a click leads to is read when the whole page has come, however slowly it comes."""
    page = visitor.open(serve(_pages), javascript=javascript)
    page.get_by_role("link", name="slow").click()
    assert page.get_by_role("checkbox").count() == 2


@pytest.mark.parametrize(("paragraphs", "sheets"), [(3, 1), (60, 2)])
def test_sheets_of_paper_are_counted(visitor: Visitor, paragraphs: int, sheets: int) -> None:
    """How many sheets of A4 a page takes is counted as printed."""
    page = visitor.open("about:blank")
    page.set_content("<p>Osaaminen</p>" * paragraphs)
    assert pages_on_paper(page) == sheets


def test_a_page_that_calls_elsewhere_or_breaks_is_noticed(serve: Serve, browser: Browser) -> None:
    """A request to another host is refused and remembered, and so is a script's error."""
    visitor = Visitor(browser)
    visitor.open(serve(_pages) + "/bad").wait_for_load_state("networkidle")
    visitor.close()
    assert sorted(mistake.split(":")[0] for mistake in visitor.mistakes) == ["asked for https", "script error"]


def test_an_application_that_does_not_start_is_said(serve: Serve) -> None:
    """An application whose start fails is an error at once, not a test that waits."""

    def broken(_: Starlette) -> AbstractAsyncContextManager[None]:
        raise RuntimeError("no database")

    with pytest.raises(RuntimeError, match="did not start"):
        serve(lambda _: Starlette(lifespan=broken))
