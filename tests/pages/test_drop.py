"""``/verify`` on a computer: a file that is dropped anywhere on the page is checked at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from playwright.sync_api import JSHandle, Page

    from support.chromium import Visitor
    from support.demo import Demo

WITH_FILE = "text => { const d = new DataTransfer(); d.items.add(new File([text], 'badge.json')); return d; }"
WITH_WORDS = "text => { const d = new DataTransfer(); d.setData('text/plain', text); return d; }"


def drop(page: Page, carried: JSHandle) -> None:
    """Drag something over the page and let it go above the footer."""
    for event in ("dragover", "drop"):
        page.dispatch_event("footer", event, {"dataTransfer": carried})


def test_it_works(visitor: Visitor, demo: Demo) -> None:
    """The verdict comes without another press; while a file is over the page, the form shows that it would take it."""
    request = Request(demo.valid, headers={"Accept": "application/vc"})  # noqa: S310 - a server of the test
    with urlopen(request) as answer:  # noqa: S310 - the same
        document = answer.read().decode()
    assert json.loads(document)["type"]
    page = visitor.open(f"{demo.base_url}/verify")
    page.dispatch_event("main", "dragover", {"dataTransfer": page.evaluate_handle(WITH_FILE, document)})
    page.locator("form.check-form.over").wait_for()
    drop(page, page.evaluate_handle(WITH_FILE, document))
    page.locator(".verdict.good").wait_for()


def test_words_that_are_dropped_are_left_to_the_browser(visitor: Visitor, demo: Demo) -> None:
    """What is no file goes where the browser lets it go, and nothing is sent."""
    page = visitor.open(f"{demo.base_url}/verify")
    page.locator("#text").fill("kept")
    drop(page, page.evaluate_handle(WITH_WORDS, "something"))
    assert page.input_value("#text") == "kept"
    assert page.url.endswith("/verify")
