"""``/verify`` with a camera: a QR code is read where the browser can, and where it cannot nothing is missing.

Chromium on this system reads no codes, so a detector that sees what the test tells it, and a camera that shows an empty picture, stand
in for what the browser of a phone brings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.chromium import PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from support.chromium import Visitor
    from support.demo import Demo

DETECTOR = """
window.codes = [];
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return window.codes.map((rawValue) => ({ rawValue })); }
};
"""
CAMERA = """
window.tracks = [];
navigator.mediaDevices.enumerateDevices = async () => [{ kind: "videoinput", label: "" }];
navigator.mediaDevices.getUserMedia = async () => {
  if (window.denied) throw new DOMException("no", window.denied);
  const stream = document.createElement("canvas").captureStream();
  window.tracks.push(...stream.getTracks());
  return stream;
};
"""
NO_CAMERA = "navigator.mediaDevices.enumerateDevices = async () => [{ kind: 'audioinput', label: '' }];"
START, STOP = "Lue QR-koodi kameralla", "Sulje kamera"


def check_page(visitor: Visitor, demo: Demo, *scripts: str, javascript: bool = True) -> Page:
    """Open the check page in a browser that has what these scripts bring."""
    page = visitor.open("about:blank", size=PHONE, javascript=javascript)
    page.set_default_timeout(10_000)
    for script in scripts:
        page.add_init_script(script)
    page.goto(f"{demo.base_url}/verify")
    return page


def scanning(visitor: Visitor, demo: Demo) -> Page:
    """Open the check page and its camera."""
    page = check_page(visitor, demo, DETECTOR, CAMERA)
    page.get_by_role("button", name=START).click()
    page.get_by_role("button", name=STOP).wait_for()
    return page


def show(page: Page, code: str) -> None:
    """Hold a code in front of the camera."""
    page.evaluate("code => { window.codes = [code]; }", code)


def cameras(page: Page) -> list[str]:
    """Return the state of every camera that was opened."""
    states: list[str] = page.evaluate("window.tracks.map((track) => track.readyState)")
    return states


def test_it_works(visitor: Visitor, demo: Demo) -> None:
    """A press, a code, and the badge is on the page; a file that was chosen before does not come between."""
    page = scanning(visitor, demo)
    assert page.locator("video").is_visible()
    page.set_input_files("#file", {"name": "x.json", "mimeType": "application/json", "buffer": b"{}"})
    show(page, demo.valid)
    page.wait_for_url(f"{demo.valid}*")
    assert page.get_by_role("heading", level=1).inner_text().replace("\n", " ") == "Aito ja voimassa"


def test_text_of_a_badge_is_sent_too(visitor: Visitor, demo: Demo) -> None:
    """A code that holds what may be pasted is answered as if it had been pasted."""
    page = scanning(visitor, demo)
    show(page, "{}")
    page.locator("main .verdict").wait_for()


def test_the_camera_is_released(visitor: Visitor, demo: Demo) -> None:
    """It ends with the button, which gives the focus back, and can be opened again."""
    page = scanning(visitor, demo)
    assert cameras(page) == ["live"]
    assert page.evaluate("document.activeElement.textContent") == STOP
    page.keyboard.press("Enter")
    assert cameras(page) == ["ended"]
    assert not page.locator("video").is_visible()
    assert page.evaluate("document.activeElement.textContent") == START
    page.keyboard.press("Enter")
    page.get_by_role("button", name=STOP).wait_for()
    assert cameras(page) == ["ended", "live"]


def test_the_camera_ends_before_the_page_does(visitor: Visitor, demo: Demo) -> None:
    """Once a code was read nothing looks any more, even where the answer is slow to come."""
    page = scanning(visitor, demo)
    page.evaluate("document.getElementById('text').form.addEventListener('submit', (event) => event.preventDefault())")
    show(page, f" {demo.valid}\n")
    page.get_by_text("Koodi on luettu.").wait_for()
    assert cameras(page) == ["ended"]
    assert page.input_value("#text") == demo.valid


@pytest.mark.parametrize(
    "code",
    [
        "javascript:alert(1)",
        "WIFI:S:paja;P:salasana;;",
        "otto@example.com",
        "www.example.com",
        "http://",
        "https://a b.example/",
        "x",
    ],
)
def test_other_codes_are_not_sent(visitor: Visitor, demo: Demo, code: str) -> None:
    """What is neither a link nor the text of a badge stays in the browser, and the camera looks on."""
    page = scanning(visitor, demo)
    show(page, code)
    page.get_by_text("ei ole linkkiä merkkiin").wait_for()
    assert page.input_value("#text") == ""
    assert cameras(page) == ["live"]


def test_a_card_is_not_sent(visitor: Visitor, demo: Demo) -> None:
    """The code of a passport's card opens the passport, so it goes nowhere."""
    page = scanning(visitor, demo)
    show(page, demo.passport)
    page.get_by_text("Se on vain passin haltijalle.").wait_for()
    assert page.input_value("#text") == ""


@pytest.mark.parametrize(
    ("error", "words"), [("NotAllowedError", "ei saanut käyttää"), ("NotReadableError", "ei käynnistynyt")]
)
def test_a_camera_that_may_not_be_used_is_explained(visitor: Visitor, demo: Demo, error: str, words: str) -> None:
    """The page says what happened and how to go on; the button is still there."""
    page = check_page(visitor, demo, DETECTOR, CAMERA, f"window.denied = '{error}';")
    page.get_by_role("button", name=START).click()
    page.locator("[role=status]", has_text=words).wait_for()
    assert page.get_by_role("button", name=START).is_visible()
    assert not page.locator("video").is_visible()


@pytest.mark.parametrize("scripts", [[], [CAMERA], [DETECTOR, NO_CAMERA]], ids=["neither", "no detector", "no camera"])
def test_without_either_there_is_no_button(visitor: Visitor, demo: Demo, scripts: list[str]) -> None:
    """A button that could do nothing is not shown."""
    page = check_page(visitor, demo, *scripts)
    page.wait_for_timeout(200)
    assert page.locator("#scan").is_hidden()
    assert page.locator("button:visible").count() == 1


def test_without_script_the_page_is_as_it_was(visitor: Visitor, demo: Demo) -> None:
    """A file and a text can be checked; nothing of a camera is to be seen."""
    page = check_page(visitor, demo, javascript=False)
    assert page.locator("#scan").is_hidden()
    page.fill("#text", demo.valid)
    page.get_by_role("button", name="Tarkista").click()
    page.wait_for_url(f"{demo.valid}*")
