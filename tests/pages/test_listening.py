"""The listen button: the browser reads what the badge says to its holder, in its language; where it cannot, there is no button."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from support.chromium import Visitor
    from support.demo import Demo

# a browser's own voice cannot be heard in a test: this one writes down what it was asked to say
VOICE = """
window.heard = [];
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
Object.defineProperty(window, "speechSynthesis", { value: {
  voices: VOICES.map((lang) => ({ lang })),
  getVoices() { return this.voices; },
  speak(words) { window.heard.push([words.lang, words.voice.lang, words.text]); window.last = words; },
  cancel() { window.stopped = true; },
  addEventListener(name, run) { window.voicesChanged = run; },
} });
"""


@pytest.fixture(scope="module")
def claim_link(demo: Demo) -> str:
    """Issue one badge in the demo and return its claim link."""
    request = Request(  # noqa: S310 - the test's own server
        f"{demo.base_url}/v1/credentials",
        demo.curl_body().encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {demo.access_key}"},
    )
    with urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
        return str(json.load(answer)["claim_link"])


def hear(visitor: Visitor, demo: Demo, address: str, *voices: str) -> Page:
    """Open an address in a browser with voices for these languages."""
    page = visitor.open(f"{demo.base_url}/p")
    page.add_init_script(VOICE.replace("VOICES", json.dumps(voices)))
    page.goto(address)
    return page


def test_it_works(visitor: Visitor, demo: Demo, claim_link: str) -> None:
    """One press reads name, description and steps aloud with a voice of their language; another press stops it."""
    page = hear(visitor, demo, claim_link, "en-US", "fi-FI")
    button = page.get_by_role("button", name="Kuuntele")
    button.click()
    heard = page.evaluate("window.heard")
    assert {(language, voice) for language, voice, _ in heard} == {("fi", "fi-FI")}
    said = [text for _, _, text in heard]
    assert said[0] == page.locator(".badge-name").inner_text()
    assert any("salasanan" in text for text in said)
    assert all("\n" not in text.strip() for text in said)
    page.evaluate("window.stopped = false")
    page.get_by_role("button", name="Lopeta kuuntelu").click()
    assert page.evaluate("window.stopped")
    assert button.is_visible()
    assert page.evaluate("window.heard.length") == len(heard)


def test_at_the_end_the_button_is_as_before(visitor: Visitor, demo: Demo, claim_link: str) -> None:
    """It can be pressed again."""
    page = hear(visitor, demo, claim_link, "fi-FI")
    button = page.get_by_role("button", name="Kuuntele")
    button.click()
    page.evaluate("window.last.onend()")
    assert button.is_visible()


@pytest.mark.parametrize("voices", [(), ("en-US", "sv-SE")])
def test_without_a_voice_of_the_language_there_is_no_button(
    visitor: Visitor, demo: Demo, claim_link: str, voices: tuple[str, ...]
) -> None:
    """Finnish is not read in an English voice; a voice that comes late brings the button."""
    page = hear(visitor, demo, claim_link, *voices)
    assert page.get_by_role("button", name="Kuuntele").count() == 0
    page.evaluate("speechSynthesis.voices.push({ lang: 'fi-FI' }); window.voicesChanged();")
    assert page.get_by_role("button", name="Kuuntele").is_visible()


def test_without_script_there_is_no_button(visitor: Visitor, demo: Demo, claim_link: str) -> None:
    """And everything else is there: a press without any script takes the badge; the passport opens and closes."""
    page = visitor.open(claim_link, javascript=False)
    assert page.get_by_role("button", name="Kuuntele").count() == 0
    page = visitor.open(f"{demo.base_url}/p", javascript=False)
    page.get_by_label("Kortin koodi").fill(demo.code.lower())
    page.get_by_role("button", name="Avaa passi").click()
    assert page.url == f"{demo.base_url}/passport"
    page.get_by_role("button", name="Sulje passi").click()
    page.get_by_text("Passi on nyt kiinni tällä laitteella.").wait_for()
