"""``GET /v1/badges`` and ``GET /v1/badges/{slug}``."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.world import World


def test_it_works(world: World) -> None:
    """Forty badges are listed, each with its words in three languages."""
    badges = world.client.get("/v1/badges").json()
    assert len(badges) == 40
    for badge in badges:
        assert all(badge["name"][language] and badge["description"][language] for language in ("fi", "sv", "en"))
        assert badge["criteria"]


def test_one_badge_shows_where_it_belongs_in_both_generations(world: World) -> None:
    """A badge names its common areas in 2022 and 2026 and its ESCO skills, and nothing that only teachers see."""
    answer = world.client.get("/v1/badges/vuoro-asiakas")
    badge = answer.json()
    assert {"2022", "2026"} <= {area["generation"] for area in badge["relates_to_areas"]}
    assert badge["relates_to_esco"]
    for forbidden in ("osp", "tutkinnonosat_106374", "tuva", "coverage"):
        assert forbidden not in answer.text


def test_an_unknown_badge_is_a_problem(world: World) -> None:
    """A slug that is not there is answered with words that help."""
    answer = world.client.get("/v1/badges/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-badge")


def test_what_an_achievement_points_to_opens(world: World) -> None:
    """The addresses in a credential (achievement, image, related) answer."""
    achievement = world.issue()["credential"]["credentialSubject"]["achievement"]
    for address in (achievement["id"], achievement["image"]["id"], *(one["id"] for one in achievement["related"])):
        assert world.client.get(address).status_code == 200
    same = world.client.get(achievement["id"], headers={"Accept": "application/json"}).json()
    assert same["id"] == achievement["id"]
    assert same["criteria"] == achievement["criteria"]


def test_it_says_what_the_page_says(world: World) -> None:
    """Steps, kind, pictures with their texts, and areas of the generations that a credential names; each address opens."""
    badge = world.client.get("/v1/badges/vuoro-kielet").json()
    page = world.client.get("/badges/vuoro-kielet?lang=fi", headers={"Accept": "text/html"}).text
    assert badge["kind_name"]["fi"] in page
    for step in badge["criteria"]:
        assert html.escape(step["fi"], quote=False) in page
    assert {area["generation"] for area in badge["relates_to_areas"]} == {"2022", "2026"}
    assert any("award_languages" in area for area in badge["relates_to_areas"])
    for area in badge["relates_to_areas"]:
        assert area["code"] in page
    assert badge["image_texts"]["fi"]
    for address in (badge["emblem"], badge["page"], *badge["images"].values(), *badge["drawings"].values()):
        assert world.client.get(address).status_code == 200


def test_no_badge_says_what_is_for_teachers_alone(world: World) -> None:
    """No badge of the whole catalogue names the generation of 2018, osp, TUVA, national badges, notes or TELMA."""
    text = world.client.get("/v1/badges").text.lower()
    for word in (
        '"2018"',
        "osp",
        "tuva",
        "telma",
        "osaamismerkit",
        "coverage",
        '"outcomes"',
        '"instructor_notes"',
        '"hours"',
        '"you"',
    ):
        assert not re.search(rf"(?<![a-zåäö]){word}", text), word


def test_it_pages(world: World) -> None:
    """Page after page by the header Link, each badge once."""
    found: list[str] = []
    address = "/v1/badges?limit=15"
    while address:
        answer = world.client.get(address)
        found += [badge["slug"] for badge in answer.json()]
        address = answer.links["next"]["url"] if answer.links else ""
    assert len(found) == len(set(found)) == 40
    assert found == sorted(found)
