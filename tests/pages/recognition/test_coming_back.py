"""Coming back after signing in: to a teacher's page that was asked for, with a one-time link too, and to nowhere else."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from okbadges.organisations.roles import Role
from okbadges.organisations.workshops import find_organisation
from okbadges.pages.sign_in.coming_back import is_for_teachers
from okbadges.pages.sign_in.frame import WORK, place_after
from support.college import new_college
from support.learners import new_member
from support.passport import browser
from support.studying import YTTT, sign_in_link, student, study_link
from support.world import BASE_URL

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from support.college import College
    from support.world import World

DECIDE = f"/s/abc-DEF_1/areas/{YTTT}/decide"
DECISION = "/decisions/01a1fdfa-4600-7822-b1ba-31017eddf552"


@pytest.mark.parametrize(
    "place",
    [
        DECIDE,
        f"{DECIDE}?generation=2022&decided=not-now",
        f"{DECIDE}?begins_on=2026-07-31&proof=1795269600.x-_y&decided=full",
        f"{DECIDE}?begins_on=31.7.2026",
        "/s/abc/areas?generation=2022",
        "/decisions",
        DECISION,
        f"{DECISION}/correct",
        f"{DECISION}/print",
    ],
)
def test_a_teachers_page_is_a_place_to_come_back_to(place: str) -> None:
    """Each of them, with what it was asked with."""
    assert is_for_teachers(place)
    assert place_after(place) == place


@pytest.mark.parametrize(
    "place",
    [
        "",
        "//evil.example/s/x/areas",
        "https://evil.example/decisions",
        "/\\evil.example",
        "/s/x/areas/../../evil",
        "/s/x/areas\n",
        "/s/x/areas#x",
        f"{DECIDE}?next=//evil.example",
        f"{DECIDE}?a=%0d%0a",
        f"{DECIDE}?",
        "/s/x",
        "/s/x/areas/y",
        "/decisions/x",
        "/decisions.csv",
        "/p/secret",
        "javascript:alert(1)",
        f"/s/{'x' * 201}/areas",
    ],
)
def test_nothing_else_is(place: str) -> None:
    """Whoever makes a link to the sign-in page chooses no place of their own."""
    assert not is_for_teachers(place)
    assert place_after(place) == WORK


@pytest.fixture
def college(world: World) -> College:
    """Return the college where Tuula teaches."""
    return new_college(world)


def use(client: TestClient, world: World, college: College, query: str = "") -> str:
    """Open a one-time link of Tuula's, press the button, and return where that leads."""
    link = sign_in_link(world, college.provider.organisation, college.tuula_id).removeprefix(BASE_URL)
    assert client.get(f"{link}{query}").status_code == 200
    answer = client.post(f"{link}{query}", data={"device": "shared"})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def test_it_works(world: World, college: College) -> None:
    """A one-time link says nothing of the way; the browser knows it, once."""
    link, client = study_link(world, student(world)), browser(world)
    asked = f"{link}/areas/{YTTT}/decide?generation=2022&decided=full"
    away = client.get(asked)
    assert parse_qs(urlsplit(away.headers["location"]).query)["next"] == [asked]
    assert use(client, world, college) == asked
    assert client.get(asked).status_code == 200
    assert use(client, world, college) == "/decisions"


def test_the_language_of_the_sign_in_stays(world: World, college: College) -> None:
    """The place is kept without its language; the page that signs in brings its own."""
    client = browser(world)
    assert client.get("/decisions?lang=sv").headers["location"] == "/sign-in?next=%2Fdecisions&lang=sv"
    assert use(client, world, college, "?lang=en") == "/decisions?lang=en"


def test_the_place_is_forgotten_in_time(world: World) -> None:
    """The cookie is for an hour, and no script reads it."""
    cookie = browser(world).get("/decisions").headers["set-cookie"]
    assert re.fullmatch(r"okbadges-place=%2Fdecisions; HttpOnly; Max-Age=3600; Path=/; SameSite=lax", cookie)


@pytest.mark.parametrize(
    "value", ["https%3A%2F%2Fevil.example", "//evil.example", quote(f"{DECIDE}?x=//evil", safe="")]
)
def test_a_place_that_somebody_put_there_is_not_gone_to(world: World, college: College, value: str) -> None:
    """What the cookie says is looked at like an address that was asked for."""
    client = browser(world)
    client.cookies.set("okbadges-place", value)
    assert use(client, world, college) == "/decisions"


@pytest.mark.parametrize(
    ("role", "organisation", "begins_at"),
    [
        (Role.TEACHER, "lappia", "/decisions"),
        (Role.AUDITOR, "lappia", "/decisions"),
        (Role.ADMINISTRATOR, "lappia", WORK),
        (Role.INSTRUCTOR, "lappia", WORK),
        (Role.TEACHER, "kemi", WORK),
        (Role.AUDITOR, "kemi", WORK),
    ],
)
def test_who_was_on_the_way_to_nowhere_begins_where_their_work_is(
    world: World, college: College, role: Role, organisation: str, begins_at: str
) -> None:
    """At the decisions of their school, for who leads no groups; from there and from the groups one link leads to them."""
    member, owner = new_member(world, role, organisation=organisation), college.provider.organisation
    if organisation != "lappia":
        with world.rooms.database.read() as session:
            owner = find_organisation(session, organisation)
    client = browser(world)
    link = sign_in_link(world, owner, member).removeprefix(BASE_URL)
    assert client.post(link, data={"device": "shared"}).headers["location"] == begins_at
    reads = organisation == "lappia" and role is not Role.INSTRUCTOR
    assert ('href="/decisions"' in client.get(WORK).text) is reads


def test_who_signs_in_on_the_page_goes_where_it_says(world: World, college: College) -> None:
    """For whoever is signed in already the page leads on."""
    client = browser(world)
    use(client, world, college)
    page = client.get(f"/sign-in?next={quote(f'{DECIDE}?generation=2022&decided=full')}").text
    assert f'href="{DECIDE}?generation=2022&decided=full"' in unescape(page)
