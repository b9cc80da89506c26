"""The accessibility statement and the page on privacy: true for this installation, in three languages, with or without a contact."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from okbadges.app import create_app
from okbadges.organisations.periods import Periods
from okbadges.settings import load_settings
from support.world import BASE_URL, NOW, SECRET, Clock, Prepared, World, on_both_databases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from support.chromium import Visitor
    from support.demo import Demo

PAGE = {"Accept": "text/html"}
PATHS = ["/accessibility", "/privacy"]


@pytest.fixture
def opened(prepared_sqlite: tuple[Path, Prepared], tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Return a function that opens an installation with these settings, as an operator would write them."""
    file, keys = prepared_sqlite
    copy = tmp_path / "okbadges.sqlite3"
    shutil.copy(file, copy)
    clients: list[TestClient] = []

    def open_with(**settings: str) -> World:
        given = load_settings(base_url=BASE_URL, database_url=f"sqlite:///{copy}", secret=SECRET, **settings)
        clock = Clock()
        app = create_app(given, now=clock)
        clients.append(TestClient(app, base_url=BASE_URL, raise_server_exceptions=False))
        clients[-1].__enter__()
        return World(app, clients[-1], clock, keys)

    yield open_with
    for client in clients:
        client.__exit__()


@pytest.mark.parametrize(
    ("path", "language", "title"),
    [
        ("/accessibility", "fi", "Saavutettavuusseloste"),
        ("/accessibility", "sv", "Tillgänglighetsutlåtande"),
        ("/accessibility", "en", "Accessibility statement"),
        ("/privacy", "fi", "Tietosuoja"),
        ("/privacy", "sv", "Dataskydd"),
        ("/privacy", "en", "Privacy"),
    ],
)
def test_it_works(installation: World, path: str, language: str, title: str) -> None:
    """Each page is there in each language, may be kept for minutes, sets no cookie, and asks for nothing from elsewhere."""
    answer = installation.client.get(path, headers={**PAGE, "Accept-Language": language})
    assert answer.status_code == 200
    assert [heading.replace("\u00ad", "") for heading in re.findall(r"<h1>(.*?)</h1>", answer.text)] == [title]
    assert f"<title>{title} \u2013 okbadges</title>" in answer.text
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert "set-cookie" not in answer.headers
    assert re.findall(r'(?:src|action)="(?!/static/)', answer.text) == []
    assert "<form" not in answer.text


@pytest.mark.parametrize("at", ["/", "/badges", "/verify", "/s/nope", "/accessibility?lang=sv"])
def test_every_page_leads_there(installation: World, at: str) -> None:
    """The footer has both, in the language that the address asked for."""
    page = installation.client.get(at, headers=PAGE).text
    footer = page.partition('<footer class="foot">')[2]
    kept = "?lang=sv" if "lang=sv" in at else ""
    assert [f'href="{path}{kept}"' in footer for path in PATHS] == [True, True]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("language", "instead"),
    [
        ("fi", "ohjaaja"),
        ("sv", "organisationen som gav dig den här adressen"),
        ("en", "the organisation that gave you this address"),
    ],
)
def test_without_a_contact_people_hear_whom_to_ask(installation: World, path: str, language: str, instead: str) -> None:
    """Then it is the instructor, or the organisation that gave the address."""
    page = installation.client.get(path, headers={**PAGE, "Accept-Language": language}).text
    assert instead in page
    assert re.findall(r'href="mailto:(?!saavutettavuus@traficom\.fi)', page) == []


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        (
            "tuki@merkit.example",
            '<a href="mailto:tuki@merkit.example">tuki@merkit.example</a>',
        ),
        (
            " https://merkit.example/palaute?a=1&b=2 ",
            '<a href="https://merkit.example/palaute?a=1&amp;b=2">merkit.example/palaute?a=1&amp;b=2</a>',
        ),
    ],
)
def test_a_contact_is_a_link(opened: Callable[..., World], contact: str, link: str) -> None:
    """An e-mail address opens a letter, a web address a page; nobody is sent to their instructor any more."""
    world = opened(contact=contact)
    for path in PATHS:
        page = world.client.get(path, headers=PAGE).text
        assert page.count(link) == 1
        assert "jolta sait tämän osoitteen" not in page


def test_the_statement_names_what_the_act_asks_for(installation: World) -> None:
    """The act, the aim, the days until an answer, the authority in each language; and the service that it is about."""
    for language, site in (
        ("fi", "saavutettavuusvaatimukset.fi"),
        ("sv", "tillganglighetskrav.fi"),
        ("en", "webaccessibility.fi"),
    ):
        page = installation.client.get("/accessibility", headers={**PAGE, "Accept-Language": language}).text
        for named in ("306/2019", "WCAG 2.2", "AA", "14", "Traficom", f'href="https://www.{site}"', "localhost:8000"):
            assert named in page


@pytest.mark.parametrize(
    ("assessed_on", "claimed"),
    [
        (None, "ei ole ilmoittanut"),
        (NOW.date().isoformat(), "viimeksi arvioinut sivujen saavutettavuuden 21.11.2026"),
        ((NOW.date() + timedelta(days=1)).isoformat(), "ei ole ilmoittanut"),
    ],
)
def test_the_statement_claims_only_what_was_assessed(
    opened: Callable[..., World], assessed_on: str | None, claimed: str
) -> None:
    """Without a day, or with one that is still to come, nothing is claimed; with one it is "partly" at the most, for the gaps it names."""
    given = {} if assessed_on is None else {"accessibility_assessed_on": assessed_on}
    page = opened(**given).client.get("/accessibility", headers=PAGE).text
    assert claimed in page
    assert ("enintään osittain" in page) == (claimed != "ei ole ilmoittanut")


@on_both_databases
def test_the_privacy_page_says_the_periods_of_this_installation(world: World) -> None:
    """How long evidence, labels and notes are kept is read from where the nightly deleting reads it, in the right number."""
    page = world.client.get("/privacy?lang=en", headers=PAGE).text
    assert (world.rooms.periods.evidence, world.rooms.periods.labels_and_notes) == (24, 12)
    assert "Evidence is deleted after 24 months." in page
    assert "for 12 months" in page
    world.app.state.rooms = replace(world.rooms, periods=Periods(1, 36, 48))
    page = world.client.get("/privacy?lang=en", headers=PAGE).text
    assert "deleted after 1 month." in page
    assert "for 36 months" in page
    assert "nothing new has come for 48 months" in page


def test_without_settings_there_is_neither(installation: World) -> None:
    """No contact and no day is made up; a day is read as ISO 8601 writes it."""
    assert installation.rooms.contact is None
    assert installation.rooms.accessibility_assessed_on is None
    assert load_settings(accessibility_assessed_on="2026-11-20").accessibility_assessed_on == date(2026, 11, 20)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["fi-FI", "sv-FI", "en-GB"])
def test_a_phone_is_enough(visitor: Visitor, demo: Demo, path: str, language: str) -> None:
    """At 320 px, and with text at 200 % on 360 px, nothing is scrolled sideways; everything to press is large enough."""
    page = visitor.open(demo.base_url + path, size=(320, 640), language=language)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    heights = page.evaluate(
        "[...document.querySelectorAll('main a, footer a')].map((a) => a.getBoundingClientRect().height)"
    )
    assert heights
    assert min(heights) >= 44
    page = visitor.open(demo.base_url + path, size=(360, 740), language=language)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
