"""The language of a visit: the address first, then the browser, then Finnish; without a cookie."""

from __future__ import annotations

import pytest
from fastapi import Request

from okbadges.pages.language import Choice, choose, with_language

OFFERED = ("fi", "sv", "en")


def request(query: str = "", accept: str | None = None) -> Request:
    """Return a request for a page."""
    headers = [(b"accept-language", accept.encode())] if accept is not None else []
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": headers})


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        (None, "fi"),
        ("", "fi"),
        ("sv-FI,sv;q=0.9,en;q=0.8", "sv"),
        ("en;q=0.4, sv;q=0.6", "sv"),
        ("de-DE, fr", "fi"),
        ("en;q=0", "fi"),
        ("se, fi;q=0.5", "fi"),
        ("sv;q=lots, en", "en"),
        (",,;q=;", "fi"),
    ],
)
def test_the_browser_says_which_language(accept: str | None, language: str) -> None:
    """The best liked language on offer is taken; nothing usable means Finnish."""
    assert choose(request(accept=accept), OFFERED) == Choice(language, asked_for=False)


def test_the_address_wins_over_the_browser() -> None:
    """``?lang=`` decides, and links keep it."""
    choice = choose(request("lang=sv", "en"), OFFERED)
    assert choice == Choice("sv", asked_for=True)
    assert choice.keep("/badges") == "/badges?lang=sv"


def test_an_unknown_language_in_the_address_is_passed_over() -> None:
    """A language that is not offered is not shown half-empty."""
    assert choose(request("lang=xx", "en"), OFFERED) == Choice("en", asked_for=False)


def test_links_without_a_wish_stay_short() -> None:
    """Whoever did not choose a language gets links that leave it to the browser."""
    assert Choice("sv", asked_for=False).keep("/badges") == "/badges"


def test_changing_the_language_keeps_the_rest_of_the_address() -> None:
    """Other parts of the query and a place in the page stay."""
    assert with_language("/badges/a/emblem.svg?v=2&lang=fi#steps", "en") == "/badges/a/emblem.svg?v=2&lang=en#steps"
