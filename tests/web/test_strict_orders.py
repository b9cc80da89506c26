"""``POST /v1/credentials`` reads what was meant and guesses nothing."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from support.world import order

if TYPE_CHECKING:
    from support.world import World

SEEN = {"observed_by": "instructor", "methods": ["observation"], "occasions": 3}
NOT_DATES = [
    1795132800,
    1795132800.0,
    "1795132800",
    "2026-11-20T00:00:00",
    "20261120",
    "2026-W47-5",
    "2026-11-31",
    True,
]


def _refused(world: World, body: dict[str, Any]) -> dict[str, Any]:
    answer = world.client.post("/v1/credentials", json=body, headers=world.as_iida())
    assert answer.status_code == 422, answer.text
    problem: dict[str, Any] = answer.json()
    return problem


def test_a_date_is_a_date(world: World) -> None:
    """Numbers, times and other spellings are no dates, whatever field they stand in."""
    for wrong in NOT_DATES:
        assert _refused(world, order(awarded_on=wrong))["field"] == "awarded_on"
        assert _refused(world, order(valid_until=wrong))["field"] == "valid_until"
        shared = order(share={"purpose": "other", "expires_on": wrong})
        assert _refused(world, shared)["field"] == "share.expires_on"
        for name in ("observed_from", "observed_until"):
            assert _refused(world, order(observation={**SEEN, name: wrong}))["field"] == f"observation.{name}"


@pytest.mark.parametrize("wrong", [True, "3", 3.0, 3.5, None])
def test_occasions_are_counted_with_a_whole_number(world: World, wrong: object) -> None:
    """True, a text or a fraction is not a number of occasions."""
    problem = _refused(world, order(observation={**SEEN, "occasions": wrong}))
    assert problem["field"] == "observation.occasions"


def test_what_is_right_is_still_taken(world: World) -> None:
    """Dates, ids and choices are texts in JSON, and are read as what they are."""
    participant = world.issue()["participant"]
    issued = world.issue(
        participant=str(uuid.UUID(participant)),
        valid_until="2027-11-20",
        share={"purpose": "study-plan", "expires_on": "2026-12-24"},
        observation={**SEEN, "observed_from": "2026-10-01", "observed_until": "2026-11-19"},
    )
    assert issued["participant"] == participant


@pytest.mark.parametrize("name", ["badge", "organisation", "workshop", "award_language"])
def test_a_text_with_nul_is_refused(world: World, name: str) -> None:
    """A text with a NUL character is refused by name before any database sees it; so is such a key."""
    for body, where in ((order(**{name: "a\0b"}), f"/{name}"), (order(**{f"{name}\0": "a"}), "")):
        answer = world.client.post("/v1/credentials", json=body, headers=world.as_iida())
        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["field"]) == (400, "text-nul", where or "body")


def test_a_written_out_backslash_is_no_nul(world: World) -> None:
    r"""The six characters \u0000 as a text hold no NUL: they are refused as a badge that is not there."""
    answer = world.client.post("/v1/credentials", json=order(badge="\\u0000"), headers=world.as_iida())
    assert answer.json()["code"] != "text-nul"


def test_a_problem_stays_short(world: World) -> None:
    """At most twenty mistakes are listed, the rest is counted, and a long unknown key is not repeated whole."""
    many = order(**{f"unknown-{number}": 1 for number in range(300)}, **{"x" * 900: 1})
    answer = world.client.post("/v1/credentials", json=many, headers=world.as_iida())
    problem = answer.json()
    assert len(problem["errors"]) == 20
    assert "281 more" in problem["detail"]
    for length, status in ((900, 422), (5000, 400)):
        one = world.client.post("/v1/credentials", json=order(**{"x" * length: 1}), headers=world.as_iida())
        assert one.status_code == status
        assert len(one.content) < 1000


def test_what_is_issued_is_not_kept_on_the_way(world: World) -> None:
    """Every answer under /v1/credentials says no-store: issued, looked up, revoked or refused."""
    created = world.client.post("/v1/credentials", json=order(), headers=world.as_iida())
    path = f"/v1/credentials/{created.json()['id']}"
    answers = [
        created,
        world.client.get(path, headers=world.as_iida()),
        world.client.post(f"{path}/revoke", json={"reason": "replaced"}, headers=world.as_iida()),
        world.client.get(path),
    ]
    assert [answer.headers["cache-control"] for answer in answers] == ["no-store"] * 4
