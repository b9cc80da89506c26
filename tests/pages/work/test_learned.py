"""``/workshop/recognised``: what schools made of the badges, in numbers of five people and more, for those who award them."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from okbadges.organisations.roles import Role
from okbadges.recognition.mapping.picture import Bar
from okbadges.recognition.matters import NOT_IN_FORCE
from okbadges.recognition.record import Decided
from okbadges.recognition.statistics import NOT_COUNTED
from support.college import new_college
from support.decided import decide
from support.learners import new_group
from support.passport import browser
from support.sharing import sharer
from support.work import working, working_as
from support.world import on_both_databases

if TYPE_CHECKING:
    from okbadges.pages.site import Site
    from support.world import World

LEARNED = "/workshop/recognised"


def said(page: str) -> str:
    """Return the words of a page, without its tags and without where a long word may break."""
    main = page.partition("<main")[2].partition("</main>")[0].replace("\N{SOFT HYPHEN}", "")
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


@on_both_databases
@pytest.mark.parametrize(
    ("language", "title", "numbers", "why"),
    [
        (
            "fi",
            "Mitä oppilaitokset tunnustivat",
            "Harkittu vähintään 10 Tunnustettu kokonaan vähintään 5 Tunnustettu osittain alle viisi",
            "Työpajaa ei ollut tunnistettu oppimisympäristöksi tätä varten vähintään 5",
        ),
        (
            "sv",
            "Vad läroanstalterna erkände",
            "Övervägt minst 10 Erkänt helt minst 5 Erkänt delvis färre än fem",
            "Verkstaden var inte identifierad som lärmiljö för det här minst 5",
        ),
        (
            "en",
            "What schools recognised",
            "Considered at least 10 Recognised in full at least 5 Recognised in part fewer than five",
            "The workshop was not recognised as a learning environment for this at least 5",
        ),
    ],
)
def test_it_works(world: World, language: str, title: str, numbers: str, why: str) -> None:
    """Eleven people: for six it was recognised, for five their workshop was not found fit; nobody keeps the page."""
    college = new_college(world)
    for number in range(11):
        bars = {"digi-turva": "no-record"} if number % 2 else {}
        decide(world, college, sharer(world, "digi-turva"), bars=bars)
    answer = working(world).get(LEARNED, params={"lang": language})
    assert answer.status_code == 200
    assert f"<h1>{title}</h1>" in answer.text
    assert numbers in said(answer.text)
    assert why in said(answer.text)
    assert not re.search(r"\b(6|11)\b", said(answer.text))
    assert (answer.headers["cache-control"], answer.headers["x-robots-tag"]) == ("no-store", "noindex, nofollow")


def test_fewer_than_five_are_no_number(world: World) -> None:
    """Four look like none: the badge is named among those of which nothing is told, and the page says what that means."""
    sharer(world, "digi-turva")
    client = working(world)
    before = client.get(LEARNED).text
    college = new_college(world)
    for _ in range(4):
        decide(world, college, sharer(world, "digi-turva"), decided=Decided.PART)
    page = client.get(LEARNED).text
    assert page == before
    assert "Lukuja ei ole vielä." in said(page)
    assert "”Alle viisi” tarkoittaa: neljä ihmistä tai vähemmän, tai ei yhtään." in said(page)
    assert "Turvallisesti verkossa" in said(page)


def test_who_has_awarded_nothing_reads_that(world: World) -> None:
    """The page is there before there is anything to tell."""
    assert "ei ole vielä antanut merkkejä" in said(working(world).get(LEARNED).text)


def test_another_organisations_badges_are_not_in_it(world: World) -> None:
    """Each sees its own only."""
    college = new_college(world)
    for _ in range(5):
        decide(world, college, sharer(world, "digi-turva"))
    page = working_as(world, Role.INSTRUCTOR, organisation="ranua").get(LEARNED).text
    assert "Turvallisesti verkossa" not in page


def test_it_is_one_link_from_where_an_instructor_starts(world: World) -> None:
    """From the groups, and from the only group, to which they are led at once."""
    client = working(world)
    assert f'href="{LEARNED}"' in client.get("/workshop").text
    new_group(world)
    assert f'href="{LEARNED}"' in client.get("/workshop", follow_redirects=True).text


@pytest.mark.parametrize("role", [Role.TEACHER, Role.AUDITOR])
def test_who_leads_nobody_is_sent_to_what_they_can_do(world: World, role: Role) -> None:
    """It is for those who award; who is not signed in signs in first."""
    answer = working_as(world, role).get(LEARNED)
    assert (answer.status_code, answer.headers["location"]) == (303, "/workshop")
    assert browser(world).get(LEARNED).headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_there_are_words_for_every_reason(site: Site, language: str) -> None:
    """A new reason needs words of its own."""
    for reason in (*Bar, NOT_IN_FORCE, NOT_COUNTED, Decided.NOT_NOW, Decided.REFER):
        assert site.words[language].knows(f"learned.why.{reason}")
