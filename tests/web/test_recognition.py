"""``POST /v1/recognition/preview``: what a student shows, mapped to their requirements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from support.college import new_college
from support.corrections import code_of
from support.world import BASE_URL
from verification.making import Maker, credential

if TYPE_CHECKING:
    from httpx2 import Response

    from support.college import College
    from support.world import World

SHARE = {"purpose": "study-plan", "expires_on": "2027-05-31"}


@pytest.fixture
def college(world: World) -> College:
    """Return the college where Tuula teaches."""
    return new_college(world)


def asked(world: World, college: College, **body: Any) -> Response:
    """Let Tuula's program ask."""
    answer: Response = world.client.post("/v1/recognition/preview", json=body, headers=college.as_tuula)
    return answer


def test_it_works(world: World, college: College) -> None:
    """A badge behind a study-plan link is verified and mapped to the area of the student's generation, with its record."""
    issued = world.issue(share=SHARE)
    answer = asked(world, college, share_links=[issued["share_link"]], generation="2022")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["generation"], found["applies_from"]) == ("2022", "2022-08-01")
    assert [(one["id"], one["verdict"]) for one in found["badges"]] == [(issued["id"], "VALID")]
    (area,) = found["areas"]
    assert (area["unit"], area["area"]) == ("tutkinnonosat_106727", "ammatillisenoppiaineet_vvtd")
    assert area["outlook"] == "not-alone"
    assert [one["id"] for one in area["outcomes"]] == ["VVTD-1", "VVTD-2"]
    assert area["outcomes_of_earlier_text"] is True
    assert [one["bar"] for one in area["badges"]] == [None]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("begins_on", "area", "outlook"),
    [
        ("2026-07-31", "ammatillisenoppiaineet_vvtd", "not-alone"),
        ("2026-08-01", "ammatillisenoppiaineet_vvtd26", "not-alone"),
    ],
)
def test_the_start_of_the_study_right_chooses_the_generation(
    world: World, college: College, begins_on: str, area: str, outlook: str
) -> None:
    """The last day of July 2026 is the last one of the requirements of 2022."""
    link = world.issue(share=SHARE)["share_link"]
    found = asked(world, college, share_links=[link], begins_on=begins_on).json()
    assert [(one["area"], one["outlook"]) for one in found["areas"]] == [(area, outlook)]


def test_without_a_generation_it_is_that_of_today(world: World, college: College) -> None:
    """Who says nothing gets the requirements of a study right that begins today."""
    link = world.issue(share=SHARE)["share_link"]
    assert asked(world, college, share_links=[link]).json()["generation"] == "2026"


def test_a_revoked_badge_is_left_out(world: World, college: College) -> None:
    """It is named with its verdict, and maps to nothing."""
    issued = world.issue(share=SHARE)
    revoked = world.client.post(
        f"/v1/credentials/{issued['id']}/revoke", json={"reason": "issued-in-error"}, headers=world.as_iida()
    )
    assert revoked.status_code == 200, revoked.text
    found = asked(world, college, share_links=[issued["share_link"]], generation="2022").json()
    assert (found["left_out"], found["areas"]) == ([issued["id"]], [])
    assert [one["verdict"] for one in found["badges"]] == ["REVOKED"]


def test_a_badge_of_others_is_shown_by_its_alignment(world: World, college: College) -> None:
    """A foreign did:key badge that names an area in its alignment is there, and counts for nothing by itself."""
    alignment = {
        "type": ["Alignment"],
        "targetName": "Working life",
        "targetUrl": "https://example.org/area",
        "targetCode": "ammatillisenoppiaineet_yttt",
    }
    stranger = Maker.by_key()
    unsigned = credential(stranger.did)
    unsigned["credentialSubject"]["achievement"]["alignment"] = [alignment]
    found = asked(world, college, credentials=[stranger.sign(unsigned)], generation="2022").json()
    (area,) = found["areas"]
    assert (area["area"], area["outlook"]) == ("ammatillisenoppiaineet_yttt", "others-only")
    assert [one["bar"] for one in area["badges"]] == ["badge-of-others"]


def test_rubbish_is_a_badge_that_does_not_hold(world: World, college: College) -> None:
    """What is no credential at all is in the answer with its verdict, and breaks nothing."""
    found = asked(world, college, credentials=[{}, "not.a.jwt", {"type": "x"}], generation="2022").json()
    assert len(found["left_out"]) == 3
    assert found["areas"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "nothing-shown"),
        ({"share_links": []}, 422, "nothing-shown"),
        ({"share_links": ["https://elsewhere.example/s/x"]}, 422, "share-link"),
        ({"share_links": [f"{BASE_URL}/c/x"]}, 422, "share-link"),
        ({"share_links": [f"{BASE_URL}/s/"]}, 422, "share-link"),
        ({"share_links": ["\u0000"]}, 400, "text-nul"),
        ({"share_links": ["http://[::1"]}, 422, "share-link"),
        ({"share_links": [f"{BASE_URL}/s/nobody-made-this"]}, 404, "unknown-share-link"),
        ({"share_links": [f"{BASE_URL}/s/x"], "begins_on": "2018-07-31"}, 422, "generation-unknown"),
        ({"share_links": [f"{BASE_URL}/s/x"], "generation": "2030"}, 422, "invalid-field"),
        ({"share_links": [f"{BASE_URL}/s/x"] * 6}, 422, "invalid-field"),
    ],
)
def test_what_cannot_be_mapped_is_refused(
    world: World, college: College, body: dict[str, Any], status: int, code: str
) -> None:
    """Each refusal has its code."""
    assert code_of(asked(world, college, **body)) == (status, code)


def test_a_link_for_a_workplace_is_not_for_this(world: World, college: College) -> None:
    """Its holder agreed to show the badge to an employer, not to have it mapped."""
    link = world.issue(share={**SHARE, "purpose": "workplace"})["share_link"]
    assert code_of(asked(world, college, share_links=[link])) == (403, "not-for-study-plan")


def test_an_instructor_has_no_part_in_it(world: World) -> None:
    """Only a school's teachers map and decide."""
    answer = world.client.post("/v1/recognition/preview", json={"credentials": [{}]}, headers=world.as_iida())
    assert code_of(answer) == (403, "scope-missing")
