"""Which form of an answer was asked for."""

from __future__ import annotations

import pytest

from okbadges.edge.negotiation import prefers

OFFERS = ("text/html", "application/json", "application/vc")
CHROMIUM = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, "text/html"),
        ("", "text/html"),
        ("*/*", "text/html"),
        (CHROMIUM, "text/html"),
        ("application/json", "application/json"),
        ("application/json;q=0.5, application/vc", "application/vc"),
        ("application/vc;q=0, application/*;q=0.1", "application/json"),
        ("image/png", None),
        ("text/html;q=nonsense, application/json", "application/json"),
        ("APPLICATION/JSON", "application/json"),
        ("," * 5000, None),
    ],
)
def test_the_best_acceptable_form_is_chosen(accept: str | None, form: str | None) -> None:
    """Quality decides first, then the order in which we offer; zero is a refusal."""
    assert prefers(accept, *OFFERS) == form
