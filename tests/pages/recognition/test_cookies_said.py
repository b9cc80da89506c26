"""What a teacher's page says of cookies is what it does: the sign-in keeps one, and a page without it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.passport import browser
from support.studying import YTTT, decide_about

if TYPE_CHECKING:
    import uuid

    from pages.recognition.conftest import Talk

NONE = {"fi": "Ei evästeitä.", "sv": "Inga kakor.", "en": "No cookies."}
ONE = {"fi": "Sivu käyttää yhtä evästettä", "sv": "Sidan använder en kaka", "en": "The page uses one cookie"}


@pytest.fixture(scope="module")
def kept(table: Talk) -> uuid.UUID:
    """Return a decision."""
    return decide_about(table.world, table.college, table.link, grade="passed")


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_it_works(table: Talk, kept: uuid.UUID, language: str) -> None:
    """Every page of a teacher who is signed in, also one that refuses, says that there is one."""
    paths = ("", "/print", "/correct", "/endorsement")
    places = ["/decisions", "/decisions/x", *(f"/decisions/{kept}{path}" for path in paths)]
    places += [f"{table.link}/areas", f"{table.link}/areas/{YTTT}/decide?generation=2022"]
    for place in places:
        page = table.tuula.get(f"{place}{'&' if '?' in place else '?'}lang={language}").text.partition('class="foot"')[
            2
        ]
        assert ONE[language] in page, place
        assert NONE[language] not in page, place


def test_who_is_not_signed_in_has_none(table: Talk) -> None:
    """The picture of what badges cover is open to everybody, and sets nothing."""
    answer = browser(table.world).get(f"{table.link}/areas")
    assert "set-cookie" not in answer.headers
    assert NONE["fi"] in answer.text


@pytest.mark.parametrize(
    ("language", "words"), [("fi", "mihin olit menossa"), ("sv", "vart du var på väg"), ("en", "where you were going")]
)
def test_the_way_back_is_said_where_it_is_kept(table: Talk, language: str, words: str) -> None:
    """The sign-in page, to which a teacher is sent with it, names that cookie as well."""
    client = browser(table.world)
    away = client.get(f"/decisions?lang={language}")
    assert "okbadges-place" in away.headers["set-cookie"]
    assert words in client.get(away.headers["location"]).text
