"""Debian's chromium, driven by playwright, and pages that notice what must never happen: a request to elsewhere, a broken script."""

from __future__ import annotations

import re
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Route

# Debian builds both from one source: the shell shows and prints the same pages, and needs a fraction of the processor because it has no
# windows, menus and services of its own.
SHELL, WHOLE = Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium")
CHROMIUM = SHELL if SHELL.exists() else WHOLE
# No sandbox, because the tests may run as root in a container; no traffic of the browser's own; nothing that a GPU would draw.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)
PHONE = (360, 740)
DESKTOP = (1280, 900)
Scheme = Literal["light", "dark"]
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Start chromium without a window and with an empty profile, and stop it at the end.

    A click is done when all of the page that it leads to has come. Playwright's own waits for its beginning, and counting or reading,
    which do not wait, then see as much of the page as the network has brought.

    While it runs, playwright's event loop runs in this thread: `asyncio.run` is refused until the block is left.
    """
    with pytest.MonkeyPatch.context() as patched, sync_playwright() as playwright:
        patched.setattr(Locator, "click", _click_and_wait(Locator.click))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS), headless=True)
        try:
            yield browser
        finally:
            browser.close()


def _click_and_wait(click: Callable[..., None]) -> Callable[..., None]:
    def click_and_wait(locator: Locator, **options: object) -> None:
        click(locator, **options)
        locator.page.wait_for_load_state()

    return click_and_wait


def pages_on_paper(page: Page) -> int:
    """Count the sheets of A4 that printing the page would take."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", prefer_css_page_size=True)))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of paper as a printer gets it: its words, and what the QR codes on it say."""

    words: str
    codes: tuple[str, ...]


def sheets_on_paper(page: Page) -> list[Sheet]:
    """Print a page and read every sheet of it; skips the test where there is nothing to read a PDF with."""
    to_text, to_picture = which("pdftotext"), which("pdftoppm")
    if to_text is None or to_picture is None:
        pytest.skip("needs pdftotext and pdftoppm: apt-get install poppler-utils")
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    words = subprocess.run([to_text, "-", "-"], input=pdf, capture_output=True, check=True)
    with TemporaryDirectory() as folder:
        subprocess.run([to_picture, "-r", "200", "-gray", "-", f"{folder}/sheet"], input=pdf, check=True)
        pictures = [Image.open(file) for file in sorted(Path(folder).iterdir())]
        codes = [tuple(one.text for one in zxingcpp.read_barcodes(picture)) for picture in pictures]
    return [Sheet(text, found) for text, found in zip(words.stdout.decode().split("\f"), codes, strict=False)]


class Visitor:
    """Opens pages as one reader would see them, each in a profile of its own, and remembers what went wrong in them.

    `mistakes` collects requests that left this machine (they are refused), and errors of the pages' scripts.
    """

    def __init__(self, browser: Browser) -> None:
        """Use the browser; nothing is opened yet."""
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.mistakes: list[str] = []

    def open(
        self,
        url: str,
        *,
        size: tuple[int, int] = DESKTOP,
        scheme: Scheme = "light",
        language: str = "fi-FI",
        javascript: bool = True,
    ) -> Page:
        """Open the URL in a window of `size` CSS pixels and return the loaded page."""
        width, height = size
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale=language,
            timezone_id="Europe/Helsinki",
            java_script_enabled=javascript,
        )
        self._contexts.append(context)
        context.route(lambda address: not _is_local(address), self._refuse)
        context.on("weberror", lambda error: self.mistakes.append(f"script error: {error.error}"))
        page = context.new_page()
        page.goto(url)
        return page

    def _refuse(self, route: Route) -> None:
        self.mistakes.append(f"asked for {route.request.url}")
        route.abort()

    def close(self) -> None:
        """Close every page that was opened."""
        for context in self._contexts:
            context.close()
        self._contexts.clear()


def _is_local(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in {"data", "blob", "about"} or parts.hostname in LOCAL
