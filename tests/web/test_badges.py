"""``GET /v1/badges`` and ``GET /v1/badges/{slug}``."""

from __future__ import annotations

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
