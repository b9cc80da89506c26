"""The one small script: buttons that a browser can serve appear with it, and without it nothing is missing or dead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.chromium import Visitor
    from support.demo import Demo


def test_without_script_there_is_no_dead_button(visitor: Visitor, demo: Demo) -> None:
    """Buttons that only a script can serve are not shown; downloads are links and stay."""
    page = visitor.open(demo.valid, javascript=False)
    assert page.locator("button[type=button]:visible").count() == 0
    assert page.get_by_role("link", name="PNG").first.is_visible()


def test_copying_the_link_says_so(visitor: Visitor, demo: Demo) -> None:
    """The link is on the clipboard, and a screen reader hears that it is."""
    page = visitor.open(demo.valid)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=demo.base_url)
    page.get_by_role("button", name="Kopioi linkki").click()
    page.get_by_text("Linkki on kopioitu").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == demo.valid


def test_printing_is_one_press(visitor: Visitor, demo: Demo) -> None:
    """The print button opens the browser's own print."""
    page = visitor.open(demo.valid)
    page.evaluate("window.print = () => { document.title = 'printed'; }")
    page.get_by_role("button", name="Tulosta").click()
    assert page.title() == "printed"


def test_the_keyboard_reaches_everything_in_order(visitor: Visitor, demo: Demo) -> None:
    """The first stop leads past the frame, and every stop shows where it is."""
    page = visitor.open(demo.valid)
    page.keyboard.press("Tab")
    first = page.evaluate("[document.activeElement.className, getComputedStyle(document.activeElement).position]")
    assert first == ["skip", "absolute"]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize("path", ["/", "/badges", "/badges/digi-turva", "/verify"])
def test_targets_are_large_enough(visitor: Visitor, demo: Demo, path: str) -> None:
    """Everything to press is at least 24 CSS pixels high and wide (WCAG 2.2, 2.5.8)."""
    page = visitor.open(demo.base_url + path, size=(360, 740))
    small = page.evaluate(
        """() => [...document.querySelectorAll("a, button, input, summary")].filter((one) => {
          const box = one.getBoundingClientRect();
          const covers = getComputedStyle(one, "::after").position === "absolute";
          return box.height > 1 && !covers && (box.height < 24 || box.width < 24);
        }).map((one) => one.outerHTML)"""
    )
    assert small == []
