"""``/v1/units``: the common units of each generation, what is known of them, what is not, and nothing that teachers alone see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from support.world import World


def generation(world: World, name: str) -> dict[str, Any]:
    """Return a generation."""
    found: dict[str, Any] = world.client.get(f"/v1/units/{name}").json()
    return found


def test_it_works(world: World) -> None:
    """Three generations, each from its day on, with its units and their code URIs."""
    found = world.client.get("/v1/units").json()["generations"]
    assert [(one["generation"], one["applies_from"]) for one in found] == [
        ("2018", "2018-08-01"),
        ("2022", "2022-08-01"),
        ("2026", "2026-08-01"),
    ]
    assert {unit["uri"] for unit in found[2]["units"]} == {
        "tutkinnonosat_108356",
        "tutkinnonosat_108357",
        "tutkinnonosat_108358",
    }
    unit = world.client.get("/v1/units/2026/tutkinnonosat_108357").json()
    assert unit == next(one for one in generation(world, "2026")["units"] if one["code"] == "108357")
    assert unit == world.client.get("/v1/units/2026/108357").json()
    assert unit["follows"] == "106727"
    assert "ammatillisenoppiaineet_vvtd26" in {area["uri"] for area in unit["areas"]}


def test_what_is_not_published_is_named(world: World) -> None:
    """Outcomes are there where they are known, and where they are not it is said: nothing is guessed."""
    for name in ("2018", "2022", "2026"):
        for unit in generation(world, name)["units"]:
            for area in unit["areas"]:
                assert bool(area["outcomes"]) == ("outcomes" not in area["not_published"])
    vvai = generation(world, "2018")["units"][0]["areas"][0]
    assert (vvai["code"], vvai["outcomes"][0]["id"]) == ("VVAI", "VVAI-1")
    assert set(vvai["outcomes"][0]["words"]) == {"fi", "sv", "en"}


def test_nothing_that_is_for_teachers_alone(world: World) -> None:
    """No vocational unit, no part of TUVA, no national badge, no size in competence points, and never TELMA."""
    for path in ("/v1/units", "/v1/units/2018", "/v1/units/2022", "/v1/units/2026"):
        text = world.client.get(path).text.lower()
        for word in ("tuva", "telma", "40000", "osaamismerkit", "106374", "osp", "coverage"):
            assert not re.search(rf"(?<![0-9a-zåäö]){word}", text), (path, word)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/units/2027",
        "/v1/units/2026/400005",
        "/v1/units/2018/400005",
        "/v1/units/2026/106727",
        "/v1/units/2026/tuva",
    ],
)
def test_what_is_not_there(world: World, path: str) -> None:
    """A generation that nobody knows, a unit of another one, and those that never appear."""
    answer = world.client.get(path)
    assert (answer.status_code, answer.json()["code"][:8]) == (404, "unknown-")


@pytest.mark.parametrize(
    "path", ["/v1/units", "/v1/units/2026", "/v1/units/2026/108357", "/v1/badges", "/v1/badges/digi-turva"]
)
def test_it_may_be_kept_and_read_by_pages_of_others(world: World, path: str) -> None:
    """With an ETag that is known again, and open to every origin; no cookie is set."""
    first = world.client.get(path)
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert first.headers["Content-Type"] == "application/json"
    assert "Set-Cookie" not in first.headers
    for known in (first.headers["ETag"], f'"x", W/{first.headers["ETag"]}'):
        again = world.client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
    assert world.client.get(path, headers={"If-None-Match": '"x"'}).status_code == 200
